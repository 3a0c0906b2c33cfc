"""How the nouns are written into rows: compact JSON lists, the fields in the order of the dataclass.

A row that an older version wrote stays readable as long as fields are only added at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from core.conversation.delivery import Deliver
from core.conversation.model import (
    Act,
    Address,
    Attachment,
    Choice,
    Edit,
    Effect,
    Erase,
    Event,
    Finished,
    Form,
    HandOver,
    Incoming,
    Mark,
    Message,
    Remind,
    Rich,
    Send,
    Unsubscribe,
    Woke,
)
from core.conversation.picture import Picture
from core.conversation.state import Conversation, Frame, Waiting
from core.conversation.tickets import Answered, Closed, Desked, Held, Left, Note, Noticed, Recall, Recalled
from core.quick_json import dumps, loads


def dump_address(address: Address) -> str:
    """`["channel","chat","user","thread"]`, and the sealed reply where there is one."""
    return dumps(_where(address))


def _where(a: Address) -> list[str]:
    return (
        [a.channel, a.chat, a.user, a.thread, a.reply] if a.reply else [a.channel, a.chat, a.user, a.thread]
    )


@lru_cache(maxsize=4096)
def load_address(text: str) -> Address:
    """The address of a row. The same few are read again and again."""
    return Address(*loads(text))


def dump_conversation(conversation: Conversation) -> str:
    """The state of a conversation; its first element is the address."""
    c = conversation
    a = c.address
    return dumps(
        [
            [a.channel, a.chat, a.user, a.thread],
            c.language,
            [_frame(frame) for frame in c.frames],
            c.mode,
            c.lost,
            c.kept,
            c.revision,
            *([c.hurry, c.behind, c.told] if c.told else [c.hurry, c.behind] if c.hurry else []),
        ]
    )


def _frame(frame: Frame) -> list[Any]:
    w = frame.waiting
    waiting = w and [w.kind, w.visit, w.step]
    return [frame.flow, frame.version, frame.step, dict(frame.slots), frame.tries, frame.trail, waiting]


def load_conversation(text: str) -> Conversation:
    """The conversation of a row."""
    address, language, frames, mode, lost, kept, revision, *more = loads(text)
    return Conversation(
        Address(*address),
        language,
        tuple(
            Frame(flow, version, step, slots, tries, tuple(trail), Waiting(*waiting) if waiting else None)
            for flow, version, step, slots, tries, trail, waiting in frames
        ),
        mode,
        lost,
        tuple(kept),
        revision,
        *more[:2],
        *(tuple(told) for told in more[2:]),
    )


def dump_incoming(incoming: Incoming) -> str:
    """An inbound update as it is stored: after the guard, without the reply handle, which is a bearer secret."""
    i = incoming
    return dumps(
        [
            "incoming",
            i.event_id,
            _where(i.address),
            i.kind,
            i.text,
            i.quoted,
            [[x.kind, x.size, x.ref] for x in i.attachments] if i.attachments else [],
            i.message_ref,
            i.language_hint,
            i.public,
            i.forwarded,
            i.moved_to,
            i.secrets,
            i.reply_to,
            i.form,
            *([True] if i.hurried else []),
        ]
    )


def dump_event(address: Address, event: Finished | Woke | Desked) -> str:
    """An event that an effect or our staff caused, for the conversation at this address."""
    where = _where(address)
    match event:
        case Finished():
            return dumps(["finished", where, event.visit, event.outcome, dict(event.values)])
        case Woke():
            return dumps(["woke", where, event.visit])
        case Answered():
            return dumps(["answered", where, event.number, event.alias, event.text, event.edits])
        case Noticed():
            return dumps(
                ["noticed", where, event.text, event.flow, event.also, dict(event.values), event.edits]
            )
        case Closed():
            return dumps(["closed", where, event.number, event.others])
        case Recalled():
            return dumps(["recalled", where, [[t.number, t.opened_at, t.state] for t in event.tickets]])


def load_inbound(text: str) -> Incoming | tuple[Address, Event]:
    """What a row of the inbox holds: a person's update, or an event of ours with its address."""
    kind, *rest = loads(text)
    if kind == "finished":
        where, visit, outcome, values = rest
        return Address(*where), Finished(visit, outcome, values)
    if kind == "woke":
        where, visit = rest
        return Address(*where), Woke(visit)
    if kind in _DESKED:
        where, *values = rest
        return Address(*where), _DESKED[kind](*values)
    event_id, where, what, body, quoted, attachments, ref, hint, public, forwarded, moved, secrets, *more = (
        rest
    )
    return Incoming(
        event_id,
        Address(*where),
        what,
        body,
        quoted,
        tuple(Attachment(*a) for a in attachments),
        ref,
        "",
        hint,
        public,
        forwarded,
        moved,
        tuple(secrets),
        *more,
    )


