"""Broadcasts and staff on every engine: the same constraints, the same life of a broadcast, the same chain."""

from __future__ import annotations

import hashlib
import json

import pytest

from core.errors import Conflict
from core.staff.chain import Chain
from core.store.broadcasts import Draft, Group, Moment, Reached, key_of
from core.store.lessons import Subscription
from core.store.preferences import Preference
from core.store.rooms import Store
from core.store.rows import AuditLine, Batch, NewEffect, Settled, Subscriber
from core.store.staff import StaffRow

NAME = "notice"
BODY = json.dumps({"zh": "公告"}, ensure_ascii=False)
HASH = hashlib.sha256(BODY.encode()).hexdigest()
LINE = AuditLine(1.0, "t", "t", NAME)
ALL = Group(("face",), ("face",), ("zh", "en"))


def row(to: Reached) -> NewEffect:
    address = json.dumps([to.channel, to.chat, to.user, ""])
    return NewEffect(f"b:{NAME}:{to.user}", to.user, 9, "deliver", address, "[]", 1.0)


async def in_review(store: Store) -> int:
    version = await store.broadcasts.write(Draft(NAME, "CODE", "ada", "", BODY, HASH), LINE, 1.0)
    assert version
    assert await store.broadcasts.move(NAME, version, ["draft"], "in_review", "", LINE)
    return version


async def test_the_life_of_a_broadcast(store: Store) -> None:
    room = store.broadcasts
    await store.turns.commit(Batch(people=[Subscriber("face", str(n), str(n), "zh", 1.0) for n in range(5)]))
    version = await in_review(store)
    with pytest.raises(Conflict):
        await room.approve(NAME, version, HASH, "ada", 5, LINE)
    with pytest.raises(Conflict):
        await room.move(NAME, version, ["in_review"], "approved", "", LINE)
    assert not await room.approve(NAME, version, "0" * 64, "bob", 5, LINE)
    assert await room.approve(NAME, version, HASH, "bob", 5, LINE)
    with pytest.raises(Conflict):
        await room.move(NAME, version, ["approved"], "finished", "", LINE)
    for was, to in (("approved", "scheduled"), ("scheduled", "running")):
        assert await room.move(NAME, version, [was], to, "", LINE)
    kept = await room.by_code("CODE")
    assert kept
    assert (kept.state, kept.author, kept.approver, kept.people) == ("running", "ada", "bob", 5)
    assert await room.live() == [kept]

    moment = Moment(NAME, version, "now", "", 1.0)
    assert [await room.begin([moment]), await room.begin([moment])] == [1, 0]
    first = await room.slice(moment, ALL, 3, row, 1.0)
    assert (first.more, len(first.rows)) == (True, 3)
    second = await room.slice(moment, ALL, 3, row, 1.0)
    assert (second.more, len(second.rows)) == (False, 2)
    assert not (await room.slice(moment, ALL, 3, row, 1.0)).rows

    assert await room.claim(f"b:{NAME}:0", 2.0, 9.0) == (BODY, "zh")
    assert await room.claim(f"b:{NAME}:0", 2.0, 9.0) == "wait"
    assert await room.claim(f"b:{NAME}:0", 10.0, 19.0) == "lost"
    assert await room.move(NAME, version, ["running"], "paused", "look", LINE)
    assert await room.claim(f"b:{NAME}:1", 3.0, 9.0) == "wait"
    assert await room.move(NAME, version, ["paused"], "running", "", LINE)
    ends = [Settled(f"b:{NAME}:0", "uncertain"), Settled(f"b:{NAME}:1", "done", "71")]
    await store.outbox.settle([*ends, Settled(f"b:{NAME}:2", "dead", "", "blocked: gone")], [], [], 4.0)
    await store.outbox.settle([Settled(f"b:{NAME}:0", "done", "70")], [], [], 5.0)
    assert await room.move(NAME, version, ["running"], "cancelled", "enough", LINE)
    assert not await room.queued(NAME, version)
    tally = {one.outcome: one.people for one in await room.tally(NAME, version) if one.people}
    assert tally == {"sent": 2, "blocked": 1, "failed": 2}
    assert set(await room.latest(NAME, version, 0.0, 9)) == {"sent", "blocked"}
    assert await room.latest(NAME, version, 4.0, 9) == ["sent"]
    assert [one.ref for one in await room.report(NAME, "", 9)] == ["70", "71", "", "", ""]
    assert await room.write(Draft(NAME, "CODE", "ada", "", BODY, HASH), LINE, 1.0) is None


