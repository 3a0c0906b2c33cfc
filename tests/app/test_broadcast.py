"""A broadcast from end to end: two people, the real adapter, a stand-in of the platform, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.local import faults
from bots.local.people import Chat, Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.registry import abilities
from bots.settings import Settings
from core.broadcast.house import house
from core.broadcast.office import Office
from core.broadcast.papers import Declined
from core.config import Broadcast, Desk, StaffChat
from core.conversation.library import Library
from core.runtime.service import Service, house_holes
from core.sentences import teller
from core.store.broadcasts import Kept
from core.store.rows import AuditLine
from tests.app.harness import CHANNEL, in_process, settled
from tests.app.processes import PATIENT, Nursery, environment, looked_up
from tests.staff.house import ADA, BOB, House, code_of

FORM = """\
broadcast: upgrade
class: notice
audience: {everybody: true}
when: now
texts:
  zh: "**网络升级** 今晚暂停充值，请不要着急。"
  en: "**Upgrade** Deposits pause tonight. There is no need to hurry."
"""
CORRECTED = (
    FORM.replace("upgrade", "upgrade_fix").replace("今晚", "明晚").replace("tonight", "tomorrow night")
)
CORRECTED = CORRECTED.replace("audience: {everybody: true}\n", "corrects: upgrade\n")


@dataclass
class Newsroom:
    """A running bot, its staff with their apps, and the people before it."""

    stand_in: TelegramStandIn
    service: Service
    staff: House
    office: Office
    people: list[Person]
    group: Chat
    agent: Person
    stranger: Person

    async def approved(self, form: str = FORM, name: str = "upgrade") -> Kept:
        """Ada writes, Bob approves."""
        kept = await self.office.draft("f.yaml", form, "ada")
        assert isinstance(kept, Kept), kept
        await self.office.submit(name, "ada", self.staff.code("ada"))
        return await self.office.approve(name, kept.hash[:16], "bob", self.staff.code("bob"))

    async def until(self, *states: str, name: str = "upgrade") -> Kept:
        """It comes to one of these states, and what that caused has left."""
        async with asyncio.timeout(PATIENT):
            while True:
                self.service.sender._awake.set()
                kept = await self.office.find(name)
                if kept.state in states:
                    await settled(self.stand_in, self.service)
                    return kept
                await asyncio.sleep(0.01)

    async def outcomes(self, name: str = "upgrade") -> dict[str, int]:
        kept = await self.office.find(name)
        counts: dict[str, int] = {}
        for one in await self.service.store.broadcasts.tally(name, kept.version):
            counts[one.outcome] = counts.get(one.outcome, 0) + one.people
        return counts

    def heard(self, person: Person) -> list[str]:
        """The broadcasts that a person sees."""
        shown = self.stand_in.world.private(person).messages(by_bot=True)
        return [one.text for one in shown if "官方公告编号" in one.text or "Official notice" in one.text]


@asynccontextmanager
async def newsroom(
    folder: Path,
    settings: Settings,
    library: Library,
    people: int = 12,
    hold: float = 0.0,
    before: TelegramStandIn | None = None,
) -> AsyncIterator[Newsroom]:
    given = nullcontext(before) if before else TelegramStandIn(limits=UNLIMITED, seed=3)
    async with given as stand_in:
        agent = stand_in.world.add_person("李雷")
        members = (ADA, BOB.model_copy(update={"ids": (f"{CHANNEL}:{agent.id}",)}))
        stranger = stand_in.world.add_person("路人")
        group = stand_in.world.group("客服", agent, stranger, supergroup=True)
        own = settings.model_copy(
            update={
                "desk": Desk(staff=(StaffChat(channel=CHANNEL, chat=str(group.id)),)),
                "broadcast": Broadcast(hold_seconds=hold, quiet_from="00:00", quiet_to="00:00"),
                "staff": members,
            }
        )
        async with in_process(stand_in, folder, settings=own) as service:
            crowd = [stand_in.world.add_person(f"p{n}") for n in range(people)]
            for person in crowd:
                stand_in.world.say(person, "/start")
            await settled(stand_in, service)
            staff = House(service.store)
            personnel = await staff.begun(*members)
            shared = house(library, house_holes(own), [CHANNEL])
            can = {CHANNEL: abilities(own)[CHANNEL]}
            office = Office(service.store, own, can, shared, personnel, teller("zh"), time.time)
            yield Newsroom(stand_in, service, staff, office, crowd, group, agent, stranger)


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


async def test_a_stolen_session_sends_nothing(tmp_path: Path, settings: Settings, library: Library) -> None:
    async with newsroom(tmp_path, settings, library) as room:
        kept = await room.office.draft("f.yaml", FORM, "ada")
        assert isinstance(kept, Kept)
        mine = room.staff.code("ada")
        with pytest.raises(Declined, match="wrong"):
            await room.office.submit("upgrade", "ada", "000000")
        await room.office.submit("upgrade", "ada", mine)
        seen = kept.hash[:16]
        with pytest.raises(Declined, match="yourself"):
            await room.office.approve("upgrade", seen, "ada", room.staff.code("ada"))
        with pytest.raises(Declined, match="wrong"):
            await room.office.approve("upgrade", seen, "bob", room.staff.code("ada"))
        with pytest.raises(Declined, match="not in the roster"):
            await room.office.approve("upgrade", seen, "eve", "000000")
        changed = await room.office.draft("f.yaml", FORM.replace("今晚", "现在"), "ada")
        assert isinstance(changed, Kept)
        with pytest.raises(Declined, match="not what you have seen"):
            await room.office.approve("upgrade", seen, "bob", room.staff.code("bob"))
        await asyncio.sleep(0.1)
        room.service.sender._awake.set()
        await settled(room.stand_in, room.service)
        assert not any(room.heard(person) for person in room.people)
        assert (await room.office.find("upgrade")).state == "draft"


async def test_it_opens_in_steps_and_a_stop_holds_at_once(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=20, hold=3600.0) as room:
        await room.approved()
        kept = await room.until("running")
        assert not any(room.heard(person) for person in room.people), "the staff see it first"
        assert any("【zh】" in one.text for one in room.group.messages(by_bot=True))
        for stage, reached in ((1, 1), (2, 2)):
            await room.service.store.broadcasts.stage("upgrade", kept.version, stage, time.time())
            await _reached(room, reached)
        await room.office.stop("upgrade", "bob", "wrong date")
        await room.service.store.broadcasts.stage("upgrade", kept.version, 3, time.time())
        for _ in range(20):
            room.service.sender._awake.set()
            await asyncio.sleep(0.01)
        await settled(room.stand_in, room.service)
        assert sum(bool(room.heard(person)) for person in room.people) == 2


async def _reached(room: Newsroom, people: int) -> None:
    async with asyncio.timeout(PATIENT):
        while sum(bool(room.heard(person)) for person in room.people) < people:
            room.service.sender._awake.set()
            await asyncio.sleep(0.01)
    await settled(room.stand_in, room.service)
    assert sum(bool(room.heard(person)) for person in room.people) == people


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
        later = FORM.replace("when: now", 'when: "2020-01-01 10:00"\nhours: "168"')
        kept = await room.approved(later.replace("2020-01-01 10:00", _soon()))
        for n in range(2):
            room.stand_in.world.say(room.stand_in.world.add_person(f"new{n}"), "/start")
        await settled(room.stand_in, room.service)
        ended = await room.until("failed")
        assert "10" in ended.reason
        assert "12" in ended.reason
        assert kept.people == 10
        assert not any(room.heard(person) for person in room.people)


def _soon() -> str:
    """A minute that has just begun, on the house's wall."""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time() + 8 * 3600))


