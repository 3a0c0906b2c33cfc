"""Your terminal as a platform: the smallest face, and the reference for a third one.

What it takes to add a platform is all here: abilities as data, `run` that hands over what people say,
`perform` that shows what the bot says. The rest is one line in `registry.py`.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bots.halfblocks import half_blocks
from core.channel import PERMIT, Abilities, Album, Receipt, Receive, Sign
from core.conversation.model import Address, Edit, Erase, Incoming, Kind, Message, Send
from core.conversation.picture import Picture
from core.conversation.texts import join
from core.errors import DeliveryError

ADDRESS = Address("terminal", "me", "me")
_STYLES = {"bold": "bold", "code": "cyan", "link": "underline blue"}


class Terminal:
    """One person at one terminal. `settled` tells when all that was caused by a line has been shown. Pictures that a
    terminal cannot draw are put into `folder`.
    """

    name = "terminal"
    abilities = Abilities(text_limit=100_000, pictures=True)

    def __init__(
        self, sign: Sign, language: str, began: str, out: Console | None = None, folder: Path | None = None
    ) -> None:
        self._sign = sign
        self._language = language
        self._began = began
        self._lines = 0
        self._choices: list[tuple[str, str]] = []
        self._urls: list[str] = []
        self._folder = folder
        self._album: Album | None = None
        self.out = out or Console(highlight=False, soft_wrap=False)
        self.settled: Callable[[], Awaitable[None]] = _at_once
        self.heard: Callable[[str], None] = _ignore
        self.shown: Callable[[Message], None] = _ignore

    async def run(self, receive: Receive) -> None:
        """Come in (a greeting, or the question that was left open), then read lines until the input ends."""
        await self._hand_over(receive, "joined", "")
        await self.settled()
        lines = stdin_lines()
        while True:
            self._prompt()
            line = await lines.get()
            if line is None:
                return
            if line.strip():
                kind, text = self._meant(line.strip())
                await self._hand_over(receive, kind, text)
                await self.settled()

    def _prompt(self) -> None:
        if sys.stdin.isatty():
            self.out.print("> ", style="bold green", end="")

    def _meant(self, line: str) -> tuple[Kind, str]:
        """A number presses that button; everything else is said."""
        number = int(line) if line.isascii() and line.isdigit() and len(line) < 3 else 0
        if 1 <= number <= len(self._choices):
            label, route = self._choices[number - 1]
            self.heard(f"[{label}]")
            return "pressed", route
        self.heard(line)
        return "said", line

    async def _hand_over(self, receive: Receive, kind: Kind, text: str) -> None:
        self._lines += 1
        event = f"{self._began}.{self._lines}"
        await receive([Incoming(event, ADDRESS, kind, text, message_ref=event, language_hint=self._language)])

    async def perform(self, address: Address, effect: Send | Edit | Erase, key: str) -> Receipt:
        """Show a message; a terminal cannot take back what was typed."""
        if isinstance(effect, Erase):
            return Receipt()
        if ask := PERMIT.get():
            await ask()
        message = effect.message
        self._choices = [
            (c.label, self._sign(address, message.visit, c.name)) for c in message.choices if not c.url
        ]
        self._show(message, await self._drawn(message.picture) if message.picture else None)
        self.shown(message)
        return Receipt(key)

    def show_from(self, album: Album) -> None:
        """The pictures are found here."""
        self._album = album

    async def _drawn(self, picture: Picture) -> Text:
        """A QR code in half blocks; of any other picture a line with what it shows and where it lies."""
        data = b""
        with suppress(DeliveryError):
            data = await self._album.bytes_of(picture.name) if self._album else b""
        if code := half_blocks(data):
            return Text(code, "black on white", no_wrap=True)
        line = Text(f"▣ {picture.alt}", "italic")
        if data and self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / picture.name).write_bytes(data)
            line.append(f"  {self._folder / picture.name}")
        return line

    def _show(self, message: Message, drawn: Text | None) -> None:
        rich = join(message.blocks)
        text = Text(rich.text)
        for mark in rich.marks:
            text.stylize(_STYLES[mark.kind], mark.start, mark.end)
        self.out.print()
        if drawn is not None:  # above the words, as in a chat: below them, under another question
            self.out.print(drawn)
        for line in text.split(
            allow_blank=True
        ):  # the terminal itself folds what holds a link: it stays one there
            self.out.print(line, soft_wrap="://" in line.plain)
        number = 0
        for choice in message.choices:
            number += not choice.url
            shown = Text(f"  {number}  ", "bold yellow") if not choice.url else Text("  →  ", "blue")
            self.out.print(shown + Text(f"{choice.label} {choice.url}".strip(), "not bold default"))

    async def busy(self, address: Address) -> None:
        """Three dots."""
        self.out.print("…", style="dim")

    async def close(self) -> None:
        """Nothing to let go of."""


def stdin_lines() -> asyncio.Queue[str | None]:
    """Lines of the standard input, read by a thread that never holds up the end of the program."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    return lines


async def _at_once() -> None:
    return


def _ignore(_: object) -> None:
    return
