"""A price from an address of the configuration, on a real server that answers as it likes."""

from __future__ import annotations

import pytest

from core.chain.asking import Unavailable
from core.config_notices import Price
from core.errors import ConfigError
from core.notices.faults import faults_of
from core.notices.price import Prices, open_prices
from core.store.rooms import Store
from tests.notices.scene import Source, Stage
from tests.staff.house import House

HOUR = 3600.0


def rule(source: Source, **more: object) -> dict[str, object]:
    return {
        "name": "btc", "kind": "price", "url": source.url, "field": "data.0.last", "asset": "BTC",
        "source": "loopback", "percent": 10, "hours_back": 2, **more,
    }  # fmt: skip


async def test_a_move_beyond_the_threshold_drafts_once_and_advises_nothing(
    store: Store, staff: House, source: Source, prices: Prices
) -> None:
    stage = Stage(store, staff, [rule(source)], prices=prices)
    await stage.open_doors()
    for value in ("100.0", "105", 109.9):
        source.says(value)
        assert await stage.look(60) == []
    source.says(111)
    (kept,) = await stage.look(60)
    text = kept.source
    assert "+11.0%" in text
    assert "no advice to buy or sell" in text
    assert "不是买卖建议" in text
    assert await stage.look(60) == [kept]
    stage = stage.after(rule(source))  # a restart, in which nobody can be asked
    assert await stage.look(60) == [kept]


async def test_the_window_forgets_and_a_restart_does_not(
    store: Store, staff: House, source: Source, prices: Prices
) -> None:
    stage = Stage(store, staff, [rule(source)], prices=prices)
    await stage.open_doors()
    source.says(100)
    await stage.look()
    source.says(108)
    await stage.look(3 * HOUR)
    source.says(111)
    assert await stage.look(60) == [], "the hundred was too long ago"
    again = Stage(store, staff, [rule(source)], prices=prices)
    again.office = stage.office
    source.says(97)
    (kept,) = await again.look(60)
    assert "-12.6%" in kept.source, "from the 111 that another process saw"
    source.says(111)
    assert [one.state for one in await again.look(3 * HOUR)] == ["expired"]


HOSTILE = {
    "too long": (200, b'{"data":[{"last":1,"x":"' + b"x" * 10_000_000 + b'"}]}'),
    "long": (200, b'{"data":[{"last":1,"x":"' + b"x" * 70_000 + b'"}]}'),
    "not JSON": (200, b"<html>1</html>"),
    "redirect": (302, b'{"data":[{"last":1}]}'),
    "NaN": (200, b'{"data":[{"last":NaN}]}'),
    "NaN as a text": (200, b'{"data":[{"last":"nan"}]}'),
    "infinite": (200, b'{"data":[{"last":1e999}]}'),
    "nothing": (200, b'{"data":[{"last":0}]}'),
    "negative": (200, b'{"data":[{"last":-5}]}'),
    "truth": (200, b'{"data":[{"last":true}]}'),
    "a tree": (200, b'{"data":[{"last":{"a":1}}]}'),
    "deep": (200, b"[" * 60_000),
    "elsewhere": (200, b'{"data":[]}'),
    "no number": (200, b'{"data":[{"last":"1e5 USD"}]}'),
    "endless digits": (200, b'{"data":[{"last":' + b"9" * 5000 + b"}]}"),
    "an error": (500, b'{"data":[{"last":1}]}'),
    "not found": (404, b'{"data":[{"last":1}]}'),
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_no_answer_is_a_price_that_only_looks_like_one(
    store: Store, staff: House, source: Source, prices: Prices, case: str
) -> None:
    stage = Stage(store, staff, [rule(source)], prices=prices)
    await stage.open_doors(0)
    source.says(50)
    await stage.look()
    source.status, source.body = HOSTILE[case]
    with pytest.raises(Unavailable):
        await prices.price(Price.model_validate(rule(source)))
    assert await stage.look(60) == []
    assert await store.notices.price("btc", 0.0, 1.0, 0.0) == [(0.0, 1.0), (staff.now - 60, 50.0)]


@pytest.mark.parametrize(("ago", "good"), [(0, True), (500, True), (601, False), (-500, False)])
@pytest.mark.parametrize("factor", [1, 1000])
async def test_a_stale_price_is_none(
    staff: House, source: Source, prices: Prices, ago: float, good: bool, factor: int
) -> None:
    own = Price.model_validate(rule(source, at_field="data.0.at"))
    source.says(5, at=(staff.now - ago) * factor)
    if good:
        assert await prices.price(own) == 5
        return
    with pytest.raises(Unavailable):
        await prices.price(own)


async def test_only_safe_addresses_are_asked(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("http://prices.example/x", "ftp://prices.example/x", "file:///etc/passwd"):
        with pytest.raises(ConfigError):
            async with open_prices([Price.model_validate(rule(source) | {"url": url})], lambda: 0.0):
                pass
    own = Price.model_validate(rule(source) | {"url": source.url + "?key=${PRICE_KEY}"})
    with pytest.raises(ConfigError):
        async with open_prices([own], lambda: 0.0):
            pass
    monkeypatch.setenv("PRICE_KEY", "k")
    source.says(7)
    async with open_prices([own], lambda: 0.0) as prices:
        assert await prices.price(own) == 7


async def test_the_text_about_a_price_can_be_sent(store: Store, staff: House, source: Source) -> None:
    stage = Stage(store, staff, [rule(source)])
    await stage.open_doors(0)
    assert faults_of(stage.settings.notices.rules[0], stage.settings, stage.office) == []
