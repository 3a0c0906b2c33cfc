"""What the stand-in's tests share: a clock that stands still, and the unmodified python-telegram-bot."""

from __future__ import annotations

import asyncio
import os
import re

os.environ.setdefault("PTB_TIMEDELTA", "1")

import pytest
from telegram import Bot
from telegram.error import BadRequest
from telegram.request import HTTPXRequest

from bots.local.telegram import TelegramStandIn
from bots.local.world import World

READ_SECONDS = 60.0
"""Generous: a busy machine must not look like a fault."""


class Clock:
    """Epoch seconds that pass only when told."""

    def __init__(self) -> None:
        self.time = 1_790_000_000.0

    def __call__(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds


def make_bot(stand_in: TelegramStandIn, token: str = "") -> Bot:
    """A Bot of the library; only the addresses and the waiting times are ours."""

    def request() -> HTTPXRequest:
        # Plain HTTP needs no certificates, and loading them costs most of a test.
        return HTTPXRequest(read_timeout=READ_SECONDS, httpx_kwargs={"verify": False})

    return Bot(
        token or stand_in.token,
        base_url=f"{stand_in.url}/bot",
        base_file_url=f"{stand_in.url}/file/bot",
        request=request(),
        get_updates_request=request(),
    )


def refused(said: str) -> pytest.RaisesExc[BadRequest]:
    """The library raises BadRequest with this text; it changes the case of the first letter, so case is ignored."""
    return pytest.raises(BadRequest, match="(?i)" + re.escape(said))


async def poll_held(world: World) -> None:
    """Wait until the stand-in holds a poll."""
    async with asyncio.timeout(READ_SECONDS):
        while not world.updates.holding:
            await asyncio.sleep(0.002)
