"""The page's own texts, in the two files beside the templates: the same keys and holes in each language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "words"


@cache
def languages() -> tuple[str, ...]:
    """The languages of the page, Chinese first."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.yaml")), reverse=True))


@cache
def words(language: str) -> Mapping[str, Any]:
    """Key -> text, or a list of texts, of one language.

    Raises:
        KeyError: there is no such language.
    """
    if language not in languages():
        raise KeyError(language)
    loaded: dict[str, Any] = yaml.load(
        (FOLDER / f"{language}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return loaded
