"""A bot before a stand-in, inside this process or as one of its own, and the checker of what then happened.

The oracle is the pure engine: it plays the same conversation alone and says which texts a person must have got,
in which order, and in which state the conversation must be. Everything else is compared with the stand-in's ledger.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bots.local.people import Json, Person
from bots.local.telegram import TelegramStandIn
from bots.settings import Rates, Secrets, Settings, Telegram
from bots.telegram.channel import Settings as ChannelSettings
from bots.telegram.channel import TelegramChannel
from bots.telegram.face import abilities
from bots.telegram.polling import Patience
from bots.telegram.request import Limits
from bots.watching import watching
from core.actions import Action
from core.channel import Channel, Sign
from core.conversation.library import Library
from core.conversation.model import Address
from core.conversation.state import Conversation
from core.conversation.wire import load_conversation
from core.runtime.crew import crew_of
from core.runtime.house import house_holes
from core.runtime.service import Service, open_service
from core.store.rooms import Store
from tests.app.processes import PATIENT, looked_up
from tests.playing import EngineDriver

ROOT = Path(__file__).resolve().parents[2]
UNPACED = Rates(per_second=0, chat_burst=0, chat_every=0, group_per_minute=0)
CHANNEL = "telegram-main"
BURST = ("/start", "忘记密码", "双重验证用不了", "验证码总是不对")
"""Said in one breath: each has its own answer, and no answer comes twice."""
REST = ("还是不行", "旧手机也丢了")
"""Said one by one: the first opens a ticket, the second becomes a note in it."""
SCRIPT = (*BURST, *REST)


# --- the oracle ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """What a conversation must come to."""

    texts: tuple[str, ...]
    conversation: Conversation


def anonymous(text: str) -> str:
    """A text without the number of its ticket, which depends on who came first."""
    return re.sub(r"\b1\d{3}\b", "N", text)


async def expected(library: Library, settings: Settings, said: Sequence[str] = SCRIPT) -> Expected:
    """The pure engine's own conversation."""
    driver = EngineDriver(library, house_holes(settings), "zh", ())
    for text in said:
        await driver.say(text)
    texts = tuple(anonymous(line.text) for line in driver.heard() if line.mouth == "bot")
    assert all(a != b for a, b in pairwise(texts)), "a repetition would look like a duplicate"
    return Expected(texts, driver.conversation)


# --- the bot inside this process -------------------------------------------------------------


@asynccontextmanager
async def in_process(
    stand_in: TelegramStandIn,
    folder: Path,
    *,
    settings: Settings | None = None,
    wrap: Callable[[Store], Store] = lambda store: store,
    actions: Mapping[str, Action] | None = None,
    rates: Rates = UNPACED,
    now: Callable[[], float] = time.time,
    limits: Limits | None = None,
) -> AsyncIterator[Service]:
    """The whole runtime with the real adapter; it stops when the block ends. What ends it early is raised."""
    base = settings or Settings(flows=ROOT / "flows")
    own = base.model_copy(update={"data": folder, "telegram": Telegram(api_url=stand_in.url, rates=rates)})
    limits = limits or Limits()

    def faces(sign: Sign, _library: Library) -> list[Channel]:
        channel = ChannelSettings(
            stand_in.url,
            limits,
            Patience(hold=5, first=0.05, most=0.2),
            abilities=abilities(own),
            look=watching(own),
        )
        return [TelegramChannel(CHANNEL, stand_in.token, sign, channel)]

    secrets = Secrets().model_copy(update={"telegram_token": SecretStr(stand_in.token)})
    service = await open_service(own, secrets, faces, {}, now, actions)
    service.store = wrap(service.store)
    service.crew = crew_of(service.store, own.runtime, now)
    ready = asyncio.Event()
    running = asyncio.create_task(service.run(ready.set))
    started = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        yield service
    finally:
        started.cancel()
        running.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await running
        finally:
            await service.store.close()


class Recorder:
    """Every update that the bot ever fetched, as it came."""

    def __init__(self) -> None:
        self.updates: dict[int, Json] = {}
        self.fetched = 0

    def __call__(self, method: str, _fields: Mapping[str, Any], answer: Any) -> None:
        """Sees every exchange of the stand-in."""
        if method == "getUpdates" and answer["ok"]:
            self.fetched += len(answer["result"])
            self.updates |= {update["update_id"]: update for update in answer["result"]}


