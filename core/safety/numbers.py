"""Payment cards and identity numbers: digits that carry a check digit of their own.

One row of sixteen digits in ten passes a card's check by chance, and order numbers are such rows. So the check
counts only with a card's spaces or beside a word about cards, and never right behind a word about orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core.safety.found import Found

CARD, IDENTITY = "card", "id_number"
_DIGITS: Final = re.compile(r"\d(?:[ -]?\d){11}")
"""Every number here has so many digits."""
_CARD: Final = re.compile(r"(?<![0-9a-z_.,/=#-])\d(?:[ -]?\d){12,18}(?![0-9a-z_/]|[.,-]\d|[ -]\d(?!\d?/\d))")
_SHAPES: Final = re.compile(
    r"\d{4}([ -])\d{4}\1\d{4}\1\d{3,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5}|\d{6}([ -])\d{10,13}"
)
_HEADS: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|(?:6011|65\d{2}|64[4-9]\d|35\d{2})\d{12}|62\d{14,17}|(?:50|5[6-9]|6[0-9])\d{11,17}|220[0-4]\d{12}"
)
_ABOUT_CARD: Final = re.compile(
    r"银行|銀行|[工农建中招交商发]行|信用卡|储蓄卡|儲蓄卡|借记卡|卡[号號]|[的行张]卡|card|debit|visa|master|amex|银联|銀聯|unionpay|cvv|cvc|有效期|\bexp"
)
_ABOUT_ID: Final = re.compile(
    r"订单|訂單|单[号號]|流水|编号|編號|工单|哈希|时间戳|快递|运单|order|ticket|tracking|invoice|ref|\bid\b|\buid|tx|hash|imei|timestamp|(?<!card )number:"
)
_CVV: Final = re.compile(
    r"(?:(?<![a-z])cv[vc]2?(?![a-z])(?: (?:code|number))?|安全码|(?:卡的?)?背面的?(?:(?:[三3]|[四4])[位个]?[数數]?字?(?:码|碼)?)?|(?:code|digits|numbers?) (?:on|at|from|of) (?:the|its) back(?: of (?:the|my) card)?)"
    r"[^\S\n]{0,2}(?:是|为|is|are|was|code|[:=])?[^\S\n]{0,2}[\"'“「]?(\d{3,4})(?!\d|\s?[张个位次天])"
)
_IDENTITY: Final = re.compile(
    r"(?<![0-9a-z_.])[1-8]\d{5}[ -]?(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dx](?![0-9a-z_]|\.\d)",
    re.ASCII,
)
_SPACED: Final = re.compile(r"(?<![0-9a-z_.])[1-8](?:[ -]?\d){16}[ -]?[\dx](?![0-9a-z_]|\.\d)", re.ASCII)
"""An identity number in groups of any size."""
_ABOUT_IDENTITY: Final = re.compile(
    r"身份证|身份證|身分證|证件[号號]|證件號|identity card|id (?:card|number)"
)
_NEAR: Final = 24
_FACTORS: Final = tuple(2 ** (17 - place) % 11 for place in range(17))


def find(low: str) -> Iterator[Found]:
    """The cards and identity numbers in a plain, lower-case text."""
    if "cv" in low or "安全码" in low or "背面" in low or " back" in low:
        for match in _CVV.finditer(low):
            yield Found(*match.span(1), CARD)
    if not _DIGITS.search(low):
        return
    for match in _IDENTITY.finditer(low):
        digits = re.sub(r"[ -]", "", match.group())
        sure = _is_identity(digits)
        if sure or _ABOUT_IDENTITY.search(low, max(0, match.start() - _NEAR), match.start()):
            yield Found(*match.span(), IDENTITY, sure)
    for match in _SPACED.finditer(low) if _ABOUT_IDENTITY.search(low) else ():
        if _is_identity(re.sub(r"[ -]", "", match.group())):
            yield Found(*match.span(), IDENTITY, True)
    for match in _CARD.finditer(low):
        digits = re.sub(r"[ -]", "", match.group())
        right = _HEADS.fullmatch(digits) is not None and luhn(digits)
        if _is_card(low, match, right=right):
            yield Found(*match.span(), CARD, right)


def _is_identity(digits: str) -> bool:
    """Whether the check character of GB 11643 holds."""
    total = sum(int(digit) * factor for digit, factor in zip(digits, _FACTORS, strict=False))
    return "10x98765432"[total % 11] == digits[17]


def _is_card(low: str, match: re.Match[str], *, right: bool) -> bool:
    """Whether the words around it let it be one. `right`: its beginning and its check digit are a card's."""
    before = low[max(0, match.start() - _NEAR) : match.start()]
    card, other = _last(_ABOUT_CARD, before), _last(_ABOUT_ID, before)
    behind = _ABOUT_CARD.search(low, match.end(), match.end() + _NEAR) is not None
    shaped = _SHAPES.fullmatch(match.group()) is not None
    if card > other:
        return (
            right or shaped
        )  # called a card and written like one: a mistyped digit makes it no less of a card
    return right and other < 0 and (shaped or behind)


def luhn(digits: str) -> bool:
    """Whether the check digit of a card number holds."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match begins; -1 when there is none."""
    return max((match.start() for match in pattern.finditer(text)), default=-1)
