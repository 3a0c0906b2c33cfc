"""The place of a transaction in the queue, by whatever a node shows of it."""

from __future__ import annotations

from typing import Any

import pytest

from core.chain.bitcoin_read import waiting

MILLION = 1_000_000


def entry(rate: float, **more: Any) -> dict[str, Any]:
    fees = {"base": rate * 200 / 1e8, "ancestor": rate * 200 / 1e8, "descendant": rate * 200 / 1e8}
    sizes = {"vsize": 200, "ancestorsize": 200, "descendantsize": 200, "time": 1_000_000, "depends": []}
    return {**sizes, "fees": fees, **more}


def place(rate: float, pool: dict[str, Any], estimates: list[float | None]) -> int:
    told = [
        {"feerate": one / 100_000} if one is not None else {"errors": ["too little"]} for one in estimates
    ]
    return waiting(entry(rate), {"mempoolminfee": 0.00001, **pool}, told, replaceable=True).position


STEPS = {
    "10": {"from_feerate": 10, "sizes": 2 * MILLION},
    "5": {"from_feerate": 5, "sizes": 3 * MILLION},
    "1": {"from_feerate": 1, "sizes": 4 * MILLION},
    "total_fees": 5,
}


@pytest.mark.parametrize(
    ("rate", "pool", "estimates", "block"),
    [
        (3.0, {"bytes": 9 * MILLION, "fee_histogram": STEPS}, [None] * 3, 6),
        (7.0, {"bytes": 9 * MILLION, "fee_histogram": STEPS}, [None] * 3, 3),
        (20.0, {"bytes": 9 * MILLION, "fee_histogram": STEPS}, [None] * 3, 1),
        (20.0, {"bytes": 40 * MILLION}, [20.0, 10.0, 5.0], 1),
        (19.0, {"bytes": 40 * MILLION}, [20.0, 10.0, 5.0], 3),
        (6.0, {"bytes": 40 * MILLION}, [20.0, 10.0, 5.0], 6),
        (4.0, {"bytes": 40 * MILLION}, [20.0, 10.0, 5.0], 41),
        (4.0, {"bytes": MILLION // 2}, [20.0, 10.0, 5.0], 1),
        (4.0, {"bytes": 2 * MILLION}, [None] * 3, 3),
    ],
)
def test_the_queue_itself_is_believed_before_estimates_and_it_is_never_longer_than_it_is(
    rate: float, pool: dict[str, Any], estimates: list[float | None], block: int
) -> None:
    assert place(rate, pool, estimates) == block


@pytest.mark.parametrize(
    ("ancestors", "descendants", "rate"),
    [
        ((2000, 200), (2000, 200), 10.0),
        ((2200, 2200), (2000, 200), 1.0),
        ((40_000, 400), (2000, 200), 10.0),
        ((2000, 200), (40_000, 400), 100.0),
        ((2200, 2200), (40_000, 400), 40_200 / 2400),
        ((2000, 200), (2200, 2200), 10.0),
    ],
)
def test_parents_make_it_slower_and_children_can_pay_for_it(
    ancestors: tuple[int, int], descendants: tuple[int, int], rate: float
) -> None:
    """Fees and sizes with its ancestors, and with its descendants; it pays 2000 for 200 itself."""
    fees = {"base": 2000e-8, "ancestor": ancestors[0] / 1e8, "descendant": descendants[0] / 1e8}
    told = entry(10, fees=fees, ancestorsize=ancestors[1], descendantsize=descendants[1])
    pool = {"mempoolminfee": 0.00001, "bytes": 0}
    assert waiting(told, pool, [], replaceable=False).rate == pytest.approx(rate)