async def test_a_board_gets_one_post_and_only_of_what_runs(store: Store) -> None:
    room, to = store.broadcasts, Reached("face", "", "-7", "zh", "")
    version = await in_review(store)
    assert await room.approve(NAME, version, HASH, "bob", 5, LINE)
    assert not await room.post(NAME, version, row(to), to, 1.0)
    for was, state in (("approved", "scheduled"), ("scheduled", "running")):
        assert await room.move(NAME, version, [was], state, "", LINE)
    assert not await room.post(NAME, version + 1, row(to), to, 1.0)
    assert [await room.post(NAME, version, row(to), to, 1.0) for _ in range(2)] == [True, False]
    assert await room.claim(row(to).key, 2.0, 9.0) == (BODY, "zh")
    assert await room.posted(NAME, "face", "-7") == ""
    await store.outbox.settle([Settled(row(to).key, "done", "70")], [], [], 3.0)
    assert await room.posted(NAME, "face", "-7") == "70"


async def test_every_condition_of_an_audience(store: Store) -> None:
    people = [Subscriber("face", str(n), str(n), "zh", float(n)) for n in range(6)]
    await store.turns.commit(Batch(people=[*people, Subscriber("shy", "9", "9", "en", 1.0)]))
    await store.lessons.subscribe(Subscription("face", "3", "en", "UTC", ("scams",), 1.0))
    await store.broadcasts.attributes([("face", "1", "tier", "vip"), ("face", "2", "tier", "new")])
    await store.broadcasts.opt_out("face", "5", 1.0)
    await store.people.blocked("face", "4", 1.0)

    async def found(**rule: object) -> list[str]:
        group = Group(**({"channels": ("face", "shy"), "free": ("face",), "languages": ("zh", "en")} | rule))  # type: ignore[arg-type]
        return [one.user for one in (await store.broadcasts.page(group, ("", ""), 99)).people]

    assert await found() == ["0", "1", "2", "3"]
    assert await found(languages=("en",)) == ["3"]
    assert await found(topic="scams") == ["3"]
    assert await found(seen_since=2.0) == ["2", "3"]
    assert await found(attribute=("tier", "vip")) == ["1"]
    assert await found(cases=True) == []
    assert await found(free=()) == ["3"]
    assert await found(channels=()) == []
    assert await found(cap=1, cap_since=0.0) == ["0", "1", "2", "3"]
    await store.preferences.assets("face", "0", ["BTC", "TRON"])
    await store.preferences.assets("face", "2", ["ETH"])
    assert await found(assets=("BTC", "USDT")) == ["0"]
    assert await found(assets=("ETH", "TRON")) == ["0", "2"]
    assert await found(no_assets=True) == ["1", "3"]
    assert await found(zones=("UTC", "Asia/Tokyo")) == ["3"]
    assert await found(zones=("Asia/Tokyo",)) == []
    await store.preferences.week("face", "1", 0, 1.0)
    assert await found(cap=5) == ["0", "2", "3"], "their own bound is the lower one"
    assert await found(cap=0) == ["0", "1", "2", "3"], "what comes at any hour"
    assert await store.broadcasts.walls() == ["", "UTC"]
    await store.preferences.quiet("face", "3", "21:00-09:00", 1.0)
    assert await store.broadcasts.walls() == ["", "UTC 21:00-09:00"]
    page = await store.broadcasts.page(ALL, ("face", "0"), 2)
    assert ([one.user for one in page.people], page.end) == (["1", "2"], ("face", "2"))


