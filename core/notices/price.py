"""A price from an address of the configuration: small, quick, fresh, and a plausible number, or none at all.

Nobody but the operator chooses the address. What a source says wrongly, however wrongly, is "no price now".
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp

from core.chain.asking import Asking, Odd, require_safe
from core.chain.nodes import filled
from core.config_notices import Price, Rule

DEADLINE: Final = 5.0
LARGEST: Final = 65_536
"""Bytes of an answer that are taken for one."""
AHEAD: Final = 120.0
"""Seconds by which the source's clock may be ahead of ours."""


class Prices:
    """Asks the sources. `now`: epoch seconds."""

    def __init__(self, asking: Asking, now: Callable[[], float]) -> None:
        self._asking = asking
        self._now = now

    async def price(self, rule: Price) -> float:
        """The price now.

        Raises:
            Unavailable: there is none that can be believed.
        """
        answer = await self._asking.get(filled(rule.url, rule.name), fresh=True)
        if len(answer.body) > LARGEST:
            raise Odd
        told = answer.json()
        if rule.at_field:
            self._check_time(_number(_at(told, rule.at_field)), rule.stale_minutes * 60)
        return _number(_at(told, rule.field))

    def _check_time(self, at: float, stale: float) -> None:
        """Seconds or milliseconds; a price of the future is as strange as an old one."""
        at = at / 1000 if at > 1e11 else at
        if not self._now() - stale <= at <= self._now() + AHEAD:
            raise Odd


def _at(value: Any, path: str) -> object:
    for step in path.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isascii() and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise Odd
    return value


def _number(value: object) -> float:
    """A positive, finite number; many sources write it as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        raise Odd
    try:
        number = float(value)
    except ValueError:
        raise Odd from None
    if not math.isfinite(number) or number <= 0:
        raise Odd
    return number


def moved(prices: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """(the price from which the newest one is furthest away, by how much of it): the sign says which way."""
    newest = prices[-1][1]
    low, high = min(value for _, value in prices), max(value for _, value in prices)
    since = max((low, high), key=lambda one: abs(newest / one - 1))
    return since, newest / since - 1


@asynccontextmanager
async def open_prices(rules: Sequence[Rule], now: Callable[[], float]) -> AsyncIterator[Prices]:
    """The sources of a configuration; their connections are closed at the end.

    Raises:
        ConfigError: an address is not safe, or names something that the environment does not hold.
    """
    for rule in rules:
        if isinstance(rule, Price):
            require_safe(filled(rule.url, rule.name), rule.name)
    async with aiohttp.ClientSession() as session:
        yield Prices(Asking(session, deadline=DEADLINE, keep=0), now)
