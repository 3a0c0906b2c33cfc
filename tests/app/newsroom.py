"""A running bot with its staff, their apps, a crowd, and a board: what the tests of broadcasts play on."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from bots.local.people import Chat, Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.registry import abilities
from bots.settings import Settings
from bots.telegram.request import Limits
from core.broadcast.house import house
from core.broadcast.office import Office
from core.config import Broadcast, Desk, StaffChat
from core.conversation.library import Library
from core.conversation.picture import Fetch
from core.runtime.house import house_holes
from core.runtime.service import Service
from core.sentences import teller
from core.store.broadcasts import Kept
from tests.app.harness import CHANNEL, in_process, settled
from tests.app.processes import PATIENT, Nursery, environment, looked_up
from tests.pictures import qr
from tests.staff.house import ADA, BOB, House

IN_FLIGHT = 8
"""Of a process that is killed."""
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

PICTURED = FORM + "picture: {file: plan.png, zh: 升级的时间表, en: Timetable of the upgrade}\n"


def plan(path: str) -> bytes:
    """The picture of `PICTURED`, and no other file."""
    if path != "plan.png":
        raise FileNotFoundError(path)
    return qr("https://helpline.example/plan")


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
    board: Chat
    folder: Path

    async def approved(self, form: str = FORM, name: str = "upgrade", files: Fetch = plan) -> Kept:
        """Ada writes, Bob approves."""
        kept = await self.office.draft("f.yaml", form, "ada", files)
        assert isinstance(kept, Kept), kept
        await self.office.submit(name, "ada", self.staff.code("ada"))
        return await self.office.approve(name, kept.hash, "bob", self.staff.code("bob"))

    async def until(self, *states: str, name: str = "upgrade") -> Kept:
        """It comes to one of these states, and what that caused has left; "running" causes the staff's own copy."""
        async with asyncio.timeout(PATIENT):
            while True:
                self.service.sender._awake.set()
                kept = await self.office.find(name)
                if kept.state in states and (kept.state != "running" or kept.stage_at):
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
    limits: Limits | None = None,
) -> AsyncIterator[Newsroom]:
    given = nullcontext(before) if before else TelegramStandIn(limits=UNLIMITED, seed=3)
    async with given as stand_in:
        agent = stand_in.world.add_person("李雷")
        members = (ADA, BOB.model_copy(update={"ids": (f"{CHANNEL}:{agent.id}",)}))
        stranger = stand_in.world.add_person("路人")
        group = stand_in.world.group("客服", agent, stranger, supergroup=True)
        board = stand_in.world.group("公告", stranger, supergroup=True)
        own = settings.model_copy(
            update={
                "desk": Desk(staff=(StaffChat(channel=CHANNEL, chat=str(group.id)),)),
                "broadcast": Broadcast(hold_seconds=hold, quiet_from="00:00", quiet_to="00:00"),
                "staff": members,
            }
        )
        async with in_process(stand_in, folder, settings=own, limits=limits) as service:
            crowd = [stand_in.world.add_person(f"p{n}") for n in range(people)]
            for person in crowd:
                stand_in.world.say(person, "/start")
            await settled(stand_in, service)
            staff = House(service.store)
            personnel = await staff.begun(*members)
            can = {CHANNEL: replace(abilities(own)[CHANNEL], boards=((str(board.id), "zh"),))}
            shared = house(library, house_holes(own), can)
            office = Office(service.store, own, can, shared, personnel, teller("zh"), time.time)
            yield Newsroom(stand_in, service, staff, office, crowd, group, agent, stranger, board, folder)


async def reached(room: Newsroom, people: int) -> None:
    async with asyncio.timeout(PATIENT):
        while sum(bool(room.heard(person)) for person in room.people) < people:
            room.service.sender._awake.set()
            await asyncio.sleep(0.01)
    await settled(room.stand_in, room.service)
    assert sum(bool(room.heard(person)) for person in room.people) == people


async def killed(
    stand_in: TelegramStandIn, folder: Path, nursery: Nursery, moments: Sequence[str], end: str
) -> dict[str, str]:
    """What runs is opened to everybody, in processes that die with kill -9 at these moments and in one that brings it to
    its `end`: person -> outcome."""
    database = folder / "helpline.db"
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE broadcast SET stage = 3")
    stand_in.world.updates.conflict_delay = 0.0
    night = {"HELPLINE_BROADCAST__QUIET_FROM": "00:00", "HELPLINE_BROADCAST__QUIET_TO": "00:00"}
    env = environment(stand_in, folder, HELPLINE_RUNTIME__IN_FLIGHT=str(IN_FLIGHT), **night)
    for moment in moments:
        one = await nursery.start(env, folder, "run", die=moment)
        assert await one.ended() == -signal.SIGKILL, one.said
    one = await nursery.start(env, folder, "run")
    async with asyncio.timeout(PATIENT):
        while looked_up(database, "SELECT state FROM broadcast") != [(end,)]:
            await asyncio.sleep(0.05)
    await one.kill()
    return dict(looked_up(database, "SELECT person, outcome FROM delivery"))
