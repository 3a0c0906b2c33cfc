"""The three faces as one thing that can be tested: what a person does there, and what they see."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bots import terminal
from bots.discord.channel import DiscordChannel
from bots.discord.settings import Settings as DiscordSettings
from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED as DISCORD_UNLIMITED
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.telegram.channel import Settings as TelegramSettings
from bots.telegram.channel import TelegramChannel
from bots.telegram.polling import Patience
from bots.telegram.request import Limits
from core.channel import Channel
from core.conversation.model import Address, Incoming
from core.runtime.seal import Seal
from tests.discord.render import render

PATIENT = 60.0


def sign(_address: Address, visit: int, choice: str) -> str:
    """The route of a button."""
    return f"v1.{visit}.{choice}"


@dataclass
class Seen:
    """A message as a person sees it."""

    text: str
    labels: list[str]


@dataclass
class Face:
    """A running channel. `block` makes the person unreachable, None where nobody can be.

    `keeps`: a message can be changed after it was said. `closes`: a repeated key makes no second message.
    """

    channel: Channel
    address: Address
    say: Callable[[str], None]
    press: Callable[[str], None]
    seen: Callable[[], list[Seen]]
    block: Callable[[], None] | None = None
    keeps: bool = True
    closes: bool = False
    events: list[Incoming] = field(default_factory=list)

    async def receive(self, events: Sequence[Incoming]) -> None:
        """Keep what came in."""
        self.events += events

    async def heard(self, count: int) -> Incoming:
        """Wait for the nth event."""
        async with asyncio.timeout(PATIENT):
            while len(self.events) < count:
                await asyncio.sleep(0.005)
        return self.events[count - 1]


@asynccontextmanager
async def _running(face: Face) -> AsyncIterator[Face]:
    task = asyncio.create_task(face.channel.run(face.receive))
    try:
        yield face
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await face.channel.close()


@asynccontextmanager
async def on_telegram(_folder: Path, _patch: pytest.MonkeyPatch) -> AsyncIterator[Face]:
    """Telegram's real library before its stand-in."""
    async with TelegramStandIn(limits=UNLIMITED) as stand_in:
        world = stand_in.world
        ann = world.add_person("ann")
        chat = world.private(ann)
        world.say(ann, "/start")
        world.updates.drop()
        limits = Limits(connect=20, read=20, pool_wait=20)
        patience = Patience(hold=1, first=0.01, most=0.05)
        settings = TelegramSettings(api_url=stand_in.url, limits=limits, patience=patience)
        channel = TelegramChannel("c", stand_in.token, sign, settings)
        face = Face(
            channel,
            Address("c", str(chat.id), str(ann.id)),
            lambda text: void(world.say(ann, text)),
            lambda label: void(world.press(ann, max(m.id for m in chat.messages(by_bot=True)), label)),
            lambda: [Seen(m.text, m.labels) for m in chat.messages(by_bot=True)],
            lambda: world.block(ann),
        )
        async with _running(face):
            yield face


@asynccontextmanager
async def on_discord(folder: Path, _patch: pytest.MonkeyPatch) -> AsyncIterator[Face]:
    """Discord's real library before its stand-in, in a direct chat."""
    async with DiscordStandIn(limits=DISCORD_UNLIMITED) as stand_in:
        stand_in.interactions.ack_window = PATIENT
        world = stand_in.world
        ann = world.add_person("ann", username="ann")
        world.join(ann, world.guild)
        chat = world.dm(ann)
        settings = DiscordSettings(api_url=stand_in.url, data=folder, defer_after=PATIENT)
        channel = DiscordChannel("c", stand_in.token, sign, Seal(b"k" * 32), settings)

        def close() -> None:
            ann.dms_open = False

        face = Face(
            channel,
            Address("c", str(ann.id), str(ann.id)),
            lambda text: void(world.say(ann, text)),
            lambda label: void(world.press(ann, chat.last(), label)),
            lambda: [Seen(render(m.text).text, m.labels) for m in chat.messages(by_bot=True)],
            close,
            closes=True,
        )
        async with _running(face):
            await stand_in.gateway.until_listening(PATIENT)
            yield face


class _Screen(terminal.Terminal):
    """The terminal, remembering what it showed."""

    def __init__(self, lines: asyncio.Queue[str | None]) -> None:
        super().__init__(sign, "zh", "began", Console(file=io.StringIO(), width=10_000))
        self.lines = lines

    def seen(self) -> list[Seen]:
        out = self.out.file
        assert isinstance(out, io.StringIO)
        parts = [part.strip("\n") for part in out.getvalue().split("\n\n")]
        return [_of_screen(part) for part in parts if part.strip(" >\n")]

    def push(self, label: str) -> None:
        labels = self.seen()[-1].labels
        self.lines.put_nowait(str(labels.index(label) + 1))


def _of_screen(part: str) -> Seen:
    lines = part.split("\n")
    labels = [
        line.split(None, 1)[1] for line in lines if line.startswith("  ") and line.strip()[:1].isdigit()
    ]
    return Seen("\n".join(line for line in lines if not line.startswith("  ")), labels)


@asynccontextmanager
async def on_terminal(_folder: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[Face]:
    """The terminal, its keyboard a queue and its screen a text."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    patch.setattr(terminal, "stdin_lines", lambda: lines)
    screen = _Screen(lines)
    face = Face(screen, terminal.ADDRESS, lines.put_nowait, screen.push, screen.seen, keeps=False)
    async with _running(face):
        await face.heard(1)  # it says by itself that somebody came
        face.events.clear()
        yield face


def void(_: Any) -> None:
    """Nothing of what a world gives back."""


Stage = Callable[[Path, pytest.MonkeyPatch], AbstractAsyncContextManager[Face]]
FACES: dict[str, Stage] = {"telegram": on_telegram, "discord": on_discord, "terminal": on_terminal}
