"""Passwords and one-time codes: secrets only because a word beside them says so.

"My password is Tr0ub4dor" is a secret, "my password is not working" is a question. So after a mere "is" a value
must look like one; after a colon nearly everything counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from core.safety import nearby
from core.safety.found import Found
from core.safety.wordlists import STATES

PASSWORD, CODE = "password", "code"
_PASSWORD_WORDS: Final = re.compile(
    r"密[码碼]|口令|pass|pwd?|mima|contraseña|senha|пароль|パスワード|비밀번호"
)
_CODE_WORDS: Final = re.compile(
    r"[码碼]|[验驗][证證]|位[数數]|身份|口令|code|otp|[2m]fa|google|pin|one[ -]time|短信|sms|the text|text mes|authentic|digit|код|コード|인증|código"
)
_NUMBER: Final = re.compile(r"\d[ -]?\d{2}")
"""Every code holds such a piece."""
_DIGIT: Final = re.compile(r"\d")

_LABEL: Final = re.compile(
    r"(?<!一次性)(?<![动動][态態])(?:密[码碼]|口令)|(?:contraseña|senha|mot de passe|пароль|パスワード|비밀번호)|(?<![a-z])(?<!one[ -]time )(?:pass\s?words?|passwd|pwd|passcode|passphrase|passwort|mima|(?<![0-9a-z+/])pw(?![0-9+/])|pass(?=\s{0,2}[:=]|\s{1,2}is\s))(?![a-z])"
)
_QUOTES: Final = "\"'`“”‘’「」『』【】《》<>()[]"
_QUOTE: Final = r"[\"'`“”‘’「」『』【】《\[(]{0,2}"
_SIGN: Final = re.compile(
    r"[^\S\n]{0,3}[\"']?(?:[:=]|->|=>|→|——?|--?(?=\s))\s{0,3}" + _QUOTE + r"([!-~]{3,64})"
)
_IS: Final = re.compile(
    r"\s{0,2}(?:(?:现在|現在|还|還|就)?(?:是|为|為|係)|[改设設][成为為]了?|is|was|are|to)"
    r"\s{0,3}[:,]?\s{0,2}" + _QUOTE + r"([!-~]{4,64})"
)
_BARE: Final = re.compile(r"\s{0,3}" + _QUOTE + r"([0-9A-Za-z!#%&*^~][!-~]{5,63})")
_MINE: Final = re.compile(
    r"(?<![!-~])([!-~]{5,64})[”’」』]?\s{0,2}(?:(?:is|was|as) my (?:\w{1,12} )?(?:password|passcode|passphrase)"
    r"|[就]?是我的?(?:登录|登錄|交易|资金|資金|账号|賬號)?(?:密码|密碼))"
)
_MAILED: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{2,24}){1,3}(?:[:|]| [/|] )([!-.0-~]{6,64})",
    re.ASCII,
)
"""Name and password as lists of accounts hold them: "name@host.com:password"."""
_BASIC: Final = re.compile(
    r"(?:(?<!\S)(?:-u|--user)[ =][\"']?[\w.@+-]{1,64}:|://[\w.+-]{1,64}:(?=[^\s@/]{1,64}@))([!-&(-?A-~]{4,64})"
)
"""Name and password of a program's call: "-u name:password", "https://name:password@host"."""
_PLACEHOLDER: Final = re.compile(
    r"<[\w -]*>?|[%$]\w*|[{%$][{(]?[\w.-]*[)}]*|[*x.•_-]+|[a-z_][\w.]*(?:\([^()]*\)|\[[^\[\]]*\])"
)
"""What stands for a value in manuals, forms and programs."""
_PAIR: Final = re.compile(r"(?:[账帐賬帳][号號户戶]|account|user(?:name)?|email|邮箱)[\s/、,+&和]{0,3}$")
_SECOND: Final = re.compile(r"[\s/,、|]{1,3}([!-~]{4,64})")

