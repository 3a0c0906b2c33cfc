"""What this face tells the operator: `words/` beside this file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bots import sentences as of_faces
from bots.sentences import Say

__all__ = ["FOLDER", "Say", "sayer", "sentences", "to_operator"]

FOLDER = Path(__file__).parent / "words"


def sentences(language: str) -> Mapping[str, str]:
    """All sentences of one language."""
    return of_faces.sentences(FOLDER, language)


def to_operator() -> Say:
    """The sentences in the language of whoever operates this program."""
    return of_faces.to_operator(FOLDER)


def sayer(languages: Sequence[str]) -> Say:
    """The sentences in the first of these languages that exists here, else in the first file."""
    return of_faces.sayer(FOLDER, languages)
