"""The pace: no limit of the platform is ever passed, replies go first, and a slowed chat slows nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from core.channel import Abilities
from core.runtime.pace import EVEN, SLACK, Pace
from tests.runtime.leaping import leap

RATES = Abilities(per_second=30.0, chat_burst=3, chat_every=1.0, group_per_minute=20)
BOT_ONLY = Abilities(per_second=30.0)
Sent = list[tuple[float, str]]


async def send(
    pace: Pace, sent: Sent, chat: str, *, group: bool = False, rank: int = 0, at: float = 0.0
) -> None:
    """One message, as the worker sends it."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(at)
    await pace.admit(chat, group=group, rank=rank)
    sent.append((loop.time(), chat))


def most_within(times: Sequence[float], seconds: float) -> int:
    """The largest number of moments that any window of this length holds."""
    times = sorted(times)
    return max(
        (sum(start <= t < start + seconds for t in times[i:]) for i, start in enumerate(times)), default=0
    )


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.floats(0, 5), st.sampled_from(["a", "b", "c", "-1", "-2"]), st.integers(0, 9)),
        min_size=1,
        max_size=120,
    )
)
def test_no_limit_is_ever_passed(messages: list[tuple[float, str, int]]) -> None:
    async def play() -> Sent:
        pace, sent = Pace(RATES), Sent()
        tasks = [
            send(pace, sent, chat, group=chat.startswith("-"), rank=rank, at=at)
            for at, chat, rank in messages
        ]
        await asyncio.gather(*tasks)
        return sent

    sent = leap(play())
    assert len(sent) == len(messages)
    assert most_within([t for t, _ in sent], 1.0) <= 30
    for group in ("-1", "-2"):
        assert most_within([t for t, chat in sent if chat == group], 60.0) <= 20
    for chat in ("a", "b", "c"):
        for seconds in (1.0, 4.0, 10.0):
            mine = [t for t, c in sent if c == chat]
            assert most_within(mine, seconds) <= 3 + seconds


def test_a_flood_to_many_chats_uses_the_window_and_does_not_pass_it() -> None:
    async def play() -> Sent:
        pace, sent = Pace(BOT_ONLY), Sent()
        await asyncio.gather(*(send(pace, sent, str(n)) for n in range(300)))
        return sent

    times = [t for t, _ in leap(play())]
    assert most_within(times, 1.0) == 30
    assert times[-1] < 10.2, "the window is used, not only kept"


def test_whoever_comes_while_a_place_is_given_does_not_slip_in() -> None:
    async def play() -> Sent:
        pace, sent = Pace(BOT_ONLY), Sent()
        first = [send(pace, sent, str(n)) for n in range(31)]
        late = [send(pace, sent, f"late{n}", at=1.03) for n in range(40)]
        await asyncio.gather(*first, *late)
        return sent

    assert most_within([t for t, _ in leap(play())], 1.0) <= 30


def test_people_of_one_group_share_its_minute() -> None:
    async def play() -> Sent:
        pace, sent = Pace(RATES), Sent()
        await asyncio.gather(*(send(pace, sent, str(n)) for n in range(30)))
        await asyncio.gather(*(send(pace, sent, "-1", group=True) for _ in range(50)))
        return [(t, chat) for t, chat in sent if chat == "-1"]

    assert most_within([t for t, _ in leap(play())], 60.0) == 20


def test_one_chat_gets_a_burst_and_then_one_a_second() -> None:
    async def play() -> Sent:
        pace, sent = Pace(RATES), Sent()
        for _ in range(6):
            await send(pace, sent, "a")
        return sent

    times = [t for t, _ in leap(play())]
    assert times[2] == 0.0
    assert all(later - earlier > 0.99 for earlier, later in pairwise(times[2:]))


@settings(max_examples=20)
@given(st.lists(st.floats(0, 5), max_size=60))
def test_a_broadcast_takes_only_what_replies_leave_and_no_reply_waits_for_it(replies: list[float]) -> None:
    async def play() -> tuple[Sent, list[float]]:
        pace, sent, waits = Pace(BOT_ONLY), Sent(), list[float]()

        async def reply(number: int, at: float) -> None:
            await send(pace, sent, f"r{number}", at=at)
            waits.append(asyncio.get_running_loop().time() - at)

        low = [send(pace, sent, f"b{n}", rank=9) for n in range(150)]
        await asyncio.gather(*low, *(reply(number, at) for number, at in enumerate(replies)))
        return sent, waits

    sent, waits = leap(play())
    times, slot = [t for t, _ in sent], 1 / (EVEN * 30)
    assert most_within(times, 1.0) <= 30
    assert max(times) <= max(slot * len(sent), *replies, 5) + 0.5, "both together use the whole rate"
    crowd = most_within(replies, 1.0)
    assert max(waits, default=0) <= slot * (1.5 + crowd), "a reply waits for replies only, and for one place"


