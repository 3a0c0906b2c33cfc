"""Passwords and codes some words away from what names them: "he wanted the code, so I told him 123456".

In a text stand marks (words for a password, for a code, for something else, and the ends of sentences) and values
(what looks like a password or a code). A value belongs to the last mark before it; where that names something else
(an order, an account, an error) it is no secret. Both are found in one pass each, so all of it is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from core.safety.plain import is_han

PASSWORD, CODE = "password", "code"
_REACH: Final = 40
"""Characters between a mark and its value."""
_CLOSE: Final = 12
"""... for values that many other things look like."""
_HAN_REACH: Final = 20
"""Han characters between them: each says as much as a short word."""


_MARK: Final = re.compile(
    r"(?P<code>[验驗][证證][码碼]|[认認][证證][码碼]|校[验驗][码碼]|[动動][态態](?:密?[码碼]|口令)|一次性(?:密[码碼]|口令)|短信[码碼]|[登注][录錄陆册冊][码碼]|[个個到那这這][码碼]|[码碼]是"
    r"|code (?:是|(?:i|we|he|she|they|that|which) |(?:from|by) (?:the |your |my |an? |sms|text|e?-?mail))|(?:the|this|that|my|your|text|login|access|sms|email|votre|ihr|su) code(?!s| review| name)|(?:verification|security|confirmation|authentication|one[ -]time) (?:code|password|pin)"
    r"|otps?(?![a-z])|2fa(?! reset)|mfa(?![a-z])|totp|код|認証コード|確認コード|인증 ?(?:번호|코드)|bestätigungscode|code de vérification|código)"
    r"|(?P<password>密[码碼](?![学子鎖锁箱本机])|口令(?!红包)|pass ?words?(?! manager)|passwd|passwort|passphrase|passcode|passw?rd|pwd|pw(?![a-z0-9])|pass(?=\s?[:=/]|\s(?:is|was|to)\s)|mima(?![a-z])"
    r"|contraseña|senha|mot de passe|пароль|パスワード|비밀번호)"
    r"|(?P<place>短信|谷歌[验驗][证證]|[验驗][证證]器|[六6]位[数數验驗](?!的)|sms(?![a-z])|text message|the text(?![a-z])|authenticator|(?:six|6)[- ]digit)"
    r"|(?P<shown>for (?:the|my|this|that|your|our) (?:accounts?|e?-?mail|wallet|user|app|site)|提示|弹出|跳出|says?(?![a-z])|displays?|reports?(?![a-z]))"
    r"|(?P<other>[订訂][单單]|[单單编編][号號]|流水|错误|錯誤|失败|失敗|报错|代码|[账帐賬帳][号號户戶]|用[户戶]|手机号|号码|电话|尾号|邮箱|版本|[余餘][额額]|金[额額]|[价價]格|区号|邮编|优惠|邀请|推荐|推广|兑换|取[件餐]|提货|核销|会议|房间"
    r"|[淘吱]口令|红包|股票|基金|[转充付][了账帐款值币到入出]|[昵名]称|登[录錄]名|设备|来自|工单|公告|上限|申请|error|err(?![a-z])|status|orders?(?![a-z])|ticket|invoice|user ?name|user(?=[ :])|accounts?(?![a-z])|e?-?mails?(?= (?:is|to|from)|[: ]{1,2}\S{1,40}@)"
    r"|uid|id(?=[\s:]{1,2}\S)|version|amount|balance|price|phone|txid|tx(?![a-z])|hash|block|nonce|memo|page |room|device|model|from (?=\d)|since|https?:|promo|refer|coupon|gift|zip|country|prints?(?![a-z])|returned|returns|runs(?![a-z])|build|port(?![a-z])|ошибк|стран)"
    r"|(?P<end>[。！？;\n]|[.!?](?=\s))"
)
"""Every alternative begins with a letter of its own, so that most places are passed over at once."""

_WORDY: Final = re.compile(r"[!-~]{6,64}")
_QUOTES: Final = "\"'`<>()[]{},.:;!?/|"
_NAMED: Final = re.compile(
    r"(?:v|ip(?:hone|ad|v)|ios|android|win(?:dows)?|mac(?:os|book)?\w{0,3}|chrome|galaxy|pixel|redmi|xiaomi|huawei|erc|trc|bep|web|utf|sha|md|aes|rsa|mp|err(?:or)?|e|1password|bitwarden"
    r"|[a-z]+(?= ?pro))[-_]?\d[\w.,-]*|\d[\d.,]*(?:h|hrs?|s|secs?|ms|min|mins|d|days?|usd[tc]?|u|k|w|gb|mb|kb|px|x|th|st|nd|rd|am|pm|bit|btc|eth|sol)"
    r"|\\?-.*|pass(?:word|wd)?\d*|0x[0-9a-f]*|[0-9a-f-]{32,}|[\w.-]+\.(?:pdf|zip|png|jpe?g|txt|apk|com|net|org|io|cn|html?|exe)(?:/\S*)?|\S+@\S+\.[a-z]{2,24}|\S*(?:://|www\.)\S*|[\w.-]+=\S*"
)
"""What has letters and digits and is a device, an amount, a file, an address."""
_NUMERIC: Final = re.compile(
    r"(?<![0-9a-z./@#_+$￥*-])(?<!\d[ ,:])(?:\d{4,12}|\d{3}[ -]\d{3,4}|\d\d[ -]\d\d[ -]\d\d|\d(?: \d){5}|[a-z0-9]{6}|[a-z0-9]{3}-[a-z0-9]{3,4})(?![0-9a-z_@%]|[.,:/ -]\d|-[a-z]"
    r"|\s?(?:[年月日天次条個个位人元块万分秒]|小时|号(?!码)|u(?![a-z])|usd|ms|min|sec|hour|day|time|digit|char|people|lines))"
)
_DATE: Final = re.compile(r"(?:19|20)\d\d(?:(?:0\d|1[0-2])(?:[0-2]\d|3[01]))?")
_LEADS: Final = re.compile(
    r"(?:^\W{0,4}|[:=→>\"'“「『(]|[—-](?=\s)|是|为|為|係|[输輸](?:入)?[的了]?|[填设設写寫用试試][的了过]?|[改换換]?成|[改换換叫说說和]|[给給告][诉訴]?[他她您你]?了?|['’]s|生日|[这這在][里裡儿]|[下如][面下]|は|[는은]|\s/(?=\s)"
    r"|(?<![a-z])(?:is|are|was|were|be|es|est|ist|è|é|lautet|just|only|still|really|now|to|with|as|use|used|using|it|try|tried|enter|entered|typed?|said?|(?:told|gave) \w{2,4}))[\s\"'“”「『(\[:,]{0,4}$"
)
"""What stands right before a password that does not follow its mark at once."""
_AT: Final = re.compile(r"(?:at|on|until|[薪到至]) ?$")
"""What stands before a time or a sum."""
_AS: Final = re.compile(
    r"[\"'”’」』)\],!?\s]{0,3}(?:(?:和|or|and)\s?[!-~]{4,64}\s?)?(?:as(?: an?| my| the| our)?(?: \w{2,10})? ?$|is (?:my|an?|the) |\s?works? as|\s?instead of|before i|count|an? |[这這那][个個]|[两兩几]个|[当做作]|[说說]?是|就是|from (?:the |my )?$)"
)
"""What stands between a value and a mark behind it that names it."""


def find(text: str, low: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of each value that a mark names; `low` is the plain text in lower case."""
    marks = _Marks(low)
    if PASSWORD in marks.kinds:
        yield from _passwords(text, low, marks)
    if CODE in marks.kinds or "place" in marks.kinds:
        yield from _codes(text, low, marks)


