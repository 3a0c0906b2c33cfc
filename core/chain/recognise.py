"""What did a person paste when asked for a transaction id? Decided from the text alone, before any network call.

A person pastes a hash inside a sentence, an explorer link, their address, 63 of 64 digits, or the short form
that a wallet shows. Each deserves its own answer, so each is a kind of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

from core.chain.address import address
from core.errors import ConfigError
from core.sentences import told

Kind = Literal[
    "hash",
    "address",
    "address_typo",
    "short",
    "long",
    "not_hex",
    "ellipsis",
    "internal",
    "link_unknown_host",
    "none",
]
NEED: Final = 64
"""Hex digits of a transaction id."""
LONGEST: Final = 4096
LONGEST_INTERNAL: Final = 64
_MOST_TOKENS: Final = 200

_INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_HASH: Final = re.compile(r"(?<![0-9A-Za-z])(?:0[xX])?([0-9a-fA-F]{64})(?![0-9A-Za-z])")
_LINK: Final = re.compile(
    r"https?://[!-~]{1,2048}|(?<![\w.@/-])(?:[0-9A-Za-z-]{1,63}\.){1,8}[A-Za-z]{2,24}(?::\d{1,5})?/[!-~]{1,2048}",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\s,;:!?\"'<>(){}\[\]，。；：！？、「」『』“”‘’（）【】]+")
_ELLIPSIS: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:0[xX][0-9a-fA-F]{2,40}|[0-9a-fA-F]{4,40})(?:\.{2,6}|·{2,6}|\*{2,60}|-{3,6}|_{3,6})[0-9a-fA-F]{2,40}(?![0-9A-Za-z])"
)
_LETTER: Final = r"[^\W_\u3040-\u9fff\uac00-\ud7a3]"
"""Digits and letters, look-alikes of other alphabets among them, but not the sentence around an id."""
_TOKEN: Final = re.compile(f"{_LETTER}+")
_BROKEN: Final = re.compile(rf"(?<!{_LETTER})(?:0[xX])?({_LETTER}{{32,128}})(?!{_LETTER})")
_WRAPPED: Final = re.compile(r"\s{0,8}(?:0[xX]\s{0,8})?[0-9a-fA-F](?:\s{0,8}[0-9a-fA-F]){63}\s{0,8}")
_NESTED: Final = re.compile(r"\([^()]*[+*}][^()]*\)[+*{]|\)[+*{][^()]*\)[+*{]")


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text holds.

    `value`: for a hash "0x" and 64 small hex digits; an address or internal id as it was written.
    `chain`: the chain that a link's host stands for, or the family of an address; "" when unknown.
    `holes`: for short and long `have` and `need` (hex digits); for not_hex `position` (counted from 1, behind
    "0x") and `character`; for link_unknown_host `host`.
    """

    kind: Kind
    value: str = ""
    chain: str = ""
    holes: Mapping[str, str] = field(default_factory=dict)


def recognise(text: str, hosts: Mapping[str, str], internal: Sequence[str] = ()) -> Recognised:
    """Classify a text. `hosts`: explorer host -> chain name; `internal`: the operator's patterns for own ids.

    Raises:
        ConfigError: an internal pattern is no regular expression, or one that could take for ever.
    """
    patterns = compile_internal(tuple(internal))
    clean = _INVISIBLE.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text[:LONGEST])))[
        : LONGEST * 2
    ]
    links = [link for link in map(_host_and_rest, _LINK.findall(clean)) if link is not None]
    rest = _LINK.sub(" ", clean)
    return (
        _from_links(links, hosts)
        or _hash(rest)
        or _internal(rest, patterns)
        or _address(rest)
        or _unknown_link(links, hosts)
        or _damaged(rest)
        or Recognised("none")
    )


