"""A phone in the terminal: talks to the bot through the demo's stand-in of Telegram and the real library behind it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import Any

import aiohttp
from rich.console import Console
from rich.text import Text

from bots.terminal import stdin_lines
from core.errors import ConfigError
from core.sentences import operator_language, sentence

USER = "phone"
PATIENCE = 30.0
"""Seconds that a script waits for an answer before it types on."""
SILENCE = 0.3
"""Seconds after a message in which another one may still belong to the same answer."""
LAST = 1.5
"""The same at the end of the input, after which nobody listens any more."""
LOOK = {
    "bold": "bold",
    "code": "cyan",
    "pre": "cyan",
    "text_link": "underline blue",
    "bot_command": "magenta",
}


async def talk(url: str, language: str) -> int:
    """Show the chat and type into it until the input ends.

    Raises:
        ConfigError: no demo is running on this data folder.
    """
    if not url:
        raise ConfigError(sentence("chat.no_demo", operator_language()))
    out = Console(highlight=False)
    async with aiohttp.ClientSession(f"{url}/phone/{USER}/") as session:
        phone = Phone(session, out, language)
        try:
            await phone.catch_up()
            await phone.say("/start")
            await phone.type_until_the_end()
        except aiohttp.ClientError:
            raise ConfigError(sentence("chat.no_demo", operator_language())) from None
    return 0


class Phone:
    """One person's screen and keyboard."""

    def __init__(self, session: aiohttp.ClientSession, out: Console, language: str) -> None:
        self._session = session
        self._out = out
        self._language = language
        self._since = 0
        self._buttons: list[tuple[int, dict[str, Any]]] = []
        self._shown = asyncio.Event()

    async def type_until_the_end(self) -> None:
        """Watch the chat and send lines; at the end of the input wait for the last answer."""
        watching = asyncio.create_task(self._watch())
        try:
            await self._answered()
            lines = stdin_lines()
            while True:
                line = asyncio.create_task(lines.get())
                await asyncio.wait({line, watching}, return_when=asyncio.FIRST_COMPLETED)
                if watching.done():
                    line.cancel()
                    watching.result()
                text = await line
                if text is None:
                    await asyncio.sleep(LAST)
                    return
                if text.strip():
                    await self._typed(text.strip())
        finally:
            watching.cancel()

    async def _typed(self, text: str) -> None:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
        if 1 <= number <= len(self._buttons):
            message, button = self._buttons[number - 1]
            await self._post("press", {"message_id": message, "data": button["data"]})
        else:
            await self.say(text)
        await self._answered()

    async def _answered(self) -> None:
        """A script types as a person does: when it has read the answer."""
        if sys.stdin.isatty():
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._shown.wait(), PATIENCE)
            while True:
                self._shown.clear()
                await asyncio.wait_for(self._shown.wait(), SILENCE)

    async def say(self, text: str) -> None:
        """Send a text."""
        await self._post("say", {"text": text, "language": self._language})

    async def _post(self, what: str, body: dict[str, Any]) -> None:
        self._shown.clear()
        async with self._session.post(what, json=body) as response:
            answer = await response.json()
            if response.status != 200:
                self._out.print(Text(str(answer.get("error", "")), "red"))

    async def catch_up(self) -> None:
        """Skip what the chat showed before."""
        self._since = int((await self._chat(0))["version"])

    async def _watch(self) -> None:
        while True:
            screen = await self._chat(20)
            self._since = int(screen["version"])
            for message in screen["messages"]:
                if message["by"] == "bot" and not message["deleted"]:
                    self._show(message)
                    self._shown.set()

    async def _chat(self, wait: int) -> dict[str, Any]:
        query = {"since": str(self._since), "wait": str(wait)}
        async with self._session.get("chat", params=query) as response:
            screen: dict[str, Any] = await response.json()
            return screen

    def _show(self, message: dict[str, Any]) -> None:
        raw = message["text"].encode("utf-16-le")
        text = Text(message["text"])
        for entity in message["entities"]:
            start = len(raw[: entity["offset"] * 2].decode("utf-16-le"))
            length = len(
                raw[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")
            )
            text.stylize(LOOK.get(entity["type"], "none"), start, start + length)
        self._out.print()
        self._out.print(text)
        if file := message.get("file"):
            self._out.print(f"▣ {file['kind']}", style="italic")
        buttons = [button for row in message["keyboard"] for button in row]
        self._buttons = [(message["message_id"], button) for button in buttons if "data" in button]
        number = 0
        for button in buttons:
            number += "data" in button
            mark = f"  {number}  " if "data" in button else "  →  "
            self._out.print(
                Text(mark, "bold yellow") + Text(f"{button['label']} {button.get('url', '')}".strip())
            )
