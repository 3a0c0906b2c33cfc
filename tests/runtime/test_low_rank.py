"""What nobody waits for: it takes at most half the places, never delays a reply, and can be taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from core.channel import Abilities, Receipt
from core.conversation.model import Address, Edit, Erase, Send, Unsubscribe
from core.conversation.texts import join
from core.runtime.effects import LOW, effect_rows
from core.store.lessons import Subscription
from core.store.rows import Batch, Subscriber
from tests.runtime.bench import FACE, Bench, Face, at, bench, said


async def lessons(one: Bench, users: Sequence[str]) -> None:
    """One lesson for each of them, committed and offered."""
    for user in users:
        rows = effect_rows(f"lesson:{user}", at(user), [said(f"lesson {user}")], Abilities(), one.now(), LOW)
        await one.store.turns.commit(Batch(effects=rows))
        one.worker.offer(rows)


async def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.002)


async def test_a_reply_passes_any_number_of_lessons_that_hang(tmp_path: Path) -> None:
    face, free = Face(), asyncio.Event()

    async def hangs(_address: Address, effect: Send | Edit | Erase) -> Receipt:
        assert isinstance(effect, Send)
        if join(effect.message.blocks).text.startswith("lesson"):
            await free.wait()
        return Receipt("1")

    face.answer = hangs
    async with bench(tmp_path, face, in_flight=4) as one:
        await lessons(one, [str(number) for number in range(40)])
        await asyncio.sleep(0.05)
        await one.commit(at("7"), said("reply to one who has a lesson coming"))
        await one.commit(at("new"), said("reply to another"))
        await until(lambda: len(face.shown) == 2)
        assert all(text.startswith("reply") for _, text in face.shown)
        free.set()
        await one.settled()
        assert len(face.shown) == 42


async def test_where_the_bot_is_limited_replies_go_first(tmp_path: Path) -> None:
    face = Face(abilities=Abilities(per_second=5))
    async with bench(tmp_path, face, in_flight=4) as one:
        await lessons(one, [str(number) for number in range(30)])
        await until(lambda: len(face.shown) >= 5)
        await one.commit(at("x"), said("reply"))
        before = len(face.shown)
        await until(lambda: ("x", "reply") in face.shown)
        assert face.shown.index(("x", "reply")) < before + 5, "it had the next place that there was"


async def test_what_stands_in_line_is_taken_back_when_its_person_leaves(tmp_path: Path) -> None:
    face, free = Face(), asyncio.Event()

    async def slow(_address: Address, _effect: Send | Edit | Erase) -> Receipt:
        await free.wait()
        return Receipt("1")

    face.answer = slow
    async with bench(tmp_path, face, in_flight=2) as one:
        for user in ("a", "b", "c"):
            await one.store.turns.commit(Batch(people=[Subscriber(FACE, user, user, "zh", 1.0)]))
            await one.store.lessons.subscribe(Subscription(FACE, user, "zh", "UTC", ("all",), 1.0))
        await lessons(one, ["a", "b", "c"])
        await asyncio.sleep(0.05)
        await one.commit(at("b"), Unsubscribe())
        async with asyncio.timeout(60):
            while await one.store.lessons.backlog() != 2:
                await asyncio.sleep(0.005)
        free.set()
        await one.settled()
        assert sorted(user for user, _ in face.shown) == ["a", "c"]
        assert await one.store.outbox.counts() == {"done": 3}
