"""What a look-up costs us beside the nodes' own time, and how long it takes while one source hangs.

    .venv/bin/python benchmarks/lookup.py --json

Stand-ins of an EVM node, an Esplora service and a TRON node run in a process of their own; an id is looked up on all three
chains at once, nothing is kept between two questions. `own_cpu_ms` is the CPU of this process for one answer;
`hanging_s` the longest of some answers while one more source takes the question and never answers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from statistics import median

from bots.local.esplora import SAMPLES as BITCOIN
from bots.local.esplora import Esplora
from bots.local.node import SAMPLES as ETHEREUM
from bots.local.node import Node
from bots.local.tron import SAMPLES as TRX
from bots.local.tron import Tron
from core.chain.nodes import Chain, open_chain
from core.config import ChainNetwork, ChainSource

ROUNDS, WARM = 60, 5
IDS = (
    *ETHEREUM.values(),
    *(f"0x{id_}" for id_ in (*BITCOIN.values(), *TRX.values())),
    "0x" + "ab" * 32,
)


async def _serve(pipe: Connection) -> None:
    node = Node()
    await node.start()
    async with Esplora() as esplora, Tron() as tron:
        esplora.samples()
        tron.samples()
        pipe.send((node.url, esplora.url, tron.url))
        while not pipe.poll():
            await asyncio.sleep(0.05)
    await node.stop()


def serve(pipe: Connection) -> None:
    """The stand-ins, until something comes through the pipe."""
    asyncio.run(_serve(pipe))


def networks(urls: Sequence[str], hanging: str = "") -> list[ChainNetwork]:
    more = [ChainSource(name="hangs", url=hanging, per_second=1e6)] if hanging else []
    node, esplora, tron = (ChainSource(name="own", url=url, own=True, per_second=1e6) for url in urls)
    service = esplora.model_copy(update={"kind": "esplora"})
    return [
        ChainNetwork(name="Ethereum", sources=(node, *more)),
        ChainNetwork(name="Bitcoin", family="bitcoin", sources=(service,)),
        ChainNetwork(name="TRON", family="tron", sources=(tron,)),
    ]


@asynccontextmanager
async def hanging() -> AsyncIterator[str]:
    """A server that takes every question and answers none."""

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def own_cpu(chain: Chain) -> tuple[float, float]:
    """Median milliseconds of one answer: our own CPU, and the time on the wall."""
    cpu, wall = [], []
    for number in range(WARM + ROUNDS):
        before, began = time.process_time(), time.perf_counter()
        await chain.look_up(IDS[number % len(IDS)])
        cpu.append(time.process_time() - before)
        wall.append(time.perf_counter() - began)
    return median(cpu[WARM:]) * 1000, median(wall[WARM:]) * 1000


async def slowest(chain: Chain) -> float:
    longest = 0.0
    for id_ in ("0x" + "ab" * 32, *IDS[:2]):
        began = time.perf_counter()
        await chain.look_up(id_)
        longest = max(longest, time.perf_counter() - began)
    return longest


async def measure(urls: Sequence[str]) -> dict[str, float]:
    async with open_chain(networks(urls), time.time, keep=0) as chain:
        cpu, wall = await own_cpu(chain)
    async with hanging() as url, open_chain(networks(urls, url), time.time, keep=0) as chain:
        longest = await slowest(chain)
    return {"own_cpu_ms": round(cpu, 2), "answer_ms": round(wall, 2), "hanging_s": round(longest, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    as_json = parser.parse_args().json
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    servers = context.Process(target=serve, args=(theirs,))
    servers.start()
    try:
        found = asyncio.run(measure(ours.recv()))
    finally:
        ours.send("end")
        servers.join()
    if as_json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:12} {value:8.2f}")


if __name__ == "__main__":
    main()
