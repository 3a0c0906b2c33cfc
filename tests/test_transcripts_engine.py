"""The transcripts are the specification: played by the engine alone. `pytest --accept` rewrites them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.settings import Settings
from core.conversation.flow import Ask, Do
from core.conversation.library import Library
from core.conversation.transcript import render
from core.runtime.house import house_holes
from tests.playing import Coverage, EngineDriver, play, read, transcripts, watched

LANGUAGES = ("zh", "en")
ALL = [path for language in LANGUAGES for path in transcripts(language)]


def driver(
    path: Path, library: Library, settings: Settings, coverage: Coverage | None = None
) -> EngineDriver:
    """A fresh conversation in the language of the folder."""
    return EngineDriver(library, house_holes(settings), path.parent.name, read(path).outcomes, coverage)


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_the_engine_speaks_as_the_transcript_says(
    path: Path, library: Library, settings: Settings, request: pytest.FixtureRequest
) -> None:
    written = read(path)
    spoken = await play(written, driver(path, library, settings))
    if request.config.getoption("--accept") and render(spoken) != render(written):
        path.write_text(render(spoken), "utf-8")
    else:
        assert render(spoken) == render(written)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_together_they_visit_every_step_choice_and_outcome(
    language: str, library: Library, settings: Settings
) -> None:
    coverage = Coverage()
    known = watched(library, coverage)
    for path in transcripts(language):
        await play(read(path), driver(path, known, settings, coverage))
    steps = {(flow.name, step) for flow in library.flows.values() for step in flow.steps}
    exits = {
        (flow.name, step.name, name)
        for flow in library.flows.values()
        for step in flow.steps.values()
        for name in (step.choices if isinstance(step, Ask) else step.outcomes if isinstance(step, Do) else ())
    }
    assert not steps - coverage.steps
    assert not exits - coverage.exits


def test_both_languages_have_the_same_conversations() -> None:
    names = [{path.stem for path in transcripts(language)} for language in LANGUAGES]
    assert names[0] == names[1]
