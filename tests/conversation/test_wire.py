"""Rows: every value is written and read back as it was, whatever a person wrote into it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.conversation import wire
from core.conversation.model import (
    Act,
    Address,
    Attachment,
    Choice,
    Edit,
    Effect,
    Erase,
    Finished,
    Form,
    HandOver,
    Incoming,
    Mark,
    Message,
    Remind,
    Rich,
    Send,
    Woke,
)
from core.conversation.picture import Picture
from core.conversation.state import Conversation, Frame, Waiting
from core.conversation.tickets import Answered, Closed, Desked, Held, Left, Note, Noticed, Recall, Recalled

TEXT = st.text(st.characters(), max_size=12)
COUNT = st.integers(0, 2**53)
SLOTS = st.dictionaries(TEXT, TEXT, max_size=3)
SEVERAL = st.lists(TEXT, max_size=3).map(tuple)
ADDRESSES = st.builds(Address, TEXT, TEXT, TEXT, TEXT)
MARKS = st.builds(Mark, COUNT, COUNT, st.sampled_from(["bold", "code", "link"]), TEXT)
RICH = st.builds(Rich, TEXT, st.lists(MARKS, max_size=2).map(tuple))
CHOICES = st.lists(st.builds(Choice, TEXT, TEXT, TEXT), max_size=3).map(tuple)
FORMS = st.none() | st.builds(Form, TEXT, SEVERAL)
PICTURES = st.none() | st.builds(Picture, TEXT, TEXT)
MESSAGES = st.builds(
    Message, st.lists(RICH, max_size=3).map(tuple), CHOICES, COUNT, PICTURES, st.booleans(), FORMS
)
WAITING = st.none() | st.builds(Waiting, st.sampled_from(["answer", "result", "time", "ready"]), COUNT, TEXT)
FRAMES = st.builds(Frame, TEXT, TEXT, TEXT, SLOTS, COUNT, SEVERAL, WAITING)
CONVERSATIONS = st.builds(
    Conversation,
    ADDRESSES,
    TEXT,
    st.lists(FRAMES, max_size=4).map(tuple),
    st.sampled_from(["bot", "human"]),
    COUNT,
    SEVERAL,
    COUNT,
    st.just(0),
    st.just(""),
)
SECONDS = st.floats(0, 1e9)
EFFECTS: st.SearchStrategy[Effect] = st.one_of(
    st.builds(Send, MESSAGES, TEXT),
    st.builds(Edit, TEXT, MESSAGES),
    st.builds(Erase, TEXT),
    st.builds(Act, TEXT, SLOTS, COUNT),
    st.builds(Remind, SECONDS, COUNT),
    st.builds(HandOver, TEXT, st.sampled_from(["normal", "emergency"]), TEXT, SLOTS, COUNT, SEVERAL),
    st.builds(Note, TEXT, TEXT),
    st.builds(Left),
    st.builds(Recall),
)
HELD = st.builds(Held, TEXT, TEXT, st.sampled_from(["open", "answered", "closed"]))
EVENTS: st.SearchStrategy[Finished | Woke | Desked] = st.one_of(
    st.builds(Finished, COUNT, TEXT, SLOTS),
    st.builds(Woke, COUNT),
    st.builds(Answered, TEXT, TEXT, TEXT, TEXT),
    st.builds(Closed, TEXT, st.booleans()),
    st.builds(Noticed, TEXT, TEXT, TEXT, SLOTS, TEXT),
    st.builds(Recalled, st.lists(HELD, max_size=3).map(tuple)),
)
ATTACHMENTS = st.builds(Attachment, st.sampled_from(["photo", "voice", "file", "other"]), COUNT, TEXT)
INCOMING = st.builds(
    Incoming,
    event_id=TEXT,
    address=ADDRESSES,
    kind=st.sampled_from(["said", "edited", "pressed", "joined", "left", "blocked", "moved", "unread"]),
    text=TEXT,
    quoted=TEXT,
    attachments=st.lists(ATTACHMENTS, max_size=3).map(tuple),
    message_ref=TEXT,
    reply_handle=TEXT,
    language_hint=TEXT,
    public=st.booleans(),
    forwarded=st.booleans(),
    moved_to=TEXT,
    secrets=SEVERAL,
    reply_to=TEXT,
    form=TEXT,
    hurried=st.booleans(),
    file_text=st.just(""),
)


@given(ADDRESSES)
def test_an_address(address: Address) -> None:
    assert wire.load_address(wire.dump_address(address)) == address


@given(CONVERSATIONS)
def test_a_conversation(conversation: Conversation) -> None:
    assert wire.load_conversation(wire.dump_conversation(conversation)) == conversation


@given(EFFECTS)
def test_an_effect(effect: Effect) -> None:
    assert wire.load_effect(*wire.dump_effect(effect)) == effect


@given(ADDRESSES, EVENTS)
def test_an_event_of_ours_with_its_address(address: Address, event: Finished | Woke | Desked) -> None:
    assert wire.load_inbound(wire.dump_event(address, event)) == (address, event)


@given(INCOMING)
def test_a_persons_update_without_what_must_not_be_stored(incoming: Incoming) -> None:
    written = wire.dump_incoming(incoming)
    assert wire.load_inbound(written) == incoming._replace(reply_handle="")


@given(CONVERSATIONS, EFFECTS)
def test_a_row_is_one_line(conversation: Conversation, effect: Effect) -> None:
    assert "\n" not in wire.dump_conversation(conversation)
    assert "\n" not in wire.dump_effect(effect)[1]


def test_an_update_that_was_stored_before_forms_and_replies_were_known() -> None:
    incoming = Incoming("1", Address("a", "b", "c"), "said", "x", message_ref="7")
    written = wire.dump_incoming(incoming)
    for _ in ("forms", "replies"):
        assert written.endswith(',""]')
        written = written.removesuffix(',""]') + "]"
        assert wire.load_inbound(written) == incoming


def test_the_reply_handle_of_a_press_is_never_written() -> None:
    incoming = Incoming("1", Address("a", "b", "c"), "pressed", reply_handle="bearer-secret")
    assert "bearer-secret" not in wire.dump_incoming(incoming)


def test_what_answers_an_event_is_part_of_no_name_and_of_nothing_that_is_shown() -> None:
    here = Address("main", "7", "8")
    there = here._replace(reply="a bearer's secret")
    assert here == there
    assert hash(here) == hash(there)
    assert here != here[:4], "a tuple that looks like one is none"
    told = Incoming("e", there, "said", "words", reply_handle="a bearer's secret", file_text="a secret, too")
    assert "secret" not in repr(told)
    assert "words" in repr(told)
