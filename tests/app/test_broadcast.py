"""A broadcast from end to end: two people, the real adapter, a stand-in of the platform, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bots.local import faults
from bots.local.people import Person
from bots.settings import Settings
from core.broadcast.papers import Declined
from core.conversation.library import Library
from core.store.broadcasts import Kept
from core.store.rows import AuditLine
from tests.app.harness import settled
from tests.app.newsroom import CORRECTED, FORM, Newsroom, newsroom, reached
from tests.app.processes import PATIENT, looked_up
from tests.staff.house import code_of


async def test_two_people_stand_behind_what_everybody_gets_once(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library) as room:
        await room.approved()
        await room.until("finished")
        for person in room.people:
            (text,) = room.heard(person)
            assert text.startswith("网络升级 今晚暂停充值")
            assert room.stand_in.world.private(person).last().labels == ["退订"]
        assert await room.outcomes() == {"sent": len(room.people)}
        kept = await room.office.find("upgrade")
        assert (kept.author, kept.approver, kept.people) == ("ada", "bob", len(room.people))
        code = f"{kept.code[:4]}-{kept.code[4:]}"
        assert code in room.heard(room.people[0])[0]
        asker = room.people[0]
        room.stand_in.world.say(asker, f"/verify {code}")
        await settled(room.stand_in, room.service)
        assert "网络升级 今晚暂停充值" in room.stand_in.world.private(asker).last().text
        room.stand_in.world.say(asker, "/cancel")

        await room.approved(CORRECTED, "upgrade_fix")
        await room.until("finished", name="upgrade_fix")
        assert [len(room.heard(person)) for person in room.people] == [1] * len(room.people), "in its place"
        assert "明晚" in room.heard(room.people[0])[0]

        made, old = await room.office.recall("upgrade", "bob", room.staff.code("bob"))
        assert (made, old) == (len(room.people), 0)
        room.service.worker.poke()
        await settled(room.stand_in, room.service)
        assert not any(room.heard(person) for person in room.people)


async def test_a_recall_takes_back_what_was_on_the_wire_too(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=6, hold=3600.0) as room:
        kept = await room.approved()
        await room.until("running")
        plan, slow = room.stand_in.faults, faults.Fault("delay", seconds=0.5)
        before = plan.calls["sendmessage"]
        for _ in room.people:
            plan.queue("sendMessage", slow)
        await room.service.store.broadcasts.stage("upgrade", kept.version, 3, time.time())
        async with asyncio.timeout(PATIENT):
            while plan.calls["sendmessage"] == before:
                room.service.sender._awake.set()
                await asyncio.sleep(0.01)
        assert not any(room.heard(person) for person in room.people)
        made, _ = await room.office.recall("upgrade", "bob", room.staff.code("bob"))
        assert made
        room.service.worker.poke()
        await settled(room.stand_in, room.service)
        assert not any(room.heard(person) for person in room.people)


async def test_a_stolen_session_sends_nothing(tmp_path: Path, settings: Settings, library: Library) -> None:
    async with newsroom(tmp_path, settings, library) as room:
        kept = await room.office.draft("f.yaml", FORM, "ada")
        assert isinstance(kept, Kept)
        mine = room.staff.code("ada")
        with pytest.raises(Declined, match="wrong"):
            await room.office.submit("upgrade", "ada", "000000")
        await room.office.submit("upgrade", "ada", mine)
        seen = kept.hash
        with pytest.raises(Declined, match="yourself"):
            await room.office.approve("upgrade", seen, "ada", room.staff.code("ada"))
        with pytest.raises(Declined, match="wrong"):
            await room.office.approve("upgrade", seen, "bob", room.staff.code("ada"))
        with pytest.raises(Declined, match="not in the roster"):
            await room.office.approve("upgrade", seen, "eve", "000000")
        with pytest.raises(
            Declined, match="not what you have seen"
        ):  # an author can make two with one beginning
            await room.office.approve("upgrade", seen[:16], "bob", room.staff.code("bob"))
        changed = await room.office.draft("f.yaml", FORM.replace("今晚", "现在"), "ada")
        assert isinstance(changed, Kept)
        with pytest.raises(Declined, match="not what you have seen"):
            await room.office.approve("upgrade", seen, "bob", room.staff.code("bob"))
        await asyncio.sleep(0.1)
        room.service.sender._awake.set()
        await settled(room.stand_in, room.service)
        assert not any(room.heard(person) for person in room.people)
        assert (await room.office.find("upgrade")).state == "draft"


async def test_who_reviews_it_in_the_chat_sees_what_its_buttons_open(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    site = settings.security.official_site
    linked = FORM + f'buttons: [{{url: "{site}", zh: 详情, en: Details}}]\n'
    async with newsroom(tmp_path, settings, library) as room:
        await room.office.draft("f.yaml", linked, "ada")
        await room.office.submit("upgrade", "ada", room.staff.code("ada"))
        room.service.worker.poke()
        await settled(room.stand_in, room.service)
        shown = [one for one in room.group.messages(by_bot=True) if "【zh】" in one.text]
        assert [[(key["text"], key["url"]) for key in one.buttons] for one in shown] == [[("详情", site)]]


async def test_it_opens_in_steps_and_a_stop_holds_at_once(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=20, hold=3600.0) as room:
        await room.approved()
        kept = await room.until("running")
        assert not any(room.heard(person) for person in room.people), "the staff see it first"
        assert any("【zh】" in one.text for one in room.group.messages(by_bot=True))
        for stage, many in ((1, 1), (2, 2)):
            await room.service.store.broadcasts.stage("upgrade", kept.version, stage, time.time())
            await reached(room, many)
        await room.office.stop("upgrade", "bob", "wrong date")
        await room.service.store.broadcasts.stage("upgrade", kept.version, 3, time.time())
        for _ in range(20):
            room.service.sender._awake.set()
            await asyncio.sleep(0.01)
        await settled(room.stand_in, room.service)
        assert sum(bool(room.heard(person)) for person in room.people) == 2


async def test_a_third_has_blocked_us_and_comes_back_with_start(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=30) as room:
        gone = room.people[::3]
        for person in gone:
            person.blocked = True  # the platform says so only when we write
        await room.approved()
        await room.until("finished")
        assert await room.outcomes() == {"sent": 20, "blocked": 10}, "no breaker trips over people who left"
        for person in gone:
            room.stand_in.world.unblock(person)
            room.stand_in.world.say(person, "/start")
        await settled(room.stand_in, room.service)
        await room.approved(FORM.replace("upgrade", "second"), "second")
        await room.until("finished", name="second")
        assert await room.outcomes("second") == {"sent": 30}


async def test_a_storm_of_429s_and_lost_answers_doubles_nothing(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=40, hold=3600.0) as room:
        await room.approved()
        kept = await room.until("running")
        storm = [faults.SLOW_DOWN] * 8 + [faults.CLOSE, faults.BAD_GATEWAY]
        room.stand_in.faults.queue("sendMessage", *storm)
        await room.service.store.broadcasts.stage("upgrade", kept.version, 3, time.time())
        await room.until("finished")
        assert not room.stand_in.faults._queued["sendmessage"], "all of it came"
        assert max(len(room.heard(person)) for person in room.people) == 1
        uncertain = room.stand_in.faults.ambiguous("sendMessage")
        assert uncertain == 2, "three of the first twenty would pause it, as they should"
        assert await room.outcomes() == {"sent": 40 - uncertain, "uncertain": uncertain}


async def test_who_presses_the_button_gets_no_more(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=3) as room:
        await room.approved()
        await room.until("finished")
        leaver = room.people[0]
        room.stand_in.world.press(leaver, room.stand_in.world.private(leaver).last().id, "退订")
        await settled(room.stand_in, room.service)
        await room.approved(FORM.replace("upgrade", "second"), "second")
        await room.until("finished", name="second")
        assert [len(room.heard(person)) for person in room.people] == [1, 2, 2]


async def test_an_audience_that_grew_beyond_the_tolerance_stops_it(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=10) as room:
        look = room.service.sender.look
        room.service.sender.look = _asleep  # type: ignore[method-assign]
        later = FORM.replace("when: now", 'when: "2020-01-01 10:00"\nhours: "168"')
        kept = await room.approved(later.replace("2020-01-01 10:00", _soon()))
        for n in range(2):
            room.stand_in.world.say(room.stand_in.world.add_person(f"new{n}"), "/start")
        await settled(room.stand_in, room.service)
        room.service.sender.look = look  # type: ignore[method-assign]
        ended = await room.until("failed")
        assert "10" in ended.reason
        assert "12" in ended.reason
        assert kept.people == 10
        assert not any(room.heard(person) for person in room.people)


async def _asleep() -> None:
    """Until they are there."""


def _soon() -> str:
    """A minute that has just begun, on the house's wall."""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time() + 8 * 3600))


