"""The sender over a real store: one moment for two schedulers, each zone its own morning, and a stop when it goes wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bots.discord.settings import ABILITIES as DISCORD
from core import config
from core.broadcast.content import Content, Plan, Rule, digest, dump
from core.broadcast.sender import Sender
from core.channel import Abilities
from core.config import Broadcast, Settings
from core.conversation.model import Message, Rich
from core.store.broadcasts import Draft, Kept
from core.store.lessons import Subscription
from core.store.rooms import Store
from core.store.rows import AuditLine, Batch, NewEffect, Settled, Subscriber
from tests.broadcast.course import CHANNEL, TEN, Clock, person, queued, settle_all
from tests.stores import opened

NAME = "notice"
HOUR = 3600.0
TAKES_ANY = Abilities()
BOTH = {"zh": Message((Rich("公告"),)), "en": Message((Rich("notice"),))}


class Desk:
    """A sender over a store, without a worker."""

    staff = config.Desk()

    def __init__(self, store: Store, clock: Clock, abilities: Abilities = TAKES_ANY, **own: object) -> None:
        self.store = store
        self.clock = clock
        self.offered: list[NewEffect] = []
        quiet = {"quiet_from": "00:00", "quiet_to": "00:00", "hold_seconds": 60.0} | own
        self.settings = Settings(broadcast=Broadcast.model_validate(quiet), desk=self.staff)
        self.sender = Sender(
            store, self.settings, {CHANNEL: abilities}, self.offered.extend, lambda: None, lambda code, **_: code, clock
        )  # fmt: skip

    async def join(self, *users: str, zone: str = "", language: str = "zh") -> None:
        people = [Subscriber(CHANNEL, user, user, language, self.clock.now) for user in users]
        await self.store.turns.commit(Batch(people=people))
        for user in users if zone else ():
            await self.store.lessons.subscribe(Subscription(CHANNEL, user, language, zone, ("all",), 1.0))

    async def approved(
        self, people: int, plan: Plan | None = None, kind: str = "notice", **rule: object
    ) -> None:
        wanted = Rule(**({"everybody": True} | rule))  # type: ignore[arg-type]
        body = dump(Content(NAME, kind, BOTH, wanted, plan or Plan()))  # type: ignore[arg-type]
        room, line = self.store.broadcasts, AuditLine(1.0, "t", "t", NAME)
        version = await room.write(Draft(NAME, "CODE", "ada", "", body, digest(body)), line, 1.0)
        assert version
        await room.move(NAME, version, ["draft"], "in_review", "", line)
        assert await room.approve(NAME, version, digest(body), "bob", people, line)

    async def kept(self) -> Kept:
        kept = await self.store.broadcasts.find(NAME)
        assert kept
        return kept

    async def look(self, times: int = 4) -> str:
        for _ in range(times):
            await self.sender.look()
        return (await self.kept()).state

    async def open_wide(self) -> None:
        """The ramp is behind us."""
        await self.store.broadcasts.stage(NAME, (await self.kept()).version, 3, self.clock.now)


async def test_two_schedulers_make_one_row_for_each_person(tmp_path: Path, store: Store) -> None:
    clock, other = Clock(), await opened(tmp_path / "helpline.db")
    one, two = Desk(store, clock, hold_seconds=0.0), Desk(other, clock, hold_seconds=0.0)
    people = [f"{n:03}" for n in range(450)]
    await one.join(*people)
    await one.approved(len(people))
    for _ in range(30):
        await asyncio.gather(one.sender.look(), two.sender.look(), return_exceptions=True)
        await settle_all(store)
    assert (await one.kept()).state == "finished"
    rows = [row.key for row in [*one.offered, *two.offered] if row.key.startswith("b:")]
    assert sorted(key.rpartition("|")[2] for key in rows) == people
    assert sum(tally.people for tally in await store.broadcasts.tally(NAME, 1)) == len(people)
    await other.close()


async def test_the_ramp_waits_for_its_time_and_for_what_is_under_way(store: Store) -> None:
    desk = Desk(store, Clock())
    await desk.join(*(f"{n:03}" for n in range(300)))
    await desk.approved(300)
    assert await desk.look() == "running"
    reached = []
    for _ in range(4):
        await desk.look()
        reached.append(len([row for row in desk.offered if row.key.startswith("b:")]))
        desk.clock.now += 61
        await desk.look()
        assert reached[-1] == len([row for row in desk.offered if row.key.startswith("b:")]), "not settled"
        await settle_all(store)
    assert reached[:3] == [3, 30, 300]


async def test_everybodys_own_morning_and_nobodys_night(store: Store) -> None:
    desk = Desk(store, Clock(TEN - 9 * HOUR), quiet_from="22:00", quiet_to="08:00")
    await desk.join("utc", zone="UTC")
    await desk.join("berlin", zone="Europe/Berlin")
    await desk.join("shanghai", zone="Asia/Shanghai")
    await desk.join("silent")  # told no zone: the house's wall, which is Shanghai's
    await desk.approved(4)
    heard: dict[str, int] = {}
    for hour in range(1, 12):
        await desk.look()
        await desk.open_wide()
        await desk.look()
        heard |= {person(row): hour for row in await queued(store) if row.key.startswith("b:")}
        await settle_all(store)
        desk.clock.now += HOUR
    assert heard == {"shanghai": 1, "silent": 1, "berlin": 7, "utc": 8}


async def test_nobody_is_left_out_for_telling_where_they_live_after_it_was_planned(store: Store) -> None:
    desk = Desk(store, Clock(TEN - 2 * HOUR))
    await desk.join("early", "late", "passed", "silent")
    await desk.approved(4, Plan(at="2027-01-15 18:00"))
    assert await desk.look() == "scheduled"
    await store.preferences.zone(CHANNEL, "early", "Asia/Tokyo", desk.clock.now)
    heard: dict[str, int] = {}
    hour, state = 0, "scheduled"
    while state in ("scheduled", "running"):
        hour, desk.clock.now = hour + 1, desk.clock.now + HOUR
        for _ in range(3):
            state = await desk.look()
            await desk.open_wide()
            for row in await queued(store):
                heard.setdefault(person(row), hour) if row.key.startswith("b:") else None
            await settle_all(store)
        if hour == 1:  # it runs
            await store.preferences.zone(CHANNEL, "passed", "Asia/Seoul", desk.clock.now)
            await store.preferences.zone(CHANNEL, "late", "Europe/Berlin", desk.clock.now)
    assert heard == {"early": 1, "silent": 2, "passed": 2, "late": 9}


async def test_what_comes_again_comes_again_once(store: Store) -> None:
    desk = Desk(store, Clock(), hold_seconds=0.0)
    await desk.join("7")
    await desk.approved(1, Plan(at="", zone="UTC", cron="0 12 * * *"))
    heard = []
    for _ in range(5):
        await desk.look(8)
        heard.append(len([row for row in await queued(store) if row.key.startswith("b:")]))
        await settle_all(store)
        assert await desk.look(8) == "scheduled"
        desk.clock.now += 12 * HOUR
    assert heard == [0, 1, 0, 1, 0]


async def test_a_moment_that_was_missed_is_over(store: Store) -> None:
    desk = Desk(store, Clock())
    await desk.join("7")
    await desk.approved(1, Plan(at="2027-01-15 12:00", zone="UTC", hours=2))
    assert await desk.look() == "scheduled"
    desk.clock.now = TEN + 5 * HOUR
    assert await desk.look(1) in ("running", "expired")
    assert await desk.look(1) == "expired"
    assert not [row for row in await queued(store) if row.key.startswith("b:")]


async def test_too_many_errors_pause_it_and_a_third_that_blocked_us_does_not(store: Store) -> None:
    desk = Desk(store, Clock())
    await desk.join(*(f"{n:03}" for n in range(100)))
    await desk.approved(100)
    await desk.look()
    await desk.open_wide()
    await desk.look()
    rows = [row for row in await queued(store) if row.key.startswith("b:")]
    ends = [Settled(row.key, "dead", "", "blocked: gone") for row in rows[:33]]
    ends += [Settled(row.key, "done") for row in rows[33:70]]
    await store.outbox.settle(ends, [], [], desk.clock.now + 1)
    assert await desk.look() == "running"
    wrong = [Settled(row.key, "dead", "", "refused") for row in rows[70:75]]
    await store.outbox.settle(wrong, [], [], desk.clock.now + 2)
    assert await desk.look() == "paused"
    assert (await desk.kept()).reason == "broadcast.why_errors"

    resumed = AuditLine(desk.clock.now + 3, "bob", "b", "c")
    assert await store.broadcasts.move(NAME, 1, ["paused"], "running", "", resumed)
    assert await desk.look() == "running", "whoever resumes it has seen what went wrong"
    wrong = [Settled(row.key, "dead", "", "refused") for row in rows[75:95]]
    await store.outbox.settle(wrong, [], [], desk.clock.now + 4)
    assert await desk.look() == "paused", "and it is watched as before"
    assert await store.broadcasts.move(NAME, 1, ["paused"], "cancelled", "", AuditLine(3.0, "bob", "b", "c"))
    assert not [row for row in await queued(store) if row.key.startswith("b:")]


async def test_nobody_gets_it_before_the_staff_whoever_dies_in_between(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = config.StaffChat(channel=CHANNEL, chat="-5")
    monkeypatch.setattr(Desk, "staff", config.Desk(staff=(chat,)))
    desk = Desk(store, Clock())
    await desk.join("1")
    await desk.approved(1)
    assert await desk.look(1) == "scheduled"
    line = AuditLine(desk.clock.now, "t", "t", NAME)
    assert await store.broadcasts.move(NAME, 1, ["scheduled"], "running", "", line)
    died = Desk(store, desk.clock)  # a kill right behind this step, and then another process
    await died.look(1)
    canary = [row.key for row in await queued(store) if ":canary" in row.key]
    assert len(canary) == 3, "a head, and a text in each language"
    await store.broadcasts.stage(NAME, 1, 0, 0.0)  # and another one right behind the posts
    await died.look(1)
    assert len([row for row in await queued(store) if ":canary" in row.key]) == 3
    await died.look(3)
    assert not [row for row in await queued(store) if row.key.startswith("b:")], "and its time is waited for"
    desk.clock.now += 61
    await died.look(3)
    assert [row for row in await queued(store) if row.key.startswith("b:")]


async def test_whom_a_rule_reaches(store: Store) -> None:
    desk = Desk(store, Clock())
    await desk.join("zh")
    await desk.join("en", language="en")
    await desk.join("subscribed", zone="UTC")
    await store.broadcasts.attributes([(CHANNEL, "en", "tier", "vip"), (CHANNEL, "zh", "tier", "vip")])
    await store.broadcasts.attributes([(CHANNEL, "zh", "tier", "")])
    found = {}
    for name, rule in {
        "all": {},
        "language": {"languages": ("en",)},
        "topic": {"topic": "scams"},
        "attribute": {"attribute": ("tier", "vip")},
        "channel": {"channels": ("other",)},
        "cases": {"open_cases": True},
    }.items():
        content = Content(NAME, "notice", BOTH, Rule(**rule), Plan())  # type: ignore[arg-type]
        page = await store.broadcasts.page(desk.sender._group(content), ("", ""), 99)
        found[name] = [one.user for one in page.people]
    assert found == {
        "all": ["en", "subscribed", "zh"],
        "language": ["en"],
        "topic": ["subscribed"],
        "attribute": ["en"],
        "channel": [],
        "cases": [],
    }


async def test_on_discord_a_broadcast_opens_no_direct_message_with_who_did_not_ask_for_it(
    store: Store,
) -> None:
    """Discord shuts out a bot that writes to many people unasked, whatever the message and whoever approved it."""
    desk = Desk(store, Clock(), DISCORD, hold_seconds=0.0)
    await desk.join(*(f"wrote-once-{n}" for n in range(30)))
    await desk.join("asked", "asked-too", "left", zone="UTC")
    await store.lessons.unsubscribe(CHANNEL, "left", 2.0)
    await desk.approved(2, kind="security")
    await desk.open_wide()
    await desk.look(6)
    rows = [row for row in await queued(store) if row.key.startswith("b:")]
    assert sorted(row.key.rpartition("|")[2] for row in rows) == ["asked", "asked-too"]


async def test_what_was_wrong_is_put_right_with_everybody_who_has_it(store: Store) -> None:
    desk = Desk(store, Clock(), DISCORD, hold_seconds=0.0)
    await desk.join("gone", "here", zone="UTC")
    await desk.approved(2)
    for _ in range(3):  # a stage each
        await desk.look(4)
        await settle_all(store)
    await store.lessons.unsubscribe(CHANNEL, "gone", 2.0)
    await store.broadcasts.opt_out(CHANNEL, "gone", 2.0)
    reached = {}
    for rule in (Rule(got=NAME), Rule(follows=NAME)):
        group = desk.sender._group(Content("fix", "notice", BOTH, rule, Plan()))
        page = await store.broadcasts.page(group, ("", ""), 9)
        reached[bool(rule.got)] = [one.user for one in page.people]
    assert reached == {True: ["gone", "here"], False: ["here"]}


async def test_a_week_has_room_for_so_many_and_security_has_its_own(store: Store) -> None:
    desk = Desk(store, Clock(), hold_seconds=0.0, week=1)
    await desk.join("7")
    await desk.approved(1)
    await desk.look(12)
    await settle_all(store)
    await desk.look()
    again = Content("again", "notice", BOTH, Rule(everybody=True), Plan())
    loud = Content("loud", "security", BOTH, Rule(everybody=True), Plan(), "keys leaked")
    group = desk.sender._group
    assert not (await store.broadcasts.page(group(again), ("", ""), 9)).people
    assert (await store.broadcasts.page(group(loud), ("", ""), 9)).people
    desk.clock.now += 8 * 24 * HOUR
    assert (await store.broadcasts.page(group(again), ("", ""), 9)).people
