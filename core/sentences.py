"""The sentences for operators: a code and a language -> what is wrong and how to mend it.

They live as data in `core/words/<language>.yaml`, every language with the same codes and the same holes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

import yaml

from core.conversation.layout import Fault

_FOLDER = Path(__file__).parent / "words"
_HOLE = re.compile(r"\{([a-z_]+)\}")


def sentence(code: str, language: str, /, **holes: object) -> str:
    """The sentence of a code with its holes filled; a hole without a value shows "…".

    Raises:
        KeyError: when the language or the code has no sentence. That is our mistake, and a test finds it.
    """
    return _HOLE.sub(lambda found: str(holes.get(found.group(1), "…")), sentences(language)[code])


def told(code: str, /, **holes: object) -> str:
    """The sentence in the language of whoever operates this program."""
    return sentence(code, operator_language(), **holes)


def teller(language: str) -> Callable[..., str]:
    """(code, **holes) -> a sentence in that language, or in the first of ours where it has none."""
    return partial(_tell, language if language in languages() else languages()[0])


def _tell(language: str, code: str, /, **holes: object) -> str:
    return sentence(code, language, **holes)


def operator_language() -> str:
    """The language of commands and errors: HELPLINE_LANG, else the terminal's own, else the first of ours."""
    chosen = os.environ.get("HELPLINE_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    code = chosen.split("_")[0].split(".")[0].lower()
    return code if code in languages() else languages()[0]


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Code -> sentence, unfilled, of one language; read once."""
    path = _FOLDER / f"{language}.yaml"
    if not language.isalpha() or not path.exists():
        raise KeyError(language)
    loaded: dict[str, str] = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - text only
    return loaded


@cache
def languages() -> tuple[str, ...]:
    """The languages that operators can be spoken to in; the first is the default."""
    found = (path.stem for path in _FOLDER.glob("*.yaml"))
    return tuple(sorted(found, key=lambda language: sentences(language)["language.rank"]))


def message(fault: Fault, language: str) -> str:
    """What is wrong and how to mend it, in one sentence or two."""
    holes = dict(fault.holes)
    if "reason" in holes:
        holes["why"] = sentence(holes["reason"], language, **holes)
    key = f"check.{fault.code}"
    return sentence(f"{key}.{fault.variant}" if fault.variant else key, language, **holes)


def render(fault: Fault, language: str) -> str:
    """`file:line:column CODE message`, the form that editors and terminals make clickable."""
    return f"{fault.file}:{fault.line}:{fault.column} {fault.code} {message(fault, language)}"


def as_json(fault: Fault) -> dict[str, object]:
    """A fault for other programs: its place, its code, and its message in every language."""
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "variant": fault.variant,
        "holes": dict(fault.holes),
        "messages": {language: message(fault, language) for language in languages()},
    }
