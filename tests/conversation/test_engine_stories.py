"""Plain stories: other topics and the way back, answers that read well and answers that do not."""

from __future__ import annotations

import pytest

from core.conversation.library import Library
from core.conversation.load import load_flow
from core.conversation.model import (
    Act,
)
from core.conversation.readers import build
from core.conversation.router import Router
from tests.conversation.chat import HASH, Chat, flow_text, house_text

TX, RESET = "transaction_status", "password_reset"
SMALL = """\
flow: small
version: 1
owner: account
start: {command: small, menu: title}
steps:
  name: {ask: name, reads: text, choices: {skip: sum}, tries: 3, give_up: end, next: sum}
  sum: {ask: sum, reads: number, choices: {none: bye, all: end}, tries: 3, give_up: end, next: bye}
  bye: {say: bye, next: end}
"""
SMALL_ZH = """\
phrases: [香蕉怎么种]
texts: {title: 小事, name: 怎么称呼您？, sum: 多少？, bye: "再见，{name}。", spare: 一}
choices: {skip: 跳过, none: 没有, all: 全部}
"""
SMALL_EN = """\
phrases: [how do bananas grow]
texts: {title: Small, name: What is your name?, sum: How many?, bye: "Bye, {name}.", spare: one}
choices: {skip: Skip, none: None, all: All}
"""


@pytest.fixture
def chat(library: Library) -> Chat:
    """Somebody who speaks Chinese."""
    return Chat(library)


@pytest.fixture
def small(library: Library) -> Library:
    """One small flow with a reader for any text, and one for numbers."""
    flow, faults = load_flow(
        "small", {"flow.yaml": SMALL, "zh.yaml": SMALL_ZH, "en.yaml": SMALL_EN}, ("zh", "en")
    )
    assert flow is not None, faults
    router = Router.build({"small": ["香蕉怎么种", "how do bananas grow"]})
    return Library(("zh", "en"), {"small": flow}, library.common, build(), router, {flow.hash: flow})


# --- other topics, and back


