"""Ask every source at once, each for itself, and let them agree on one verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from core.chain.agree import Voice, agree
from core.chain.asking import Unavailable
from core.chain.judge import NOTHING_EXPECTED, judge, unavailable
from core.chain.network import Source
from core.chain.seen import Expected, FirstSeen, Seen
from core.chain.verdict import Verdict

BUDGET: Final = 1.8
"""Seconds for one source, all its requests together."""


class Client(Protocol):
    """Asks one source of any network."""

    @property
    def source(self) -> Source:
        """What it is and which network it follows."""

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> Seen:
        """What the source says.

        `before`: what was first seen of the transaction, so that the source can be asked what became of it.

        Raises:
            Unavailable: the source cannot tell now.
            ValueError: the id is not one.
        """


async def look_up(
    clients: Sequence[Client],
    transaction_id: str,
    now: Callable[[], float],
    before: FirstSeen | None = None,
    expected: Expected = NOTHING_EXPECTED,
) -> Verdict:
    """One verdict from all sources. `now`: epoch seconds.

    Raises:
        ValueError: there is no source, or the id is not one.
    """

    async def hear(client: Client) -> Voice:
        mine = before if before and before.network == client.source.network.name else None
        try:
            async with asyncio.timeout(BUDGET):
                seen = await client.see(transaction_id, mine)
        except (Unavailable, TimeoutError):
            return client.source, unavailable(client.source, now())
        return client.source, judge(seen, client.source, now(), mine, expected)

    return agree(await asyncio.gather(*map(hear, clients)))
