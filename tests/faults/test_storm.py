"""Storms of some seconds; `scripts/soak` lets them last as long as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.settings import Settings
from core.conversation.library import Library
from tests.app.processes import Nursery
from tests.faults.rates import ChatRates, most_within
from tests.faults.storm import IN_FLIGHT, TIGHT, Storm, rage
from tests.faults.storm_discord import rage_on_discord


@pytest.mark.parametrize(
    ("webhook", "shared"),
    [(False, False), (True, False), (True, True)],
    ids=["polling", "webhook", "webhook on PostgreSQL"],
)
async def test_rows_1_to_4_faults_and_kills_lose_nothing(
    tmp_path: Path, nursery: Nursery, library: Library, settings: Settings, webhook: bool, shared: bool,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    url = request.getfixturevalue("postgres").ready() if shared else ""
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


async def test_row_5_a_platform_that_takes_less_of_each_chat_is_obeyed(
    tmp_path: Path, nursery: Nursery, library: Library, settings: Settings
) -> None:
    books = await rage(Storm(seed=13, people=3, kills=1, tight=True), tmp_path, nursery, library, settings)
    assert books.refused > 0, "the limit was met"


async def test_row_18_a_storm_on_discord_loses_and_doubles_nothing(
    tmp_path: Path, nursery: Nursery, library: Library, settings: Settings
) -> None:
    books = await rage_on_discord(
        Storm(seed=14, people=4, kills=1, discord=True), tmp_path, nursery, library, settings
    )
    assert books.faults > 0
    assert (books.duplicates, books.bound) == (0, 0), "a nonce closes the window"


def test_who_does_not_wait_is_found() -> None:
    rates = ChatRates(TIGHT)
    refused = {"ok": False, "error_code": 429, "parameters": {"retry_after": 1}}
    rates("sendMessage", {"chat_id": "1"}, refused)
    rates("sendMessage", {"chat_id": "2"}, {"ok": True})
    rates.check(())
    rates("sendMessage", {"chat_id": "1"}, refused)
    with pytest.raises(AssertionError):
        rates.check(())


def test_the_window_is_counted_rightly() -> None:
    assert most_within([], 1.0) == 0
    assert most_within([0.0, 0.5, 0.999, 1.0, 1.4], 1.0) == 4
