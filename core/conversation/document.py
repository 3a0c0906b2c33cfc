"""YAML text -> a tree in which every scalar is text and knows its place. Nothing is guessed, nothing is lost.

YAML 1.1 reads `22:00` as 1320 and `no` as False; here they stay what was typed, and the schema in `load.py`
types them. Duplicate keys, anchors, aliases and tags are refused. The tree is built from the parser's events,
so an alias is refused before it could be expanded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from core.conversation.layout import Fault, scan, unseen

__all__ = ["Fault", "Many", "Node", "Place", "Table", "Text", "places", "read"]

Place = tuple[str, int, int]
"""(file, line, column), both from 1."""


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar: always text, whatever it looks like."""

    value: str
    at: Place


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    at: Place
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping: key -> value, in the order of the file. `keys` holds the place of each key."""

    at: Place
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)


Node = Text | Many | Table
DEPTH = 16
"""Mappings and lists that may lie in one another; no flow needs more than five."""


def read(file: str, source: str, *, prose: bool) -> tuple[Node | None, list[Fault]]:
    """The tree of one file, and every fault of its writing. None when it cannot be read at all.

    Where the layout is broken (a tab, a full-width colon) the tree is that of the mended text.
    """
    faults, mended = scan(file, source, prose=prose)
    builder = _Builder(file)
    try:
        builder.build(mended)
    except yaml.MarkedYAMLError as error:
        return None, faults or [_explain(file, mended, error)]
    except yaml.YAMLError as error:  # the reader itself: no mark, and rare after `scan`
        return None, faults or [Fault(file, 1, 1, "YAML", {"problem": str(error)[:80]}, "other")]
    root = builder.root if builder.documents < 2 else None
    return root, faults + builder.faults


def places(tree: Node | None, stem: str) -> dict[tuple[str, ...], Place]:
    """Path (beginning with `stem`) -> where it stands: a text at itself, a mapping or a list at its key."""
    return dict(_places(tree, (stem,))) if tree is not None else {}


def _places(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Place]]:
    if isinstance(node, Table):
        for key, value in node.entries.items():
            below = (*path, key)
            if isinstance(value, Text):
                yield below, value.at if value.value else node.keys[key]
            else:
                yield below, node.keys[key]
                yield from _places(value, below)
    elif isinstance(node, Many):
        for number, item in enumerate(node.items):
            yield (*path, str(number)), item.at
            yield from _places(item, (*path, str(number)))


class _Builder:
    """Events -> tree, with an explicit stack: depth costs memory, never the interpreter's stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self._open: list[tuple[Many | Table, list[Text]]] = []  # each with its waiting key, if any
        self.documents = 0

    def build(self, source: str) -> None:
        for event in yaml.parse(source, Loader=yaml.CSafeLoader):
            match event:
                case yaml.ScalarEvent():
                    self._decorated(event)
                    self._add(self._text(event))
                case yaml.SequenceStartEvent():
                    self._begin(event, Many(self._place(event)))
                case yaml.MappingStartEvent():
                    self._begin(event, Table(self._place(event)))
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    self._add(self._open.pop()[0])
                case yaml.AliasEvent():
                    self._fault(event, "ANCHOR")
                    self._add(Text("", self._place(event)))
                case yaml.DocumentStartEvent():
                    self.documents += 1
                    if self.documents == 2:
                        self._fault(event, "YAML", "documents")

    def _begin(self, event: yaml.CollectionStartEvent, node: Many | Table) -> None:
        self._decorated(event)
        if len(self._open) == DEPTH:
            self._fault(event, "YAML", "deep")
        self._open.append((node, []))

    def _text(self, event: yaml.ScalarEvent) -> Text:
        hidden = unseen(event.value) if event.style == '"' else None
        if hidden:  # written as an escape, so that the raw lines did not show it
            at, variant = hidden
            place = self._place(event)
            self.faults.append(Fault(*place, "ENCODING", {"code": f"U+{ord(event.value[at]):04X}"}, variant))
        return Text(event.value, self._place(event))

    def _add(self, node: Node) -> None:
        if not self._open:
            if self.root is None:
                self.root = node
            return
        if len(self._open) > DEPTH:  # told already; nothing that walks a tree has to go so deep
            return
        holder, waiting = self._open[-1]
        if isinstance(holder, Many):
            holder.items.append(node)
        elif not waiting:
            waiting.append(self._key(node))
        else:
            self._enter(holder, waiting.pop(), node)

    def _key(self, node: Node) -> Text:
        if isinstance(node, Text):
            return node
        self.faults.append(Fault(*node.at, "YAML", {}, "key"))
        return Text(f"\0{len(self.faults)}", node.at)

    def _enter(self, table: Table, key: Text, node: Node) -> None:
        if key.value.startswith("\0"):
            return
        name, colon, rest = key.value.partition("：")
        if (
            colon
            and name.isascii()
            and name.replace("_", "").isalnum()
            and isinstance(node, Text)
            and not node.value
        ):
            file, line, column = key.at
            self.faults.append(Fault(file, line, column + len(name), "FWCOLON", {"key": name}))
            key, node = Text(name, key.at), Text(rest.strip(), key.at)
        if key.value in table.entries:
            first = str(table.keys[key.value][1])
            self.faults.append(Fault(*key.at, "DUPKEY", {"key": key.value, "first": first}))
            return
        table.entries[key.value] = node
        table.keys[key.value] = key.at

    def _decorated(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            self._fault(event, "ANCHOR")

    def _fault(self, event: yaml.Event, code: str, variant: str = "") -> None:
        self.faults.append(Fault(*self._place(event), code, {}, variant))

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return (self.file, mark.line + 1, mark.column + 1) if mark else (self.file, 1, 1)


_PROBLEMS: Mapping[str, str] = {
    "mapping values are not allowed": "colon",
    "cannot start any token": "start",
    "expected alphabetic or numeric": "start",
    "tag": "start",
    "block scalar": "start",
    "quoted scalar": "quote",
    "',' or ']'": "bracket",
    "',' or '}'": "bracket",
    "could not find expected ':'": "line",
    "did not find expected key": "indent",
    "'-' indicator": "indent",
    "<document start>": "indent",
    "block sequence entries": "start",
    "mapping keys are not allowed": "start",
}
"""What the parser says -> which of our explanations fits. The first that occurs wins."""


def _explain(file: str, source: str, error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    said = f"{error.context or ''} {error.problem or ''}"
    variant = next((name for words, name in _PROBLEMS.items() if words in said), "other")
    if variant == "quote" and error.context_mark:
        line, column = error.context_mark.line, error.context_mark.column
    if variant in ("indent", "bracket"):
        variant = _by_value(source.split("\n"), line, column) or variant
    return Fault(file, line + 1, column + 1, "YAML", {"problem": (error.problem or "")[:80]}, variant)


def _by_value(lines: list[str], line: int, column: int) -> str:
    """A text that begins with a sign of YAML's own, or goes on after its closing quote."""
    before = lines[line][:column] if line < len(lines) else ""
    value = before.split(": ", 1)[-1].lstrip(" -")
    if not before.strip() or not value:
        return ""
    return {"[": "start", "{": "start", '"': "quote", "'": "quote"}.get(value[0], "")
