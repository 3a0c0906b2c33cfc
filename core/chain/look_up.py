"""Ask every source at once, each for itself, and let them agree on one verdict.

Nobody waits for a source that hangs longer than its budget, and not at all when another network already has the
transaction and all is well with it there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from core.chain.agree import Voice, agree
from core.chain.asking import Unavailable
from core.chain.client import digits
from core.chain.judge import NOTHING_EXPECTED, judge, unavailable
from core.chain.meanings import is_negative
from core.chain.network import Source
from core.chain.seen import Expected, FirstSeen, Seen
from core.chain.snapshot import remember
from core.chain.verdict import Name, Verdict

log = logging.getLogger(__name__)
BUDGET: Final = 1.8
"""Seconds for all sources, all their requests together."""
_SEARCH_ON: Final[tuple[Name, ...]] = ("source_down", "unsure", "not_seen_yet", "not_found", "vanished")
"""Verdicts of one network after which another one may still know more."""


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
        """


@dataclass(slots=True)
class Hearing:
    """What was heard: the verdict, and what is to be remembered of each network that knows the transaction."""

    verdict: Verdict
    snapshots: dict[str, FirstSeen] = field(default_factory=dict)


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
    known = {before.network: before} if before is not None else {}
    return (await hear(clients, transaction_id, now, known, expected)).verdict


async def hear(
    clients: Sequence[Client],
    transaction_id: str,
    now: Callable[[], float],
    before: Mapping[str, FirstSeen],
    expected: Expected = NOTHING_EXPECTED,
    budget: float = BUDGET,
) -> Hearing:
    """The verdict of all sources, and what to remember. `before`: what was first seen, by network; `budget`: seconds.

    Raises:
        ValueError: there is no source, or the id is not one.
    """
    digits(transaction_id)  # or a source's own oddness could not be told from it
    by_network: dict[str, list[Client]] = {}
    for client in clients:
        by_network.setdefault(client.source.network.name, []).append(client)
    heard = [
        asyncio.ensure_future(_of_network(group, transaction_id, now, before.get(name), expected, budget))
        for name, group in by_network.items()
    ]
    try:
        return await _gathered(heard)
    finally:
        for one in heard:
            one.cancel()
        await asyncio.gather(*heard, return_exceptions=True)


async def _gathered(networks: Sequence[asyncio.Future[tuple[list[Voice], FirstSeen | None]]]) -> Hearing:
    """Listen to one network after another as they answer, until one has it and all is well there."""
    voices: list[Voice] = []
    snapshots: dict[str, FirstSeen] = {}
    for answer in asyncio.as_completed(networks):
        heard, kept = await answer
        voices += heard
        if kept is not None:
            snapshots[kept.network] = kept
        if _is_found(agree(heard)):
            break
    return Hearing(agree(voices), snapshots)


def _is_found(verdict: Verdict) -> bool:
    return verdict.name not in _SEARCH_ON and not is_negative(verdict.name)


async def _of_network(
    clients: Sequence[Client],
    transaction_id: str,
    now: Callable[[], float],
    before: FirstSeen | None,
    expected: Expected,
    budget: float,
) -> tuple[list[Voice], FirstSeen | None]:
    """What the sources of one network say, and the snapshot: from the operator's own source where one knows it."""
    seens = await asyncio.gather(*(_see(client, transaction_id, before, budget) for client in clients))
    at, kept = now(), before
    voices: list[Voice] = []
    for client, seen in sorted(zip(clients, seens, strict=True), key=lambda pair: not pair[0].source.own):
        if seen is None:
            voices.append((client.source, unavailable(client.source, at)))
            continue
        voices.append((client.source, judge(seen, client.source, at, before, expected)))
        if kept is before:
            kept = remember(seen, client.source.network.name, transaction_id, at, before)
    return voices, kept


async def _see(client: Client, transaction_id: str, before: FirstSeen | None, budget: float) -> Seen | None:
    """None: the source cannot tell. Whatever reading a stranger's answer raises is its fault, not the asker's."""
    try:
        async with asyncio.timeout(budget):
            return await client.see(transaction_id, before)
    except (Unavailable, TimeoutError):
        return None
    except (LookupError, AttributeError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        log.warning("the source %s answered something odd (%s)", client.source.name, type(error).__name__)
        return None