async def settled(stand_in: TelegramStandIn, service: Service) -> None:
    """Everything that was said has arrived, and everything that it caused has been performed."""
    async with asyncio.timeout(PATIENT):
        while len(stand_in.world.updates):
            await asyncio.sleep(0.005)
        await service.settled()


def walk(texts: Sequence[str], heard: Sequence[str]) -> tuple[int, int]:
    """(texts got, repetitions). A lane is performed in order, so only its last message can come again."""
    place, again = 0, 0
    for text in heard:
        if place < len(texts) and text == texts[place]:
            place += 1
        elif place and text == texts[place - 1]:
            again += 1
        else:
            raise AssertionError(f"out of order: after {place} texts came {text[:60]!r}")
    return place, again


# --- the history -----------------------------------------------------------------------------


@dataclass
class History:
    """What happened to some people's conversations, by the stand-in's ledger and the database."""

    stand_in: TelegramStandIn
    database: Path | str
    want: Expected
    people: list[Person] = field(default_factory=list)

    def heard(self, person: Person) -> list[str]:
        """The texts that really reached a person, in order, repetitions and all."""
        return [anonymous(row.text) for row in self.stand_in.ledger.sent(person.id)]

    def reached(self, person: Person) -> int:
        """How many of the expected texts a person has got, in order."""
        return self._walk(person)[0]

    def duplicates(self) -> int:
        """Messages that reached somebody again."""
        return sum(self._walk(person)[1] for person in self.people)

    def _walk(self, person: Person) -> tuple[int, int]:
        return walk(self.want.texts, self.heard(person))

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """A look into the database beside whoever works on it."""
        return looked_up(self.database, sql, *values)

    def check(self, bound: int) -> None:
        """Nothing lost, one effect on state for each update, in order, and at most `bound` duplicates."""
        for person in self.people:
            assert self.reached(person) == len(self.want.texts), f"{person.id} lacks answers"
        self._check_events()
        self._check_states()
        assert self.duplicates() <= bound, f"{self.duplicates()} duplicates, at most {bound} can be explained"

    def _check_events(self) -> None:
        mine = "SELECT lane, status, COUNT(*) FROM event WHERE channel = ? GROUP BY lane, status"
        found = {(lane, status): count for lane, status, count in self.rows(mine, CHANNEL)}
        for person in self.people:
            key = _address(person).key
            updates = found.get((key, "turned"), 0)
            assert updates == len(SCRIPT) + 1, f"{key}: {updates} events turned"  # and one from the ticket
            assert not {(key, "waiting"), (key, "dead")} & found.keys()
        look = "SELECT key, kind, status, attempts, maybe_sent, due, error FROM effect WHERE status <> 'done'"
        open_rows = self.rows(look)
        assert open_rows == [], open_rows
        tickets = Counter(row[0] for row in self.rows("SELECT conversation FROM ticket"))
        assert tickets == {_address(person).key: 1 for person in self.people}
        assert self.rows("SELECT COUNT(*) FROM ticket_note") == [(len(self.people),)]

    def _check_states(self) -> None:
        states = dict(self.rows("SELECT key, state FROM conversation"))
        for person in self.people:
            address = _address(person)
            assert load_conversation(states[address.key]) == self.want.conversation._replace(address=address)


def _address(person: Person) -> Address:
    return Address(CHANNEL, str(person.id), str(person.id))


async def converse(history: History, person: Person, pause: Callable[[], float] = lambda: 0.0) -> None:
    """A person says the script: the beginning in one breath, the rest when the answers have come."""
    world = history.stand_in.world
    chat = world.private(person)
    for text in BURST:
        world.say(person, text)
        await asyncio.sleep(pause())
    await chat.until(lambda _: history.reached(person) >= len(BURST), PATIENT)
    world.say(person, REST[0])
    await chat.until(lambda _: history.reached(person) >= len(history.want.texts) - 1, PATIENT)
    world.say(person, REST[1])
    await chat.until(lambda _: history.reached(person) >= len(history.want.texts), PATIENT)