@lru_cache(maxsize=16)
def compile_internal(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Compile the operator's patterns; they are matched in full against at most 64 characters.

    Raises:
        ConfigError: a pattern is no regular expression, or repeats a repetition such as "(a+)+".
    """
    compiled = []
    for pattern in patterns:
        if _NESTED.search(pattern):
            raise ConfigError(told("chain.nested", pattern=pattern))
        try:
            compiled.append(re.compile(pattern))
        except re.error as error:
            raise ConfigError(told("chain.pattern", pattern=pattern, why=error)) from None
    return tuple(compiled)


def _host_and_rest(link: str) -> tuple[str, str] | None:
    """The host that a link really leads to (never what stands before "@"), and what follows it."""
    try:
        parts = urlsplit(link if "://" in link[:9] else f"https://{link}")
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return None
    return (host, f"{parts.path} {parts.query} {parts.fragment}") if host else None


def _from_links(links: list[tuple[str, str]], hosts: Mapping[str, str]) -> Recognised | None:
    """An id, an address or a broken id in a link to a known explorer."""
    for host, rest in links:
        if host in hosts:
            found = _hash(rest) or _address(rest) or _damaged(rest)
            if found:
                return replace(found, chain=hosts[host])
    return None


def _unknown_link(links: list[tuple[str, str]], hosts: Mapping[str, str]) -> Recognised | None:
    for host, _ in links:
        if host not in hosts:
            return Recognised("link_unknown_host", holes={"host": host})
    return None


def _hash(text: str) -> Recognised | None:
    match = _HASH.search(text)
    if match:
        return Recognised("hash", "0x" + match.group(1).lower())
    if len(text) <= 512 and _WRAPPED.fullmatch(text):  # copied with the line breaks of a narrow screen
        return Recognised("hash", "0x" + "".join(text.split()).lower().removeprefix("0x"))
    return None


def _internal(text: str, patterns: Sequence[re.Pattern[str]]) -> Recognised | None:
    for word in _some(_WORD, text) if patterns else ():
        if len(word) <= LONGEST_INTERNAL and any(pattern.fullmatch(word) for pattern in patterns):
            return Recognised("internal", word)
    return None


def _address(text: str) -> Recognised | None:
    typo = None
    for word in _some(_TOKEN, text):
        found = address(word) if 26 <= len(word) <= 90 else None
        if found and not found.typo:
            return Recognised("address", word, found.family)
        if found and typo is None:
            typo = Recognised("address_typo", word, found.family)
    return typo


def _some(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """The first matches: nobody pastes two hundred ids, and each may cost a hash."""
    for count, match in enumerate(pattern.finditer(text)):
        if count == _MOST_TOKENS:
            return
        yield match.group()


def _damaged(text: str) -> Recognised | None:
    """An id that is not whole: shortened, too short, too long, or with a foreign character."""
    match = _ELLIPSIS.search(text)
    if match and any(map(str.isalpha, match.group())):  # digits alone are a masked telephone number
        return Recognised("ellipsis", match.group())
    for match in _BROKEN.finditer(text):
        damage = _damage(match.group(1))
        if damage:
            return damage
    for match in re.finditer(r"(?<![0-9A-Za-z])0[xX]([0-9a-fA-F]{4,31})(?![0-9A-Za-z])", text):
        return _length(match.group(1))
    return None


def _damage(word: str) -> Recognised | None:
    foreign = [place for place, letter in enumerate(word) if letter not in "0123456789abcdefABCDEF"]
    if not foreign:
        return _length(word) if any(map(str.isdigit, word)) and not word.isdigit() else None
    if len(foreign) > len(word) // 8 or not any(map(str.isdigit, word)):
        return None
    holes = {"position": str(foreign[0] + 1), "character": word[foreign[0]]}
    return Recognised("not_hex", holes=holes)


def _length(digits: str) -> Recognised:
    kind: Literal["short", "long"] = "short" if len(digits) < NEED else "long"
    return Recognised(kind, holes={"have": str(len(digits)), "need": str(NEED)})
