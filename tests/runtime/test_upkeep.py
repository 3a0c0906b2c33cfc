"""The daily retention, over a real store: once a day, only what is old, and all of it however much there is."""

from __future__ import annotations

import pytest

from core.config import Store as StoreSettings
from core.runtime import upkeep
from core.runtime.upkeep import DAY, PRICES, Upkeep
from core.store.rows import Affected, Batch, NewEvent
from core.store.sql.store import SqlStore
from tests.broadcast.approval import NAME, line, opened, running

NOW = 1_800_000_000.0


async def filled(settings: StoreSettings) -> SqlStore:
    """Three turned events, three people of a closed incident and a price, all one second too old; and one of each that
    is young enough."""
    store = await opened()
    await running(store)
    event, effect = NOW - settings.keep_events_days * DAY, NOW - settings.keep_effects_days * DAY
    for number, (at, closed, people) in enumerate(((event - 1, effect - 1, "012"), (event, effect, "3")), 1):
        rows = await store.inbox.add([NewEvent("face", f"{number}{who}", who, "{}") for who in people], at)
        found = await store.incidents.begin(NAME, "ada", 1, line(), [])
        assert found == number
        heard = [Affected(number, "face", who, 1.0) for who in people]
        await store.turns.commit(Batch(turned=[row.id for row in rows], affected=heard))
        assert (await store.incidents.close(number, "ada", line(closed), [])).closed
    for at in (NOW - PRICES - 1, NOW - PRICES):
        await store.notices.price("btc", at, 1.0, 0.0)
    return store


async def test_what_is_old_goes_once_a_day_however_many_slices_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upkeep, "SLICE", 2)
    settings = StoreSettings()
    store, now = await filled(settings), [NOW]
    daily = Upkeep(store, settings, lambda: now[0])
    assert await daily.purge() == 3 + 3 + 1
    assert [await store.incidents.affected(number) for number in (1, 2)] == [0, 1]
    now[0] += 1
    assert await daily.purge() == 0, "today's turn is taken"
    now[0] += DAY
    assert await daily.purge() == 1 + 1 + 1
    await store.close()
