"""The shape of a platform's JSON: what is not as documented becomes a `ReadError`, never a guess."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bots.wellformed import wellformed

Json = Mapping[str, Any]
_NAMES = frozenset({"first_name", "last_name", "username", "global_name", "nick"})


class ReadError(Exception):
    """An update that does not have the shape that its platform documents. Its text holds nothing of the update."""


class _Documented:
    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, _: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyError):
            raise ReadError(f"{error.args[0]} is missing") from None
        if isinstance(error, LookupError | AttributeError | TypeError | ValueError):
            raise ReadError(type(error).__name__) from None


_DOCUMENTED = _Documented()


def documented() -> _Documented:
    """Whatever goes wrong in reading is the update's shape: a `ReadError` that says which field, if one is missing."""
    return _DOCUMENTED


def to_object(value: Any) -> Json:
    """A JSON object."""
    if not isinstance(value, dict):
        raise ReadError("an object was expected")
    return value


def to_list(value: Any) -> list[Any]:
    """A JSON list."""
    if not isinstance(value, list):
        raise ReadError("a list was expected")
    return value


def to_int(value: Any) -> int:
    """A whole number, and no truth value."""
    if type(value) is not int:
        raise ReadError("a whole number was expected")
    return value


def to_text(value: Any) -> str:
    """A text, without the halves of a character that no file can hold."""
    if not isinstance(value, str):
        raise ReadError("a text was expected")
    return wellformed(value)


def nameless(value: Any) -> str:
    """The JSON of what could not be read, without what people are called: a name can hold anything, and half of it."""
    return json.dumps(json.loads(json.dumps(value), object_hook=_without_names), ensure_ascii=False)


def _without_names(one: dict[str, Any]) -> dict[str, Any]:
    return {name: "…" if name in _NAMES else value for name, value in one.items()}
