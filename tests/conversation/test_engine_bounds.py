"""What should never happen, and is borne all the same: loops, missing texts, endless digressions, poison."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.conversation.library import Library
from core.conversation.model import HandOver, Joined
from core.conversation.state import Frame, Waiting
from tests.conversation.chat import Chat, engine_of, flow_text, house_text

TX, RESET = "transaction_status", "password_reset"


@pytest.fixture
def chat(library: Library) -> Chat:
    """Somebody who speaks Chinese."""
    return Chat(library)


def test_steps_that_never_wait_end_with_a_human(chat: Chat, library: Library) -> None:
    steps = {**library.flows[TX].steps, "warn": replace(library.flows[TX].steps["warn"], next="warn")}  # type: ignore[arg-type]
    looping = replace(library.flows[TX], steps=steps, hash="c" * 64)
    chat.engine = engine_of(replace(library, flows={TX: looping}, pinned={looping.hash: looping}))
    assert chat.say("/tx").endswith(house_text(library, "flow_gone"))
    assert chat.handed_now == 1


# --- those who were away


def test_who_comes_back_sees_the_question_that_they_left(chat: Chat, library: Library) -> None:
    assert house_text(library, "greeting") in chat.hear(Joined())
    chat.say("/tx")
    said = chat.hear(Joined())
    assert house_text(library, "resumed") in said
    assert flow_text(library, TX, "transaction_id") in said


def test_an_event_that_nobody_could_bear_is_apologised_for(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    turn = chat.engine.apologise(chat.conversation)
    chat.conversation = turn.conversation
    chat.turn = turn
    assert chat.text == house_text(library, "poison_apology")
    assert chat.at("@person.normal")


def test_the_menu_is_no_part_of_a_ticket(chat: Chat) -> None:
    chat.say("菜单")
    hands = [e for e in chat.engine.apologise(chat.conversation).effects if isinstance(e, HandOver)]
    assert [(hand.flow, hand.slots) for hand in hands] == [("", {})]


def test_a_text_that_is_missing_is_still_an_answer(library: Library) -> None:
    common = {code: replace(words, texts={}) for code, words in library.common.items()}
    chat = Chat(replace(library, common=common))
    assert chat.say("/nonsense") == "…"
    assert chat.buttons[-1] == "人工客服"


def test_many_flows_on_top_of_each_other_are_bounded(library: Library) -> None:
    flow = library.flows[RESET]
    many = {f"f{n}": replace(flow, name=f"f{n}", command=f"f{n}", hash=f"{n}" * 64) for n in range(9)}
    chat = Chat(replace(library, flows=many, pinned={f.hash: f for f in many.values()}))
    for name in many:
        chat.say("/" + name)
    assert [frame.flow for frame in chat.conversation.frames] == ["f4", "f5", "f6", "f7", "f8"]
    chat.say("人工")
    assert len(chat.conversation.frames) == 5
    assert chat.conversation.frames[-1] == Frame(
        "@person", "", "normal", waiting=Waiting("result", chat.conversation.revision)
    )