_DESKED: dict[str, Callable[..., Desked]] = {
    "answered": Answered,
    "closed": Closed,
    "noticed": Noticed,
    "recalled": lambda tickets: Recalled(tuple(Held(*ticket) for ticket in tickets)),
}


def dump_message(message: Message) -> list[Any]:
    """A message as JSON's own values."""
    m = message
    form = [m.form.title, m.form.fields] if m.form else None
    more = [form, m.mention] if m.mention else [form] if form else []
    return [
        [[b.text, [[k.start, k.end, k.kind, k.url] for k in b.marks] if b.marks else []] for b in m.blocks],
        [[c.name, c.label, c.url] for c in m.choices] if m.choices else [],
        m.visit,
        [m.picture.name, m.picture.alt] if m.picture else "",
        m.private,
        *more,
    ]


def load_message(value: Any) -> Message:
    """The message of a value that `dump_message` made."""
    blocks, choices, visit, picture, private, *more = value
    form = more[0] if more else None
    return Message(
        tuple(Rich(text, tuple(Mark(*mark) for mark in marks)) for text, marks in blocks),
        tuple(Choice(*choice) for choice in choices),
        visit,
        Picture(*picture) if picture else None,
        private,
        Form(form[0], tuple(form[1])) if form else None,
        *more[1:],
    )


_DUMP: dict[type, tuple[str, Callable[[Any], list[Any]]]] = {
    Send: (
        "send",
        lambda e: [dump_message(e.message), e.reply_to] if e.reply_to else [dump_message(e.message)],
    ),
    Edit: ("edit", lambda e: [e.ref, dump_message(e.message)]),
    Erase: ("erase", lambda e: [e.ref, True] if e.ours else [e.ref]),
    Deliver: ("deliver", lambda e: [e.instead] if e.instead else []),
    Act: ("act", lambda e: [e.action, dict(e.inputs), e.visit]),
    Remind: ("remind", lambda e: [e.after, e.visit]),
    HandOver: ("hand_over", lambda e: [e.skill, e.urgency, e.flow, dict(e.slots), e.visit, e.kept]),
    Note: ("note", lambda e: [e.text, e.ref]),
    Left: ("left", lambda _: []),
    Recall: ("recall", lambda _: []),
    Unsubscribe: ("unsubscribe", lambda _: []),
}
_LOAD: dict[str, Callable[..., Effect]] = {
    "send": lambda message, reply_to="": Send(load_message(message), reply_to),
    "edit": lambda ref, message: Edit(ref, load_message(message)),
    "erase": Erase,
    "deliver": Deliver,
    "act": Act,
    "remind": Remind,
    "hand_over": lambda skill, urgency, flow, slots, visit, kept: HandOver(
        skill, urgency, flow, slots, visit, tuple(kept)
    ),
    "note": Note,
    "left": Left,
    "recall": Recall,
    "unsubscribe": Unsubscribe,
}


def dump_effect(effect: Effect) -> tuple[str, str]:
    """(kind, payload) of an effect's row."""
    kind, fields = _DUMP[type(effect)]
    return kind, dumps(fields(effect))


def load_effect(kind: str, payload: str) -> Effect:
    """The effect of a row."""
    return _LOAD[kind](*loads(payload))