async def test_whoever_tells_another_zone_meanwhile_gets_a_slot_once(store: Store) -> None:
    room = store.broadcasts
    await store.turns.commit(Batch(people=[Subscriber("face", str(n), str(n), "zh", 1.0) for n in range(3)]))
    await store.preferences.zone("face", "1", "Asia/Tokyo", 1.0)
    version = await in_review(store)
    assert await room.approve(NAME, version, HASH, "bob", 3, LINE)
    for was, to in (("approved", "scheduled"), ("scheduled", "running")):
        assert await room.move(NAME, version, [was], to, "", LINE)
    early, late = (Moment(NAME, version, "10:00", zone, 1.0) for zone in ("Asia/Tokyo", ""))

    def keyed(to: Reached) -> NewEffect:
        return row(to)._replace(key=f"{key_of(early)}{to.channel}|{to.user}")

    assert await room.begin([early, late]) == 2
    assert len((await room.slice(early, ALL, 9, keyed, 1.0)).rows) == 1
    await store.preferences.zone("face", "1", "", 2.0)
    again = await room.slice(late, ALL, 9, keyed, 2.0)
    assert sorted(one.lane for one in again.rows) == ["0", "2"]


async def test_what_people_told_is_kept_changed_and_erased(store: Store) -> None:
    room, who = store.preferences, ("face", "7")
    assert await room.find(*who) == Preference()
    await store.turns.commit(Batch(people=[Subscriber(*who, "7", "en", 1.0)]))
    await store.lessons.subscribe(Subscription(*who, "en", "UTC", ("scams",), 1.0))
    assert await room.find(*who) == Preference("UTC", topics=("scams",), told=True, language="en")
    await room.zone(*who, "Asia/Tokyo", 2.0)
    assert await store.lessons.zones() == {"Asia/Tokyo": 2.0}, "the lessons move along"
    assert await store.desk.zone(*who) == "Asia/Tokyo"
    await room.zone(*who, "", 3.0)
    assert (await room.find(*who)).zone == ""
    assert await store.lessons.zones() == {"Asia/Tokyo": 2.0}, "which they need a zone for"
    await room.quiet(*who, "21:00-09:00", 4.0)
    await room.week(*who, 3, 5.0)
    await room.language(*who, "zh")
    await room.assets(*who, ["TRON", "BTC", "BTC"])
    await room.assets(*who, ["BTC", "ETH"])
    told = await room.find(*who)
    assert (told.quiet, told.week, told.assets) == ("21:00-09:00", 3, ("BTC", "ETH"))
    assert [one.language for one in await store.lessons.census()] == ["zh"]
    await store.broadcasts.opt_out(*who, 6.0)
    await room.forget(*who)
    assert await room.find(*who) == Preference(language="zh")
    assert await store.lessons.census() == []
    assert (await store.broadcasts.page(ALL, ("", ""), 9)).people == [], "that they want nothing stays"


async def test_staff_and_the_chain(store: Store) -> None:
    room = store.staff
    await room.enroll("ada", "sealed", LINE)
    with pytest.raises(Conflict):
        await room.confirm("ada", "ada", LINE)
    await room.confirm("ada", "bob", LINE)
    assert await room.enrolled() == ["ada"]
    assert [await room.use("ada", step) for step in (7, 7, 6, 8)] == [True, False, False, True]
    assert [await room.attempt("ada", 5) for _ in range(7)] == [1, 2, 3, 4, 5, 0, 0]
    await room.unlock("ada", LINE)
    assert await room.attempt("ada", 5) == 1
    assert await room.use("ada", 9)
    assert await room.attempt("ada", 5) == 1, "a right one forgets the wrong ones"
    await room.ask("ada", "approve X", 5.0)
    assert [await room.asked("ada", 1.0), await room.asked("ada", 1.0)] == ["approve X", ""]

    rows = [StaffRow("ada", "face:1", "author"), StaffRow("bob", "face:2", "approver")]
    await room.propose("h", "ada", LINE)
    assert not await room.agree("h", "ada", rows, LINE, ())
    assert await room.proposer("h") == "ada"
    assert await room.agree("h", "bob", rows, LINE, ())
    assert (await room.roster(), await room.proposer("h")) == (rows, "")

    chain = Chain(room, b"key")
    assert await chain.seal(100.0)
    await store.audit.append(AuditLine(0.1 + 0.2, "ada", "did", "it", "说"))
    assert await chain.seal(101.0)
    assert (await chain.verify()).fine
