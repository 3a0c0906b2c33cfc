"""The demo: stand-ins, a node and the page in this process, the bot as a child; and tours that are played on it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import webbrowser
from pathlib import Path

from bots.commands.common import say
from bots.local.demo import Demo, open_demo, told
from bots.local.page.server import Page
from bots.settings import Settings
from core.sentences import operator_language, sentence


def demo(settings: Settings, config: Path | None) -> int:
    """Run the demo until it is stopped or its bot ends by itself; the exit code."""
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # the wire log shows every call already
    with contextlib.suppress(asyncio.CancelledError):
        return asyncio.run(_demo(settings, config))
    return 0


async def _demo(settings: Settings, config: Path | None) -> int:
    async with open_demo(settings, config) as running, Page(running) as page:
        _listen(running)
        running.bot.said = say
        telling = asyncio.create_task(_tell(running, page))
        try:
            return await running.bot.run()
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)


async def _tell(running: Demo, page: Page) -> None:
    """Say where the page is once the bot answers, and open it where there is a desktop to see it on."""
    await running.bot.ready.wait()
    language = operator_language()
    page.used = lambda link: say(sentence("run.page", language, page=link))
    with told(running.settings.data, running.telegram.url):  # not earlier: the folder may be another bot's
        link = page.link()
        say(sentence("run.demo", language, page=link))
        if has_desktop():
            await asyncio.to_thread(webbrowser.open, link)
        await asyncio.Event().wait()


def has_desktop() -> bool:
    """Whether somebody sits in front of this terminal, with a screen that can show a browser."""
    screen = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    return bool(screen) and sys.stdout.isatty() and "SSH_CONNECTION" not in os.environ


def _listen(running: Demo) -> None:
    """SIGHUP goes to the bot, SIGTERM and SIGINT stop everything cleanly."""
    loop, me = asyncio.get_running_loop(), asyncio.current_task()
    assert me is not None
    loop.add_signal_handler(signal.SIGHUP, running.bot.signal, signal.SIGHUP)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, me.cancel)
