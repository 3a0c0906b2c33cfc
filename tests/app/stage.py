"""A whole bot before the stand-in of a platform, on which transcripts are played: what is the same for each platform."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bots.registry import faces
from bots.settings import Secrets, Settings
from core.actions import Action, Outcome
from core.conversation.news import News
from core.conversation.transcript import Line, Transcript, render
from core.runtime.service import Service, open_service
from tests.app.processes import PATIENT
from tests.playing import Driver, news_of, play, read, spoken, with_tickets

PARTS = 4
"""The transcripts of a language are played in so many tests, which may run side by side."""


@dataclass
class Hanging:
    """A board on which a transcript hangs its incidents."""

    news: Sequence[News]


class Stage:
    """A running bot, a clock that can be moved, and actions that answer as a script says.

    `quiet` tells whether all that people did has reached the bot.
    """

    def __init__(self, quiet: Callable[[], bool]) -> None:
        self.service: Service
        self.ahead = 0.0
        self.script: list[Any] = []
        self.said: list[Line] = []
        self._quiet = quiet

    def now(self) -> float:
        """The bot's clock."""
        return time.time() + self.ahead

    def heard(self) -> list[Line]:
        """What the bot said since the last call."""
        new, self.said = self.said, []
        return new

    def scripted(self, actions: Mapping[str, Action]) -> dict[str, Action]:
        """The actions, each with the outcome that the script has next for it."""
        return {name: replace(action, run=self._run(name)) for name, action in actions.items()}

    def _run(self, name: str) -> Any:
        async def run(*_: object, **__: str) -> Outcome[Any]:
            place = next(i for i, outcome in enumerate(self.script) if outcome.action == name)
            outcome = self.script.pop(place)
            if outcome.outcome == "failed":
                self.script.insert(place, outcome)  # the worker tries a failing action twice
                raise RuntimeError("the transcript wants it to fail")
            return Outcome(outcome.outcome, outcome.values)

        return run

    async def pass_time(self, seconds: float) -> None:
        """Move the clock and do what is due."""
        self.ahead += seconds
        self.service.worker.poke()
        await self.settled()

    async def settled(self) -> None:
        """Everything that was said has arrived, and everything that it caused has been shown."""
        async with asyncio.timeout(PATIENT):
            while not self._quiet():
                await asyncio.sleep(0.002)
            await self.service.settled()


@asynccontextmanager
async def running(
    stage: Stage, settings: Settings, secrets: Secrets, actions: Mapping[str, Action]
) -> AsyncIterator[Stage]:
    """The whole runtime with the real faces, until the block ends."""
    stage.service = await open_service(
        settings, secrets, lambda sign, lib: faces(settings, secrets, sign, lib), {}, stage.now,
        stage.scripted(actions),
    )  # fmt: skip
    ready = asyncio.Event()
    bot = asyncio.ensure_future(stage.service.run(ready.set))
    await asyncio.wait({bot, asyncio.ensure_future(ready.wait())}, return_when="FIRST_COMPLETED")
    try:
        yield stage
    finally:
        bot.cancel()
        with suppress(asyncio.CancelledError):
            await bot
        await stage.service.store.close()


async def same(path: Path, stage: Stage, driver: Driver, instead: Sequence[str] = ("", "")) -> None:
    """A transcript, played by this driver, comes out as it is written; `instead`: one text for another."""
    written = read(path)
    stage.script = list(written.outcomes)
    stage.service.board = Hanging(news_of(written.outcomes, path.parent.name))  # type: ignore[assignment]
    tickets = len(await stage.service.store.tickets.listing(1000))
    said = await play(written, driver)
    await driver.say("/cancel")  # else a reminder that is left would act in the script of the next one
    driver.heard()
    expected = with_tickets(spoken(written), tickets)
    assert _text(spoken(said)) == _text(expected).replace(instead[0], instead[1]), path


def _text(lines: Sequence[Line]) -> str:
    return render(Transcript("-", (), tuple(lines)))
