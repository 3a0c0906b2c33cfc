"""Answers to lessons are doors: pressed at any moment they explain, and leave the conversation exactly as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation.flow import LESSON_CHOICES
from core.conversation.lessons import course, following
from core.conversation.library import Library
from core.conversation.model import Edit, Pressed, Send, Unsubscribe
from core.conversation.route import ROUTE_LIMIT, Routes
from core.conversation.texts import join
from tests.conversation.chat import Chat, engine_of, flow_text, house_text

FLOW = "security_education"
BEFORE = (
    (),
    ("/tx",),
    ("/tx", "没有交易哈希"),
    ("菜单",),
    ("人工",),
    ("/subscribe", "1"),
    ("紧急",),
    ("天气", "天气"),
)
"""What was said before the press: nothing, a flow's question, the menu, a human on the way, ..."""


@pytest.mark.parametrize("before", BEFORE, ids=repr)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_answer_explains_and_changes_nothing(
    library: Library, before: tuple[str, ...], language: str
) -> None:
    chat = Chat(library, "zh")
    for text in before:
        chat.say(text)
    chat.conversation = chat.conversation._replace(language=language)
    was = chat.conversation
    for choice in LESSON_CHOICES:
        heard = chat.hear(Pressed(f"@lesson.seed_phrase.{choice}", 0, "our"))
        assert heard == flow_text(library, FLOW, f"lesson.seed_phrase.explain.{choice}", language)
        assert chat.conversation == was
        assert [type(effect) for effect in chat.turn.effects] == [Send], "the lesson itself stays to be read"


def test_the_open_question_still_takes_its_buttons_afterwards(library: Library) -> None:
    chat = Chat(library)
    chat.say("/tx")
    chat.hear(Pressed("@lesson.approvals.a", 0, "lesson"))
    chat.press("没有交易哈希")
    assert chat.at("transaction_status.ask_found")


def test_a_human_who_was_asked_for_still_hears_what_is_written(library: Library) -> None:
    chat = Chat(library)
    chat.say("人工")
    chat.open_ticket()
    chat.hear(Pressed("@lesson.two_factor.c", 0, "lesson"))
    chat.hear(Pressed("@unsubscribe", 0, "lesson"))
    chat.say("我的充值没到")
    assert len(chat.notes) == 1


@pytest.mark.parametrize("before", BEFORE, ids=repr)
def test_unsubscribing_is_done_at_once_and_leaves_what_is_open(
    library: Library, before: tuple[str, ...]
) -> None:
    for how in (Pressed("@unsubscribe", 0, "our"), None):
        chat = Chat(library)
        for text in before:
            chat.say(text)
        was = chat.conversation
        heard = chat.hear(how) if how else chat.say("/unsubscribe")
        assert heard == house_text(library, "unsubscribed")
        assert Unsubscribe() in chat.turn.effects
        assert chat.conversation.frames == was.frames
        assert chat.conversation.mode == was.mode


@pytest.mark.parametrize("door", ["@lesson.", "@lesson.nothing.a", "@lesson.seed_phrase.d", "@lesson.seed_phrase", "@lesson.seed_phrase.a.b"])  # fmt: skip
def test_an_answer_to_a_lesson_that_is_gone_is_an_old_button(library: Library, door: str) -> None:
    chat = Chat(library)
    assert chat.hear(Pressed(door, 0, "our")).startswith(house_text(library, "menu_expired"))
    assert chat.conversation == Chat(library).conversation


def test_somebody_elses_press_explains_nothing(library: Library) -> None:
    chat = Chat(library)
    assert chat.hear(Pressed("@lesson.seed_phrase.a", -1, "our")) == house_text(library, "not_yours")


def test_without_the_flow_there_are_no_lessons(library: Library) -> None:
    flows = {name: flow for name, flow in library.flows.items() if not flow.lessons}
    bare = replace(library, flows=flows, pinned={flow.hash: flow for flow in flows.values()})
    assert course(bare) is None
    assert engine_of(bare).lesson("zh", "seed_phrase") is None
    assert Chat(bare).hear(Pressed("@lesson.seed_phrase.a", 0)).startswith(house_text(bare, "menu_expired"))


# --- the shipped course ----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_shipped_lesson_can_be_sent_and_says_which_answer_is_right(
    library: Library, language: str
) -> None:
    found = course(library)
    assert found is not None
    flow, lessons = found
    assert len(lessons) == 8
    assert {lesson.topic for lesson in lessons} == {"account", "scams", "onchain"}
    right = {"zh": "对了", "en": "Right"}[language]
    for lesson in lessons:
        message = engine_of(library).lesson(language, lesson.name)
        assert message is not None
        body = join(message.blocks).text
        assert body.count("\n• ") == 3, f"{lesson.name} has three actions"
        assert len(message.choices) == 4
        signed = [Routes([b"k"]).sign(Chat(library).conversation.address, 0, c.name) for c in message.choices]
        assert all(len(route.encode()) <= ROUTE_LIMIT for route in signed)
        explained = {
            choice: flow.words[language].texts[f"lesson.{lesson.name}.explain.{choice}"].source
            for choice in LESSON_CHOICES
        }
        assert [choice for choice, text in explained.items() if right in text.partition(" ")[0]] == [
            lesson.answer
        ]


TOPICS = st.frozensets(st.sampled_from(["all", "account", "scams", "onchain", "other"]))


@given(topics=TOPICS, skipped=st.integers(0, 9))
def test_following_gives_each_wanted_lesson_once_in_order(
    library: Library, topics: frozenset[str], skipped: int
) -> None:
    found = course(library)
    assert found is not None
    lessons = found[1]
    given_: list[str] = [lesson.name for lesson in lessons[:skipped]]
    got = []
    while (lesson := following(lessons, topics, frozenset(given_))) is not None:
        given_.append(lesson.name)
        got.append(lesson)
    wanted = [one for one in lessons[skipped:] if "all" in topics or one.topic in topics]
    assert got == wanted


def test_a_lesson_is_never_an_edit_of_another_message(library: Library) -> None:
    chat = Chat(library)
    chat.say("菜单")
    visit = chat.messages[-1].visit
    chat.hear(Pressed("@lesson.seed_phrase.a", visit, "menu"))
    assert not any(isinstance(effect, Edit) for effect in chat.turn.effects)
