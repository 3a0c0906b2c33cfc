"""Scam lists that the operator loads: some hundred thousand hosts and addresses in one small file that is mapped.

The file holds a line of JSON (which lists, how old, how many), then the sorted 64-bit hashes of all entries and one
byte each for the lists that name them. A lookup is a bisection: nothing is read into memory. The hash is keyed with
a salt of its own, so that nobody can prepare a name that collides.
"""

from __future__ import annotations

import json
import mmap
import os
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from core.safety.hosts import Host

MOST_LISTS = 8
"""One bit each."""
NAME = "lists.bin"
"""What the file is called in the data folder."""
_HEAD = 65_536
"""Bytes that the first line may take."""


@dataclass(frozen=True, slots=True)
class Source:
    """One list in a file. `kind`: what being on it means. `at`: when it was fetched or written, epoch seconds."""

    name: str
    kind: str
    at: float
    count: int


class BrokenLists(ValueError):
    """The file is no file of lists."""


class Lists:
    """A file of lists, open for looking up. An empty one finds nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self.sources: tuple[Source, ...] = ()
        self.age: float | None = None
        """When the oldest of the lists that deny was fetched (epoch seconds); None when there is none."""
        self._hashes: Sequence[int] = ()
        self._bits: Sequence[int] = b""
        self._keyed = _keyed(b"")
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        with path.open("rb") as file:
            head = file.readline(_HEAD)
            mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        try:
            about: dict[str, Any] = json.loads(head)
            count, self._keyed = int(about["count"]), _keyed(bytes.fromhex(about["salt"]))
            self.sources = tuple(Source(**one) for one in about["sources"])
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenLists(str(path)) from error
        self.age = min((source.at for source in self.sources if source.kind == "deny"), default=None)
        start = len(head)
        if len(mapped) != start + 9 * count:
            raise BrokenLists(str(path))
        self._hashes = mapped[start : start + 8 * count].cast("Q")
        self._bits = mapped[start + 8 * count :]

    def naming(self, entry: str) -> tuple[Source, ...]:
        """The lists that name this very entry, allow lists and top lists among them."""
        if not self._hashes:
            return ()
        wanted = _hash(entry, self._keyed)
        at = bisect_left(self._hashes, wanted)
        if at == len(self._hashes) or self._hashes[at] != wanted:
            return ()
        bits = self._bits[at]
        return tuple(source for place, source in enumerate(self.sources) if bits >> place & 1)

    def of_host(self, host: Host) -> tuple[Source, ...]:
        """The lists that name a host or one above it, never the suffix under which others have pages, too."""
        if not self._hashes:
            return ()
        return tuple(dict.fromkeys([source for name in host.parents for source in self.naming(name)]))


@dataclass(frozen=True, slots=True)
class Entries:
    """A list that was read: what it is called and what is on it."""

    name: str
    kind: str
    at: float
    entries: frozenset[str] = field(repr=False)


def open_lists(folder: Path) -> Lists:
    """The lists of a data folder; empty ones when none were ever loaded.

    Raises:
        BrokenLists: what is there is no file of lists.
    """
    path = folder / NAME
    return Lists(path if path.exists() else None)


def write(path: Path, lists: Sequence[Entries]) -> None:
    """Make the file anew beside its place and put it there in one step: whoever has the old one open keeps it.

    Raises:
        ValueError: there are more lists than fit.
    """
    if len(lists) > MOST_LISTS:
        raise ValueError(f"{len(lists)} > {MOST_LISTS}")
    salt = os.urandom(16)
    keyed = _keyed(salt)
    bits: dict[int, int] = {}
    for place, one in enumerate(lists):
        for entry in one.entries:
            at = _hash(entry, keyed)
            bits[at] = bits.get(at, 0) | 1 << place
    ordered = sorted(bits)
    sources = [{"name": x.name, "kind": x.kind, "at": x.at, "count": len(x.entries)} for x in lists]
    head = json.dumps({"count": len(ordered), "salt": salt.hex(), "sources": sources}, ensure_ascii=False)
    padded = head.encode() + b" " * (-(len(head.encode()) + 1) % 8) + b"\n"
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(padded)
        file.write(array("Q", ordered).tobytes())
        file.write(bytes(bits[at] for at in ordered))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def sane(
    old: Iterable[Source], new: Iterable[Entries], least: float, most: float
) -> Mapping[str, tuple[int, int]]:
    """Name -> (entries before, entries now) of each list that shrank below `least` of its size or grew beyond
    `most` of it, or that is empty: more likely a broken download than the truth."""
    before = {source.name: source.count for source in old}
    odd = {}
    for one in new:
        had, has = before.get(one.name, 0), len(one.entries)
        if not has or (had and not had * least <= has <= max(had * most, had + 100)):
            odd[one.name] = (had, has)
    return odd


def _keyed(salt: bytes) -> blake2b:
    """The hash with its key taken in: a copy of it costs half of one made anew."""
    return blake2b(digest_size=8, key=salt)


def _hash(entry: str, keyed: blake2b) -> int:
    made = keyed.copy()
    made.update(entry.encode("utf-8", "replace"))
    return int.from_bytes(made.digest(), "little")
