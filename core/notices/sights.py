"""What each rule sees now: asked of the chains, the exchange, a price, or our own watchdogs. Nothing here decides or writes.

Whoever cannot tell says so ("unknown"), and then nothing begins and nothing ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

from core.chain.asking import Unavailable
from core.chain.booking import Paused
from core.chain.look_up import Client
from core.chain.mined import Mined, Miner
from core.config_notices import Deposits, Outage, Price, Rule, Upgrade
from core.notices.heights import BACK, reached
from core.notices.occasions import Lasting, Phase, Sight
from core.notices.price import Prices, moved
from core.store.notices import NoticeRoom

HOUR = 3600.0
PATIENCE = 10.0
"""Seconds for one look at a source."""
CALMED = 0.5
"""A price is calm again when it moved less than this share of what makes an occasion."""
ODD = (
    Unavailable, TimeoutError, LookupError, AttributeError, TypeError, ValueError, ArithmeticError, RecursionError,
)  # fmt: skip
"""What a source does that is away, and what reading a strange answer raises."""
UNKNOWN = Sight("unknown")


class Books(Protocol):
    """The exchange's own word (core/chain/ledger.py)."""

    async def networks(self) -> Mapping[str, Paused] | None:
        """What is stopped in each network; None while it cannot tell."""


Troubles = Callable[[str], str | None]
"""(a channel, or "queues") -> what is wrong with it; None where this process cannot tell."""


class Sights:
    """Looks for the rules. `now`: epoch seconds; `outages`: how our own parts are."""

    def __init__(
        self,
        clients: Sequence[Client],
        books: Books | None,
        prices: Prices | None,
        room: NoticeRoom,
        troubles: Troubles,
        now: Callable[[], float],
    ) -> None:
        self._clients = clients
        self._books = books
        self._prices = prices
        self._room = room
        self._troubles = troubles
        self._now = now
        self._lasting: dict[str, Lasting] = {}

    async def see(self, rule: Rule) -> Sight:
        """One rule's sight. Never raises but for a store that fails."""
        match rule:
            case Upgrade():
                return await self._upgrade(rule)
            case Deposits():
                return await self._deposits(rule)
            case Outage():
                return await self._outage(rule)
            case Price():
                return await self._price(rule)

    # --- a height

    async def _upgrade(self, rule: Upgrade) -> Sight:
        blocks = await self._blocks(rule.network)
        if blocks is None:
            return UNKNOWN
        newest, earlier = blocks
        values = {"network": rule.network, "title": rule.title, "height": str(rule.height)}
        if newest.number >= rule.height:
            return Sight("calm", str(rule.height), text="upgrade", values=values)
        range_ = reached(newest, earlier, rule.height)
        if range_ is None:
            return UNKNOWN
        left = range_[0] - self._now()
        due = [hours for hours in rule.lead_hours if left <= hours * HOUR]
        values |= {"low": f"{range_[0]:.0f}", "high": f"{range_[1]:.0f}"}
        step = f"{min(due):g}h".replace(".", "_") if due else ""
        return Sight("trouble" if due else "ahead", str(rule.height), step, "upgrade", values)

    async def _blocks(self, network: str) -> tuple[Mined, list[Mined]] | None:
        """The newest block, and some earlier ones of the same source; None where no source can tell."""
        for miner in self._miners(network):
            try:
                async with asyncio.timeout(PATIENCE):
                    newest = await miner.mined(None)
                    back = {max(newest.number - far, 1) for far in BACK} - {newest.number}
                    return newest, [await miner.mined(one) for one in sorted(back)]
            except ODD:
                continue
        return None

    def _miners(self, source: str) -> list[Miner]:
        """Those of a network, the operator's own first, or the one that is named "network/source"."""
        network, _, name = source.partition("/")
        found = [
            client
            for client in self._clients
            if client.source.network.name == network and name in ("", client.source.name)
        ]
        return [cast(Miner, client) for client in sorted(found, key=lambda one: not one.source.own)]

    # --- what is down

    async def _deposits(self, rule: Deposits) -> Sight:
        networks = await self._books.networks() if self._books else None
        paused = networks.get(rule.network) if networks is not None else None
        values = {"network": rule.network}
        if paused is not None and paused.deposits:
            return Sight("trouble", text="deposits", values=values)
        phase, since = self._lasts(rule, rule.minutes, await self._unseen(rule.network))
        if self._books and paused is None and phase == "calm":
            return UNKNOWN  # whether the exchange takes deposits again, only the exchange can say
        if phase == "unknown" and paused is not None and not self._miners(rule.network):
            phase = "calm"
        text = "deposits_late" if phase == "trouble" else "deposits"
        return Sight(phase, text=text, values=values | {"since": f"{since:.0f}"})

    async def _outage(self, rule: Outage) -> Sight:
        found = self._troubles(rule.source)
        bad = await self._unseen(rule.source) if found is None else bool(found)
        phase, since = self._lasts(rule, rule.minutes, bad)
        return Sight(phase, text="outage", values={"what": rule.source, "since": f"{since:.0f}"})

    def _lasts(self, rule: Rule, minutes: float, bad: bool | None) -> tuple[Phase, float]:
        return self._lasting.setdefault(rule.name, Lasting(minutes * 60)).see(bad, self._now())

    async def _unseen(self, source: str) -> bool | None:
        """Whether every such source is down or behind; None where there is none."""
        miners = self._miners(source)
        if not miners:
            return None
        return not any(await asyncio.gather(*(self._well(miner) for miner in miners)))

    async def _well(self, miner: Miner) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                newest = await miner.mined(None)
        except ODD:
            return False
        return self._now() - newest.at <= miner.source.network.stale_after

    # --- a price

    async def _price(self, rule: Price) -> Sight:
        if self._prices is None:
            return UNKNOWN
        try:
            value = await self._prices.price(rule)
        except Unavailable:
            return UNKNOWN
        now = self._now()
        kept = await self._room.price(rule.name, now, value, now - rule.hours_back * HOUR)
        before, share = moved(kept)
        if abs(share) * 100 < rule.percent * CALMED:
            return Sight("calm")
        if abs(share) * 100 < rule.percent:
            return Sight("ahead")
        values = {
            "asset": rule.asset, "currency": rule.currency, "source": rule.source, "at": f"{now:.0f}",
            "hours": f"{rule.hours_back:g}", "percent": f"{share * 100:+.1f}%",
            "before": _shown(before), "after": _shown(value),
        }  # fmt: skip
        return Sight("trouble", text="price", values=values)


def _shown(price: float) -> str:
    """Six significant digits, never an exponent."""
    whole = len(str(int(price)))
    return f"{price:.{max(0, 6 - whole)}f}" if price >= 1 else f"{price:.8f}".rstrip("0")
