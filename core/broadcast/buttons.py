"""The buttons of a broadcast's file: each opens one address, and has a label in every language.

buttons: [{url: "https://...", zh: ..., en: ...}]

Whether an address is ours, the lint says: every word and address that is read here is among those that it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.conversation.document import Fault, Many, Node, Place, Table, Text
from core.conversation.model import Choice

LABEL, LINK = 40, 512
"""Characters of a label and of an address: the least that a platform takes."""
URL = re.compile(r"https://[^\s<>\"'{}|\\^`]+")
"""What opens in a browser."""


@dataclass(frozen=True, slots=True)
class Buttons:
    """What was read, as far as it goes."""

    items: Sequence[Table] = ()
    words: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    faults: Sequence[Fault] = ()

    def choices(self, language: str) -> tuple[Choice, ...]:
        """The buttons in this language."""
        return tuple(
            Choice(f"link{number}", _text(item, language)[0], _text(item, "url")[0])
            for number, item in enumerate(self.items)
        )


def read_buttons(node: Node | None, at: Place, languages: Sequence[str], told: Sequence[str]) -> Buttons:
    """Never raises. `told` are those of the languages in which there is a text."""
    if node is None:
        return Buttons()
    if not isinstance(node, Many) or not all(isinstance(item, Table) for item in node.items):
        return Buttons(faults=[Fault(*at, "SHAPE", {"key": "buttons"}, "list")])
    items = [item for item in node.items if isinstance(item, Table)]
    words = {
        f"button {number} {key}": _text(item, key)
        for number, item in enumerate(items)
        for key in ("url", *languages)
    }
    faults = [fault for item in items for fault in (*_unknown(item, languages), *_wrong(item, told))]
    return Buttons(items, words, faults)


def _text(item: Table, key: str) -> tuple[str, Place]:
    node = item.entries.get(key)
    return (node.value.strip(), node.at) if isinstance(node, Text) else ("", item.at)


def _unknown(item: Table, languages: Sequence[str]) -> Iterator[Fault]:
    for key in item.entries:
        if key not in ("url", *languages):
            yield Fault(*item.keys[key], "UNKNOWN", {"key": key, "allowed": ", ".join(("url", *languages))})


def _wrong(item: Table, told: Sequence[str]) -> Iterator[Fault]:
    url, at = _text(item, "url")
    if not url:
        yield Fault(*at, "MISSING", {"key": "url"})
    elif not URL.fullmatch(url):
        yield Fault(*at, "LINK", {"url": url[:80]}, "https")
    yield from _long(url, at, LINK)
    for language in told:
        label, place = _text(item, language)
        if not label:
            yield Fault(*place, "LANG", {"language": language, "key": "buttons"}, "choices")
        yield from _long(label, place, LABEL)


def _long(text: str, at: Place, limit: int) -> Iterator[Fault]:
    if len(text) > limit:
        yield Fault(*at, "LENGTH", {"count": str(len(text)), "limit": str(limit)})
