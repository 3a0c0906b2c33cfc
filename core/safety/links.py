"""What in a text leads somewhere or stands for somebody: links, hosts, handles, addresses, numbers. Pure, linear.

Law of this file: nothing is fetched, and every text is read as a browser or a person would take it: full-width and
invisible characters, "点" and "[.]" for a dot, what stands before "@" in a link, a label that shows another host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote

from core.safety.hosts import Host, host_of
from core.safety.items import Item
from core.safety.plain import plain
from core.safety.profiles import profile

LONGEST: Final = 4096
MOST: Final = 40
"""Items that are looked at in one text."""
_L: Final = r"[^\W_\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
"""A letter or digit of an alphabet: Chinese runs on without spaces, so it ends a word."""
_OVERRIDES: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DOT: Final = re.compile(
    rf"(?<={_L})\s?(?:\[\.\]|\(\.\)|\{{\.\}}|\[dot\]|\(dot\)|\s\(?dot\)?\s|[点點。｡、丶]|\[点\]|\(点\)|（点）)\s?(?={_L})",
    re.IGNORECASE,
)
_PERHAPS_DOT: Final = re.compile(r"[\[({点點。｡、丶]|[Dd][Oo][Tt]")
"""Found wherever `_DOT` or `_HAN_DOT` finds something."""
_HAN_DOT: Final = re.compile(r"(?<=[\u3400-\u9fff])[。｡](?=[a-z]{2,24}(?![a-z]))", re.IGNORECASE)
_LABELLED: Final = re.compile(r"\[([^\[\]\n]{1,200})\]\(<?([^()\s<>]{1,2000})>?\)")
_URL: Final = re.compile(
    r"(?<![a-z0-9])([a-z][a-z0-9+.-]{1,20}):[/\\]{1,8}([^\s<>\"'「」《》【】，。；！？、“”()（）]{1,2000})",
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(
    r"(?<![a-z0-9])(?:(?:java|vb)script:[^\s]{0,80}?[(=/;]|data:(?:text|application)/[a-z0-9.+-]{1,40}[;,])",
    re.IGNORECASE,
)
"""What runs a program when it is opened or pasted into the line of addresses."""
_AUTHORITY: Final = re.compile(r"[^/?#]*")
_BEFORE_PATH: Final = re.compile(r"[^:/?#]*")
_NO_DIGIT: Final = re.compile(r"[^\d+]")
_HAN_TAIL: Final = re.compile(r"[\u3400-\u9fff][^.]*$")
_MAIL: Final = re.compile(rf"(?<![\w.+@-])([\w.+-]{{1,64}})@((?:{_L}[\w-]{{0,62}}\.){{1,12}}{_L}{{2,63}})")
_BARE: Final = re.compile(
    rf"(?<![a-z0-9.@/_-])(?:{_L}(?:{_L}|[_-]){{0,62}}\.){{1,126}}{_L}(?:{_L}|-){{1,62}}(?:[:/?#][^\s<>\"'，。；！？、“”()（）\u2e80-\u9fff]{{0,500}})?",
    re.IGNORECASE,
)
_HAN_HOST: Final = re.compile(rf"[\u3400-\u9fff]{{1,20}}(?:{_L}|-){{0,20}}\.{_L}{{2,24}}(?!{_L}|[.-])")
_IP: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_HANDLE: Final = re.compile(rf"(?<![\w/.@])@({_L}(?:{_L}|[_.]){{1,63}})")
_ID: Final = re.compile(r"<@!?(\d{5,20})>|(?<![\w:])id:\s?(\d{4,20})(?!\d)", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<![\w.+-])\+?\d(?:[ ()-]{0,2}\d){6,14}(?![\w.])")
_CHAIN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}|[a-z]{2,5}1[02-9ac-hj-np-z]{20,90}|[1-9A-HJ-NP-Za-km-z]{26,50})(?![A-Za-z0-9])"
)


class Found(NamedTuple):
    """`rest` is the text without the items. `hidden`: it turns the direction of letters around; `script`: it holds
    an address that is a program."""

    items: tuple[Item, ...]
    rest: str
    hidden: bool = False
    script: bool = False


def find(text: str) -> Found:
    """Everything in a text, at most `MOST` items of it, in the order in which kinds are looked for. Never raises."""
    text = text[:LONGEST]
    hidden = not text.isascii() and bool(_OVERRIDES.search(text))
    clean = plain(text).text
    if _PERHAPS_DOT.search(clean):
        clean = _DOT.sub(".", _HAN_DOT.sub(".", clean))
    clean = clean.replace("hxxp", "http")
    reading = _Reading(clean)
    items = tuple(dict.fromkeys(reading.items()))[:MOST]
    return Found(items, reading.rest, hidden, ":" in clean and bool(_SCRIPT.search(clean)))


class _Reading:
    """One pass for each kind; what a pass took is no longer there for the next one."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def items(self) -> Iterator[Item]:
        """All items, the surest kinds first."""
        for label, target in self._take(_LABELLED, "]("):
            yield from _labelled(label, target)
        for scheme, rest in self._take(_URL, ":"):
            yield from _url(scheme.lower(), rest)
        for local, domain in self._take(_MAIL, "@"):
            if host := host_of(domain):
                yield Item("mail", f"{local.lower()}@{host.name}", host)
        for mention, number in self._take(_ID) if ":" in self.rest or "<@" in self.rest else ():
            yield Item("id", mention or number)
        for (found,) in self._take(_BARE, "."):
            yield from _bare(found)
        for (found,) in () if self.rest.isascii() else self._take(_HAN_HOST, "."):
            if (host := host_of(found)) and host.real:
                yield Item("host", host.name, host)
        for (found,) in self._take(_IP, "."):
            yield Item("host", found, Host(found, found), tricks=("ip",))
        for (name,) in self._take(_HANDLE, "@"):
            yield Item("handle", name.rstrip("."))
        for (found,) in self._take(_CHAIN, least=23):
            if _chain(found):
                yield Item("address", found)
        for (found,) in self._take(_PHONE, least=7):
            yield Item("phone", _NO_DIGIT.sub("", found))

    def _take(self, pattern: re.Pattern[str], needle: str = "", least: int = 3) -> Sequence[tuple[str, ...]]:
        """What a pattern finds; nothing at once where the text lacks what each find of it holds, or is shorter than
        the shortest."""
        if len(self.rest) < least or needle not in self.rest or not pattern.search(self.rest):
            return ()
        found: list[tuple[str, ...]] = []

        def taken(match: re.Match[str]) -> str:
            found.append(match.groups() or (match.group(),))
            return " "

        self.rest = pattern.sub(taken, self.rest)
        return found