class _Marks:
    """The marks of a text, in order, and what stands between them and a value."""

    def __init__(self, low: str) -> None:
        found = [match for match in _MARK.finditer(low) if _stands_alone(low, match.start())]
        self.low = low
        self.starts = [match.start() for match in found]
        self.ends = [match.end() for match in found]
        self.kinds = [match.lastgroup or "" for match in found]

    def before(self, start: int) -> tuple[str, str]:
        """The kind of the last mark before a value and what stands between; ("", "") when it is too far away.
        A mark that only shows something is passed over."""
        at = bisect_right(self.ends, start) - 1
        if at >= 0 and self.kinds[at] == "shown":
            at -= 1
        if at < 0 or start - self.ends[at] > _REACH:
            return "", ""
        between = self.low[self.ends[at] : start]
        far = len(between) > _HAN_REACH and sum(map(is_han, between)) > _HAN_REACH
        return ("", "") if far else (self.kinds[at], between)

    def names(self, end: int, kind: str) -> bool:
        """Whether the next mark behind a value is of this kind, and between them stands that it names it."""
        at = bisect_right(self.starts, end - 1)
        if at < len(self.starts) and self.kinds[at] == "end" and self.starts[at] <= end + 1:
            at += 1  # "Abc123! as my password"
        if at == len(self.starts) or self.kinds[at] != kind or not 1 < self.starts[at] - end <= _REACH:
            return False
        return _AS.match(self.low, end, self.starts[at]) is not None

    def touches(self, end: int, kind: str) -> bool:
        """Whether a mark of this kind follows a value at once."""
        at = bisect_right(self.starts, end - 1)
        return (
            at < len(self.starts)
            and self.kinds[at] == kind
            and not self.low[end : self.starts[at]].strip(" ")
        )


