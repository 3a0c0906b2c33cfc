"""The published Bot API tables as a judge of every exchange between a bot and the stand-in.

Turn it on in any test: `stand_in.on_exchange = spec.check`. `violations` and `unknown` stay empty when every
request and every answer fits the tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SPEC_FILE = Path(__file__).resolve().parents[2] / "../shared/data/platform-specs/tg_api.json"
_MISSING = object()


needs_tables = pytest.mark.skipif(
    not SPEC_FILE.exists(), reason="the Bot API tables (shared/data/platform-specs) are not here"
)


class BotApiSpec:
    """Checks exchanges and keeps what did not fit: `violations` (wrong) and `unknown` (fields not in the tables)."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self._types = tables["types"]
        self._methods = {name.lower(): method for name, method in tables["methods"].items()}
        self.exchanges = 0
        self.violations: list[str] = []
        self.unknown: list[str] = []

    @classmethod
    def load(cls) -> BotApiSpec:
        """The spec. Without the shared folder it only counts, so that the rules are tested all the same;
        a test that is about the tables skips itself by `needs_tables`.
        """
        return cls(_tables()) if SPEC_FILE.exists() else cls({"types": {}, "methods": {}})

    @property
    def blind(self) -> bool:
        """Whether there are no tables to judge by."""
        return not self._methods

    def check(self, method: str, params: dict[str, Any], answer: Any) -> None:
        """Judge one exchange; fits `TelegramStandIn.on_exchange`."""
        self.exchanges += 1
        if self.blind:
            return
        table = self._methods.get(method.lower())
        if table is None:
            self.violations.append(f"{method}: no such method")
            return
        if answer.get("ok"):
            # A refused request may be wrong on purpose.
            self._check_fields(method, params, table.get("fields", []), from_wire=True)
            self._check_value(f"{method} answer", answer.get("result", _MISSING), table["returns"])
        elif not isinstance(answer.get("error_code"), int) or not isinstance(answer.get("description"), str):
            self.violations.append(f"{method}: a refusal without error_code and description")

    def assert_clean(self) -> None:
        """Fail with everything that did not fit; also when nothing was exchanged."""
        assert self.exchanges, "no exchange was seen"
        assert not self.violations, "\n".join(self.violations)
        assert not self.unknown, "\n".join(self.unknown)

    def _check_fields(
        self, where: str, given: dict[str, Any], fields: list[dict[str, Any]], *, from_wire: bool = False
    ) -> None:
        known = {field["name"]: field for field in fields}
        uploads = {
            name for name in given if from_wire and name not in known and not isinstance(given[name], str)
        }
        self.unknown += [f"{where}: {name}" for name in given.keys() - known.keys() - uploads]
        for name, field in known.items():
            if name not in given:
                if field["required"]:
                    self.violations.append(f"{where}: {name} is missing")
                continue
            value = _from_wire(given[name], field["types"]) if from_wire else given[name]
            self._check_value(f"{where}.{name}", value, field["types"])

    def _check_value(self, where: str, value: Any, types: list[str]) -> None:
        """A value is judged by that type among `types` which it fits best."""
        if len(types) == 1:
            self._check_type(where, value, types[0])
            return
        judged = [self._faults(where, value, name) for name in types]
        faults, unknown = min(judged, key=lambda pair: (len(pair[0]), len(pair[1])))
        self.violations += faults
        self.unknown += unknown

    def _faults(self, where: str, value: Any, name: str) -> tuple[list[str], list[str]]:
        inner = BotApiSpec({"types": self._types, "methods": {}})
        inner._check_type(where, value, name)
        return inner.violations, inner.unknown

    def _check_type(self, where: str, value: Any, name: str) -> None:
        if name.startswith("Array of "):
            if not isinstance(value, list):
                self.violations.append(f"{where}: not an array")
                return
            for number, one in enumerate(value):
                self._check_value(f"{where}[{number}]", one, [name.removeprefix("Array of ")])
        elif name in _PLAIN:
            if not _PLAIN[name](value):
                self.violations.append(f"{where}: {value!r} is no {name}")
        elif name == "InputFile":
            if isinstance(value, (str, dict, list, int)):
                self.violations.append(f"{where}: not an uploaded file")
        elif "subtypes" in self._types[name] and self._types[name]["subtypes"]:
            self._check_value(where, value, self._types[name]["subtypes"])
        elif not isinstance(value, dict):
            self.violations.append(f"{where}: {value!r} is no {name}")
        else:
            self._check_fields(where, value, self._types[name].get("fields", []))


@cache
def _tables() -> Any:
    return json.loads(SPEC_FILE.read_text("utf-8"))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_PLAIN: dict[str, Callable[[Any], bool]] = {
    "Integer": _is_whole,
    "Float": lambda value: _is_whole(value) or isinstance(value, float),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
}


def _from_wire(value: Any, types: list[str]) -> Any:
    """A form field is text: read it as what the table wants, or leave it as text where that is allowed."""
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return value if "String" in types and (types == ["String"] or isinstance(read, str)) else read
