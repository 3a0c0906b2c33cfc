"""The same transcripts through the real python-telegram-bot against the stand-in, with the whole runtime between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bots.local.people import Person
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.registry import faces
from bots.settings import Rates, Secrets, Settings, Telegram
from core.actions import Action, Outcome
from core.conversation.transcript import Line, Transcript, render
from core.runtime.service import Service, open_service
from tests.playing import play, read, spoken, transcripts, with_tickets

OPEN = Rates(per_second=0, chat_burst=0, chat_every=0, group_per_minute=0)


class Stage:
    """A running bot before a stand-in, a clock that can be moved, and actions that answer as a script says."""

    def __init__(self, stand_in: TelegramStandIn) -> None:
        self.stand_in = stand_in
        self.service: Service
        self.ahead = 0.0
        self.script: list[Any] = []
        self.said: list[Line] = []
        stand_in.on_exchange = self._listen

    def _listen(self, method: str, _params: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        if method.lower() in ("sendmessage", "editmessagetext") and answer.get("ok"):
            self.said += _lines(answer["result"])

    def now(self) -> float:
        return time.time() + self.ahead

    def scripted(self, actions: Mapping[str, Action]) -> dict[str, Action]:
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

    async def settled(self) -> None:
        """Everything that was said has arrived, and everything that it caused has been shown."""
        async with asyncio.timeout(30):
            while len(self.stand_in.world.updates):
                await asyncio.sleep(0.002)
            await self.service.settled()


@asynccontextmanager
async def staged(folder: Path, settings: Settings, actions: Mapping[str, Action]) -> AsyncIterator[Stage]:
    async with TelegramStandIn(limits=UNLIMITED) as stand_in:
        stage = Stage(stand_in)
        settings = settings.model_copy(
            update={"data": folder, "telegram": Telegram(api_url=stand_in.url, rates=OPEN)}
        )
        secrets = Secrets().model_copy(update={"telegram_token": SecretStr(stand_in.token)})
        stage.service = await open_service(
            settings, secrets, lambda sign, lib: faces(settings, secrets, sign, lib), {}, stage.now,
            stage.scripted(actions),
        )  # fmt: skip
        ready = asyncio.Event()
        running = asyncio.ensure_future(stage.service.run(ready.set))
        await asyncio.wait({running, asyncio.ensure_future(ready.wait())}, return_when="FIRST_COMPLETED")
        try:
            yield stage
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await stage.service.store.close()


class TelegramDriver:
    """A person's phone."""

    def __init__(self, stage: Stage, person: Person) -> None:
        self._stage = stage
        self._person = person

    async def say(self, text: str) -> None:
        self._stage.stand_in.world.say(self._person, text)
        await self._stage.settled()

    async def press(self, label: str) -> None:
        world = self._stage.stand_in.world
        chat = world.private(self._person)
        message = max(m.id for m in chat.shown.values() if m.by_bot and label in _labels(m.message))
        world.press(self._person, message, label)
        await self._stage.settled()

    async def pass_time(self, seconds: float) -> None:
        self._stage.ahead += seconds
        self._stage.service.worker.poke()
        await self._stage.settled()

    def heard(self) -> list[Line]:
        new, self._stage.said = self._stage.said, []
        return new


def _labels(message: Mapping[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def _lines(message: Mapping[str, Any]) -> list[Line]:
    labels = _labels(message)
    return [Line("bot", message["text"]), *([Line("buttons", "", tuple(labels))] if labels else [])]


async def _same(path: Path, stage: Stage, number: int) -> None:
    written = read(path)
    world = stage.stand_in.world
    person = world.add_person(f"p{number}", language=path.parent.name)
    stage.script = list(written.outcomes)
    tickets = len(await stage.service.store.tickets.listing(1000))
    driver = TelegramDriver(stage, person)
    said = await play(written, driver)
    await driver.say("/cancel")  # else a reminder that is left would act in the script of the next one
    driver.heard()
    expected = with_tickets(spoken(written), tickets)
    assert _text(spoken(said)) == _text(expected), path


def _text(lines: Sequence[Line]) -> str:
    return render(Transcript("-", (), tuple(lines)))


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_transcripts_hold_through_the_real_library(
    language: str, tmp_path: Path, settings: Settings, actions: dict[str, Action]
) -> None:
    async with staged(tmp_path, settings, actions) as stage:
        for number, path in enumerate(transcripts(language)):
            await _same(path, stage, number)
