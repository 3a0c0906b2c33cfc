"""Playing a transcript: with the engine alone, or through anything else that can say, press and pass time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from core.chain.hexes import hide
from core.channel import Abilities
from core.conversation.engine import Engine
from core.conversation.flow import Flow, Step
from core.conversation.library import Library
from core.conversation.model import (
    Act,
    Address,
    Choice,
    Edit,
    Effect,
    Event,
    Finished,
    HandOver,
    Message,
    Pressed,
    Remind,
    Said,
    Send,
    Woke,
)
from core.conversation.news import News
from core.conversation.state import Conversation
from core.conversation.texts import join
from core.conversation.transcript import Line, Outcome, Transcript, parse
from core.safety.guard import inspect

FOLDER = Path(__file__).parent / "transcripts"
FIRST_TICKET = 1001
HANDLE = "hex#aaaaaaaaaaaaaaaa"
EXPLORERS = ("etherscan.io",)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def transcripts(language: str) -> list[Path]:
    """The transcripts of one language."""
    return sorted((FOLDER / language).glob("*.chat"))


def news_of(outcomes: Sequence[Outcome], language: str) -> tuple[News, ...]:
    """The incidents that are open while a transcript is played: `incident: open since=.. text=.. status=.. about=..`."""
    found = (one.values for one in outcomes if one.action == "incident")
    return tuple(
        News(
            number, 1, float(one["since"]), {language: one["text"]}, one["status"],
            frozenset(one.get("about", "").split(",")) - {""},
        )
        for number, one in enumerate(found, 1)
    )  # fmt: skip


def seconds(passed: str) -> float:
    """ "30m" -> 1800."""
    return float(passed[:-1]) * _UNITS[passed[-1]]


class Driver(Protocol):
    """Something that a transcript can be played on."""

    async def say(self, text: str) -> None:
        """The person writes."""

    async def press(self, label: str) -> None:
        """The person presses a button by its label."""

    async def pass_time(self, seconds: float) -> None:
        """Time passes; what is due happens."""

    def heard(self) -> list[Line]:
        """What happened since the last call: the bot's lines, buttons and actions."""


async def play(transcript: Transcript, driver: Driver) -> Transcript:
    """The same conversation with the driver's own lines for the bot."""
    lines: list[Line] = []
    for line in transcript.turns:
        match line.mouth:
            case "said":
                await driver.say(line.text)
            case "pressed":
                await driver.press(line.text)
            case "passed":
                await driver.pass_time(seconds(line.text))
            case _:
                continue
        lines += [line, *driver.heard()]
    return replace(transcript, turns=tuple(lines))


def shown(message: Message) -> Iterator[Line]:
    """A message as lines."""
    yield Line("bot", join(message.blocks).text)
    if message.choices:
        yield Line("buttons", "", tuple(choice.label for choice in message.choices))


@dataclass
class Coverage:
    """Which steps, choices and outcomes were visited: (flow, step) and (flow, step, exit)."""

    steps: set[tuple[str, str]] = field(default_factory=set)
    exits: set[tuple[str, str, str]] = field(default_factory=set)


class Watched(dict[str, Step]):
    """The steps of a flow, noting which were looked at."""

    def __init__(self, flow: Flow, note: Callable[[tuple[str, str]], None]) -> None:
        super().__init__(flow.steps)
        self._name = flow.name
        self._note = note

    def get(self, key: str, default: Step | None = None) -> Step | None:  # type: ignore[override]
        """As dict.get."""
        self._note((self._name, key))
        return super().get(key, default)


def watched(library: Library, coverage: Coverage) -> Library:
    """The same library, telling which steps the engine looks at."""
    flows = {f.hash: replace(f, steps=Watched(f, coverage.steps.add)) for f in library.flows.values()}
    return replace(library, flows={f.name: f for f in flows.values()}, pinned=flows)


