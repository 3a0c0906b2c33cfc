"""What the rooms are asked beside the great paths, on both engines: every statement is run there by one of these tests
or of its neighbours. `test_every_statement.py` sees to the statements that come later."""

from __future__ import annotations

from core.store.broadcasts import Draft, Group, Moment
from core.store.drips import Member
from core.store.lessons import Recipient, Run, Subscription
from core.store.rooms import Store
from core.store.rows import (
    AuditLine,
    Batch,
    NewEffect,
    NewEvent,
    NewTicket,
    Saved,
    Settled,
    Subscriber,
)
from core.store.waiting import Queues
from tests.store.test_store_broadcasts import ALL, BODY, HASH, LINE, NAME, in_review, row

PEOPLE = [Subscriber("face", str(n), str(n), "zh", float(n)) for n in range(3)]


async def approved(store: Store) -> int:
    await store.turns.commit(Batch(people=PEOPLE))
    version = await in_review(store)
    assert await store.broadcasts.approve(NAME, version, HASH, "bob", 3, LINE)
    return version


async def test_a_broadcast_that_is_edited_staged_postponed_and_listed(store: Store) -> None:
    room = store.broadcasts
    assert await room.write(Draft(NAME, "CODE", "ada", "", BODY, HASH), LINE, 1.0) == 1
    assert await room.write(Draft(NAME, "CODE", "ada", "", BODY, HASH), LINE, 2.0) == 2
    await room.stage(NAME, 2, 3, 4.0)
    [kept] = await room.listing(9)
    assert (kept.version, kept.stage, kept.stage_at) == (2, 3, 4.0)
    assert await room.beginning("not") == [kept]
    assert await room.beginning("other") == []
    assert await room.move(NAME, 2, ["draft"], "in_review", "", LINE)
    assert await room.approve(NAME, 2, HASH, "bob", 3, LINE)
    moment = Moment(NAME, 2, "now", "", 1.0)
    await room.begin([moment])
    await room.postpone(moment, 7.0)
    assert [one.due for one in await room.moments(NAME, 2)] == [7.0]


async def test_a_delivery_in_hand_stands_and_comes_back_when_whoever_had_it_is_gone(store: Store) -> None:
    room, version = store.broadcasts, await approved(store)
    for was, to in (("approved", "scheduled"), ("scheduled", "running")):
        assert await room.move(NAME, version, [was], to, "", LINE)
    moment = Moment(NAME, version, "now", "", 1.0)
    await room.begin([moment])
    rows = (await room.slice(moment, ALL, 9, row, 1.0)).rows
    assert [await room.backlog(1.0), await room.backlog(0.5), await store.lessons.backlog()] == [3, 0, 3]
    assert [await room.stands(rows[0].key), await room.stands("none")] == [True, False]
    assert [await store.outbox.waits(rows[0].key), await store.outbox.waits("none")] == [True, False]
    assert await room.claim(rows[0].key, 2.0, 9.0) == (BODY, "zh")
    assert [await room.abandoned(3.0), await room.abandoned(3.0)] == [1, 0]
    assert await room.claim(rows[0].key, 4.0, 9.0) == "lost"


async def test_what_is_told_of_people_is_forgotten_and_who_wants_nothing_may_want_again(store: Store) -> None:
    await store.turns.commit(Batch(people=PEOPLE))
    room = store.broadcasts
    await room.attributes([("face", "1", "tier", "vip"), ("face", "2", "tier", "vip")])
    await room.attributes([("face", "1", "tier", "")])
    vip = Group(("face",), ("face",), ("zh",), attribute=("tier", "vip"))
    assert [one.user for one in (await room.page(vip, ("", ""), 9)).people] == ["2"]
    await room.opt_out("face", "0", 1.0)
    assert len((await room.page(ALL, ("", ""), 9)).people) == 2
    await room.opt_in("face", "0")
    assert len((await room.page(ALL, ("", ""), 9)).people) == 3
    assert await store.people.recent("face", 1.0, 9) == ["2", "1"]


