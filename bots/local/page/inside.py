"""What the bot remembers, looked up in its own store beside it: where a person is in a flow, and who waits for a human.

The page has no state of a conversation. It reads the bot's rows, so what it shows is what a restart would find.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bots.local.changes import Changes
from bots.local.page.svg import Picture, picture
from bots.settings import Settings
from core.actions import load_actions
from core.conversation.diagram import Arrow, Box, arrows, boxes
from core.conversation.flow import Flow
from core.conversation.library import Library
from core.conversation.state import Conversation, Frame
from core.conversation.wire import load_conversation
from core.errors import HelplineError
from core.runtime.house import store_url
from core.runtime.shelf import build, read_sources
from core.store.open import open_store
from core.store.rooms import Store
from core.store.rows import Ticket

PERIOD = 0.4
"""Seconds between two looks."""
MENU = "@menu"
TICKETS = 30


@dataclass(frozen=True, slots=True)
class Position:
    """Where a person is: the titles of the flows in progress, outermost first, and the drawing of the present one."""

    crumbs: tuple[str, ...]
    step: str
    human: bool
    picture: Picture


@dataclass(eq=False, slots=True)
class Inside(Changes):
    """The last look. `lanes` are the conversations to look at; nothing is read while `watched` says no."""

    settings: Settings
    lanes: Sequence[str]
    watched: Callable[[], bool]
    conversations: dict[str, Conversation] = field(default_factory=dict)
    tickets: list[Ticket] = field(default_factory=list)
    waiting: int = 0
    _store: Store | None = None
    _library: Library | None = None
    _seen: object = None

    async def watch(self, ready: asyncio.Event) -> None:
        """Look again and again, from when the bot has made its store until cancelled."""
        await ready.wait()
        self._store = await open_store(store_url(self.settings))
        try:
            while True:
                if self.watched():
                    await self._look(self._store)
                await asyncio.sleep(PERIOD)
        finally:
            await self._store.close()

    async def _look(self, store: Store) -> None:
        states = await store.turns.load(self.lanes)
        tickets = list(await store.tickets.listing(TICKETS))
        waiting = (await store.outbox.counts()).get("queued", 0)
        seen = (states, tickets, waiting)
        if seen != self._seen:
            self._seen = seen
            self.conversations = {lane: load_conversation(state) for lane, state in states.items()}
            self.tickets, self.waiting = tickets, waiting
            await self._learn(store)
            self.touch()

    async def _learn(self, store: Store) -> None:
        """Read the flows, at first and when somebody is in a version that is not known yet."""
        needed = {f.version for c in self.conversations.values() for f in c.frames if not _own(f)}
        if self._library is None or not needed <= self._library.pinned.keys():
            stored = await store.flows.all()
            try:
                self._library = await asyncio.to_thread(
                    lambda: (
                        build(
                            self.settings,
                            read_sources(self.settings.flows),
                            load_actions(self.settings.flows),
                            stored,
                            time.time(),
                        ).library
                    )
                )
            except HelplineError:  # somebody is editing: the drawing of before stays
                return

    def position(self, lane: str, language: str) -> Position | None:
        """Where this person is now, None before anything is known."""
        if self._library is None:
            return None
        conversation = self.conversations.get(lane)
        frames = conversation.frames if conversation else ()
        flows = [self._library.pinned.get(frame.version) for frame in frames if not _own(frame)]
        crumbs = tuple(title(flow, language) for flow in flows if flow)
        frame = next((one for one in reversed(frames) if not _own(one)), None)
        flow = self._library.pinned.get(frame.version) if frame else None
        human = conversation is not None and conversation.mode == "human"
        if frame is None or flow is None or (frames and frames[-1].flow == MENU):
            return Position(crumbs, "", human, self._overview(language, lit=bool(frames)))
        return Position(crumbs, frame.step, human, _drawn(flow, frame, language))

    def _overview(self, language: str, lit: bool) -> Picture:
        """The menu, with all flows behind it."""
        assert self._library is not None
        house = self._library.common.get(language)
        name = house.choices.get("menu", MENU) if house else MENU
        flows = self._library.flows.values()
        shown = [Box(MENU, "ask", name), *(Box(flow.name, "say", title(flow, language)) for flow in flows)]
        ways = [Arrow(MENU, flow.name, f"/{flow.command}" if flow.command else "") for flow in flows]
        return picture(MENU, shown, ways, MENU if lit else "", ())


def title(flow: Flow, language: str) -> str:
    """What a flow is called in the menu, else its name."""
    words = flow.words.get(language)
    template = words.texts.get(flow.menu) if words and flow.menu else None
    return template.source if template else flow.name


def _drawn(flow: Flow, frame: Frame, language: str) -> Picture:
    return picture(flow.first, boxes(flow, language), arrows(flow, language), frame.step, frame.trail)


def _own(frame: Frame) -> bool:
    """Whether it is a question of the engine's own and not of a flow."""
    return frame.flow.startswith("@")
