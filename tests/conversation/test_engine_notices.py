"""A notice that somebody asked for: said in their language, beside whatever they are in the middle of."""

from __future__ import annotations

import pytest

from core.chain.watching import EVENTS
from core.conversation.library import Library
from core.conversation.model import Edit, Send
from core.conversation.tickets import Noticed
from tests.conversation.chat import Chat

TX = "transaction_status"
VALUES = {
    "id": "0x4a5e1e…eda33b", "bar": "▰▰▱▱▱▱▱▱▱▱", "confirmations": "3", "need": "12", "unlock": "64", "network": "Ethereum",
    "node": "geth-1", "checked_at": "1795343400", "other": "0x9f", "reason": "REVERT",
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("event", EVENTS)
def test_each_event_is_said_with_its_transaction(library: Library, language: str, event: str) -> None:
    chat = Chat(library, language)
    said = chat.hear(Noticed(f"watch.{event}", TX, "", VALUES))
    assert "0x4a5e1e…eda33b" in said
    assert "…" not in said.replace("0x4a5e1e…eda33b", "")


def test_trouble_is_said_with_the_words_of_its_verdict(chat: Chat) -> None:
    said = chat.hear(Noticed("watch.trouble", TX, "reverted", VALUES))
    assert "REVERT" in said
    assert "失败" not in said
    assert chat.buttons == ["菜单", "人工客服"]


def test_an_open_question_stays_open(chat: Chat) -> None:
    chat.say("/tx")
    before = chat.conversation
    chat.hear(Noticed("watch.credited", TX, "", VALUES))
    assert chat.conversation == before
    assert chat.press("没有交易哈希")
    assert chat.at(f"{TX}.ask_found")


def test_a_human_who_is_there_stays(chat: Chat) -> None:
    chat.say("人工")
    chat.open_ticket()
    chat.hear(Noticed("watch.credited", TX, "", VALUES))
    assert chat.conversation.mode == "human"


def test_the_bar_is_edited_and_a_flow_that_is_gone_does_no_harm(chat: Chat) -> None:
    chat.hear(Noticed("watch.progress", TX, "", VALUES, "@i5.0"))
    (effect,) = chat.turn.effects
    assert isinstance(effect, Edit)
    assert effect.ref == "@i5.0"
    assert chat.hear(Noticed("watch.stuck", "gone", "no_text", VALUES))
    assert isinstance(chat.turn.effects[0], Send)


@pytest.fixture
def chat(library: Library) -> Chat:
    return Chat(library)