def test_a_broadcast_leaves_evenly_even_after_an_idle_hour() -> None:
    async def play() -> Sent:
        pace, sent = Pace(BOT_ONLY), Sent()
        await asyncio.sleep(3600)
        await asyncio.gather(*(send(pace, sent, str(n), rank=9) for n in range(60)))
        return sent

    times = [t for t, _ in leap(play())]
    assert most_within(times, 5 / (EVEN * 30)) <= 5 + SLACK + 1


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 5), st.floats(0.006, 0.9))
def test_a_store_that_is_busy_behind_an_admission_passes_no_limit(busy: float, long: float) -> None:
    """What is held up for less than a second leaves in one moment, and counts from then on."""

    async def play() -> Sent:
        pace, sent, loop = Pace(BOT_ONLY), Sent(), asyncio.get_running_loop()

        async def deliver(chat: str, rank: int, at: float) -> None:
            await asyncio.sleep(at)
            await pace.admit(chat, group=False, rank=rank)
            if busy <= loop.time() < busy + long:
                await asyncio.sleep(busy + long - loop.time())
            pace.leaves(chat)
            sent.append((loop.time(), chat))

        replies = (deliver(f"r{n}", 0, n / 7) for n in range(40))
        await asyncio.gather(*(deliver(f"b{n}", 9, 0.0) for n in range(150)), *replies)
        return sent

    assert most_within([t for t, _ in leap(play())], 1.0) <= 30


def test_many_slowed_chats_halve_the_rate_for_a_while() -> None:
    async def rates() -> tuple[float, float, float, float]:
        pace = Pace(BOT_ONLY)
        for chat in "aaab":
            pace.hold(1.0, chat)
        few = pace.share
        for chat in "bcde":
            pace.hold(1.0, chat)
        many = pace.share
        sent = Sent()
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(send(pace, sent, str(n)) for n in range(100)))
        rate = 85 / (sent[-1][0] - sent[14][0])
        assert most_within([t - began for t, _ in sent], 1.0) <= 15
        await asyncio.sleep(60)
        return few, many, rate, pace.share

    few, many, rate, later = leap(rates())
    assert (few, many, later) == (1.0, 0.5, 1.0)
    assert 13 < rate <= 15


def test_chats_slowed_down_one_after_the_other_are_no_storm() -> None:
    async def play() -> float:
        pace = Pace(BOT_ONLY)
        for chat in "abcdefgh":
            pace.hold(1.0, chat)
            await asyncio.sleep(4)
        return pace.share

    assert leap(play()) == 1.0


def test_a_slowed_chat_delays_itself_alone() -> None:
    async def play() -> Sent:
        pace, sent = Pace(RATES), Sent()
        pace.hold(30.0, "a")
        await asyncio.gather(*(send(pace, sent, chat) for chat in "abcd"))
        return sent

    assert [(round(t), chat) for t, chat in leap(play())] == [(0, "b"), (0, "c"), (0, "d"), (30, "a")]


def test_a_pause_of_everything_holds_everybody() -> None:
    async def play() -> Sent:
        pace, sent = Pace(RATES), Sent()
        pace.hold(10.0)
        await asyncio.gather(*(send(pace, sent, chat) for chat in "ab"))
        return sent

    assert all(t >= 10 for t, _ in leap(play()))


def test_whoever_stops_waiting_takes_no_place() -> None:
    async def play() -> Sent:
        pace, sent = Pace(Abilities(per_second=1)), Sent()
        await send(pace, sent, "a")
        gone = asyncio.create_task(send(pace, sent, "b"))
        stays = asyncio.create_task(send(pace, sent, "c"))
        await asyncio.sleep(0.5)
        gone.cancel()
        await stays
        return sent

    assert [(round(t), chat) for t, chat in leap(play())] == [(0, "a"), (1, "c")]