class EngineDriver:
    """The pure engine and nothing else: effects are answered at once, time is a number."""

    def __init__(
        self,
        library: Library,
        house: Mapping[str, str],
        language: str,
        outcomes: Sequence[Outcome],
        coverage: Coverage | None = None,
    ) -> None:
        self.engine = Engine(library, {"alone": Abilities(erase=True)}, house)
        self.conversation = Conversation(Address("alone", "u", "u"), language)
        self._outcomes = list(outcomes)
        self._news = news_of(outcomes, language)
        self._coverage = coverage or Coverage()
        self._choices: dict[str, tuple[str, int]] = {}
        self._lines: list[Line] = []
        self._reminders: list[tuple[float, int]] = []
        self._clock = 0.0
        self._tickets = FIRST_TICKET
        self._refs = 0

    async def say(self, text: str) -> None:
        """Through the guard, as in the runtime; digits that may be a key have a handle, here always the same."""
        guarded = inspect(text)
        self._refs += 1
        hidden = hide(guarded.text, EXPLORERS, lambda digits: HANDLE)
        self._advance(Said(hidden, str(self._refs), guarded.kinds))

    async def press(self, label: str) -> None:
        """The button of that label in the newest message that has one."""
        choice, visit = self._choices[label]
        top = self.conversation.frames[-1] if self.conversation.frames else None
        if top:
            self._coverage.exits.add((top.flow, top.step, choice))
        self._advance(Pressed(choice, visit, "m1"))

    async def pass_time(self, seconds: float) -> None:
        """Wake what is due."""
        self._clock += seconds
        due = [visit for at, visit in self._reminders if at <= self._clock]
        self._reminders = [(at, visit) for at, visit in self._reminders if at > self._clock]
        for visit in due:
            self._advance(Woke(visit))

    def heard(self) -> list[Line]:
        """The lines since the last call."""
        lines, self._lines = self._lines, []
        return lines

    def _advance(self, event: Event) -> None:
        turn = self.engine.advance(self.conversation, event, self._news)
        self.conversation = turn.conversation
        for effect in turn.effects:
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Send(message) | Edit(_, message):
                self._lines += shown(message)
                self._choices |= {c.label: (c.name, message.visit) for c in message.choices if not c.url}
            case Act(action, inputs, visit):
                self._lines.append(Line("action", action, (), dict(inputs)))
                outcome = self._next(action)
                top = self.conversation.frames[-1]
                self._coverage.exits.add((top.flow, top.step, outcome.outcome))
                self._advance(Finished(visit, outcome.outcome, outcome.values))
            case HandOver(skill, urgency, _, _, visit):
                self._lines.append(Line("action", "hand_over", (), {"skill": skill, "urgency": urgency}))
                self._advance(Finished(visit, "opened", {"number": str(self._tickets)}))
                self._tickets += 1
            case Remind(after, visit):
                self._reminders.append((self._clock + after, visit))
            case _:
                return

    def _next(self, action: str) -> Outcome:
        for place, outcome in enumerate(self._outcomes):
            if outcome.action == action:
                return self._outcomes.pop(place)
        raise AssertionError(f"the transcript has no outcome left for {action}")


def read(path: Path) -> Transcript:
    """A transcript from its file."""
    return parse(path.read_text("utf-8"))


def spoken(transcript: Transcript) -> list[Line]:
    """What a person sees of it: everything but the actions."""
    return [line for line in transcript.turns if line.mouth != "action"]


def with_tickets(lines: Sequence[Line], before: int) -> list[Line]:
    """The same lines where so many tickets were opened earlier."""

    def later(found: re.Match[str]) -> str:
        return str(int(found.group()) + before)

    return [replace(line, text=re.sub(r"\b10[01]\d\b", later, line.text)) for line in lines]


__all__ = ["Choice", "Coverage", "Driver", "EngineDriver", "play", "read", "spoken", "transcripts", "watched"]
