"""What a face tells the operator, in the operator's language: one file a language, the same keys and holes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from core.sentences import operator_language

Say = Callable[..., str]
"""(key, **holes) -> the sentence."""


@cache
def sentences(folder: Path, language: str) -> Mapping[str, str]:
    """All sentences of one language."""
    loaded: dict[str, str] = yaml.load(
        (folder / f"{language}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return loaded


def to_operator(folder: Path) -> Say:
    """The sentences in the language of whoever operates this program."""
    return sayer(folder, [operator_language()])


def sayer(folder: Path, languages: Sequence[str]) -> Say:
    """The sentences in the first of these languages that exists there, else in the first file."""
    here = sorted(path.stem for path in folder.glob("*.yaml"))
    words = sentences(folder, next((language for language in languages if language in here), here[0]))

    def say(key: str, **holes: object) -> str:
        return words[key].format(**holes)

    return say
