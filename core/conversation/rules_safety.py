"""Rules that keep people safe: no flow asks for a secret or stores one, and nothing links off the official list.

SECRET judges by words, see `asks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import lru_cache
from urllib.parse import urlsplit

from core.conversation.asks import asks_for_secret
from core.conversation.facts import Facts
from core.conversation.flow import Ask
from core.conversation.layout import Fault
from core.conversation.load import Draft
from core.safety.links import find as find_links

KNOWN = 4096
"""Texts of flows whose judgement is kept: at the next reload nearly all of them are the same."""
_SECRET_NAMES = re.compile(
    r"(?:^|_)(?:passwords?|passwd|pwd|passcode|passphrase|mnemonic|otp|cvv|pin|seed|seed_phrase|recovery_phrase|secret|keystore"
    r"|private_?key|secret_?key|(?:2fa|sms|verification|security|one_time|auth\w*)_code|mima|siyao|zhujici|yanzhengma)(?:_|$)"
)


_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{0,500})\)")
_MARKS = re.compile(r"\*\*|`")


def shown(text: str) -> str:
    """What a person sees of a text: without its marks, which split no word for a reader ("evil**.com**")."""
    return _MARKS.sub("", _LINK.sub(r"\1", text))


@lru_cache(maxsize=KNOWN)
def _asks(text: str, *, strict: bool) -> str:
    return asks_for_secret(text, strict=strict) or asks_for_secret(shown(text), strict=strict)


def secrets(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """SECRET: no text and no button asks for a secret, and no slot is made to hold one."""
    asks = {step.text: step for step in draft.flow.steps.values() if isinstance(step, Ask)}
    quizzed = {f"lesson.{name}.question" for name in draft.flow.lessons}
    for (language, key), forms in draft.sources.items():
        for form in forms:
            found = _asks(form, strict=key in asks or key in quizzed)
            if found:
                yield draft.fault(draft.at(language, "texts", key), "SECRET", "", found=found)
                break
    for language, words in draft.flow.words.items():
        for name, label in words.choices.items():
            found = _asks(label, strict=False)
            if found:
                yield draft.fault(draft.at(language, "choices", name), "SECRET", "", found=found)
    for key, step in asks.items():
        if step.reads and (_SECRET_NAMES.search(key) or _SECRET_NAMES.search(step.reads)):
            yield draft.fault(draft.at("flow", "steps", step.name, "ask"), "SECRET", "slot", slot=key)


# --- links

_DOTTED = re.compile(r"[A-Za-z0-9]\.[A-Za-z0-9]|://")
"""Nothing without this is an address; nearly every text stops here."""
_LEADS = re.compile(r"[.@．。｡点點。\[(]|dot", re.IGNORECASE)
_BARE = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,10}://|www\.)[^\s，。；！？、（）()<>《》“”\"'`\]\[]{1,300}", re.IGNORECASE
)
_HOST = re.compile(
    r"(?<![\w.@/-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}"
    r"(?:com|net|org|io|app|xyz|me|info|co|cn|top|vip|finance|exchange|wallet|support|help|site|online|shop|club|pro|live"
    r"|link|gg|cc|tv|dev|ai|ru|win|fun|pw|hk|tw|us|uk|eu|sg|jp|ly|to|gl|su|tk|ml|ws|biz|space|store|tech|website|cash)"
    r"(?![a-z0-9-]|\.[a-z0-9])(?:/[^\s，。；！？、（）()]{0,200})?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]{1,64}@((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})", re.IGNORECASE)


Stranger = tuple[str, str, dict[str, str]]
"""(code, variant, holes) of a fault whose place the caller knows."""


def links(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """LINK, LINKTEXT: every address is https and official, and no link shows another host than it opens."""
    for (language, key), forms in draft.sources.items():
        at = draft.at(language, "texts", key)
        for text in forms:
            yield from _links_of(draft, facts, at, text)
    for language, words in draft.flow.words.items():
        for name, label in words.choices.items():
            yield from _links_of(draft, facts, draft.at(language, "choices", name), label)


def _links_of(draft: Draft, facts: Facts, at: tuple[str, int, int], text: str) -> Iterator[Fault]:
    broken = any(
        fault.line == at[1] for fault in draft.faults if (fault.code, fault.file) == ("MARKUP", at[0])
    )
    for code, variant, holes in _strangers(text, facts.official_hosts, broken):
        yield draft.fault(at, code, variant, **holes)


@lru_cache(maxsize=KNOWN)
def _strangers(text: str, hosts: frozenset[str] | None, broken: bool) -> tuple[Stranger, ...]:
    """Of what is written, else of what is seen."""
    return tuple(strangers(text, hosts, broken=broken)) or tuple(strangers(shown(text), hosts))


def strangers(text: str, hosts: Set[str] | None, *, broken: bool = False) -> Iterator[Stranger]:
    """LINK, LINKTEXT of one text. `broken`: its marks are faulty, so that what its links open is not known."""
    if not _DOTTED.search(text):
        yield from _disguised(hosts, text)
        return
    for label, url in _LINK.findall(text):
        if not broken:
            yield from _address(hosts, url)
        shows = _HOST.search(label) or _BARE.search(label)
        if shows and _host(shows.group()) != _host(url):
            yield "LINKTEXT", "", {"shown": shows.group()[:60], "opens": _host(url)[:60]}
    rest = _LINK.sub(" ", text)
    for found in _BARE.findall(rest):
        yield from _address(hosts, found)
    rest = _BARE.sub(" ", rest)
    for found in [*_MAIL.findall(rest), *_HOST.findall(_MAIL.sub(" ", rest))]:
        yield from _official(hosts, found)
    yield from _disguised(hosts, _HOST.sub(" ", _MAIL.sub(" ", rest)))


def _disguised(hosts: Set[str] | None, text: str) -> Iterator[Stranger]:
    """What leads somewhere without looking like an address: "evil点com", full-width letters, other alphabets, IP
    numbers, a handle of a person or a bot."""
    if hosts is None or not _LEADS.search(text):
        return
    for item in find_links(text).items:
        host = item.host
        strange = host is None or ((host.real or host.ip) and host.name not in hosts)
        if strange and item.kind in ("host", "mail", "handle", "invite", "app"):
            holes = {"url": item.value[:80]}
            yield ("LINK", "", holes | {"host": host.name[:80]}) if host else ("LINK", "account", holes)


def _address(hosts: Set[str] | None, url: str) -> Iterator[Stranger]:
    if "://" in url and not url.lower().startswith("https://"):
        yield "LINK", "https", {"url": url[:80]}
    else:
        yield from _official(hosts, url)


def _official(hosts: Set[str] | None, url: str) -> Iterator[Stranger]:
    host = _host(url)
    if hosts is not None and host not in hosts:
        yield "LINK", "", {"url": url[:80], "host": host[:80] or "-"}


def _host(url: str) -> str:
    """The host that a browser would open; "" when there is none, and for an address with a user part."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    return "" if "@" in parts.netloc else host.rstrip(".").lower()


RULES = (secrets, links)
"""Also for the house's texts."""