async def test_a_card_in_the_chat_a_code_in_private_and_neither_alone(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=4) as room:
        world, bob = room.stand_in.world, room.agent
        world.say(bob, "/start")
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
        assert any("今晚暂停充值" in one.text for one in room.group.messages(by_bot=True)), (
            "it can be read there"
        )

        world.press(room.stranger, shown[-1].id, "批准", room.group)
        await settled(room.stand_in, room.service)
        assert "不在已生效的名册里" in room.group.last().text

        world.press(bob, shown[-1].id, "批准", room.group)
        await settled(room.stand_in, room.service)
        private = world.private(bob)
        assert "六位数字" in private.last().text
        world.say(bob, "000 000")
        await settled(room.stand_in, room.service)
        assert "验证码不对" in private.last().text
        assert (await room.office.find("upgrade")).state == "in_review"

        right = code_of(made.secret, time.time())
        world.say(bob, right)
        await settled(room.stand_in, room.service)
        assert "没有要用验证码的事" in private.last().text, (
            "a code without a press does nothing, and is stored nowhere"
        )
        world.press(bob, shown[-1].id, "批准", room.group)
        await settled(room.stand_in, room.service)
        world.say(bob, right)
        await settled(room.stand_in, room.service)
        await room.until("finished")
        assert (await room.office.find("upgrade")).approver == "bob"
        stored = "SELECT payload FROM event UNION ALL SELECT payload FROM effect UNION ALL SELECT state FROM conversation"
        rows = looked_up(tmp_path / "helpline.db", stored)
        assert not [row for row in rows if right in row[0] or "000 000" in row[0]]

        world.press(bob, shown[-1].id, "批准", room.group)
        await settled(room.stand_in, room.service)
        world.say(bob, code_of(made.secret, time.time() + 30))
        await settled(room.stand_in, room.service)
        assert "finished" in private.last().text, "an old card changes nothing"


