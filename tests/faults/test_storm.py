"""Storms of some seconds; `scripts/soak` lets them last as long as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.settings import Settings
from core.conversation.library import Library
from tests.app.processes import Nursery
from tests.faults.storm import IN_FLIGHT, Storm, most_within, rage


@pytest.mark.parametrize(
    ("webhook", "shared"),
    [(False, False), (True, False), (True, True)],
    ids=["polling", "webhook", "webhook on PostgreSQL"],
)
async def test_rows_1_to_4_faults_and_kills_lose_nothing(
    tmp_path: Path, nursery: Nursery, library: Library, settings: Settings, webhook: bool, shared: bool,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    url = request.getfixturevalue("postgres").fresh() if shared else ""
    books = await rage(
        Storm(seed=11, people=4, kills=1, webhook=webhook), tmp_path, nursery, library, settings, url
    )
    assert books.faults > 0, "it was a storm"
    assert books.bound >= books.kills * IN_FLIGHT


async def test_no_window_of_a_second_holds_more_than_the_platform_allows(
    tmp_path: Path, nursery: Nursery, library: Library, settings: Settings
) -> None:
    books = await rage(Storm(seed=12, people=8, kills=0, rate=30), tmp_path, nursery, library, settings)
    assert books.messages >= books.updates
    assert books.most_in_a_second <= 30


def test_the_window_is_counted_rightly() -> None:
    assert most_within([], 1.0) == 0
    assert most_within([0.0, 0.5, 0.999, 1.0, 1.4], 1.0) == 4
