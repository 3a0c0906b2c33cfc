"""The scam check: a text -> a grade and its reasons. Pure but for the lists, which are looked up in a mapped file.

In this order: our official list; scam lists; what looks like our own names; how links hide; the small models. The
worst thing in a text decides. No answer is ever "safe": what is unknown is unknown. Nothing is fetched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, Literal, NamedTuple

from core.safety import features, links, model
from core.safety.entries import normal_address
from core.safety.hosts import Host, host_of
from core.safety.items import Item
from core.safety.links import Found
from core.safety.lists import Lists, Source
from core.safety.lookalike import like_host, like_name
from core.safety.lures import WEAK, only_warns, own_question, turns
from core.safety.official import Official
from core.safety.skeleton import listed, skeleton

Grade = Literal["official", "looks_like_ours", "listed", "suspicious", "unknown"]
WORST: Final[tuple[Grade, ...]] = ("listed", "looks_like_ours", "suspicious", "unknown", "official")
STALE: Final = 48 * 3600.0
"""Seconds after which scam lists say little: most scam sites live for days."""
_NAME = 64
"""Characters of a text that may be somebody's name."""
_SAYS = 60
"""Letters around official things from which a text says something of its own (a Han character counts for two)."""
_WORD = 4
"""Letters beside the links and names from which a text says anything at all."""
_SENTENCE = 16
"""Letters from which a text is long enough for the models of texts."""
_SHORTENERS: Final = listed("shorteners")
_KNOWN: Final = listed("known")
_NO_LETTERS: Final = bytes(byte for byte in range(128) if not chr(byte).isalpha())
_HAN_LETTER: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


class Reason(NamedTuple):
    """Why. `code` is one of docs/scam-check.md; `about` is what in the text it is about; `detail`: our name that is
    imitated, the lists that name it, the day of the newest of them."""

    code: str
    about: str = ""
    detail: str = ""


class Verdict(NamedTuple):
    """`grade` is the worst of what was found. `list_age`: hours since the scam lists were fetched, None without."""

    grade: Grade
    reasons: tuple[Reason, ...] = ()
    list_age: float | None = None


@dataclass(frozen=True)
class Known:
    """What a check is made with. `official` is None when there is no list that may be believed."""

    official: Official | None = None
    lists: Lists = field(default_factory=Lists)


def check(text: str, known: Known, now: float) -> Verdict:
    """The verdict on a link, a handle, an address or a whole message. Never raises; linear in the text."""
    found = links.find(text)
    if known.official is not None and (spaced := _spaced(text, known.official)):
        return _verdict([spaced], known, now)
    judged = [_judge(item, known) for item in found.items]
    judged += _text(text, found, known)
    if found.hidden:
        judged.append(("suspicious", Reason("hidden")))
    if found.script:
        judged.append(("suspicious", Reason("script")))
    if judged and _official_only(judged) and _letters(found.rest) > _SAYS:
        judged.append(("unknown", Reason("says_more")))
    return _verdict(judged, known, now)


Judged = tuple[Grade, Reason]


def _official_only(judged: Sequence[Judged]) -> bool:
    return all(grade == "official" for grade, _ in judged)


def _verdict(judged: Sequence[Judged], known: Known, now: float) -> Verdict:
    grades: list[Grade] = [grade for grade, _ in judged]
    grade: Grade = min(grades, key=WORST.index, default="unknown")
    reasons = [reason for found, reason in judged if found == grade]
    reasons += [reason for found, reason in judged if found != grade and found != "unknown"]
    at = known.lists.age
    age = None if at is None else max(0.0, now - at) / 3600
    if grade == "unknown":
        reasons = reasons or [Reason("nothing_found")]
        if age is not None and age * 3600 > STALE:
            reasons.append(Reason("lists_old", detail=_day(at or 0.0)))
    if expired(known.official, now):
        reasons.append(Reason("official_expired"))
        grade = "unknown" if grade == "official" else grade
    return Verdict(grade, tuple(dict.fromkeys(reasons)), None if age is None else round(age, 1))


def expired(official: Official | None, now: float) -> bool:
    """Whether the official list is too old to be believed."""
    return official is not None and _date(now) > official.expires


def _judge(item: Item, known: Known) -> Judged:
    official = known.official
    if official is not None and official.has(item):
        return "official", Reason(f"official_{item.kind}", item.value)
    if item.host is not None and item.kind in ("host", "mail"):
        return _host(item, item.host, known)
    if item.kind == "address":
        return _address(item, known)
    like = (
        official
        and item.kind in ("handle", "invite")
        and like_name(item.value.rpartition("/")[2], official.ours)
    )
    if like:
        return "looks_like_ours", Reason("like_handle", item.value, like.ours)
    return "unknown", Reason(f"unlisted_{item.kind}", item.value)


