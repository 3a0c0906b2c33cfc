"""`helpline run`: the real platforms where there is a token, else the demo on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path

from bots.commands.common import say, settings_of, start_logs, told
from bots.local import demo
from bots.registry import faces
from bots.settings import Secrets, Settings
from core.chain.nodes import open_chain
from core.config import operator_language
from core.runtime.service import Service, open_service
from core.sentences import sentence


@told
def run(config: Path | None) -> int:
    """Run until stopped; SIGHUP reloads the flows."""
    settings = settings_of(config)
    start_logs(settings.log_level)
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_run(settings, Secrets()))
    return 0


async def _run(settings: Settings, secrets: Secrets) -> None:
    language = operator_language()
    real = bool(secrets.telegram_token.get_secret_value())
    settings.data.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        if not real:
            own = settings.store.model_copy(
                update={"url": settings.store.url or f"sqlite:///{settings.data}/demo.db"}
            )
            settings = settings.model_copy(update={"store": own})
            settings = await stack.enter_async_context(demo.node(settings))
            settings, secrets, url = await stack.enter_async_context(demo.telegram(settings, secrets))
        chain = await stack.enter_async_context(open_chain(settings.transactions.nodes, time.time))
        service = await open_service(
            settings,
            secrets,
            lambda sign, library: faces(settings, secrets, sign, library),
            {"chain": chain},
            time.time,
        )
        stack.push_async_callback(service.store.close)
        _listen(service)
        await service.run(
            lambda: say(sentence("run.real" if real else "run.demo", language, url="" if real else url))
        )


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
