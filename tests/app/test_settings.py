"""What people tell in /settings, with the real actions and the real adapter: kept, used for whom a broadcast is for, erased."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bots.local.people import Person
from bots.settings import Settings
from core.broadcast.papers import Declined
from core.conversation.library import Library
from core.store.broadcasts import Moment
from tests.app.harness import CHANNEL, settled
from tests.app.newsroom import FORM, Newsroom, newsroom
from tests.app.processes import PATIENT, looked_up


async def _do(room: Newsroom, person: Person, *steps: str) -> str:
    """Say or press ("[...]") these; what the bot says in the end."""
    world, chat = room.stand_in.world, room.stand_in.world.private(person)
    for step in steps:
        if step.startswith("["):
            world.press(person, chat.last().id, step[1:-1])
        else:
            world.say(person, step)
        await settled(room.stand_in, room.service)
    return chat.last().text


def _wall() -> str:
    """What clocks show nine hours east of Greenwich."""
    return time.strftime("%H:%M", time.gmtime(time.time() + 9 * 3600))


async def test_settings_decide_whom_a_broadcast_is_for_and_are_forgotten_on_request(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=4) as room:
        holder, night_owl, quiet_one, _ = room.people
        assert "还没有告诉过我什么" in await _do(room, holder, "/settings")
        there = _wall()
        told = await _do(room, holder, "[时区]", there)
        assert any(f"UTC+9 ({hour}" in told for hour in (there[:2], _wall()[:2])), (
            "the hour may be over by now"
        )
        labels = room.stand_in.world.private(holder)
        await _do(room, holder, "[币种和网络]", "[BTC]", "比特币网络 TRON")
        assert [one for one in labels.last().labels if "✓" in one] == ["✓ BTC", "✓ Bitcoin", "✓ TRON"]
        told = await _do(room, holder, "[✓ TRON]", "[选好了]")
        assert "币种和网络：BTC, Bitcoin" in told
        assert "安全课：账户安全" in await _do(room, holder, "[安全课主题]", "[账户安全]", "[选好了]")

        form = FORM.replace("{everybody: true}", "{assets: [BTC, ETH]}")
        kept = await room.approved(form)
        assert kept.people == 1
        counted = await room.office.look("upgrade")
        assert (counted.counted.unknown, counted.counted.untold) == (0, 3)
        await room.until("finished")
        posts = [one.text for one in room.group.messages(by_bot=True)]
        assert any("assets: BTC, ETH；现在 1 人" in one for one in posts), (
            "whoever approves sees whom it is for"
        )
        assert any("还没有提交审批" in one for one in posts)
        assert [len(room.heard(person)) for person in room.people] == [1, 0, 0, 0]

        await _do(room, quiet_one, "/settings", "[免打扰、公告多少]", "[✓ 照常，夜里不发]", "[只收紧急通知]")
        await _do(room, night_owl, "/settings", "[免打扰、公告多少]", "[21:00 到 9:00]")
        assert await room.service.store.broadcasts.walls() == ["", " 21:00-09:00", "Etc/GMT-9"]

        assert "Language: English" in await _do(room, holder, "/settings", "[语言]", "[English]")
        assert "All of it is erased" in await _do(room, holder, "[Forget my settings]", "[Erase all of it]")
        stored = "SELECT zone FROM preference WHERE person = '{0}' UNION SELECT name FROM asset WHERE person = '{0}' UNION SELECT topics FROM subscription WHERE person = '{0}'"
        assert not looked_up(tmp_path / "helpline.db", stored.format(holder.id))
        again = await room.office.draft("f.yaml", form.replace("upgrade", "again"), "ada")
        assert not isinstance(again, list)
        with pytest.raises(Declined, match="nobody"):
            await room.office.submit("again", "ada", room.staff.code("ada"))


async def _open(room: Newsroom, version: int) -> list[Moment]:
    """The moments of the broadcast that are not over."""
    moments = await room.service.store.broadcasts.moments("upgrade", version)
    return [one for one in moments if not one.ended]


async def test_a_person_is_written_to_outside_of_their_own_night(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=3) as room:
        sleeper = room.people[0]
        here = time.time() // 3600 % 24
        night = f"{int(here - 1) % 24:02}:00-{int(here + 2) % 24:02}:00"
        await room.service.store.preferences.zone(CHANNEL, str(sleeper.id), "UTC", 1.0)
        await room.service.store.preferences.quiet(CHANNEL, str(sleeper.id), night, 1.0)
        kept = await room.approved()
        await room.until("running")
        async with asyncio.timeout(PATIENT):
            while sum(bool(room.heard(person)) for person in room.people) < 2:
                room.service.sender._awake.set()
                await asyncio.sleep(0.01)
        assert not room.heard(sleeper)
        async with asyncio.timeout(PATIENT):
            while len(open_ := await _open(room, kept.version)) > 1:
                room.service.sender._awake.set()
                await asyncio.sleep(0.01)
        (theirs,) = open_
        assert theirs.zone == f"UTC {night}"
        assert 0 < theirs.due - time.time() <= 2 * 3600