def _stands_alone(low: str, start: int) -> bool:
    """Whether a word begins where it is found: "compass" is no "pass", "条码" no "码"."""
    before, first = low[start - 1 : start], low[start]
    if first in "码碼":
        return not is_han(before)
    return not ("a" <= first <= "z" and "a" <= before <= "z")


def _passwords(text: str, low: str, marks: _Marks) -> Iterator[tuple[int, int, str]]:
    for match in _WORDY.finditer(text):
        value = match.group().strip(_QUOTES)
        start = match.start() + match.group().index(value)
        end = start + len(value)
        if (_led_to(marks, start, _REACH) or marks.names(end, PASSWORD)) and _is_password(value):
            yield start, end, PASSWORD
    for match in _NUMERIC.finditer(low):
        start, end = match.span()
        if end - start >= 6 and match.group().isdigit() and _led_to(marks, start, _HAN_REACH):
            yield start, end, PASSWORD


def _led_to(marks: _Marks, start: int, reach: int) -> bool:
    """Whether a value belongs to a password's mark some words before, and what stands right before it says so."""
    kind, between = marks.before(start)
    return kind == PASSWORD and 0 < len(between) <= reach and _LEADS.search(between) is not None


def _is_password(value: str) -> bool:
    """Letters and digits mixed as in no name of a thing."""
    digits, letters = sum(map(str.isdigit, value)), sum(map(str.isalpha, value))
    if not digits or not letters or len(value) < 6 + 2 * (letters == 1):
        return False
    return not _NAMED.fullmatch(value.lower())


def _codes(text: str, low: str, marks: _Marks) -> Iterator[tuple[int, int, str]]:
    for match in _NUMERIC.finditer(low):
        start, end = match.span()
        shape = _shape(text[start:end])
        if shape and _is_named(marks, start, end, shape):
            yield start, end, CODE


def _is_named(marks: _Marks, start: int, end: int, shape: str) -> bool:
    """Whether what looks like a code belongs to a mark of one: the less it looks like one, the nearer."""
    kind, between = marks.before(start)
    if kind == CODE:
        return shape != "short" or len(between) <= _CLOSE
    if kind == "place":
        return shape == "six" and not _AT.search(between)
    if shape != "six":
        return shape != "short" and marks.names(end, CODE)
    return (
        marks.names(end, CODE) or marks.names(end, "place") or (kind != "other" and marks.touches(end, CODE))
    )


def _shape(value: str) -> str:
    """six digits, four ("short"), a few more ("long"), capitals among digits ("mixed"); "" of none."""
    digits = sum(map(str.isdigit, value))
    if digits == sum(map(str.isalnum, value)):
        if _DATE.fullmatch(value) or digits > 8:
            return ""
        return "six" if digits == 6 else "short" if digits == 4 else "long"
    return "mixed" if digits >= 1 and value == value.upper() else ""
