"""One mapping of a file, read by its schema: a wrong shape, a missing or an unknown key becomes a fault.

A misspelt key is taken for the key that it resembles, so that one slip of the pen is one fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from core.conversation.document import Many, Node, Place, Table, Text
from core.conversation.layout import Fault


def near(name: str, known: Collection[str]) -> str:
    """The known name that this one resembles; "" if none does."""
    found = get_close_matches(name, known, 1, 0.7) if len(name) <= 80 else []
    return found[0] if found else ""


def shown(names: Collection[str]) -> str:
    """Names as a list in a sentence."""
    return ", ".join(names) or "-"


def _is_empty(node: Node) -> bool:
    match node:
        case Text(value=value):
            return not value.strip()
        case Many(items=items):
            return not items
        case Table(entries=entries):
            return not entries


OTHER = "…"
"""Stands where a text should be and something else is: told already, and nothing follows from it."""


class Sheet:
    """A mapping with the keys that are allowed in it. Faults are added to the list that it is given."""

    def __init__(self, table: Table, faults: list[Fault], allowed: Collection[str] = ()) -> None:
        self.at = table.at
        self.faults = faults
        self._entries = table.entries
        self._keys = table.keys
        if allowed:
            self.allow(allowed)

    def allow(self, allowed: Collection[str]) -> None:
        """A fault for each key that is not among these; one that resembles an absent key stands in for it."""
        absent = [key for key in allowed if key not in self._entries]
        for key in [key for key in self._entries if key not in allowed]:
            meant = near(key, absent)
            holes = {"key": key, "allowed": shown(allowed)} | ({"near": meant} if meant else {})
            self.fault(self._keys[key], "UNKNOWN", "near" if meant else "", **holes)
            if meant:
                self._entries = {
                    (meant if name == key else name): node for name, node in self._entries.items()
                }
                self._keys = {(meant if name == key else name): place for name, place in self._keys.items()}
                absent.remove(meant)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def node(self, key: str) -> Node | None:
        """The raw node under a key."""
        return self._entries.get(key)

    def place(self, key: str) -> Place:
        """Where a key stands; where the mapping begins if it is absent."""
        return self._keys.get(key, self.at)

    def value_place(self, key: str) -> Place:
        """Where the value of a key stands."""
        node = self._entries.get(key)
        return node.at if isinstance(node, Text) and node.value else self.place(key)

    def fault(self, at: Place, code: str, variant: str = "", **holes: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(*at, code, holes, variant))

    def need(self, *keys: str) -> None:
        """A fault for each of these keys that is absent or empty."""
        for key in keys:
            node = self._entries.get(key)
            if node is None or _is_empty(node):
                self.fault(self.place(key), "MISSING", key=key)

    def text(self, key: str) -> str:
        """The text under a key; "" where there is none."""
        node = self._entries.get(key)
        if node is None:
            return ""
        if isinstance(node, Text):
            return node.value.strip()
        self._shape(key, "text")
        return ""

    def table(self, key: str, allowed: Collection[str] = ()) -> Sheet | None:
        """The mapping under a key; None where there is none. An empty value counts as none."""
        node = self._entries.get(key)
        if isinstance(node, Table):
            return Sheet(node, self.faults, allowed)
        if node is not None and not (isinstance(node, Text) and not node.value):
            self._shape(key, "table")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under a key."""
        node = self._entries.get(key)
        if node is None or (isinstance(node, Text) and not node.value):
            return ()
        if isinstance(node, Many):
            for item in node.items:
                if not isinstance(item, Text):
                    self.fault(item.at, "SHAPE", "text", key=key)
            return tuple(item.value.strip() for item in node.items if isinstance(item, Text))
        self._shape(key, "list")
        return ()

    def pairs(self, key: str) -> dict[str, str]:
        """The mapping of name -> text under a key; what is no text is told, and stands there as if it were one."""
        inner = self.table(key)
        return {name: inner.text(name) or inner.other(name) for name in inner} if inner else {}

    def other(self, key: str) -> str:
        """What stands for a value that is no text: it is not empty, and not more is known of it."""
        return "" if isinstance(self._entries.get(key), Text) else OTHER

    def _shape(self, key: str, variant: str) -> None:
        self.fault(self.place(key), "SHAPE", variant, key=key)
