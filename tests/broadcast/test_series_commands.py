"""`helpline broadcast series`: handed in, looked at, approved as a whole, listed beside the shipped course."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bots.commands import broadcast as commands
from bots.commands import series
from tests.broadcast.test_broadcast_commands import Chair
from tests.broadcast.test_drip import FILES


def test_a_series_from_its_folder_to_its_approval(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chair = Chair(tmp_path, monkeypatch)
    chair.begin()
    monkeypatch.setattr(series, "ask_code", chair.code)
    folder = tmp_path / "first_steps"
    folder.mkdir()
    assert series.submit(None, folder, "ada") == 1
    assert "01_" in capsys.readouterr().out
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    assert series.submit(None, folder, "ada") == 0
    assert "10:00" in capsys.readouterr().out

    assert series.listing(None, "first_steps", as_json=True) == 0
    told = json.loads(capsys.readouterr().out)["first_steps"]
    assert [one["state"] for one in told["lessons"]] == ["in_review", "in_review"]
    assert len(told["next"]) == 5
    assert commands.preview(None, "first_steps-01_hello", True) == 0
    drawn = json.loads(capsys.readouterr().out)
    assert drawn["people"] == 4
    assert drawn["terms"][1].startswith("Lesson 1 of the series first_steps, one every")
    assert series.listing(None, "second_steps", as_json=False) == 2

    assert series.approve(None, "first_steps", "bob", "0" * 16) == 2
    assert series.approve(None, "first_steps", "bob", told["hash"]) == 0
    capsys.readouterr()
    assert series.listing(None, "", as_json=True) == 0
    everything = json.loads(capsys.readouterr().out)
    assert {one["approver"] for one in everything["first_steps"]["lessons"]} == {"bob"}
    assert len(everything["course"]["lessons"]) == 8
    assert {one["state"] for one in everything["course"]["lessons"]} == {"draft"}
    assert commands.lessons(None, "ada") == 0
    assert commands.preview(None, "lesson_seed_phrase", False) == 0, "it has no times of its own"
    assert series.listing(None, "", as_json=False) == 0
    assert "first_steps" in capsys.readouterr().out
