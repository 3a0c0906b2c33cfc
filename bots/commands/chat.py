"""`helpline chat`: the terminal as a platform, or as a phone in front of the running demo's Telegram."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from bots.commands.common import language_of, settings_of, start_logs, told
from bots.local import demo
from bots.settings import Secrets, Settings
from bots.terminal import Terminal
from core.actions import Action, Outcome, load_actions
from core.chain.ledger import open_ledger
from core.chain.nodes import open_chain
from core.channel import Sign
from core.conversation.library import Library
from core.conversation.model import Message
from core.conversation.texts import join
from core.conversation.transcript import Line, Transcript, render
from core.conversation.transcript import Outcome as Stub
from core.runtime.service import open_service


@told
def chat(config: Path | None, lang: str, save: Path | None, through: str) -> int:
    """Talk until the input ends."""
    settings = settings_of(config)
    language = language_of(lang, settings)
    start_logs("WARNING")
    if through:
        from bots.commands.phone import talk

        return asyncio.run(talk(demo.where(settings.data), language))
    tape = Tape() if save else None
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_chat(settings, language, tape))
    if tape and save:
        save.write_text(tape.text(), "utf-8")
    return 0


async def _chat(settings: Settings, language: str, tape: Tape | None) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    own = settings.store.model_copy(update={"url": f"sqlite:///{settings.data}/terminal.db"})
    settings = settings.model_copy(update={"store": own})
    async with AsyncExitStack() as stack:
        settings, secrets = await stack.enter_async_context(demo.sources(settings, Secrets()))
        chain = await stack.enter_async_context(open_chain(settings.transactions.networks, time.time))
        ledger = await stack.enter_async_context(open_ledger(settings, secrets, time.time))
        services = {"chain": chain, "ledger": ledger}
        actions = load_actions(settings.flows)

        def face(sign: Sign, library: Library) -> list[Terminal]:
            began, pictures = f"{time.time_ns():x}", settings.data / "pictures"
            terminal = Terminal(sign, language, began, folder=pictures)
            terminal.settled = service.settled
            if tape:
                terminal.heard, terminal.shown = tape.heard, tape.shown
            return [terminal]

        recorded = tape.actions(actions) if tape else actions
        service = await open_service(settings, secrets, face, services, time.time, recorded)
        stack.push_async_callback(service.store.close)
        chain.memory = service.store.snapshots
        await service.run()


class Tape:
    """A conversation as a transcript while it happens."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._stubs: list[Stub] = []

    def heard(self, line: str) -> None:
        """The person's side; a label in brackets is a press."""
        pressed = line.startswith("[") and line.endswith("]")
        self._lines.append(Line("pressed", line[1:-1]) if pressed else Line("said", line))

    def shown(self, message: Message) -> None:
        """The bot's side."""
        self._lines.append(Line("bot", join(message.blocks).text))
        if message.choices:
            self._lines.append(Line("buttons", "", tuple(choice.label for choice in message.choices)))

    def actions(self, actions: Mapping[str, Action]) -> dict[str, Action]:
        """The same actions, with their outcomes written down."""
        return {name: replace(action, run=self._recorded(action)) for name, action in actions.items()}

    def _recorded(self, action: Action) -> Callable[..., Awaitable[Outcome[Any]]]:
        async def run(*args: Any, **inputs: str) -> Outcome[Any]:
            outcome = await action.run(*args, **inputs)
            self._lines.append(Line("action", action.name, (), inputs))
            self._stubs.append(Stub(action.name, outcome.name, dict(outcome.values)))
            return outcome

        return run

    def text(self) -> str:
        """The transcript."""
        return render(
            Transcript(f"{time.strftime('%Y-%m-%d %H:%M')}", tuple(self._stubs), tuple(self._lines))
        )