def _labelled(label: str, target: str) -> Iterator[Item]:
    """A link that shows a text: where that text is a host itself, it has to be the host that is opened."""
    opened = list(_Reading(target).items())
    shows = [item for item in _Reading(label).items() if item.host]
    names = {item.host.name.removeprefix("www.") for item in opened if item.host}
    other = next((s for s in shows if s.host and s.host.name.removeprefix("www.") not in names), None)
    for item in opened:
        tricks = (*item.tricks, "label") if other else item.tricks
        yield Item(item.kind, item.value, item.host, item.service, tricks, item.path)
    if other and other.host:
        yield Item("host", other.value, other.host, tricks=("shown",))


def _url(scheme: str, rest: str) -> Iterator[Item]:
    rest = rest.replace("\\", "/")
    if scheme not in ("http", "https"):
        known = tuple(profile(f"{scheme}://{rest}"))
        yield from known
        if known or not ((host := host_of(_start(_AUTHORITY, rest))) and host.real):
            return
    authority = _start(_AUTHORITY, rest)
    glued = None if authority.isascii() else _HAN_TAIL.search(authority)
    if glued and (cut := host_of(authority[: glued.start()])) and cut.real:
        authority = authority[: glued.start()]
    yield from _leads(authority, rest[len(authority) :])


def _bare(found: str) -> Iterator[Item]:
    authority = _start(_BEFORE_PATH, found)
    yield from _leads(authority, found[len(authority) :], bare=True)


def _start(pattern: re.Pattern[str], text: str) -> str:
    """What a pattern that matches anything takes from the beginning of a text."""
    found = pattern.match(text)
    return found.group() if found else ""


def _leads(authority: str, path: str, *, bare: bool = False) -> Iterator[Item]:
    host = host_of(authority)
    if host is None or (bare and host.ip and host.name.count(".") != 3):
        return
    tricks = ("userinfo",) * ("@" in unquote(authority)) + ("ip",) * host.ip
    known = tuple(profile(host.name.removeprefix("www.") + path))
    yield from known
    if not known or tricks:
        yield Item("host", host.name, host, tricks=tricks, path=path[:500])


def _chain(text: str) -> bool:
    """Whether a token is an address of some chain: a word or a number is not."""
    if text.startswith("0x") or ("1" in text[2:6] and text.islower()):
        return True
    return any(map(str.isdigit, text)) and any(map(str.islower, text)) and any(map(str.isupper, text))
