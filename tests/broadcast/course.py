"""A small course of its own (two lessons on accounts, one on scams), so that no test depends on the shipped words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from core.broadcast.education import Education
from core.channel import Abilities
from core.config import Education as Settings
from core.conversation.engine import Engine
from core.conversation.library import Library
from core.conversation.load import load_common, load_flow
from core.conversation.model import Send
from core.conversation.router import Router
from core.conversation.texts import join
from core.conversation.wire import load_effect
from core.runtime.shelf import read_sources
from core.store.lessons import Subscription
from core.store.rooms import Store
from core.store.rows import Batch, EffectRow, NewEffect, Settled, Subscriber

LANGUAGES = ("zh", "en")
NAMES = ("keys", "calls", "codes")
FLOW = """\
flow: course
version: 1
owner: security
start: {command: subscribe, menu: title}
steps:
  about: {say: about, next: end}
lessons:
  keys: {topic: account, answer: a}
  calls: {topic: scams, answer: b}
  codes: {topic: account, answer: c}
"""
CHANNEL = "face"
TEN = 1_800_007_200.0
"""2027-01-15 10:00 UTC."""


def words(language: str) -> str:
    """The texts of one language."""
    rows = ["phrases: [a lesson please]", "texts:", "  title: T", "  command: C", "  about: A"]
    for name in NAMES:
        rows += [
            f"  lesson.{name}.{part}: {language} {name} {part}" for part in ("title", "body", "question")
        ]
        rows += [f"  lesson.{name}.explain.{choice}: {language} {name} because {choice}" for choice in "abc"]
    rows.append("choices:")
    rows += [f"  lesson.{name}.{choice}: {language} {choice}" for name in NAMES for choice in "abc"]
    return "\n".join([*rows, ""])


def sources() -> dict[str, str]:
    """The files of the flow."""
    return {"flow.yaml": FLOW} | {f"{language}.yaml": words(language) for language in LANGUAGES}


@cache
def library() -> Library:
    """The course and the house."""
    folder = Path(__file__).resolve().parents[2] / "flows"
    common, faults = load_common(read_sources(folder)["common"], LANGUAGES)
    flow, more = load_flow("course", sources(), LANGUAGES)
    assert common
    assert flow
    assert not [*faults, *more]
    router = Router.build({"course": ["a lesson please"]})
    return Library(LANGUAGES, {"course": flow}, common, {}, router, {flow.hash: flow})


class Clock:
    """A time that the test moves."""

    def __init__(self, now: float = TEN) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class School:
    """Education over a store, without a worker: what is offered is kept."""

    def __init__(self, store: Store, clock: Clock, abilities: Mapping[str, Abilities] | None = None) -> None:
        self.store = store
        self.clock = clock
        self.offered: list[NewEffect] = []
        self.engine = Engine(library(), {}, {})
        channels = {CHANNEL: Abilities()} if abilities is None else abilities
        settings = Settings(schedule="0 10 * * *", trial=True)
        self.education = Education(store, settings, lambda: self.engine, channels, self._offer, clock)

    def _offer(self, rows: Sequence[NewEffect]) -> None:
        self.offered += rows

    async def join(self, *users: str, zone: str = "UTC", language: str = "zh", topics: str = "all") -> None:
        """People who talked to the bot and subscribed, well before now."""
        people = [Subscriber(CHANNEL, user, user, language, 1.0) for user in users]
        await self.store.turns.commit(Batch(people=people))
        for user in users:
            wanted = Subscription(CHANNEL, user, language, zone, (topics,), self.clock.now - 3600)
            await self.store.lessons.subscribe(wanted)

    async def day(self) -> None:
        """Everything that is due at this moment."""
        await self.education.tick()
        await self.education.work()


async def queued(store: Store) -> list[EffectRow]:
    """Every row in the outbox, the oldest first."""
    return (await store.outbox.listing("queued", 100_000))[::-1]


def person(row: EffectRow | NewEffect) -> str:
    """Whose row it is."""
    return row.lane.split("|")[2]


def taught(row: EffectRow | NewEffect) -> str:
    """The first line of a lesson: its language and name."""
    effect = load_effect(row.kind, row.payload)
    assert isinstance(effect, Send)
    return join(effect.message.blocks).text.split(" title")[0]


async def settle_all(store: Store) -> list[EffectRow]:
    """The worker has sent everything: these rows."""
    rows = await queued(store)
    await store.outbox.settle([Settled(row.key, "done") for row in rows], [], [], 0.0)
    return rows