def _host(item: Item, host: Host, known: Known) -> Judged:
    about = item.value if item.kind == "mail" else host.seen
    sources = known.lists.of_host(host)
    on = [source for source in sources if source.kind == "deny"]
    trusted = _trusted(host, sources)
    if on and len(on) > trusted:
        return "listed", Reason("listed", about, ", ".join(f"{s.name} ({_day(s.at)})" for s in on))
    if known.official is not None:
        if (item.tricks or item.kind == "mail") and known.official.has_host(host):
            return _ours_but(item, host, about)
        if not trusted and (like := like_host(host, known.official.ours)):
            return "looks_like_ours", Reason(f"like_{like.why}", about, like.ours)
    return _unlisted(item, host, about, trusted=bool(trusted))


def _ours_but(item: Item, host: Host, about: str) -> Judged:
    """Our own host as what a link only shows, in a link with a trick, or as the sender of a mail that is not listed."""
    if item.tricks == ("shown",):
        return "looks_like_ours", Reason("label", about, host.name)
    if item.kind == "mail":
        return "unknown", Reason("unlisted_sender", about)
    return "suspicious", Reason(item.tricks[0], about)


def _trusted(host: Host, sources: Sequence[Source]) -> int:
    """How many lists may err about a host: one about what everybody uses, all about what the operator allows."""
    kinds = {source.kind for source in sources}
    if "allow" in kinds:
        return 64
    return int(not host.free and ("top" in kinds or not _KNOWN.isdisjoint(host.parents)))


def _unlisted(item: Item, host: Host, about: str, *, trusted: bool) -> Judged:
    for trick in item.tricks:
        if trick != "shown":
            return "suspicious", Reason(trick, about)
    if host.name in _SHORTENERS:
        return "unknown", Reason("shortener", about)
    if host.real and not host.ip and not trusted and model.load("hosts").tells(features.of_host(host)):
        return "suspicious", Reason("free_hosting" if host.free else "like_scam_hosts", about)
    if "xn--" in host.name and _disguised(host.seen):
        return "suspicious", Reason("punycode", about)
    return "unknown", Reason("unlisted_sender" if item.kind == "mail" else "unlisted_host", about)


def _disguised(seen: str) -> bool:
    """Whether letters of another alphabet stand there for ASCII ones."""
    foreign = any(one.isalpha() and "LATIN" not in unicodedata.name(one, "") for one in seen)
    return foreign and skeleton(seen).isascii()


def _address(item: Item, known: Known) -> Judged:
    on = [s for s in known.lists.naming(normal_address(item.value)) if s.kind == "deny"]
    if on:
        return "listed", Reason("listed", item.value, ", ".join(f"{s.name} ({_day(s.at)})" for s in on))
    return "unknown", Reason("unlisted_address", item.value)


def _text(text: str, found: Found, known: Known) -> list[Judged]:
    """What the words say: a bare name that looks like ours, the turns of known frauds, the model."""
    if not found.items and (named := _name(text, known)):
        return named
    said = _letters(found.rest)
    codes = [code for code in turns(text) if code not in WEAK] if said >= _WORD else []
    if codes:
        return [("suspicious", Reason(code)) for code in codes]
    if said >= _SENTENCE and not only_warns(text) and not own_question(text):
        name = "han" if features.is_han(text) else "texts"
        if model.load(name).tells(features.of_text(text)):
            return [("suspicious", Reason("like_scam_texts"))]
    return []


def _name(text: str, known: Known) -> list[Judged]:
    name, official = text.strip(), known.official
    if official is None or not name or len(name) > _NAME or "\n" in name:
        return []
    like = like_name(name, official.ours)
    if like is None or not like.ours:
        return []
    if name.casefold() == like.ours.casefold():
        return [("unknown", Reason("name_proves_nothing", name))]
    return [("looks_like_ours", Reason("like_name", name, like.ours))]


def _spaced(text: str, official: Official) -> Judged | None:
    """A host of ours with spaces in it, as some filters force people to write it."""
    if len(text) > _NAME or "." not in text:
        return None
    parts = text.split()
    if len(parts) < 2 or not (joined := "".join(parts)).isascii():
        return None
    host = host_of(joined)
    return ("official", Reason("official_host", host.seen)) if host and official.has_host(host) else None


def _letters(text: str) -> int:
    if text.isascii():
        return len(text.encode().translate(None, _NO_LETTERS))
    return sum(map(str.isalpha, text)) + len(_HAN_LETTER.findall(text))


def _date(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def _day(at: float) -> str:
    return _date(at).isoformat()
