"""Measured on the shared corpora: false alarms on ordinary text, recall on synthetic seed phrases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.safety.guard import inspect

DATA = Path(__file__).resolve().parents[2] / "../shared/data/safety"


def shared(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"shared data is not here: {name}")
    return path


def test_false_alarms_on_ordinary_text_are_rarer_than_one_in_a_thousand() -> None:
    corpora: dict[str, list[str]] = json.loads(
        shared("chatterbot_benign_multilang.json").read_text(encoding="utf-8")
    )
    posts = shared("janitr_dev.jsonl").read_text(encoding="utf-8").splitlines()
    corpora["posts"] = [json.loads(line)["text"] for line in posts]
    total, alarms = 0, []
    for name, texts in corpora.items():
        wrong = [(name, text, inspect(text).kinds) for text in texts if inspect(text).kinds]
        print(f"{name}: {len(wrong)} of {len(texts)}")
        alarms += wrong
        total += len(texts)
    assert len(alarms) <= total / 1000, alarms


def test_recall_on_the_synthetic_phrases() -> None:
    lines = shared("secrets_positive_dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    missed = [row for row in rows if "seed_phrase" not in inspect(row["text"]).kinds]
    print(f"seed phrases: {len(rows) - len(missed)} of {len(rows)}")
    assert len(missed) <= len(rows) * 0.02, missed
