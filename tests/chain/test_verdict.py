"""The table from what a node saw to what may be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.chain.look_up import look_up
from core.chain.verdict import TABLE, UNREACHABLE, Name, Seen, Source, judge

NOW = 1_000_000.0
SOURCE = Source("node-1", "Ethereum", need=12, block_seconds=12.0)
HASH = "0x" + "ab" * 32


def healthy(**more: object) -> Seen:
    return Seen(**{"latest": 100, "latest_at": NOW - 10, **more})  # type: ignore[arg-type]


def mined(block: int, *, succeeded: bool | None = True) -> Seen:
    return healthy(known=True, mined_in=block, succeeded=succeeded)


@pytest.mark.parametrize(
    ("seen", "name", "k", "block", "left"),
    [
        (UNREACHABLE, "source_down", 0, 0, 0),
        (healthy(syncing=True), "source_down", 0, 100, 0),
        (healthy(latest_at=NOW - 301), "source_down", 0, 100, 0),
        (healthy(), "not_found", 0, 100, 0),
        (healthy(known=True), "pending", 0, 100, 144),
        (mined(100), "confirming", 1, 100, 132),
        (mined(90), "confirming", 11, 90, 12),
        (mined(89), "confirmed", 12, 89, 0),
        (mined(101), "confirming", 1, 101, 132),
        (mined(89, succeeded=False), "reverted", 12, 89, 0),
        (mined(100, succeeded=False), "reverted", 1, 100, 0),
        (mined(89, succeeded=None), "source_down", 12, 89, 0),
    ],
)
def test_the_table(seen: Seen, name: str, k: int, block: int, left: float) -> None:
    verdict = judge(seen, SOURCE, NOW)
    assert (verdict.name, verdict.k, verdict.block, verdict.left) == (name, k, block, left)


seens = st.builds(
    Seen,
    reachable=st.booleans(),
    syncing=st.booleans(),
    latest=st.integers(0, 200),
    latest_at=st.floats(NOW - 1000, NOW),
    known=st.booleans(),
    mined_in=st.none() | st.integers(0, 200),
    succeeded=st.none() | st.booleans(),
)


@settings(deadline=None)
@given(seens)
def test_every_row_gives_all_holes_and_no_negative_word_comes_from_a_sick_node(seen: Seen) -> None:
    verdict = judge(seen, SOURCE, NOW)
    assert set(verdict.values()) == set(judge(healthy(), SOURCE, NOW).values())
    assert all(isinstance(value, str) for value in verdict.values().values())
    if verdict.name in ("not_found", "reverted"):
        assert seen.reachable
        assert not seen.syncing
        assert NOW - seen.latest_at <= SOURCE.stale_after


def test_the_table_can_give_every_verdict() -> None:
    assert {name for name, _ in TABLE} == set(get_args(Name))


@dataclass
class Told:
    """A node that has already answered."""

    source: Source
    answer: Seen

    async def see(self, transaction_id: str) -> Seen:
        assert transaction_id == HASH
        return self.answer


@settings(deadline=None)
@given(st.lists(seens, min_size=1, max_size=4))
async def test_several_nodes_never_give_a_negative_verdict_while_one_is_sick(answers: list[Seen]) -> None:
    nodes = [Told(SOURCE, answer) for answer in answers]
    verdict = await look_up(nodes, HASH, 12, lambda: NOW)
    alone = {judge(answer, SOURCE, NOW).name for answer in answers}
    assert verdict.name in alone
    if verdict.name == "not_found":
        assert alone == {"not_found"}
        assert verdict.sources == len(nodes)
    if verdict.name == "source_down":
        assert alone <= {"source_down", "not_found"}


async def test_each_chain_has_its_own_need() -> None:
    other = Source("node-2", "Polygon", need=50)
    answers = [Told(SOURCE, UNREACHABLE), Told(other, mined(89))]
    assert (await look_up(answers, HASH, None, lambda: NOW)).need == 50
    assert (await look_up(answers, HASH, {"Polygon": 10}, lambda: NOW)).name == "confirmed"
    assert (await look_up(answers, HASH, 13, lambda: NOW)).name == "confirming"


async def test_no_node_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no node"):
        await look_up([], HASH, 12, lambda: NOW)
