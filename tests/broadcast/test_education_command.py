"""`helpline education`: next times, subscribers and progress, for people and for programs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bots.commands.education import education
from core.store.lessons import Subscription
from core.store.rows import Batch, Subscriber
from tests.stores import opened

PEOPLE = (("a", "Asia/Shanghai", "zh", "all"), ("b", "America/New_York", "en", "scams"), ("c", "Asia/Shanghai", "zh", "all"))  # fmt: skip


def prepare(data: Path, people: Sequence[tuple[str, str, str, str]]) -> None:
    """A store with these subscribers."""

    async def write() -> None:
        store = await opened(data / "helpline.db")
        for user, zone, language, topic in people:
            await store.turns.commit(Batch(people=[Subscriber("x", user, user, language, 1.0)]))
            await store.lessons.subscribe(Subscription("x", user, language, zone, (topic,), 1.0))
        await store.close()

    asyncio.run(write())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HELPLINE_DATA", str(tmp_path))
    monkeypatch.setenv("HELPLINE_LANG", "en")
    monkeypatch.delenv("HELPLINE_CONFIG", raising=False)
    return tmp_path


def test_programs_get_it_as_json(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(data, PEOPLE)
    assert education(None, True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["on"] is False
    assert told["subscribers"] == {
        "all": 3,
        "language": {"en": 1, "zh": 2},
        "zone": {"America/New_York": 1, "Asia/Shanghai": 2},
        "topics": {"all": 2, "scams": 1},
        "given": {"0": 3},
    }
    for times in told["next"].values():
        assert len(times) == 5
        assert all("T10:00" in moment for moment in times)
        assert times == sorted(times)


@pytest.mark.parametrize("people", [PEOPLE, ()])
def test_people_get_tables_and_one_clear_line_about_the_approval(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    people: Sequence[tuple[str, str, str, str]],
) -> None:
    prepare(data, people)
    assert education(None, False) == 0
    told = capsys.readouterr().out
    assert "helpline broadcast lessons" in told
    assert ("America/New_York" in told) == bool(people)
    assert ("/subscribe" in told) != bool(people)
