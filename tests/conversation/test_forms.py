"""Questions that stand together: one form where the platform has forms, one after the other elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.conversation.check import check
from core.conversation.library import Library
from core.conversation.model import Form
from tests.conversation.chat import Chat, flow_text, house_text
from tests.conversation.samples import EN, FACTS, FLOW, ZH, world

OPEN = "一次填完"
ANSWERS = ("上个月中旬", "一部安卓手机", "这个月 5 号")
SLOTS = {"last_login": ANSWERS[0], "device": ANSWERS[1], "lost_since": ANSWERS[2]}


def lost(library: Library, channel: str) -> Chat:
    """Somebody who can use neither the address nor the number of their account."""
    chat = Chat(library, channel=channel)
    chat.say("/reset")
    for label in ("忘记密码", "都用不了"):
        chat.press(label)
    return chat


@pytest.fixture
def chat(library: Library) -> Chat:
    """Where there are forms."""
    return lost(library, "forms")


def text(library: Library, key: str) -> str:
    return flow_text(library, "password_reset", key)


def visit(chat: Chat) -> int:
    return chat.messages[0].visit


def test_elsewhere_they_are_asked_one_by_one(library: Library) -> None:
    chat = lost(library, "able")
    assert chat.buttons == ["不记得了"]
    assert chat.say(ANSWERS[0]) == text(library, "device")
    assert chat.say(ANSWERS[1]) == text(library, "lost_since")
    chat.say(ANSWERS[2])
    assert chat.handed.slots == SLOTS


def test_the_form_stands_in_place_of_the_question_and_fills_the_same_slots(
    chat: Chat, library: Library
) -> None:
    assert chat.buttons == [OPEN, "不记得了"]
    assert chat.press(OPEN) == text(library, "last_login")  # for a platform that is too late to open it
    labels = ("最后一次登录的时间", "那次登录用的设备", "邮箱或手机从何时用不了")
    assert chat.messages[0].form == Form("登录不了、找回密码", labels)
    chat.say("\n".join(ANSWERS), form=visit(chat))
    assert chat.handed.slots == SLOTS


def test_whoever_answers_one_by_one_all_the_same_is_understood(chat: Chat, library: Library) -> None:
    assert chat.say(ANSWERS[0]) == text(library, "device")
    assert chat.buttons == [OPEN, "不记得了"]  # what is left still fits into a form
    chat.press(OPEN)
    assert chat.messages[0].form is not None
    assert len(chat.messages[0].form.fields) == 2
    chat.press("不记得了")
    assert chat.at("password_reset.lost_since")
    assert chat.buttons == ["不记得了"]


@pytest.mark.parametrize(
    ("fields", "step"),
    [
        ("a\n\nc", "device"),
        ("a\nb", "lost_since"),
        ("a", "device"),
        ("\nb\nc", "last_login"),
        ("", "last_login"),
    ],
)
def test_the_first_field_that_is_not_accepted_is_asked_by_itself(chat: Chat, fields: str, step: str) -> None:
    chat.say(fields, form=visit(chat))
    assert chat.at(f"password_reset.{step}")
    for answer in ("x", "y", "z")[("last_login", "device", "lost_since").index(step) :]:
        chat.say(answer)
    assert set(chat.handed.slots) == set(SLOTS)


def test_lines_that_no_form_brought_are_one_answer(chat: Chat) -> None:
    chat.say("\n".join(ANSWERS))
    assert chat.at("password_reset.device")


def test_a_form_that_is_awaited_no_more_or_was_forged_changes_nothing(chat: Chat, library: Library) -> None:
    old = visit(chat)
    chat.say(ANSWERS[0])
    before = chat.conversation
    assert chat.say("1\n2\n3", form=old).startswith(house_text(library, "menu_expired"))
    assert chat.say("1\n2\n3", form=-1) == house_text(library, "not_yours")
    assert chat.conversation == before


@pytest.mark.parametrize(
    ("word", "urgency"), [("人工", "normal"), ("紧急", "emergency"), ("human", "normal")]
)
def test_whoever_calls_for_a_human_in_a_field_gets_one(chat: Chat, word: str, urgency: str) -> None:
    chat.say(f"a\n{word}\nc", form=visit(chat))
    assert (chat.handed.urgency, chat.handed_now) == (urgency, 1)


def test_other_words_in_a_field_are_answers(chat: Chat) -> None:
    chat.say("a\n菜单\n？", form=visit(chat))
    assert chat.handed.slots["device"] == "菜单"


def test_what_stands_in_a_form_belongs_to_the_human_who_is_there_meanwhile(chat: Chat) -> None:
    old = visit(chat)
    chat.say("人工")
    chat.open_ticket()
    chat.say("\n".join(ANSWERS), form=old)
    assert [note.text for note in chat.notes] == ["\n".join(ANSWERS)]


def test_back_after_a_form_leads_to_where_it_began(chat: Chat, library: Library) -> None:
    chat.say("a\n\nc", form=visit(chat))
    chat.say("返回")
    assert chat.at("password_reset.last_login")
    assert chat.buttons == [OPEN, "不记得了"]


def test_a_secret_in_a_form_is_a_secret(chat: Chat) -> None:
    chat.say("a\n•••\nc", form=visit(chat), secrets=("password",))
    assert chat.at("password_reset.last_login")


# --- the checker -----------------------------------------------------------------------------

STEP = "  solved:\n    ask: solved\n"


def many(count: int, *, circle: bool = False) -> set[str]:
    """What is found in a row of so many questions that join."""
    files = world()["deposit"]
    names = [f"q{n}" for n in range(count)]
    after = [*names[1:], names[0] if circle else "solved"]
    joined = [
        f"  {name}: {{ask: {name}, reads: anything, joins: next, give_up: person, next: {to}}}\n"
        for name, to in zip(names, after, strict=True)
    ]
    last = "  solved:\n    ask: solved\n    reads: anything\n    next: person\n"
    files["flow.yaml"] = FLOW.replace("next: solved", "next: q0").replace(STEP, "".join(joined) + last)
    for language, text in (("zh", ZH), ("en", EN)):
        texts = "".join(f"  {name}: {name}\n" for name in names)
        labels = "".join(f"  {name}.field: {name}\n" for name in (*names, "solved"))
        text = text.replace("texts:\n", f"texts:\n{texts}").replace("choices:\n", f"choices:\n{labels}")
        files[f"{language}.yaml"] = text
    found = check(
        world() | {"deposit": files}, replace(FACTS, readers=frozenset({"anything", "transaction_id"}))
    )
    return {f"{fault.code}.{fault.variant}".strip(".") for fault in found}


def test_up_to_five_questions_fit_into_one_form() -> None:
    assert many(4) == set()
    assert many(5) == {"FORM.many"}
    assert "FORM.many" in many(2, circle=True)
