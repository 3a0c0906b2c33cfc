"""Host names: what a browser would make of what a person pasted, and which part of it somebody registered.

Nothing is resolved or fetched. Suffixes come from the public suffix list, its private part included, so that
somebody's page on free hosting is told from the host that it stands on.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import unquote

import idna
from publicsuffixlist import PublicSuffixList

LONGEST = 253
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}")
_LETTERS = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_LABEL = re.compile(_LETTERS)
_LABELS = re.compile(rf"(?:{_LETTERS}\.)+{_LETTERS}")
_STOPS = str.maketrans(dict.fromkeys("。．｡", "."))


class Host(NamedTuple):
    """`name` in ASCII (IDNA) and `seen` as it is shown. `own` is the registered part, `label` what was chosen in
    it; `free`: it stands on free hosting; `real`: its suffix exists. An IP address has neither `own` nor `label`."""

    name: str
    seen: str
    own: str = ""
    label: str = ""
    free: bool = False
    real: bool = True

    @property
    def ip(self) -> bool:
        """Whether it is a number, in whatever notation."""
        return not self.own

    @property
    def parents(self) -> tuple[str, ...]:
        """The host and those above it, down to the registered part."""
        return (self.name,) if self.name == self.own else _parents(self.name, self.own)


@lru_cache(maxsize=4096)
def _parents(name: str, own: str) -> tuple[str, ...]:
    if not own:
        return (name,)
    labels = name.split(".")
    return tuple(".".join(labels[at:]) for at in range(len(labels) - own.count(".")))


@lru_cache(maxsize=4096)
def host_of(text: str) -> Host | None:
    """The host of an authority ("User@EXAMPLE.com.:443"); None when no browser would open it. Never raises."""
    text = unquote(text)
    if not text.isascii():
        text = text.translate(_STOPS)
    text = text.rpartition("@")[2].strip().lower()
    if text.startswith("["):
        inside = text[1:].partition("]")[0]
        return Host(inside, inside) if re.fullmatch(r"[0-9a-f:.]{2,45}", inside) else None
    text = text.partition(":")[0].strip(".")
    if not text or len(text) > LONGEST:
        return None
    if _NUMERIC.fullmatch(text):
        return Host(text, text)
    labels = text.split(".")
    if _LABELS.fullmatch(text):
        return _parted(text, labels)
    labels = [_ascii(label) for label in labels]
    if not all(labels) or len(labels) < 2:
        return None
    return _parted(".".join(labels), labels)


def _parted(name: str, labels: list[str]) -> Host:
    suffix = suffixes().publicsuffix(name)
    if suffix is None:
        return Host(name, shown(name), ".".join(labels[-2:]), labels[-2], real=False)
    if suffix == name:  # the suffix itself, such as the front page of a free host
        return Host(name, shown(name), name, name.partition(".")[0])
    label = labels[-suffix.count(".") - 2]
    return Host(name, shown(name), f"{label}.{suffix}", label, _given_away(suffix))


@lru_cache(maxsize=4096)
def _given_away(suffix: str) -> bool:
    """Whether somebody else than a registry gives away names under it."""
    return suffix != registries().publicsuffix(suffix)


def _ascii(label: str) -> str:
    """A label as IDNA writes it; "" when no registry would take it."""
    if label.isascii():
        return label if _LABEL.fullmatch(label) else ""
    try:
        return idna.encode(label, uts46=True, transitional=False).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        pass
    try:  # mixed directions and the like: browsers refuse it, people still see it
        made = "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError:
        return ""
    return made if len(made) <= 63 and _LABEL.fullmatch(made) else ""


def shown(name: str) -> str:
    """A host as people see it: punycode decoded where it can be."""
    if "xn--" not in name:
        return name
    return ".".join(map(_decoded, name.split(".")))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


@cache
def suffixes() -> PublicSuffixList:
    """Every suffix under which somebody else may have a page."""
    return PublicSuffixList(accept_unknown=False)


@cache
def registries() -> PublicSuffixList:
    """Only the suffixes of registries."""
    return PublicSuffixList(accept_unknown=False, only_icann=True)
