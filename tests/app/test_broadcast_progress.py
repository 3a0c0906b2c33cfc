"""While a broadcast goes: one card in the staff's chat that is edited in place, and a stop that holds."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bots.settings import Settings
from core.broadcast import progress
from core.conversation.library import Library
from tests.app.harness import settled
from tests.app.newsroom import Newsroom, newsroom, reached
from tests.app.processes import PATIENT, looked_up


def _cards(room: Newsroom) -> list[str]:
    return [one.text for one in room.group.messages(by_bot=True) if "共 20 人" in one.text]


async def _shows(room: Newsroom, words: str) -> str:
    """The card, once it says so."""
    async with asyncio.timeout(PATIENT):
        while not any(words in one for one in _cards(room)):
            room.service.sender._awake.set()
            await asyncio.sleep(0.01)
    await settled(room.stand_in, room.service)
    (card,) = _cards(room)
    return card


async def test_one_card_is_edited_in_place_and_ends_as_the_report(
    tmp_path: Path, settings: Settings, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EDITS", 0.0)
    async with newsroom(tmp_path, settings, library, people=20, hold=3600.0) as room:
        kept = await room.approved()
        await room.until("running")
        assert "running" in await _shows(room, "running")
        await room.service.store.broadcasts.stage("upgrade", kept.version, 2, time.time())
        await reached(room, 2)
        await _shows(room, "已送达 2")
        await room.service.store.broadcasts.stage("upgrade", kept.version, 3, time.time())
        await room.until("finished")
        card = await _shows(room, "finished")
        assert "已送达 20" in card
        assert "分钟" not in card


async def test_a_stop_from_elsewhere_ends_the_card_too_and_a_rest_writes_nothing(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=20, hold=3600.0) as room:
        await room.approved()
        await room.until("running")
        await _shows(room, "running")
        assert len(await _rows(room)) == 1
        for _ in range(20):
            room.service.sender._awake.set()
            await asyncio.sleep(0.01)
        assert len(await _rows(room)) == 1, "nothing new, and too soon"
        await room.office.stop("upgrade", "bob", "日期写错了")
        card = await _shows(room, "cancelled")
        assert "日期写错了" in card
        assert not next(one for one in room.group.messages(by_bot=True) if one.text == card).labels


async def _rows(room: Newsroom) -> list[str]:
    found = looked_up(room.folder / "helpline.db", "SELECT key FROM effect WHERE key LIKE 'n:%:progress%'")
    return [key for (key,) in found]


async def test_after_a_stop_only_what_is_in_flight_still_leaves(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    in_flight = 4
    own = settings.model_copy(
        update={"runtime": settings.runtime.model_copy(update={"in_flight": in_flight})}
    )
    async with newsroom(tmp_path, own, library, people=60, hold=3600.0) as room:
        kept = await room.approved()
        await room.until("running")
        await room.service.store.broadcasts.stage("upgrade", kept.version, 3, time.time())
        async with asyncio.timeout(PATIENT):
            while not _reached_by(room):
                room.service.sender._awake.set()
                await asyncio.sleep(0)
        await room.office.stop("upgrade", "bob", "wrong date")
        at_once = _reached_by(room)
        for _ in range(5):
            room.service.sender._awake.set()
            await asyncio.sleep(0.01)
        room.service.worker.poke()  # what the office writes is found by looking
        await settled(room.stand_in, room.service)
        assert at_once < len(room.people), "it was stopped on its way"
        assert _reached_by(room) - at_once <= in_flight
        outcomes = await room.outcomes()
        assert outcomes["sent"] == _reached_by(room)


def _reached_by(room: Newsroom) -> int:
    return sum(bool(room.heard(person)) for person in room.people)