_CODE_LABEL: Final = (
    r"(?:[验驗][证證][码碼]|[认認][证證][码碼]|校[验驗][码碼]|[动動][态態](?:密?[码碼]|口令)|一次性(?:密[码碼]|口令)|短信(?:密?[码碼]|[验驗][证證])|登[录錄陆陸入][码碼]|[随隨][机機][码碼]"
    r"|激活[码碼]|(?:身份|谷歌|google ?)[验驗][证證]器?|安全[码碼](?=\D{0,4}\d{6})|google auth(?:enticator)?|(?<![a-z])pin\s?[码碼]|(?<![a-z])pin(?: ?code)?(?=\s?[:=]|\sis\s)|(?<![a-z])pin code(?=\s\d{4}(?!\d))"
    r"|(?<![0-9a-z])(?:(?:verification|auth(?:entication)?|authenticator|security|login|sms|one[ -]time|confirmation|2fa)"
    r" (?:pass)?code|one[ -]time pass\s?words?|(?:my|your) code(?=\s?[:=]|\s(?:is|was)\s)|otp|2fa|totp|mfa)(?![a-z]))"
)
_DIGITS: Final = r"(?<![0-9a-z*])((?:[a-z]{1,3}-)?(?:\d{4,8}|\d{3}[ -]\d{3,4}|\d\d \d\d \d\d|(?=[a-z]{0,5}\d)[a-z0-9]{6}))(?![0-9a-z]|\.\d|\s?年)"
_YEAR: Final = re.compile(r"\w (?:19|20)\d\d\b")
"""A year behind a word: "turn off 2FA 2025"."""
_JOIN: Final = r"(?:\s{0,2}(?:是|为|為|[:=\-,(【\[#]|is|was)){0,2}\s{0,3}[\"'“‘「【\[(]{0,2}"
_LABELLED_CODE: Final = re.compile(_CODE_LABEL + _JOIN + _DIGITS)
_PLAIN_CODE: Final = re.compile(
    r"(?<![0-9a-z_])code(?:\s{0,2}[:=]|\s{1,2}(?:is|was))\s{0,2}[:]?\s{0,2}(\d{6,8}|\d{3}[ -]\d{3})(?![0-9a-z]|\.\d)"
)
_WARNED_CODE: Final = re.compile(
    r"code:? (\d{4,8}|\d{3}[ -]\d{3})(?![0-9a-z-]|\.\d)(?=[^\n]{0,40}(?:never share|(?:do not|don't) (?:share|give|tell|disclose)|expires in|valid for))"
)
"""A code in a message that warns not to pass it on."""
_CODE_AFTER: Final = re.compile(
    r"(?<![0-9a-z])(\d{4,8}|\d{3}[ -]\d{3})\s{0,2}(?:is (?:my|your|the) (?:\w{1,16} ){0,3}(?:code|otp)"
    r"|是(?:我|您|你)?的?(?:\w{0,6})(?:[验驗][证證]|[动動][态態]|校[验驗])[码碼]|[这那這][个個](?:[验驗][证證]|[动動][态態]|校[验驗])[码碼]|[(\[【]\w{0,6}(?:[验驗][证證]|[动動][态態]|校[验驗])[码碼])"
)
_IN_PASSING: Final = re.compile(
    r"(?:[个個的到那这這][码碼]|[六6]位[数數]?字?[码碼]?)\s?(?:是|为|為|[:=])?\s?(\d{6})(?!\d)"
    r"|(?<![a-z])(?:use|enter|type|input) (?:code )?(\d{4,8}|\d{3}[ -]\d{3})(?= (?:as your (?:\w{1,12} ){0,2}(?:code|otp)|to (?:log|sign|verify|confirm|complete|reset)))"
    r"|(?<![a-z])(?:otp|code) for [^\n.]{1,40}? is (\d{4,8})(?!\d)"
)
"""Codes that people and banks tell in a sentence."""
_OTHER_CODE: Final = re.compile(
    r"(?:error|status|ticker|stock|country|area|zip|postal|post|qr|promo|refer\w{0,6}|invite|invitation|source|ticket|order|reason|exit|http"
    r"|swift|currency|app|product|bar|voucher|coupon|discount|recovery|backup|scratch|rescue|emergency)\s?$"
)
_LOGGED: Final = re.compile(
    r"\[(?:error|warn(?:ing)?|info|debug)\]|(?<![a-z])(?:error|warn(?:ing)?|info|debug) [a-z_.]{1,32}:"
    r"|(?<![a-z_])(?:level|lvl|severity|status|msg|err|error|errno|retry|latency|duration)="
)
"""What a program's line holds beside "code=", and no person's. In an address it is none."""
_STATE_ENDINGS: Final = ("ed", "ing", "able", "ible", "ly", "n't", "ent", "ive", "ous", "ful")
_MAIL: Final = re.compile(r"[^@]+@[^@]+\.[A-Za-z]{2,24}")
_LETTERS: Final = re.compile(r"[a-z']+[.,!?;]*")


