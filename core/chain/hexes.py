"""64 hex digits may be a transaction id or a private key, and nothing in them tells which. Pure.

What says that it is an id: a link to a known explorer around it, or the word for a transaction id beside it. Everything
else is unclear and must not be written down before a node or the person has told. What is nearly 64 digits long is
as good as a key to whoever can try: only its shape may stay, which is all that a reader needs to say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Final
from urllib.parse import urlsplit

from core.safety.plain import plain

HANDLE: Final = re.compile(r"hex#[a-z2-7]{16}")
"""What stands in a text for 64 digits that are kept in memory."""
_ID: Final = re.compile(
    r"(?<![a-z])tx[ _-]{0,2}(?:id|hash)(?![a-z])|transaction[ _-]{1,2}(?:id|hash)(?![a-z])|交易(?:哈希|雜湊|杂凑|id)",
    re.IGNORECASE,
)
_LETTER: Final = r"[^\W_\u3040-\u9fff\uac00-\ud7a3]"
"""Digits and letters of any alphabet, but not the sentence around them."""
_RUN: Final = re.compile(rf"(?<!{_LETTER})(?:0[xX])?({_LETTER}{{48,80}})(?!{_LETTER})")
_WRAPPED: Final = re.compile(r"\s{0,8}(?:0[xX]\s{0,8})?[0-9a-fA-F](?:\s{0,8}[0-9a-fA-F]){63}\s{0,8}")
_GROUP: Final = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{2,32}(?![0-9A-Za-z])")
_BETWEEN: Final = re.compile(r"[ \t\n:_-]{1,3}")
"""What stands between groups of digits that belong together."""
_LINK: Final = re.compile(r"https?://[!-~]{1,2048}", re.IGNORECASE)
_HEX: Final = re.compile("[0-9a-fA-F]")
_LEAST, _MOST = 48, 80
"""Digits that are near enough to 64: what is missing can be tried."""
_FOREIGN: Final = 8
"""One letter in so many may be no hex digit: a typo of an id, or of a key."""

Keep = Callable[[str], str]
"""Keeps 64 small hex digits in memory and gives the handle for the text."""


def hide(text: str, hosts: Collection[str], keep: Keep) -> str:
    """The text with a handle in place of every 64 digits of unknown kind, and only the shape of what comes near.

    `hosts`: the explorers whose links make their digits a transaction id. Linear in the length of the text.
    """
    if len(text) < _LEAST:
        return text
    form = plain(text)
    if _ID.search(form.text):
        return text
    if len(form.text) <= 512 and _WRAPPED.fullmatch(form.text):  # with the line breaks of a narrow screen
        return keep("".join(form.text.split()).lower().removeprefix("0x"))
    known = [link.span() for link in _LINK.finditer(form.text) if _host(link.group()) in hosts]
    pieces, done = [], 0
    for start, end, digits in sorted((*_runs(form.text), *_spaced(form.text))):
        if any(first <= start < last for first, last in known):
            continue
        left, right = form.origin(start, end)
        put = keep(digits.lower()) if _is_whole(digits) else "".join(_shape(digits))
        pieces += [text[done:left], put]
        done = right
    return "".join([*pieces, text[done:]])


def _runs(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, letters without "0x") of whatever is hex, or nearly."""
    for found in _RUN.finditer(text):
        word = found[1]
        foreign = sum(not _HEX.fullmatch(letter) for letter in word)
        if foreign <= len(word) // _FOREIGN and any(map(str.isdigit, word)) and not word.isdigit():
            yield found.start() if _is_whole(word) else found.start(1), found.end(), word
        elif word.isdigit() and len(word) == 64:
            yield found.start(), found.end(), word


def _spaced(text: str) -> Iterator[tuple[int, int, str]]:
    """The same of digits in groups, as people copy them from paper: "4a5e 1e4b ...", "4a:5e:..."."""
    group: list[re.Match[str]] = []
    for found in (*_GROUP.finditer(text), None):
        if found is not None and (not group or _BETWEEN.fullmatch(text, group[-1].end(), found.start())):
            group.append(found)
            continue
        digits = "".join(one.group() for one in group)
        mixed = any(map(str.isdigit, digits)) and not digits.isdigit()
        if len(group) > 1 and mixed and _LEAST <= len(digits) <= _MOST:
            yield group[0].start(), group[-1].end(), digits
        group = [found] if found is not None else []


def _is_whole(word: str) -> bool:
    return len(word) == 64 and all(map(_HEX.fullmatch, word))


def _shape(word: str) -> Iterator[str]:
    """The same length and the same foreign letters; of the digits nothing."""
    for place, letter in enumerate(word):
        yield "0a"[place % 2] if _HEX.fullmatch(letter) else letter


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return ""
