"""What replaces a second factor: recovery codes, and the key that an authenticator is set up with.

Codes are known only by their label. Behind it, everything that looks like a code belongs to the list, whatever
parts the codes; the first word that does not ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core.safety.found import Found

RECOVERY: Final = "recovery_codes"
_STEMS: Final = re.compile(
    r"找回[码碼]|二次[验驗]|两步|双重|恢[复復]|[备備][用份]|[验驗][证證]器|谷歌|救援|[应應]急|[紧緊]急|手[动動]|recover|backup|scratch|rescue|emergency|authenticat"
    r"|otp|2fa|setup key"
)
"""Told quickly for the texts that hold none of these. One search: what looks for short Han texts one by one is slow."""
_LABEL: Final = re.compile(
    r"(?:恢[复復]|[备備][用份]|救援|[应應]急|[紧緊]急(?:[备備]用)?)(?:[验驗][证證])?(?:代?[码碼]|密[码碼])|(?:recovery|backup|scratch|rescue|emergency)[ -](?:login |security |verification )?codes?|找回[码碼]"
)
_CODE: Final = re.compile(r"[0-9a-z]{3,12}(?:-[0-9a-z]{3,12}){0,4}")
_TOKEN: Final = re.compile(r"\d{4} \d{4}(?!\d)|[^\s,;、，；|]{1,64}")
_NUMBER: Final = re.compile(r"\d{1,2}[.):、]?")
_QUOTES: Final = "\"'`“”‘’「」()[]{}:：.。!*"
_REACH: Final = 24
"""So many characters of other words may stand between the label and the first code."""
_MOST: Final = 40
_SETUP: Final = re.compile(
    r"(?:(?:[验驗][证證]器|二次[验驗][证證]|谷歌|手[动動][输輸]入|t?otp|2fa|authenticator|two[ -]factor|双重[验認]证|google)[^\n]{0,12}?(?:[密秘][钥鑰匙]|secret|(?:setup |backup )?key|seed)"
    r"|setup key|totp(?=\s?[:=]))\s{0,3}(?:是|为|is|[:=])?\s{0,4}[\"'“「]?"
)
_ABOUT_SETUP: Final = re.compile(r"[密秘][钥鑰匙]|secret|key|seed|totp")
_BASE32: Final = re.compile(r"[a-z2-7]{4}(?:[ -]?[a-z2-7]{4}){3,15}(?![a-z0-9])")
_CAPITALS: Final = re.compile(r"(?<![0-9A-Za-z])(?=[A-Z]{0,24}[2-7])[A-Z2-7]{16,64}(?![0-9A-Za-z=])")
"""The key of an authenticator as it is shown, by itself."""
_LENGTHS: Final = frozenset((16, 20, 24, 26, 32, 52, 64))
_FACTOR: Final = re.compile(r"2fa|totp|authenticat|谷歌|[验驗][证證]器|二次[验驗]|两步|双重")
_AROUND: Final = 48
_URI: Final = re.compile(r"otpauth://[^\s]{1,300}?secret=([a-z2-7=]{8,128})")


def find(text: str, low: str) -> Iterator[Found]:
    """The recovery codes and authenticator keys in a plain text; `low` is the same text in lower case."""
    if not _STEMS.search(low):
        return
    for label in _LABEL.finditer(low):
        yield from _codes(low, label.end())
    for label in _SETUP.finditer(low) if _ABOUT_SETUP.search(low) else ():
        key = _BASE32.match(low, label.end())
        if key:
            yield Found(*key.span(), RECOVERY)
    for key in _CAPITALS.finditer(text):
        around = max(0, key.start() - _AROUND), key.end() + _AROUND
        if key.end() - key.start() in _LENGTHS and _FACTOR.search(low, *around):
            yield Found(*key.span(), RECOVERY)
    for match in _URI.finditer(low):
        yield Found(*match.span(1), RECOVERY)


def _codes(low: str, start: int) -> Iterator[Found]:
    """The row of codes behind a label, as one stretch. Beside codes of its length a word may be all letters."""
    first = last = -1
    sizes: set[int] = set()
    before: re.Match[str] | None = None
    for token in _TOKEN.finditer(low, start, start + _MOST * 16):
        if _LABEL.match(low, token.start()):  # the next label sees to what follows it
            break
        word = token.group().strip(_QUOTES).replace(" ", "-")
        size = len(word.replace("-", ""))
        if _is_code(word) or (size in sizes and _CODE.fullmatch(word)):
            if first < 0:
                alike = before is not None and len(before.group().strip(_QUOTES).replace("-", "")) == size
                first = before.start() if before is not None and alike else token.start()
            last = token.end()
            sizes.add(size)
        elif (first >= 0 and not _NUMBER.fullmatch(token.group())) or (
            first < 0 and token.end() - start > _REACH
        ):
            break
        before = token
    if first >= 0:
        yield Found(first, last, RECOVERY)


def _is_code(word: str) -> bool:
    """Digits (six and more) or digits among letters; in groups, or long enough."""
    if not _CODE.fullmatch(word):
        return False
    digits = sum(letter.isdigit() for letter in word)
    parts = word.split("-")
    if digits == len(word) - len(parts) + 1:
        return digits >= 6 and not _is_date(parts)
    return digits >= 1 and len(word) >= 6


def _is_date(parts: list[str]) -> bool:
    return len(parts) == 3 and len(parts[0]) == 4 and all(len(part) <= 2 for part in parts[1:])
