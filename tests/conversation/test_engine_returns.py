"""What comes back later: results, reminders, old versions, people, and those who were away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.conversation.engine import FAILED
from core.conversation.flow import Flow, Words
from core.conversation.library import Library
from core.conversation.model import Act, Finished, Pressed, Remind, Send, Woke
from core.conversation.state import Waiting
from core.conversation.texts import parse
from tests.conversation.chat import HASH, Chat, engine_of, flow_text, house_text

TX, RESET = "transaction_status", "password_reset"


@pytest.fixture
def chat(library: Library) -> Chat:
    """Somebody who speaks Chinese."""
    return Chat(library)


@pytest.fixture
def waiting(chat: Chat) -> Chat:
    """Somebody whose transfer is pending and who was promised another look."""
    chat.say("/tx")
    chat.say(HASH)
    chat.finish("pending")
    chat.press("够入账时告诉我")
    chat.finish("unknown")
    return chat


# --- results and reminders


def test_meanwhile_people_are_told_to_wait_and_another_topic_may_begin(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say(HASH)
    assert chat.say("好了吗") == house_text(library, "checking")
    assert chat.say("我的转账还没到账") == house_text(library, "checking"), (
        "that very topic is being looked up"
    )
    chat.say("忘记密码了")
    assert chat.at(f"{TX}.look_up", f"{RESET}.diagnose")


def test_a_result_that_another_flow_covers_is_told_when_that_has_ended(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say(HASH)
    chat.say("/reset")
    assert chat.finish("confirmed") == ""
    assert chat.conversation.frames[0].waiting == Waiting("ready", chat.conversation.revision, "confirmed")
    said = chat.say("返回")
    assert flow_text(library, TX, "received") in said
    assert "eth-1" in said


def test_a_reminder_that_another_flow_covers_waits_for_its_end(waiting: Chat) -> None:
    waiting.say("/reset")
    assert waiting.wake() == ""
    act = waiting.last[Act]
    waiting.say("返回")
    assert waiting.last[Act] != act, "now it looks again"
    assert waiting.at(f"{TX}.look_up")


@pytest.mark.parametrize("said", ["谢谢", "菜单", "语言"])
def test_a_question_of_the_house_holds_no_reminder_back(waiting: Chat, said: str) -> None:
    waiting.say(said)
    act = waiting.last[Act]
    waiting.wake()
    assert waiting.last[Act] != act
    assert waiting.at(f"{TX}.look_up")


def test_a_button_is_a_way_found(waiting: Chat) -> None:
    waiting.say("谢谢")
    waiting.wake()
    waiting.finish("confirmed")
    assert waiting.conversation.lost == 1
    waiting.press("还没收到")
    assert waiting.conversation.lost == 0


def test_what_is_no_longer_awaited_changes_nothing(waiting: Chat) -> None:
    remind = waiting.last[Remind]
    assert isinstance(remind, Remind)
    waiting.wake()
    before = waiting.conversation
    for event in (
        Woke(remind.visit),
        Finished(remind.visit, "confirmed"),
        Woke(0),
        Finished(10**9, "pending"),
    ):
        assert waiting.hear(event) == ""
        assert waiting.turn.effects == ()
        assert waiting.conversation == before


def test_cancel_forgets_the_reminder(waiting: Chat, library: Library) -> None:
    assert waiting.say("取消") == house_text(library, "cancelled")
    assert waiting.conversation.frames == ()
    assert waiting.wake() == ""


def test_a_look_up_that_failed_brings_a_human_with_what_is_known(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say(HASH)
    assert chat.finish(FAILED) == house_text(library, "action_failed")
    assert (chat.handed.skill, chat.handed.slots["transaction_id"]) == ("trading", HASH)
    chat.open_ticket()
    assert chat.conversation.mode == "human"


def test_a_look_up_that_failed_below_another_topic_leaves_that_open(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say(HASH)
    chat.say("/reset")
    said = chat.finish(FAILED)
    assert house_text(library, "action_failed") in said
    assert flow_text(library, RESET, "problem") in said
    assert chat.at("@person.normal", f"{RESET}.diagnose")
    assert "1001" in chat.open_ticket()
    assert chat.at(f"{RESET}.diagnose")
    assert chat.conversation.mode == "bot"
    chat.press("忘记密码")
    assert chat.at(f"{RESET}.bound")


def test_a_look_up_that_failed_below_the_menu_takes_the_menu_away(chat: Chat) -> None:
    chat.say("/tx")
    chat.say(HASH)
    chat.say("菜单")
    chat.finish(FAILED)
    assert chat.at("@person.normal")


def test_a_look_up_that_failed_when_a_human_is_called_calls_no_second_one(
    chat: Chat, library: Library
) -> None:
    chat.say("/tx")
    chat.say(HASH)
    act = chat.last[Act]
    assert isinstance(act, Act)
    chat.say("人工")
    assert chat.hear(Finished(act.visit, FAILED)) == house_text(library, "action_failed")
    assert chat.handed_now == 0
    assert chat.at("@person.normal")


# --- versions


@pytest.fixture
def reloaded(library: Library) -> Library:
    """The same flows after a reload with a new text and a new hash; the old version is still pinned."""

    def anew(flow: Flow) -> Flow:
        words = {
            code: Words({**w.texts, "transaction_id": parse("NEW")}, w.choices, w.phrases)
            for code, w in flow.words.items()
        }
        return replace(flow, hash="b" * 64, version=2, words=words)

    flow = anew(library.flows[TX])
    return replace(library, flows={**library.flows, TX: flow}, pinned={**library.pinned, flow.hash: flow})


def test_a_conversation_goes_on_with_the_version_that_it_began_with(
    chat: Chat, library: Library, reloaded: Library
) -> None:
    chat.say("/tx")
    chat.engine = engine_of(reloaded)
    chat.press("没有交易哈希")
    assert flow_text(library, TX, "transaction_id") in chat.text
    assert chat.say("/tx").endswith("NEW"), "whoever begins now begins with what is on offer"


AGAIN: dict[str, Callable[[Chat], str]] = {
    "an answer": lambda chat: chat.say("什么"),
    "back": lambda chat: chat.say("返回"),
}


@pytest.mark.parametrize("event", AGAIN.values(), ids=AGAIN.keys())
def test_a_version_that_is_gone_hands_over_to_a_human(
    chat: Chat, library: Library, event: Callable[[Chat], str]
) -> None:
    chat.say("/tx")
    chat.press("没有交易哈希")
    chat.engine = engine_of(replace(library, pinned={}))
    assert event(chat) == house_text(library, "flow_gone")
    assert (chat.handed.flow, chat.handed.skill) == (TX, "account")
    assert chat.at("@person.normal")


def test_a_press_into_a_version_that_is_gone_changes_nothing(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    before = chat.conversation
    chat.engine = engine_of(replace(library, pinned={}))
    assert house_text(library, "menu_expired") in chat.press("没有交易哈希")
    assert chat.buttons == ["菜单", "人工客服"]
    assert chat.conversation == before


@pytest.mark.parametrize("covered", [False, True])
def test_a_result_for_a_version_that_is_gone_hands_over_to_a_human(
    chat: Chat, library: Library, covered: bool
) -> None:
    chat.say("/tx")
    chat.say(HASH)
    if covered:
        chat.say("/reset")
    kept = {RESET: library.flows[RESET]}
    chat.engine = engine_of(replace(library, pinned={flow.hash: flow for flow in kept.values()}))
    said = chat.finish("confirmed")
    if covered:
        assert said == ""
        said = chat.say("返回")
    assert said == house_text(library, "flow_gone")
    assert chat.handed.slots == {"transaction_id": HASH}


def test_a_reminder_for_a_version_that_is_gone_hands_over_to_a_human(waiting: Chat, library: Library) -> None:
    waiting.engine = engine_of(replace(library, pinned={}))
    assert waiting.wake() == house_text(library, "flow_gone")


def test_a_question_that_is_gone_below_another_flow_is_not_asked(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say("/reset")
    reset = library.flows[RESET]
    chat.engine = engine_of(replace(library, pinned={reset.hash: reset}))
    assert house_text(library, "back_to") in chat.say("返回")
    assert chat.say("什么") == house_text(library, "flow_gone")


def test_a_topic_that_a_reload_took_away_leaves_the_menu(chat: Chat, library: Library) -> None:
    chat.say("菜单")
    stale = chat.labels["查询转账、充值、提币"]
    chat.engine = engine_of(replace(library, flows={RESET: library.flows[RESET]}))
    assert house_text(library, "menu_expired") in chat.hear(Pressed(*stale, "our"))
    assert chat.buttons == ["登录不了、找回密码", "English", "人工客服"]
    assert isinstance(chat.turn.effects[0], Send), "what the menu said stays readable"
    chat.say("查询转账、充值、提币")
    assert chat.at("@suggest.ask"), "typed, it is a sentence like any other"