def test_a_digression_ends_and_the_question_before_comes_back(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say("忘记密码了")
    assert chat.at(f"{TX}.ask_id", f"{RESET}.diagnose")
    for label in ("忘记密码", "邮箱能用", "收到了", "能登录了"):
        said = chat.press(label)
    assert chat.at(f"{TX}.ask_id")
    assert house_text(library, "back_to") in said
    assert flow_text(library, TX, "transaction_id") in said
    assert chat.buttons == ["没有交易哈希", "这笔不是我操作的", "有人让我先付费"]
    assert chat.press("没有交易哈希"), "the old question's buttons work again"
    assert chat.at(f"{TX}.ask_found")


def test_a_topic_that_is_open_already_begins_anew_and_is_not_doubled(chat: Chat) -> None:
    chat.say("/tx")
    chat.say("/reset")
    chat.say("/tx")
    assert chat.at(f"{RESET}.diagnose", f"{TX}.ask_id")


def test_back_goes_through_the_questions_then_out_of_the_flow_then_to_the_menu(
    chat: Chat, library: Library
) -> None:
    chat.say("/tx")
    chat.say("/reset")
    chat.press("忘记密码")
    chat.press("邮箱能用")
    assert chat.at(f"{TX}.ask_id", f"{RESET}.mail_arrived")
    for step in ("bound", "diagnose"):
        chat.say("返回")
        assert chat.at(f"{TX}.ask_id", f"{RESET}.{step}")
    said = chat.say("返回")
    assert chat.at(f"{TX}.ask_id")
    assert house_text(library, "back_to") in said
    assert chat.say("返回") == house_text(library, "menu")
    assert chat.at("@menu.ask")
    assert chat.say("返回") == house_text(library, "menu"), "there is always somewhere to go"


def test_back_from_the_menu_returns_to_the_open_question(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say("菜单")
    assert flow_text(library, TX, "transaction_id") in chat.say("返回")
    assert chat.at(f"{TX}.ask_id")


def test_back_while_something_is_looked_up_leaves_its_result_unheard(chat: Chat) -> None:
    chat.say("/tx")
    chat.say(HASH)
    chat.say("返回")
    assert chat.at(f"{TX}.ask_id")
    before = chat.conversation
    assert chat.finish("confirmed") == ""
    assert chat.conversation == before


def test_an_answer_to_the_question_below_a_greeting_is_taken(chat: Chat) -> None:
    chat.say("/tx")
    chat.say("你好")
    assert chat.at(f"{TX}.ask_id", "@menu.ask")
    chat.say(HASH)
    assert chat.last[Act] == Act("chain.look_up", {"transaction_id": HASH}, chat.conversation.revision)
    assert chat.at(f"{TX}.look_up")


def test_a_sure_sentence_in_the_menu_is_no_answer_to_what_lies_below(small: Library) -> None:
    chat = Chat(small)
    chat.say("/small")
    chat.say("菜单")
    chat.say("香蕉怎么种")
    assert chat.at("small.name")
    chat.say("菜单")
    chat.say("李雷")
    assert chat.at("small.sum"), "any other is"


def test_back_does_not_go_round_in_circles(chat: Chat) -> None:
    chat.say("/tx")
    chat.press("没有交易哈希")
    chat.say("W12345678")
    chat.finish("chain_only")
    assert chat.at(f"{TX}.ask_found")
    chat.say("返回")
    assert chat.at(f"{TX}.ask_id")


def test_punctuation_is_no_word(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    for text in ("。。。", "👍", "！！", ""):
        chat.conversation = chat.conversation._replace(
            frames=(chat.conversation.frames[0]._replace(tries=0),)
        )
        assert house_text(library, "reader.tx_none") in chat.say(text)
        assert chat.at(f"{TX}.ask_id")
    assert house_text(library, "help") in chat.say("？"), "a question mark is the word that it is"


# --- answers


def test_after_the_last_try_the_flows_own_way_out(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    for _ in range(2):
        assert house_text(library, "reader.tx_none") in chat.say("今天天气真好")
        assert chat.buttons
    chat.say("今天天气真好")
    assert chat.at(f"{TX}.person")
    assert (chat.handed.skill, chat.handed.flow) == ("trading", TX)


@pytest.mark.parametrize("typed", ["双重验证用不了", " 双重驗證用不了。", "2", "２"])
def test_a_button_may_be_typed_out_or_counted(chat: Chat, typed: str) -> None:
    chat.say("/reset")
    chat.say(typed)
    assert chat.at(f"{RESET}.twofa")


def test_a_menu_may_be_typed_too(chat: Chat) -> None:
    chat.say("菜单")
    chat.say(str(chat.buttons.index("查询转账、充值、提币") + 1))
    assert chat.at(f"{TX}.ask_id")
    chat.say("菜单")
    chat.say("English")
    assert chat.conversation.language == "en"


def test_a_label_comes_before_the_reader_and_a_number_after_it(small: Library) -> None:
    chat = Chat(small)
    chat.say("/small")
    chat.say("跳过")
    assert chat.conversation.frames[0].slots == {}
    assert chat.say("1") == "再见，…。", "a number is a number where numbers are read"
    chat.say("/small")
    chat.say("1")
    assert chat.conversation.frames[0].slots == {"name": "1"}
    chat.say("没有")
    assert chat.text == "再见，1。"


def test_a_flow_that_ends_without_a_word_shows_the_menu(small: Library) -> None:
    chat = Chat(small)
    chat.say("/small")
    chat.say("跳过")
    assert chat.press("全部") == house_text(small, "menu")


def test_an_edited_message_costs_no_try_and_one_that_reads_well_is_taken(
    chat: Chat, library: Library
) -> None:
    chat.say("/tx")
    before = chat.conversation
    assert house_text(library, "edited_seen") in chat.say("今天", edited=True)
    assert house_text(library, "edited_seen") in chat.say("忘记密码了", edited=True), "it begins nothing"
    assert chat.conversation == before
    chat.say(HASH, edited=True)
    assert chat.at(f"{TX}.look_up")


def test_an_edited_message_with_nothing_open_is_seen_and_does_nothing(chat: Chat, library: Library) -> None:
    assert chat.say("我的转账还没到账", edited=True) == house_text(library, "edited_seen")
    assert chat.buttons == ["菜单", "人工客服"]
    assert chat.conversation.revision == 0


def test_what_is_forwarded_is_not_obeyed(chat: Chat, library: Library) -> None:
    assert house_text(library, "forwarded_seen") in chat.say("今天天气真好", forwarded=True)
    chat.say("/reset")
    assert house_text(library, "forwarded_seen") in chat.say("今天天气真好", forwarded=True)


def test_the_second_time_not_understood_is_another_text_and_offers_a_human(chat: Chat) -> None:
    first = chat.say("今天天气真好")
    assert chat.buttons[-1] == "人工客服"
    second = chat.say("蓝色的天空")
    assert first != second
    assert chat.buttons[0] == "人工客服"
    assert chat.at("@suggest.ask"), "one question of the house, not two"
    chat.say("菜单")
    assert chat.say("今天天气真好") == first, "whoever found a way is not lost any more"


def test_an_unknown_command_is_answered_with_what_there_is(chat: Chat, library: Library) -> None:
    assert chat.say("/nonsense") == house_text(library, "suggest_nothing")
    assert chat.buttons == [
        "账户出事：冻结、止损",
        "登录不了、找回密码",
        "遇到诈骗、辨别真假",
        "安全小课",
        "我的设置",
        "查询转账、充值、提币",
        "核验是不是官方",
        "人工客服",
    ]


@pytest.mark.parametrize("text", ["/start flow_tx", "/TX", "/tx please"])
def test_commands_and_start_payloads_lead_to_the_flow(chat: Chat, text: str) -> None:
    chat.say(text)
    assert chat.at(f"{TX}.ask_id")


def test_a_payload_that_leads_nowhere_is_answered(chat: Chat, library: Library) -> None:
    assert chat.say("/start flow_gone") == house_text(library, "suggest_nothing")
    assert house_text(library, "greeting") in chat.say("/start menu")