async def test_kill_9_in_the_middle_doubles_nothing_and_names_what_is_uncertain(
    tmp_path: Path, settings: Settings, library: Library, nursery: Nursery
) -> None:
    people, in_flight, moments = 40, 8, ("receipt 2", "receipt 1", "receipt 1")
    database = tmp_path / "helpline.db"
    async with TelegramStandIn(limits=UNLIMITED, seed=3) as stand_in:
        async with newsroom(tmp_path, settings, library, people, 3600.0, stand_in) as room:
            await room.approved()
            await room.until("running")
        with closing(sqlite3.connect(database)) as db, db:
            db.execute("UPDATE broadcast SET stage = 3")
        stand_in.world.updates.conflict_delay = 0.0
        night = {"HELPLINE_BROADCAST__QUIET_FROM": "00:00", "HELPLINE_BROADCAST__QUIET_TO": "00:00"}
        env = environment(stand_in, tmp_path, HELPLINE_RUNTIME__IN_FLIGHT=str(in_flight), **night)
        for moment in moments:
            one = await nursery.start(env, tmp_path, "run", die=moment)
            assert await one.ended() == -signal.SIGKILL, one.said
        one = await nursery.start(env, tmp_path, "run")
        async with asyncio.timeout(PATIENT):
            while looked_up(database, "SELECT state FROM broadcast") != [("finished",)]:
                await asyncio.sleep(0.05)
        await one.kill()
        got = {str(person.id): len(room.heard(person)) for person in room.people}
    outcomes = dict(looked_up(database, "SELECT person, outcome FROM delivery"))
    uncertain = {who for who, outcome in outcomes.items() if outcome == "uncertain"}
    assert set(outcomes) == set(got)
    assert max(got.values()) == 1, "nobody gets it twice"
    assert {who for who, count in got.items() if not count} <= uncertain
    assert 1 <= len(uncertain) <= len(moments) * in_flight // 2
    tally = dict(looked_up(database, "SELECT outcome, SUM(people) FROM delivery_tally GROUP BY outcome"))
    assert tally == {"sent": people - len(uncertain), "uncertain": len(uncertain)}
