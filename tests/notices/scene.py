"""A herald over a store, a clock, and what it looks at: a chain, an exchange, and a loopback source of prices that can
be as hostile as it likes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import ClassVar

from aiohttp import web

from bots.local.loopback import HOST, Loopback
from core.broadcast.content import Post
from core.broadcast.form import House
from core.broadcast.office import Office
from core.chain.asking import Unavailable
from core.chain.booking import Paused
from core.chain.look_up import Client
from core.chain.mined import Mined
from core.chain.network import Network
from core.chain.network import Source as ChainSource
from core.chain.seen import FirstSeen, Seen
from core.channel import Abilities
from core.config import Desk, Settings, StaffChat
from core.config_notices import Notices
from core.conversation.model import Choice, Rich
from core.notices.herald import Herald
from core.notices.price import Prices
from core.notices.sights import Books, Sights
from core.sentences import teller
from core.store.broadcasts import Kept
from core.store.rooms import Store
from core.store.rows import AuditLine, Batch, NewEffect, Settled, Subscriber
from tests.staff.house import House as Staff

CHANNEL = "face"
CANS = {CHANNEL: Abilities()}
HOLES = {
    language: {"official_site": "https://helpline.example", "zone": "Asia/Shanghai"}
    for language in ("zh", "en")
}


def frame(language: str, code: str) -> tuple[Rich, Choice]:
    return Rich(f"{language} {code}"), Choice("@unsubscribe", "x")


SHARED = House(("zh", "en"), (CHANNEL,), ("onchain",), HOLES, frame, (Post(CHANNEL, "board", "zh"),))
NET = Network("Net", credit=1, unlock=1, block_seconds=10, stale_after=60)


class Chain:
    """A source whose blocks a test places: one every ten seconds."""

    def __init__(self, staff: Staff, height: int) -> None:
        self.source = ChainSource("mine", NET, own=True)
        self.staff, self.height, self.at, self.away = staff, height, staff.now, False

    def mine(self, blocks: int) -> None:
        self.height, self.at = self.height + blocks, self.staff.now

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> Seen:
        raise Unavailable

    async def mined(self, number: int | None) -> Mined:
        if self.away:
            raise Unavailable
        height = self.height if number is None else number
        return Mined(height, "", "", (), self.at - (self.height - height) * 10)


class Exchange:
    """An exchange's own word."""

    def __init__(self) -> None:
        self.says: Mapping[str, Paused] | None = {"Net": Paused(False, False)}

    async def networks(self) -> Mapping[str, Paused] | None:
        return self.says


class Source(Loopback):
    """Says what a test wants it to."""

    largest: ClassVar[int] = 1000

    def __init__(self) -> None:
        super().__init__(0)
        self.body: bytes = b""
        self.status = 200
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/price"

    def says(self, value: object, **more: object) -> None:
        self.status, self.body = 200, json.dumps({"data": [{"last": value, **more}]}).encode()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked += 1
        headers = {"Location": "/price"} if self.status == 302 else {}
        return web.Response(status=self.status, body=self.body, headers=headers)

    def _drop(self) -> None:
        pass


class Stage:
    """A herald, its office, and people before them."""

    def __init__(
        self,
        store: Store,
        staff: Staff,
        rules: Sequence[object],
        *,
        prices: Prices | None = None,
        clients: Sequence[Client] = (),
        books: Books | None = None,
        **own: object,
    ) -> None:
        self.store, self.staff = store, staff
        self.trouble: dict[str, str] = {}
        self.offered: list[NewEffect] = []
        notices = Notices.model_validate({"rules": rules, **own})
        desk = Desk(staff=(StaffChat(channel=CHANNEL, chat="-5"),))
        self.settings = Settings(notices=notices, desk=desk)
        self.say = teller("en")
        sights = Sights(clients, books, prices, store.notices, self.trouble.get, self.now)
        self.herald = Herald(
            store, self.settings, sights, lambda: self.office, self.offered.extend, self.say, self.now
        )

    def now(self) -> float:
        return self.staff.now

    def after(self, *rules: object, store: Store | None = None, clients: Sequence[Client] = ()) -> Stage:
        """The same house with another configuration, or another process of it."""
        other = Stage(store or self.store, self.staff, rules, clients=clients)
        other.office = self.office
        return other

    async def open_doors(self, people: int = 3) -> None:
        personnel = await self.staff.begun()
        self.office = Office(self.store, self.settings, CANS, SHARED, personnel, self.say, self.now)
        rows = [Subscriber(CHANNEL, str(n), str(n), "zh" if n % 2 else "en", 1.0) for n in range(people)]
        await self.store.turns.commit(Batch(people=rows))

    async def look(self, after: float = 0.0) -> list[Kept]:
        """Look after so many seconds; the broadcasts that there are then, by name."""
        self.staff.now += after
        await self.herald.look()
        return sorted(await self.store.broadcasts.listing(50), key=lambda one: one.name)

    async def through(self, name: str) -> None:
        """Two people send it, and the platform takes it."""
        kept = await self.office.submit(name, "ada", self.staff.code("ada"))
        kept = await self.office.approve(name, kept.hash, "bob", self.staff.code("bob"))
        await delivered(self.store, kept, self.now())

    def posted(self) -> str:
        return "\n".join(one.payload for one in self.offered)


async def delivered(store: Store, kept: Kept, now: float) -> None:
    """Run an approved broadcast over all people, as the sender does."""
    from core.broadcast.audience import group
    from core.broadcast.content import load
    from core.store.broadcasts import Moment, Reached

    line = AuditLine(now, "t", "t", kept.name)
    for was, to in (("approved", "scheduled"), ("scheduled", "running")):
        assert await store.broadcasts.move(kept.name, kept.version, [was], to, "", line)
    moment = Moment(kept.name, kept.version, "now", "", now)
    await store.broadcasts.begin([moment])

    def row(to: Reached) -> NewEffect:
        address = json.dumps([to.channel, to.chat, to.user, ""])
        return NewEffect(f"b:{kept.name}:1:{to.user}", to.user, 9, "deliver", address, "[]", now)

    wanted = group(load(kept.content), CANS, ("zh", "en"), 0, now)
    rows = (await store.broadcasts.slice(moment, wanted, 50, row, now)).rows
    await store.outbox.settle([Settled(one.key, "done", "7") for one in rows], [], [], now)
    assert await store.broadcasts.move(kept.name, kept.version, ["running"], "finished", "", line)
