"""Reading `config.yaml`: every mistake at once, a sentence each; a secret in the file is refused, and not repeated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.config import Settings
from core.config_environment import PREFIX, strangers, variable
from core.errors import ConfigError
from core.sentences import sentence

Kind = TypeVar("Kind", bound=Settings)
_TOKEN = re.compile(
    r"\d{6,12}:[A-Za-z0-9_-]{30,}|[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}"
)
_PASSWORD = re.compile(r"\w://[^\s/:@]*:[^\s/@]+@|[?&]password=")
"""In an address."""
_SECRET_KEY = re.compile(r"(^|_)(token|secret|password|private_key|api_key|route_key)$", re.IGNORECASE)
_QUOTED = re.compile(r"'([^']*)'")
_WHY = {
    "missing": "missing",
    "string_type": "text",
    "string_too_short": "empty",
    "string_pattern_mismatch": "form",
    "int_type": "whole",
    "int_parsing": "whole",
    "int_from_float": "whole",
    "float_type": "number",
    "float_parsing": "number",
    "bool_type": "yes_no",
    "bool_parsing": "yes_no",
    "literal_error": "one_of",
    "union_tag_invalid": "one_of",
    "union_tag_not_found": "missing",
    "greater_than": "above",
    "greater_than_equal": "at_least",
    "less_than": "below",
    "less_than_equal": "at_most",
    "tuple_type": "list",
    "dict_type": "table",
    "model_type": "table",
    "model_attributes_type": "table",
    "too_short": "too_few",
    "too_long": "too_many",
    "string_too_long": "too_long",
    "path_type": "text",
    "date_type": "date",
    "date_parsing": "date",
    "date_from_datetime_parsing": "date",
    "date_from_datetime_inexact": "date",
    "zone": "zone",
    "pattern": "pattern",
    "cron": "cron",
    "twice": "twice",
    "skill": "skill",
    "site": "site",
}
"""What the schema calls a mistake -> our sentence for it."""


def load_settings(kind: type[Kind], path: Path | None, language: str) -> Kind:
    """The settings of a file (or the defaults) under the environment.

    Raises:
        ConfigError: one sentence a mistake, in the operator's language.
    """
    values = _read(path, language) if path is not None else {}
    if unknown := strangers(kind.model_fields):
        holes = [{"file": name, "key": name.removeprefix(PREFIX)} for name in unknown]
        raise ConfigError("\n".join(sentence("config.unknown", language, **one) for one in holes))
    try:
        return kind(**values)
    except ValidationError as error:
        told = [
            _told(fault, path, language) for fault in error.errors(include_url=False, include_input=False)
        ]
        raise ConfigError("\n".join(told)) from None


class _Twice(yaml.constructor.ConstructorError):
    """A key that is there already."""


class _Loader(yaml.CSafeLoader):
    """A key that is written twice is a mistake, and so is what only looks like a date; both know their line."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise _Twice(None, None, key.value, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from None


def _read(path: Path, language: str) -> dict[str, Any]:
    holes = {"file": str(path)}
    try:
        text = path.read_text("utf-8")
        values = yaml.load(text, Loader=_Loader) or {}  # noqa: S506 - it is a safe one
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(sentence("config.unreadable", language, why=why, **holes)) from None
    except _Twice as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(sentence("config.twice", language, line=line, key=error.problem, **holes)) from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ConfigError(sentence("config.yaml", language, line=line, **holes)) from None
    if not isinstance(values, dict):
        raise ConfigError(sentence("config.yaml", language, line=1, **holes))
    _refuse_secrets(text, values, path, language)
    return values


def _refuse_secrets(text: str, values: dict[str, Any], path: Path, language: str) -> None:
    """A secret in a file ends in a repository sooner or later: it is refused, and not repeated here."""
    if _TOKEN.search(text) or _PASSWORD.search(text) or any(_SECRET_KEY.search(key) for key in _keys(values)):
        raise ConfigError(sentence("config.secret", language, file=str(path)))


def _keys(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [k for key, inner in value.items() for k in (str(key), *_keys(inner))]
    if isinstance(value, list):
        return [k for inner in value for k in _keys(inner)]
    return []


def _told(fault: ErrorDetails, path: Path | None, language: str) -> str:
    """The sentence for one mistake, wherever it stands: in a variable or in the file."""
    key = ".".join(str(part) for part in fault["loc"])
    file = variable(fault["loc"]) or str(path or f"{PREFIX}…")
    if fault["type"] == "extra_forbidden":
        return sentence("config.unknown", language, file=file, key=key)
    return sentence("config.wrong", language, file=file, key=key, why=_why(fault, language))


def _why(fault: ErrorDetails, language: str) -> str:
    """What is wrong with a value. What we have no words for is told in the schema's own."""
    if (name := _WHY.get(fault["type"])) is None:
        return fault["msg"]
    holes = dict(fault.get("ctx") or {})
    one_of = str(holes.get("expected") or holes.get("expected_tags") or "")
    return sentence(f"config.why.{name}", language, **holes, one_of=", ".join(_QUOTED.findall(one_of)))
