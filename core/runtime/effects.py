"""Effects as rows: which lane they wait in, when they are due, and how a long message becomes several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.channel import Abilities
from core.conversation import wire
from core.conversation.model import (
    Act,
    Address,
    Edit,
    Effect,
    Erase,
    HandOver,
    Message,
    Remind,
    Rich,
    Send,
    Unsubscribe,
)
from core.conversation.picture import Picture
from core.conversation.texts import split
from core.conversation.tickets import Left, Note, Recall
from core.conversation.wire import dump_address
from core.runtime.recent import dump_effect
from core.store.rows import NewEffect

REPLY = 0
"""The rank of everything that a person waits for."""
LOW = 9
"""The rank of what nobody waits for: everything else goes first."""
_SAID = (Send, Edit)
LANES: dict[type[Effect], str] = {
    Send: "r", Edit: "r", Erase: "r", Act: "a", HandOver: "a", Note: "a", Remind: "t",
    Left: "a", Recall: "a", Unsubscribe: "u",
}  # fmt: skip
"""Effects of one lane keep their order; a slow look-up (a) never delays a reply (r). Each reminder (t) has a
lane of its own: one for tomorrow must not hold up one for tonight."""


def effect_rows(
    cause: str,
    address: Address,
    effects: Sequence[Effect],
    abilities: Abilities,
    now: float,
    rank: int = REPLY,
) -> list[NewEffect]:
    """The rows of one turn. `cause` names the event, so that each key is the same on every repetition.
    What nobody waits for (a higher rank) has a lane of its own, so that no reply stands behind it."""
    if not effects:
        return []
    where, lane = dump_address(address), address.key
    rows = []
    for number, effect in enumerate(_fitting(effects, abilities)):
        kind, payload = dump_effect(effect)
        due = now + effect.after if isinstance(effect, Remind) else now
        own = f"{lane}|{LANES[type(effect)]}" + (f"|{cause}.{number}" if isinstance(effect, Remind) else "")
        own = own if rank == REPLY else f"{lane}|e"
        rows.append(NewEffect(f"{cause}.{number}", own, rank, kind, where, payload, due))
    return rows


def low_row(key: str, address: Address, effect: Effect, now: float) -> NewEffect:
    """One row that nobody waits for, of what needs no splitting."""
    kind, payload = wire.dump_effect(
        effect
    )  # not remembered: a broadcast's would push out what people wait for
    return NewEffect(key, f"{address.key}|e", LOW, kind, dump_address(address), payload, now)


def _fitting(effects: Sequence[Effect], abilities: Abilities) -> Iterator[Effect]:
    for effect in effects:
        if not isinstance(effect, _SAID):
            yield effect
            continue
        if effect.message.picture is not None:
            effect = _pictured(effect, effect.message.picture, abilities)
        if _size(effect.message) > _limit(effect.message, abilities) // 4:
            yield from _parts(effect, abilities)
        else:
            yield effect


def _pictured(effect: Send | Edit, picture: Picture, abilities: Abilities) -> Send | Edit:
    """With the picture in words where none is shown."""
    if abilities.pictures:
        return effect
    told = (*effect.message.blocks, Rich(picture.alt))
    return effect._replace(message=effect.message._replace(blocks=told, picture=None))


def _limit(message: Message, abilities: Abilities) -> int:
    return (abilities.caption_limit if message.picture else 0) or abilities.text_limit


def _size(message: Message) -> int:
    """A quick lower bound in code points; only what might be too long is split exactly."""
    return sum([len(block.text) + 2 for block in message.blocks])


def _parts(effect: Send | Edit, abilities: Abilities) -> Iterator[Effect]:
    """A message within the platform's limit each; the buttons go with the last one. A picture whose text is too long
    for a caption goes first, alone."""
    message = effect.message
    pieces = split(message.blocks, _limit(message, abilities), abilities.text_unit)
    if message.picture and len(pieces) > 1:
        pieces = [(), *split(message.blocks, abilities.text_limit, abilities.text_unit)]
    for place, blocks in enumerate(pieces):
        last = place == len(pieces) - 1
        picture = message.picture if place == 0 else None
        part = message._replace(blocks=blocks, choices=message.choices if last else (), picture=picture)
        yield effect._replace(message=part) if place == 0 else Send(part)
