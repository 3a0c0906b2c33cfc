"""The laws that every turn of the engine obeys, each a check of one turn."""

from __future__ import annotations

from core.conversation.model import (
    Act,
    Edit,
    Event,
    Finished,
    HandOver,
    Joined,
    Pressed,
    Remind,
    Said,
    Send,
    Woke,
)
from core.conversation.route import Routes
from core.conversation.scene import DEPTH, HOUSE, KEPT, PERSON
from core.conversation.state import Conversation, Frame, Turn
from core.conversation.tickets import Recall
from core.conversation.wire import dump_conversation, dump_effect, load_conversation, load_effect

ROUTES = Routes([b"k" * 32])


def check(before: Conversation, event: Event, turn: Turn) -> None:
    """All of them."""
    check_state(before, turn)
    check_stale(before, event, turn)
    check_heard(before, event, turn)
    check_messages(turn)
    check_rows(turn)


def check_state(before: Conversation, turn: Turn) -> None:
    """Changes are counted, and nothing grows without bound."""
    after = turn.conversation
    changed = after._replace(revision=before.revision) != before
    assert after.revision == before.revision + changed
    assert after.address == before.address
    assert len(after.frames) <= DEPTH
    assert len(after.kept) <= KEPT
    for place, frame in enumerate(after.frames):
        top = place == len(after.frames) - 1
        assert top or frame.flow == PERSON or not frame.flow.startswith(HOUSE), (
            "questions of the house lie on top"
        )
        assert frame.waiting or (frame.flow == PERSON and after.mode == "human"), (
            "every frame waits for something"
        )
        assert not (top and frame.waiting and frame.waiting.kind == "ready"), "who need not wait goes on"
        assert len(set(frame.trail)) == len(frame.trail)
    waits = [(frame.waiting.kind, frame.waiting.visit) for frame in after.frames if frame.waiting]
    assert len(set(waits)) == len(waits)
    assert all(visit <= after.revision for _, visit in waits)


def awaiting(conversation: Conversation, event: Finished | Woke) -> Frame | None:
    """The frame that awaits this very event."""
    kind = "time" if isinstance(event, Woke) else "result"
    for frame in conversation.frames:
        if frame.waiting and (frame.waiting.kind, frame.waiting.visit) == (kind, event.visit):
            return frame
    return None


def check_stale(before: Conversation, event: Event, turn: Turn) -> None:
    """What is not awaited, is forged or is said in public changes nothing."""
    if isinstance(event, Finished | Woke) and not awaiting(before, event):
        assert turn == Turn(before)
    elif isinstance(event, Pressed) and event.visit < 0:
        assert turn.conversation == before
    elif isinstance(event, Pressed) and not event.choice.startswith(HOUSE):
        top = before.frames[-1].waiting if before.frames else None
        if top is None or top.kind != "answer" or top.visit != event.visit:
            assert turn.conversation == before
    elif isinstance(event, Said) and (event.public or event.secrets):
        assert turn.conversation == before
        assert not any(isinstance(effect, Act | HandOver | Remind) for effect in turn.effects)
    elif isinstance(event, Said) and event.form and not event.attachment and not _calls(before, event):
        top = before.frames[-1].waiting if before.frames else None
        if top is None or (top.kind == "answer" and top.visit != event.form):
            assert turn.conversation == before


def _calls(before: Conversation, event: Said) -> bool:
    """Whether what a form brings is for a human, or calls for one."""
    return before.mode == "human" or any(word in event.text for word in ("人工", "紧急", "human"))


def check_heard(before: Conversation, event: Event, turn: Turn) -> None:
    """Nobody is left in silence: something is said at once, or something that will speak is under way."""
    said = [effect for effect in turn.effects if isinstance(effect, Send | Edit)]
    coming = [effect for effect in turn.effects if isinstance(effect, Act | HandOver | Recall)]
    awaited = isinstance(event, Finished | Woke) and before.frames[-1:] == (awaiting(before, event),)
    assert len(said) <= 1
    if isinstance(event, Said | Pressed | Joined) or awaited:
        assert said or coming
    waits = {frame.waiting.visit for frame in turn.conversation.frames if frame.waiting}
    for effect in turn.effects:
        if isinstance(effect, Act | HandOver | Remind):
            assert effect.visit in waits, "what is set going is awaited"


def check_messages(turn: Turn) -> None:
    """A message says something, and its buttons belong to the question that is open."""
    for effect in turn.effects:
        if isinstance(effect, Send | Edit):
            message = effect.message
            assert message.blocks
            assert all(block.text.strip() not in ("", "…") for block in message.blocks)
            names = [choice.name for choice in message.choices]
            assert len(set(names)) == len(names)
            top = turn.conversation.frames[-1] if turn.conversation.frames else None
            awaited = top.waiting.visit if top and top.waiting and top.waiting.kind == "answer" else 0
            assert message.visit == awaited
            if any(not choice.url and not choice.name.startswith(HOUSE) for choice in message.choices):
                assert awaited
            for choice in message.choices:
                assert choice.url or ROUTES.sign(turn.conversation.address, message.visit, choice.name)


def check_rows(turn: Turn) -> None:
    """All of it can be stored."""
    assert load_conversation(dump_conversation(turn.conversation)) == turn.conversation
    for effect in turn.effects:
        assert load_effect(*dump_effect(effect)) == effect
