"""Reading `config.yaml`: every mistake at once, a sentence each; a secret in the file is refused, and not repeated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from core.config import Settings
from core.errors import ConfigError
from core.sentences import sentence

Kind = TypeVar("Kind", bound=Settings)
_TOKEN = re.compile(
    r"\d{6,12}:[A-Za-z0-9_-]{30,}|[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}"
)
_PASSWORD = re.compile(r"\w://[^\s/:@]*:[^\s/@]+@|[?&]password=")
"""In an address."""
_SECRET_KEY = re.compile(r"(^|_)(token|secret|password|private_key|api_key|route_key)$", re.IGNORECASE)


def load_settings(kind: type[Kind], path: Path | None, language: str) -> Kind:
    """The settings of a file (or the defaults) under the environment.

    Raises:
        ConfigError: one sentence a mistake, in the operator's language.
    """
    values = _read(path, language) if path is not None else {}
    try:
        return kind(**values)
    except ValidationError as error:
        raise ConfigError("\n".join(_sentences(error, path, language))) from None


def _read(path: Path, language: str) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
        values = yaml.load(text, Loader=yaml.CSafeLoader) or {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(sentence("config.unreadable", language, file=str(path), why=str(error))) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = str(mark.line + 1) if mark else "?"
        raise ConfigError(sentence("config.yaml", language, file=str(path), line=line)) from None
    if not isinstance(values, dict):
        raise ConfigError(sentence("config.yaml", language, file=str(path), line="1"))
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


def _sentences(error: ValidationError, path: Path | None, language: str) -> list[str]:
    sentences = []
    for fault in error.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in fault["loc"])
        code = "config.unknown" if fault["type"] == "extra_forbidden" else "config.wrong"
        file = str(path or "HELPLINE_…")
        sentences.append(sentence(code, language, file=file, key=where, why=fault["msg"]))
    return sentences