async def _asked(room: Newsroom) -> tuple[str, int]:
    """A broadcast that waits for Bob: the secret of his app, and the card that asks him in the staff's chat."""
    room.stand_in.world.say(room.agent, "/start")
    await settled(room.stand_in, room.service)
    # the app of the running bot's Bob: sealed with its own key, on its own clock
    made = await room.service.desk.staff._floor._personnel.enroll("bob", "ada")  # type: ignore[union-attr]
    await room.service.store.staff.confirm("bob", "ada", AuditLine(1.0, "ada", "confirm", "bob"))
    kept = await room.office.draft("f.yaml", FORM, "ada")
    assert isinstance(kept, Kept)
    await room.office.submit("upgrade", "ada", room.staff.code("ada"))
    room.service.worker.poke()
    await settled(room.stand_in, room.service)
    shown = [one for one in room.group.messages(by_bot=True) if one.labels]
    assert shown[-1].labels == ["批准", "退回"]
    read = [one.text for one in room.group.messages(by_bot=True)]
    assert any("今晚暂停充值" in text for text in read), "it can be read there"
    return made.secret, shown[-1].id


async def test_a_card_in_the_chat_a_code_in_private_and_neither_alone(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=4) as room:
        world, bob = room.stand_in.world, room.agent
        secret, card = await _asked(room)

        async def pressed(who: Person) -> None:
            world.press(who, card, "批准", room.group)
            await settled(room.stand_in, room.service)

        async def answered(code: str) -> str:
            world.say(bob, code)
            await settled(room.stand_in, room.service)
            return world.private(bob).last().text

        await pressed(room.stranger)
        assert "不在已生效的名册里" in room.group.last().text
        await pressed(bob)
        assert "六位数字" in world.private(bob).last().text
        assert "验证码不对" in await answered("000 000")
        assert (await room.office.find("upgrade")).state == "in_review"

        right = code_of(secret, time.time())
        await pressed(bob)
        other = await room.office.draft("f.yaml", FORM.replace("今晚", "现在"), "ada")
        assert isinstance(other, Kept)
        await room.office.submit("upgrade", "ada", room.staff.code("ada"))
        assert "不一样" in await answered(right), "what he pressed stood under another text"
        assert (await room.office.find("upgrade")).state == "in_review"
        room.service.worker.poke()
        await settled(room.stand_in, room.service)
        card = room.group.last().id

        without = await answered(right)
        assert "没有要用验证码的事" in without, "a code without a press does nothing, and is stored nowhere"
        await pressed(bob)
        world.edit(bob, world.say(bob, right[:5]).id, right)  # a digit was missing
        await settled(room.stand_in, room.service)
        await room.until("finished")
        assert (await room.office.find("upgrade")).approver == "bob"
        stored = "SELECT payload FROM event UNION ALL SELECT payload FROM effect UNION ALL SELECT state FROM conversation"
        rows = looked_up(tmp_path / "helpline.db", stored)
        assert not [row for row in rows if right in row[0] or "000 000" in row[0]]

        await pressed(bob)
        old = await answered(code_of(secret, time.time() + 30))
        assert "finished" in old, "an old card changes nothing"
