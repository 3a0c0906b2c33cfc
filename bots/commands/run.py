"""`helpline run`: the real platforms where there is a token, else the demo on loopback with the bot as its child."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop

from bots.commands.common import say, settings_of, start_logs, told
from bots.registry import faces
from bots.settings import Secrets, Settings
from core.chain.ledger import open_ledger
from core.chain.nodes import open_chain
from core.config import Runtime
from core.errors import ConfigError
from core.notices.price import open_prices
from core.runtime.memory import settle_down
from core.runtime.service import Service, open_service
from core.sentences import operator_language, sentence


@told
def run(config: Path | None, leash: bool = False, roles: Sequence[str] = ()) -> int:
    """Run until stopped; SIGHUP reloads the flows. On a `leash` (the demo's bot), also until the input ends."""
    settings = settings_of(config)
    if roles:
        runtime = Runtime.model_validate(settings.runtime.model_dump() | {"roles": roles})
        settings = settings.model_copy(update={"runtime": runtime})
    start_logs(settings.log_level)
    if leash:  # that its platforms are on this machine needs no warning
        logging.getLogger("bots.api_url").setLevel(logging.ERROR)
    secrets = Secrets()
    if not leash and not any(
        token.get_secret_value() for token in (secrets.telegram_token, secrets.discord_token)
    ):
        from bots.commands.demo import demo

        return demo(settings, config)
    if settings.education.trial and not leash:
        raise ConfigError(sentence("education.trial", operator_language()))
    with contextlib.suppress(asyncio.CancelledError):
        uvloop.run(_run(_for_trying(settings) if leash else settings, secrets, leash))
    return 0


def _for_trying(settings: Settings) -> Settings:
    """In the demo every lesson counts as approved, and they come every minute instead of twice a week."""
    own = settings.education.model_copy(update={"trial": True, "schedule": "* * * * *"})
    return settings.model_copy(update={"education": own})


async def _run(settings: Settings, secrets: Secrets, leash: bool) -> None:
    language = operator_language()
    settings.data.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        chain = await stack.enter_async_context(open_chain(settings.transactions.networks, time.time))
        prices = await stack.enter_async_context(open_prices(settings.notices.rules, time.time))
        ledger = await stack.enter_async_context(open_ledger(settings, secrets, time.time))
        service = await open_service(
            settings,
            secrets,
            lambda sign, library: faces(settings, secrets, sign, library),
            {"chain": chain, "ledger": ledger, "prices": prices},
            time.time,
        )
        stack.push_async_callback(service.store.close)
        chain.memory = service.store.snapshots
        _listen(service)
        if leash:
            await _end_with_the_input()
        await service.run(lambda: _ready(language))


def _ready(language: str) -> None:
    settle_down()
    say(sentence("run.real", language))


def _listen(service: Service) -> None:
    """SIGHUP reloads, SIGTERM and SIGINT stop cleanly."""
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    assert me is not None
    pending: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = asyncio.ensure_future(service.reload())
        pending.add(task)
        task.add_done_callback(pending.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, me.cancel)
    os.environ.setdefault("PTB_TIMEDELTA", "1")


class _Leash(asyncio.Protocol):
    """Stops a task when the other end of standard input is gone: the bot must not outlive its demo."""

    def __init__(self, task: asyncio.Task[None]) -> None:
        self._task = task

    def connection_lost(self, exc: Exception | None) -> None:
        self._task.cancel()


async def _end_with_the_input() -> None:
    me = asyncio.current_task()
    assert me is not None
    await asyncio.get_running_loop().connect_read_pipe(lambda: _Leash(me), sys.stdin)