async def test_a_lesson_is_given_once(store: Store) -> None:
    await store.turns.commit(Batch(people=PEOPLE))
    await store.lessons.subscribe(Subscription("face", "1", "zh", "UTC", ("scams",), 1.0))
    run = Run("daily", "2026-12-01", "UTC", 2.0)
    assert await store.lessons.begin([run], LINE, 2.0) == [run]
    assert await store.lessons.running("daily") == [run]
    seen: list[Recipient] = []

    def make(to: Recipient) -> tuple[str, list[NewEffect]]:
        seen.append(to)
        return "l1", [NewEffect(f"s:{to.user}", to.user, 9, "send", '["face","1","1",""]', "[]", 2.0)]

    more, rows = await store.lessons.slice(run, 9, make)
    assert (more, len(rows)) == (False, 1)
    assert await store.lessons.running("daily") == []
    again = Run("daily", "2026-12-02", "UTC", 3.0)
    await store.lessons.begin([again], LINE, 3.0)
    await store.lessons.slice(again, 9, lambda to: seen.append(to))
    assert [one.given for one in seen] == [(), ("l1",)]


async def test_the_progress_of_a_series(store: Store) -> None:
    version = await approved(store)
    seen: list[tuple[Member, tuple[str, ...]]] = []

    def give(member: Member, stand: object) -> tuple[str, int, NewEffect]:
        seen.append((member, tuple(stand)))  # type: ignore[arg-type]
        return NAME, version, row(member.to)._replace(key=f"b:{len(seen)}")

    for day in ("2026-12-01", "2026-12-02"):
        run = Run("series", day, "", 2.0)
        await store.lessons.begin([run], LINE, 2.0)
        made = await store.drips.slice(run, "first", [(NAME, version), ("no", 1)], ALL, day, 9, give, 2.0)
        assert (made.more, len(made.rows)) == (False, 3)
    assert {stand for _, stand in seen} == {(NAME,)}
    assert [(member.given, member.last) for member, _ in seen[2:4]] == [((), ""), ((NAME,), "2026-12-01")]
    assert await store.drips.progress("first") == {2: 3}


async def test_a_second_factor_is_found(store: Store) -> None:
    assert await store.staff.factor("ada") is None
    await store.staff.enroll("ada", "sealed", LINE)
    found = await store.staff.factor("ada")
    assert found
    assert (found.name, found.sealed) == ("ada", "sealed")


async def test_how_much_waits_and_for_how_long(store: Store) -> None:
    assert await store.waiting.look(9.0, 5) == Queues(0, 0.0, 0, 0.0)
    await store.inbox.add([NewEvent("c", str(n), "l", "{}") for n in range(3)], 2.0)
    rows = [NewEffect(f"k{n}", f"l{n}", 0, "send", '["c","1","u",""]', "{}", 4.0 + n) for n in range(3)]
    await store.turns.commit(Batch(effects=rows))
    assert await store.waiting.look(5.0, 2) == Queues(2, 3.0, 2, 1.0)


async def test_every_stored_text_can_be_read_page_by_page(store: Store) -> None:
    await store.inbox.add([NewEvent("c", "1", "l", "said")], 1.0)
    effect = NewEffect("k", "l", 0, "send", '["c","1","u",""]', "said", 1.0)
    await store.turns.commit(Batch(conversations=[Saved("c|1|u", "said", 0, 1)], effects=[effect]))
    await store.outbox.settle([Settled("k", "done")], [], [], 2.0)
    ticket = NewTicket("k", "c|1|u", "desk", "normal", "zh", "flow", "said", 1.0)
    await store.tickets.open(ticket)
    await store.tickets.note("n", "c|1|u", "said", "", 2.0)
    await store.audit.append(AuditLine(1.0, "bot", "did", "it", "said"))
    for table in store.texts.tables:
        [(_, text)] = await store.texts.page(table, 0, 1)
        assert "said" in text
        assert await store.texts.page(table, 99, 9) == []
