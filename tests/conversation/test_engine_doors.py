"""Stories of buttons: pressed twice, forged, out of date; and of another language in the middle of things."""

from __future__ import annotations

import pytest

from core.conversation.library import Library
from core.conversation.model import Edit, Pressed, Said, Send, Woke
from tests.conversation.chat import HASH, Chat, flow_text, house_text

TX, RESET = "transaction_status", "password_reset"


@pytest.fixture
def chat(library: Library) -> Chat:
    """Somebody who speaks Chinese."""
    return Chat(library)


# --- buttons


def test_a_double_press_acts_once(chat: Chat, library: Library) -> None:
    chat.say("/reset")
    chat.press("忘记密码")
    before = chat.conversation
    stale = chat.labels["忘记密码"]
    assert house_text(library, "menu_expired") in chat.hear(Pressed(*stale, "our"))
    assert flow_text(library, RESET, "bound") in chat.text
    assert chat.conversation == before


def test_a_forged_press_is_answered_and_changes_nothing(chat: Chat, library: Library) -> None:
    chat.say("/reset")
    before = chat.conversation
    assert chat.hear(Pressed("", -1, "our")) == house_text(library, "not_yours")
    assert chat.conversation == before


@pytest.mark.parametrize("choice", ["@nothing", "@abcdezh", "@lang.xx", "@", "nothing", "stolen "])
def test_a_choice_that_does_not_exist_changes_nothing(chat: Chat, library: Library, choice: str) -> None:
    chat.say("/reset")
    before = chat.conversation
    assert house_text(library, "menu_expired") in chat.hear(Pressed(choice, before.revision, "our"))
    assert chat.conversation == before


def test_the_menu_is_navigated_in_place_and_an_old_menu_is_not(chat: Chat) -> None:
    chat.say("菜单")
    first = chat.labels["查询转账、充值、提币"]
    chat.press("查询转账、充值、提币")
    assert isinstance(chat.turn.effects[0], Edit)
    chat.hear(Pressed("@menu", 0, "old"))
    assert isinstance(chat.turn.effects[0], Send)
    chat.hear(Pressed(*first, "old"))
    assert isinstance(chat.turn.effects[0], Send)
    assert chat.at(f"{TX}.ask_id", "@menu.ask")


# --- languages


@pytest.mark.parametrize("event", [Said("英文"), Said("/language en"), Pressed("@lang.en", 0)])
def test_another_language_keeps_the_place(chat: Chat, library: Library, event: Said | Pressed) -> None:
    chat.say("/reset")
    chat.press("忘记密码")
    place = chat.conversation.frames
    said = chat.hear(event)
    assert chat.conversation.frames == place
    assert said.startswith(house_text(library, "language_set", "en"))
    assert flow_text(library, RESET, "bound", "en") in said
    assert chat.buttons[0] == "I can use the email"
    chat.press("I can use the email")
    assert chat.at(f"{RESET}.mail_arrived")


def test_another_language_in_the_menu_shows_the_menu(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say("菜单")
    assert house_text(library, "menu", "en") in chat.press("English")
    assert chat.at(f"{TX}.ask_id", "@menu.ask")
    assert house_text(library, "language_ask", "en") in chat.say("/language xx")
    assert chat.at(f"{TX}.ask_id", "@language.ask")


def test_another_language_while_something_is_looked_up_only_says_so(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say(HASH)
    assert chat.say("English") == house_text(library, "language_set", "en")
    assert flow_text(library, TX, "received", "en") in chat.finish("confirmed")


def test_a_language_that_is_not_on_offer_any_more_is_spoken_to_in_the_default(library: Library) -> None:
    chat = Chat(library, "eo")
    assert chat.hear(Woke(1)) == ""
    assert chat.conversation.revision == 0
    assert chat.say("菜单") == house_text(library, "menu")
    chat.say("英文")
    assert chat.conversation.language == "en"
