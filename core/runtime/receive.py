"""The way in: guard in memory, then the inbox, then (only then) the platform may be told that we have it.

What the guard leaves and may still be a key, 64 hex digits of unknown kind, stays in the vault; the row has its handle.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from core.chain.hexes import hide
from core.conversation.model import Incoming
from core.conversation.route import Routes
from core.runtime import metrics
from core.runtime.flood import Buckets
from core.runtime.floor import Floor, may_be_code
from core.runtime.pieces import Pieces
from core.runtime.recent import dump_incoming
from core.runtime.turns import Turner
from core.runtime.vault import Vault
from core.safety.guard import MASK, Inspected, mask
from core.store.rooms import Store
from core.store.rows import NewEvent

SPOKEN = frozenset({"said", "edited", "pressed"})
"""Kinds of events that are answered."""
Inspect = Callable[[str], Inspected]
_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,4}){0,2}")
"""A language's tag. The platform passes on whatever a person's program calls its language."""


class Receiver:
    """Takes translated updates from any channel."""

    def __init__(
        self,
        store: Store,
        inspect: Inspect,
        vault: Vault,
        turner: Turner,
        now: Callable[[], float],
        buckets: Buckets,
        pieces: Pieces,
        routes: Routes,
        floor: Floor,
    ) -> None:
        self._floor = floor
        self._store = store
        self._inspect = inspect
        self._vault = vault
        self._turner = turner
        self._now = now
        self._buckets = buckets
        self._routes = routes
        self._pieces = pieces

    async def __call__(self, incomings: Sequence[Incoming]) -> None:
        """Returns when all are durable; repeats are dropped by the inbox.

        Raises:
            StoreError: nothing was stored, so nothing may be acknowledged.
        """
        incomings = [await self._floor.gate(one) if may_be_code(one) else one for one in incomings]
        safe = await self._noted([await self._guarded(incoming) for incoming in incomings])
        fresh = await self._store.inbox.add([self._event(incoming) for incoming in safe], self._now())
        for kind in (kind for event in safe for kind in event.secrets):
            metrics.SECRETS.labels(kind).inc()
        for labels, number in Counter((one.address.channel, one.kind) for one in incomings).items():
            metrics.series(metrics.UPDATES, *labels).inc(number)
        for row in fresh:
            self._turner.take(row)

    async def recent(self, channel: str, since: float, limit: int) -> list[str]:
        """Who wrote in a private chat of this channel since then, the newest first: see `Remembers`."""
        return await self._store.people.recent(channel, since, limit)

    async def _guarded(self, incoming: Incoming) -> Incoming:
        if self._is_our_own(incoming):
            return incoming
        safe = guarded(await self._judged(incoming), incoming)
        return safe if self._turner.is_staff(incoming) else self._vault.hide(safe)

    def _is_our_own(self, incoming: Incoming) -> bool:
        """Whether nothing in it was written by a person: a press, and the route that we signed for them."""
        plain = incoming.kind == "pressed" and not (incoming.quoted or incoming.form or incoming.attachments)
        if not plain or not _TAG.fullmatch(incoming.language_hint or "zz"):
            return False
        return self._routes.verify(incoming.address, incoming.text) is not None

    async def _judged(self, incoming: Incoming) -> Inspect:
        """The guard, which sees this person's text in the light of what they sent before."""
        if incoming.kind not in ("said", "edited"):
            return self._inspect
        said = self._inspect(incoming.text)
        seen = await self._pieces.judge(incoming.address.key, incoming.text, said, self._now())
        return lambda text: seen if text == incoming.text else self._inspect(text)

    async def _noted(self, incomings: list[Incoming]) -> list[Incoming]:
        """Whether their people write faster than anybody could answer."""
        spoken = [place for place, incoming in enumerate(incomings) if incoming.kind in SPOKEN]
        keys = [incomings[place].address.key for place in spoken]
        for place, hurried in zip(spoken, await self._buckets.hurried(keys, self._now()), strict=True):
            if hurried:
                incomings[place] = incomings[place]._replace(hurried=True)
        return incomings

    @staticmethod
    def _event(incoming: Incoming) -> NewEvent:
        address = incoming.address
        return NewEvent(address.channel, incoming.event_id, address.key, dump_incoming(incoming))


def guarded(inspect: Inspect, incoming: Incoming) -> Incoming:
    """The same update with every secret masked. Nothing before this line is logged or stored."""
    if incoming.kind == "unread":
        return incoming._replace(text=_remains(inspect, incoming.text))
    said = inspect(incoming.text)
    quoted = inspect(incoming.quoted) if incoming.quoted else Inspected("")
    in_file = inspect(incoming.file_text).kinds if incoming.file_text else ()
    kinds, text = (*said.kinds, *quoted.kinds, *in_file), said.text
    hint = incoming.language_hint if _TAG.fullmatch(incoming.language_hint) else ""
    if incoming.kind == "pressed":  # what hides a secret in a button gets no further than a forged one
        kinds, text, quoted = (), "" if said.kinds else said.text, Inspected("")
    if incoming.file_text:
        incoming = incoming._replace(file_text="")
    if incoming.form and inspect(incoming.form).kinds:
        incoming = incoming._replace(form=MASK)
    safe = (text, quoted.text, kinds, hint)
    if safe == (incoming.text, incoming.quoted, incoming.secrets, incoming.language_hint):
        return incoming
    return incoming._replace(text=text, quoted=quoted.text, secrets=kinds, language_hint=hint)


def _remains(inspect: Inspect, text: str) -> str:
    """A reason, and the JSON of an update that could not be read, each string in it masked. Where its strings
    make a secret only together (a list of words), only the shape is kept."""
    reason, _, body = text.partition("\n")
    try:
        value = mask(json.loads(body))
    except (ValueError, RecursionError):
        return reason
    joined = " ".join(_strings(value))
    if inspect(joined).kinds or hide(joined, (), lambda digits: MASK) != joined:
        value = _shape(value)
    return inspect(f"{reason}\n{json.dumps(value, ensure_ascii=False)}").text


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _shape(value: object) -> object:
    """The same JSON with every text masked, but for the names of its fields."""
    if isinstance(value, dict):
        return {key if key.isidentifier() else MASK: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(inner) for inner in value]
    return MASK if isinstance(value, str) else value
