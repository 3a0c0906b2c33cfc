"""What one new block costs when very many transactions are watched: 100,000 against 1,000.

    .venv/bin/python benchmarks/watch.py --json

A chain in this process makes blocks of 2,000 transactions, five of them watched. Everything else is the real thing: the
loop, the look-ups, the table of verdicts, SQLite with full durability. `per_block_cost_100k_vs_1k` compares the
median time of a block; what is merely watched must cost nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from dataclasses import astuple, dataclass, field
from hashlib import sha256
from pathlib import Path
from statistics import median

from core.chain.mined import Mined
from core.chain.network import Network, Source
from core.chain.nodes import Chain
from core.chain.seen import Block, EvmBody, FirstSeen, Health, SeenEvm
from core.runtime.follow import Follow
from core.store.queries import SQL
from core.store.sql.store import SqlStore
from core.store.sqlite import open_sqlite
from core.store.watches import WatchRow

NETWORK = Network("Ethereum", credit=12, unlock=64, stale_after=1e9)
BLOCKS = 40
INSIDE, WATCHED = 2000, 5
BODY = EvmBody(1, "0xa", 0, "0xb", 5)
BEGAN = 1_000_000.0


def id_of(*what: object) -> str:
    return "0x" + sha256(repr(what).encode()).hexdigest()


@dataclass
class Made:
    """A chain whose every block holds the next five watched transactions among many others."""

    source: Source = field(default_factory=lambda: Source("node", NETWORK, own=True))
    height: int = 1000

    async def mined(self, number: int | None) -> Mined:
        number = self.height if number is None else number
        ours = [id_of("watched", number * WATCHED + place) for place in range(WATCHED)]
        others = [id_of("other", number, place) for place in range(INSIDE - WATCHED)]
        return Mined(number, id_of("block", number), id_of("block", number - 1), (*others, *ours))

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> SeenEvm:
        health = Health(latest=self.height, latest_at=BEGAN)
        ours = {id_of("watched", self.height * WATCHED + place) for place in range(WATCHED)}
        block = Block(self.height, id_of("block", self.height)) if transaction_id in ours else None
        return SeenEvm(health, BODY, block, succeeded=True if block else None)


async def fill(store: SqlStore, count: int, first: int) -> None:
    """So many watches; the transactions of the blocks to come are among them."""

    def rows() -> list[tuple[object, ...]]:
        return [
            astuple(
                WatchRow(
                    f"w{number}", f"main|{number}|{number}", '["main","1","1",""]', "f", "Ethereum",
                    id_of("watched", first * WATCHED + number), "withdrawable", BEGAN * 9, look_at=BEGAN + number % 600,
                )
            )
            for number in range(count)
        ]  # fmt: skip

    await store.database.write(lambda db: db.executemany(SQL["watch_add"], rows()).rowcount)


async def per_block(count: int) -> float:
    """The median seconds of one new block."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_sqlite(Path(folder) / "watch.db")
        assert isinstance(store, SqlStore)
        made = Made()
        now = BEGAN
        chain = Chain([made], lambda: now, store.snapshots)
        follow = Follow(store, chain, 7, 5, lambda event: None, lambda: now)
        await fill(store, count, made.height + 1)
        await follow.look("Ethereum")
        costs = []
        for _ in range(BLOCKS):
            made.height += 1
            now += NETWORK.block_seconds
            began = time.perf_counter()
            await follow.look("Ethereum")
            costs.append(time.perf_counter() - began)
        await store.close()
        return median(costs)


async def measure() -> dict[str, float]:
    few, many = await per_block(1_000), await per_block(100_000)
    return {
        "per_block_ms_1k": round(few * 1000, 2),
        "per_block_ms_100k": round(many * 1000, 2),
        "per_block_cost_100k_vs_1k": round(many / few, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    as_json = parser.parse_args().json
    found = asyncio.run(measure())
    if as_json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:28} {value:10.2f}")


if __name__ == "__main__":
    main()
