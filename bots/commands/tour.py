"""`helpline demo --script FILE`: a tour on the page of a demo of its own, which leaves nothing behind but pictures."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from pathlib import Path

from bots.commands.common import say, settings_of, start_logs, told
from bots.local.camera import open_camera
from bots.local.demo import open_demo
from bots.local.page.server import Page
from bots.local.tour import Step, Tour, TourError, read
from bots.settings import Settings
from core.config import Store
from core.errors import ConfigError
from core.sentences import operator_language, sentence


@told
def tour(config: Path | None, script: Path, fast: bool, shots: Path) -> int:
    """Play it; 1 when a line does not come true."""
    start_logs("ERROR")
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    language = operator_language()
    try:
        steps = read(script.read_text("utf-8"))
        with tempfile.TemporaryDirectory() as data:
            own = {"data": Path(data), "store": Store(), "log_level": "ERROR"}
            settings = settings_of(config).model_copy(update=own)
            return asyncio.run(_play(settings, config, steps, fast, shots))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(sentence("config.unreadable", language, file=str(script), why=str(error))) from None
    except TourError as error:
        say(sentence(error.code, language, file=str(script), line=error.line, what=error.what))
        return 1


async def _play(settings: Settings, config: Path | None, steps: list[Step], fast: bool, shots: Path) -> int:
    async with open_demo(settings, config) as demo, Page(demo) as page:
        running = asyncio.create_task(demo.bot.run())
        ready = asyncio.create_task(demo.bot.ready.wait())
        try:
            await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                return running.result()
            async with open_camera(page, shots, operator_language()) as camera:
                await Tour(page, camera, fast=fast, told=_tell).play(steps)
                if camera.missed:
                    say(sentence("tour.no_browser", operator_language(), n=camera.missed))
        finally:
            for task in (running, ready):
                task.cancel()
            await asyncio.gather(running, ready, return_exceptions=True)
    return 0


def _tell(step: Step) -> None:
    say(
        f"{step.phone.upper() if step.phone != 'staff' else step.phone}{' ' if step.phone else ''}{step.verb} {step.rest}".rstrip()
    )
