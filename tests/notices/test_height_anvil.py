"""A planned height on a real node: announced while it is ahead, over when its block is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp
import pytest

from core.broadcast.content import load
from core.chain.asking import Asking
from core.chain.evm import EvmNode
from core.chain.network import Network, Source
from core.store.rooms import Store
from tests.app.processes import PATIENT
from tests.chain.anvil import Chain, running
from tests.notices.scene import Stage
from tests.staff.house import House

PACE = 12
NET = Network("Testnet", credit=3, unlock=4, chain_id=31337, coin="ETH", stale_after=300)


@pytest.fixture
def url() -> Iterator[str]:
    with running() as url:
        yield url


async def test_a_height_on_a_real_node(store: Store, staff: House, url: str) -> None:
    async with aiohttp.ClientSession() as session:
        node = EvmNode(url, Asking(session, keep=0, deadline=PATIENT), Source("anvil", NET, own=True))
        chain = Chain(url, session, node)
        for _ in range(2000):
            try:
                await chain.rpc("anvil_mine", hex(50), hex(PACE))
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
        newest = await node.mined(None)
        staff.now = newest.at - 300
        fork = {"name": "fork", "kind": "upgrade", "network": "Testnet", "title": "Blue", "lead_hours": [1]}
        stage = Stage(store, staff, [fork | {"height": newest.number + 200}], clients=[node])
        await stage.open_doors()
        (kept,) = await stage.look()
        assert kept.state == "draft"
        assert "Testnet" in load(kept.content).messages["zh"].blocks[0].text
        await stage.through(kept.name)
        await chain.rpc("anvil_mine", hex(199), hex(PACE))
        assert len(await stage.look()) == 1, "one block before"
        await chain.rpc("anvil_mine", hex(1), hex(PACE))
        _, over = await stage.look()
        assert load(over.content).rule.follows == kept.name
