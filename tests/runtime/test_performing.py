"""What each class of error means for a row, and what becomes of actions and hand-overs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from core.channel import Abilities, Receipt
from core.conversation.model import (
    Act,
    Address,
    Choice,
    Edit,
    Erase,
    Finished,
    HandOver,
    Mark,
    Message,
    Rich,
    Send,
)
from core.conversation.tickets import Left, Note
from core.errors import (
    Blocked,
    Conflict,
    Halted,
    Malformed,
    Moved,
    NotSent,
    Refused,
    SlowDown,
    StoreError,
    Unsure,
)
from core.runtime import worker
from core.runtime.calls import TRIES
from core.runtime.desk import Desk
from core.runtime.effects import effect_rows
from core.runtime.perform import UNSURE
from core.sentences import told
from core.store.rows import Batch, EffectRow, Subscriber
from tests.runtime.bench import FACE, Face, action, at, bench, raises, said

# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errors", "status", "maybe_sent"),
    [
        ([NotSent("no connection")], "done", 0),
        ([SlowDown(0.05)], "done", 0),
        ([Unsure("no answer")] * 2, "done", 2),
        ([Refused("no")], "dead", 0),
        ([Malformed("no")], "done", 0),
        ([Malformed("no")] * 2, "dead", 0),
        ([RuntimeError("a bug of the face")], "dead", 0),
    ],
)
async def test_what_an_error_means_for_its_row(
    tmp_path: Path, errors: list[Exception], status: str, maybe_sent: int
) -> None:
    async with bench(tmp_path, Face(answer=raises(errors))) as one:
        rows = await one.commit(at("a"), said("x"), said("y"))
        assert await one.ended(rows[0].key) == (status, maybe_sent)
        assert await one.ended(rows[1].key) == ("done", 0), "the lane goes on"


async def test_after_five_unclear_answers_a_human_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runtime.perform.pause", lambda _attempts: 0.0)
    async with bench(tmp_path, Face(answer=raises([Unsure("no answer")] * 9))) as one:
        rows = await one.commit(at("a"), said("x"))
        assert await one.ended(rows[0].key) == ("uncertain", UNSURE)


async def test_a_refused_form_goes_out_once_without_marks_and_links(tmp_path: Path) -> None:
    face, given = Face(), list[Send]()

    async def picky(_address: Address, effect: Send | Edit | Erase) -> Receipt:
        assert isinstance(effect, Send)
        given.append(effect)
        if effect.message.blocks[0].marks:
            raise Malformed("no marks here")
        return Receipt("1")

    face.answer = picky
    rich = Message(
        (Rich("bold", (Mark(0, 4, "bold"),)),), (Choice("a", "A"), Choice("b", "B", "https://x.example")), 3
    )
    async with bench(tmp_path, face) as one:
        rows = await one.commit(at("a"), Send(rich))
        assert await one.ended(rows[0].key) == ("done", 0)
    plain = rich._replace(blocks=(Rich("bold"),), choices=rich.choices[:1])
    assert given == [Send(rich), Send(plain)]


@pytest.mark.parametrize(("chat", "retired"), [("a", True), ("-group", False)])
async def test_blocked_retires_the_person_but_not_for_a_group_that_threw_us_out(
    tmp_path: Path, chat: str, retired: bool
) -> None:
    async with bench(tmp_path, Face(answer=raises([Blocked("blocked")]))) as one:
        await one.store.turns.commit(Batch(people=[Subscriber(FACE, "a", "a", "zh", 1.0)]))
        rows = await one.commit(at("a", chat), said("x"))
        assert await one.ended(rows[0].key) == ("dead", 0)
        person = await one.store.people.find(FACE, "a")
        assert person is not None
        assert bool(person.blocked_at) is retired


async def test_a_chat_that_moved_gets_everything_under_its_new_id_once(tmp_path: Path) -> None:
    face = Face()

    async def moved(address: Address, _effect: Send | Edit | Erase) -> Receipt:
        if address.chat == "-1":
            raise Moved("-1001")
        return Receipt("1")

    face.answer = moved
    async with bench(tmp_path, face) as one:
        await one.commit(at("a", "-1"), said("1"), said("2"))
        await one.commit(at("b", "-1"), said("3"))
        last = await one.commit(at("a", "-1"), said("4"))
        assert await one.ended(last[0].key) == ("done", 0)
        await one.settled()
    assert sorted(face.shown) == [("-1001", text) for text in "1234"]


async def test_a_platform_that_refuses_the_bot_stops_it_and_keeps_the_row(tmp_path: Path) -> None:
    async with bench(tmp_path, Face(answer=raises([Halted("token")]))) as one:
        await one.commit(at("a"), said("x"))
        async with asyncio.timeout(60):
            while not one.halted:
                await asyncio.sleep(0.01)
        assert (await one.store.outbox.counts())["queued"] == 1


async def test_a_row_that_cannot_be_read_is_dead_and_the_lane_goes_on(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        rows = effect_rows("t", at("a"), [said("x"), said("y")], Abilities(), one.now())
        rows[0] = rows[0]._replace(payload="[]")
        await one.store.turns.commit(Batch(effects=rows))
        one.worker.offer(rows)
        assert await one.ended(rows[0].key) == ("dead", 0)
        assert await one.ended(rows[1].key) == ("done", 0)


@pytest.mark.parametrize("failures", [1, 3])
async def test_receipts_wait_for_a_store_that_fails_and_nothing_is_sent_again(
    tmp_path: Path, failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "AGAIN", 0.01)
    async with bench(tmp_path) as one:
        settle: Any = one.store.outbox.settle
        left = [StoreError("disk full")] * failures

        async def failing(*values: Any) -> Any:
            if left:
                raise left.pop()
            return await settle(*values)

        monkeypatch.setattr(one.store.outbox, "settle", failing)
        rows = await one.commit(at("a"), said("1"), said("2"))
        assert await one.ended(rows[1].key) == ("done", 0)
        assert one.face.shown == [("a", "1"), ("a", "2")]


async def test_a_store_that_fails_at_the_first_look_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "AGAIN", 0.01)
    async with bench(tmp_path) as one:
        look: Any = one.store.outbox.next_due
        left = [StoreError("disk full")]

        async def failing() -> Any:
            if left:
                raise left.pop()
            return await look()

        monkeypatch.setattr(one.store.outbox, "next_due", failing)
        rows = await one.commit(at("a"), said("1"))
        assert await one.ended(rows[0].key) == ("done", 0)
        assert not left, "it was asked, and asked again"


async def test_a_row_that_nobody_can_perform_is_dead_and_its_lane_goes_on(tmp_path: Path) -> None:
    """Whatever stands in it, or is raised beside the platform: a person has to see it, and others must not wait."""
    async with bench(tmp_path) as one:

        async def broken(*_: object) -> None:
            raise LookupError("a bug of ours")

        one.store.desk.sent = broken  # type: ignore[method-assign, assignment]
        bad = await one.commit(at("a"), said("1")._replace(reply_to="@t9.0"), said("2"))
        assert await one.ended(bad[0].key) == ("dead", 0)
        assert await one.ended(bad[1].key) == ("done", 0)
        odd = (await one.commit(at("b"), said("3"), offer=False))[0]
        odd = odd._replace(key="odd.0", lane="odd|r", address='["face","b","b","","","?"]')
        await one.store.turns.commit(Batch(effects=[odd]))
        one.worker.poke()
        assert await one.ended(odd.key) == ("dead", 0)
        await one.settled()
    assert one.face.shown == [("a", "2"), ("b", "3")]


# --- actions ---------------------------------------------------------------------------------


async def test_an_action_that_takes_too_long_goes_to_a_human(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        one.actions["slow"] = action("slow", lambda: asyncio.sleep(60), deadline=0.05)
        await one.commit(at("a"), Act("slow", {}, 4), Act("unknown", {}, 5))
        await one.settled()
        assert one.came_back() == [Finished(4, "failed"), Finished(5, "failed")]


async def test_an_action_that_raises_is_tried_twice(tmp_path: Path) -> None:
    tries = list[int]()

    async def broken() -> None:
        tries.append(1)
        raise RuntimeError("node down")

    async with bench(tmp_path) as one:
        one.actions["broken"] = action("broken", broken)
        await one.commit(at("a"), Act("broken", {}, 4))
        await one.settled()
        assert (one.came_back(), len(tries)) == ([Finished(4, "failed")], 2)


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, False), (0.7, True)])
async def test_who_waits_is_shown_that_we_are_busy(tmp_path: Path, seconds: float, shown: bool) -> None:
    async with bench(tmp_path) as one:
        one.actions["look"] = action("look", lambda: asyncio.sleep(seconds))
        await one.commit(at("a"), Act("look", {}, 4))
        await one.settled()
        assert bool(one.face.busy_in) is shown
        assert one.came_back() == [Finished(4, "found", {"n": "1"})]


async def test_a_hand_over_opens_one_ticket_however_often_it_is_repeated(tmp_path: Path) -> None:
    async with bench(tmp_path) as one:
        rows = await one.commit(at("a"), HandOver("trading", "normal", "f", {}, 2))
        await one.settled()
        with pytest.raises(Conflict):
            await one.store.turns.commit(Batch(effects=rows))
        one.worker.offer(rows)
        await one.settled()
        assert [ticket.number for ticket in await one.store.tickets.listing(9)] == [1001]
        assert one.came_back() == [Finished(2, "opened", {"number": "1001"})]


@pytest.mark.parametrize("why", [RuntimeError("a bug"), Conflict("refused for good")])
async def test_a_hand_over_that_fails_is_told_to_the_person_and_to_the_staff_and_may_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, why: Exception
) -> None:
    open_, failing = Desk.open, [why] * TRIES

    async def opened(self: Desk, row: EffectRow, address: Address, hand: HandOver) -> dict[str, str]:
        if failing:
            raise failing.pop()
        return await open_(self, row, address, hand)

    monkeypatch.setattr(Desk, "open", opened)
    monkeypatch.setattr("core.runtime.calls.pause", lambda _attempts: 0.0)
    async with bench(tmp_path) as one:
        rows = await one.commit(at("a"), HandOver("trading", "normal", "f", {}, 2))
        assert await one.ended(rows[0].key) == ("dead", 0)
        await one.settled()
        assert one.came_back() == [Finished(2, "failed")]
        assert [line.getMessage() for line in caplog.records if line.levelname == "CRITICAL"] == [
            told("call.hand_over")
        ]
        assert await one.store.outbox.retry(rows[0].key, one.now())
        one.worker.poke()
        assert await one.ended(rows[0].key) == ("done", 0)
        await one.settled()
        assert [ticket.number for ticket in await one.store.tickets.listing(9)] == [1001]
        assert one.came_back()[1:] == [Finished(2, "opened", {"number": "1001"})]


async def test_a_call_that_fails_once_is_tried_again_and_nobody_is_alarmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    note, failing = Desk.note, [RuntimeError("once")]

    async def noted(self: Desk, row: EffectRow, address: Address, effect: Note | Left) -> None:
        if failing:
            raise failing.pop()
        await note(self, row, address, effect)

    monkeypatch.setattr(Desk, "note", noted)
    async with bench(tmp_path) as one:
        rows = await one.commit(at("a"), HandOver("trading", "normal", "f", {}, 2), Note("more", ""))
        assert await one.ended(rows[1].key) == ("done", 0)
        [ticket] = await one.store.tickets.listing(9)
        assert [text for _, text, _ in ticket.notes] == ["more"]
    assert not [line for line in caplog.records if line.levelname == "CRITICAL"]