def find(text: str, low: str) -> Iterator[Found]:
    """The passwords and codes in a plain text; `low` is the same text in lower case."""
    passwords, codes = _PASSWORD_WORDS.search(low), _CODE_WORDS.search(low)
    if passwords:
        yield from _passwords(text, low)
    if ":" in low:
        for match in _BASIC.finditer(low):
            if _is_value(text[slice(*match.span(1))], after_sign=True):
                yield Found(*match.span(1), PASSWORD)
    if "@" in low:
        for match in _MAILED.finditer(low):
            if _is_mixed(text[slice(*match.span(1))]):
                yield Found(*match.span(1), PASSWORD)
    if codes and _NUMBER.search(low):
        yield from _codes(low)
    if (passwords or codes) and _DIGIT.search(low):
        yield from (Found(*one) for one in nearby.find(text, low))


def _passwords(text: str, low: str) -> Iterator[Found]:
    for label in _LABEL.finditer(low):
        for pattern, certain in ((_SIGN, True), (_IS, False)):
            match = pattern.match(low, label.end())
            if match and _is_value(text[slice(*match.span(1))], after_sign=certain):
                yield Found(*match.span(1), PASSWORD)
                yield from _second(text, low, label.start(), match.end(1))
        match = _BARE.match(low, label.end())
        if match and _is_mixed(text[slice(*match.span(1))]):
            yield Found(*match.span(1), PASSWORD)
    for match in _MINE.finditer(low):
        if _is_mixed(text[slice(*match.span(1))]):
            yield Found(*match.span(1), PASSWORD)


def _second(text: str, low: str, label: int, end: int) -> Iterator[Found]:
    """After "account/password: name / value" the value is the second one."""
    if _PAIR.search(low, max(0, label - 20), label):
        second = _SECOND.match(text, end)
        if second:
            yield Found(*second.span(1), PASSWORD)


def _is_value(value: str, *, after_sign: bool) -> bool:
    """Whether what follows "password:" or "password is" can be one."""
    low = value.lower().strip(_QUOTES)
    if not any(letter.isalnum() for letter in low) or low.startswith(("http://", "https://")):
        return False
    if _PLACEHOLDER.fullmatch(value.lower().rstrip(".,;'\"")):
        return False
    if not _LETTERS.fullmatch(low):
        return after_sign or _is_mixed(value) or not low.rstrip(".,!?;").isdigit() or len(low) >= 6
    word = low.rstrip(".,!?;")
    if word in STATES:
        return False
    return after_sign or (len(word) >= 8 and not word.endswith(_STATE_ENDINGS))


def _is_mixed(value: str) -> bool:
    """Digits beside letters, or six digits and more: what nobody writes next to "password" but a password."""
    stripped = value.strip(_QUOTES + ".,!?;")
    digits, letters = sum(map(str.isdigit, stripped)), sum(map(str.isalpha, stripped))
    if stripped.startswith(("http://", "https://")) or _MAIL.fullmatch(stripped):
        return False
    if digits and letters:
        return len(stripped) >= 6 + 2 * (letters == 1)
    return digits == len(stripped) >= 6


def _codes(low: str) -> Iterator[Found]:
    for pattern in (_LABELLED_CODE, _CODE_AFTER, _IN_PASSING):
        for match in pattern.finditer(low):
            start, end = match.span(match.lastindex or 1)
            if not _YEAR.match(low, start - 2, end):
                yield Found(start, end, CODE)
    for match in chain(_PLAIN_CODE.finditer(low), _WARNED_CODE.finditer(low)):
        if not _is_other_code(low, match):
            yield Found(*match.span(1), CODE)


def _is_other_code(low: str, match: re.Match[str]) -> bool:
    """Whether it is an error's or a country's code, or "code=500123" in a line that a program wrote."""
    start, end = match.span()
    if _OTHER_CODE.search(low, max(0, start - 16), start):
        return True
    if "=" not in match.group() or low[start - 1 : start] in ("?", "&") or low[end : end + 1] == "&":
        return False
    return _LOGGED.search(low, max(0, start - 80), end + 40) is not None
