"""What was just written comes back as reading it would make it, and nothing that a row does not keep."""

from __future__ import annotations

from core.conversation import wire
from core.conversation.model import Address, Erase, Incoming, Send
from core.conversation.state import Conversation
from core.runtime import recent
from tests.runtime.bench import said

HERE = Address("main", "7", "7")
REPLYING = HERE._replace(reply="sealed")


def test_what_was_written_is_what_reading_would_make() -> None:
    incoming = Incoming("1", HERE, "said", "你好")
    text = recent.dump_incoming(incoming)
    assert recent.load_inbound(text) is incoming
    assert wire.load_inbound(text) == incoming
    state = Conversation(HERE, "zh", revision=3)
    text = recent.dump_conversation(state)
    assert recent.load_conversation(text) is state
    assert wire.load_conversation(text) == state
    for effect in (said("你好"), Erase("5")):
        kind, payload = recent.dump_effect(effect)
        assert recent.load_effect(kind, payload) is effect
        assert wire.load_effect(kind, payload) == effect


def test_no_handle_comes_back_that_its_row_does_not_keep() -> None:
    press = Incoming("2", HERE, "pressed", "v1", reply_handle="secret")
    found = recent.load_inbound(recent.dump_incoming(press))
    assert isinstance(found, Incoming)
    assert found.reply_handle == ""
    state = Conversation(REPLYING, "zh", revision=4)
    assert recent.load_conversation(recent.dump_conversation(state)).address.reply == ""


def test_effects_of_two_kinds_with_the_same_text_are_told_apart() -> None:
    recent.dump_effect(Erase("9"))
    kind, payload = wire.dump_effect(Erase("9"))
    assert recent.load_effect(kind, payload) == Erase("9")
    assert isinstance(recent.load_effect(*recent.dump_effect(said("9"))), Send)


def test_it_holds_no_more_than_it_says() -> None:
    known = recent.Recent[int](100)
    most = 0
    for number in range(1000):
        known.note(str(number), number)
        most = max(most, len(known))
    assert all(known.get(str(number)) == number for number in range(900, 1000))
    assert known.get("899") is None
    assert (most, len(known)) == (199, 100)
