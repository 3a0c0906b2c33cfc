"""People who answer, as the engine sees them: answers, closings, the way to the bot and back, /ticket."""

from __future__ import annotations

import pytest

from core.conversation.library import Library
from core.conversation.model import Edit, Finished, HandOver, Said
from core.conversation.state import Turn
from core.conversation.tickets import Answered, Closed, Held, Left, Recall, Recalled
from tests.conversation.chat import Chat


@pytest.fixture
def helped(library: Library) -> Chat:
    """A person who talks to a human."""
    chat = Chat(library)
    chat.say("人工")
    chat.open_ticket()
    return chat


def told(chat: Chat) -> int:
    """How often the desk hears that the person left."""
    return sum(isinstance(effect, Left) for effect in chat.turn.effects)


def test_an_answer_is_shown_with_its_alias_and_ticket_and_keeps_its_lines(helped: Chat) -> None:
    assert helped.hear(Answered("1001", "小明", "一\n二")) == "客服 小明（工单 1001）：一\n二"
    assert helped.buttons == []
    assert helped.conversation.mode == "human"
    assert helped.turn.conversation.revision == helped.conversation.revision
    helped.say("语言")
    helped.press("English")
    assert helped.hear(Answered("1001", "A", "one")) == "Agent A (ticket 1001): one"


def test_an_edited_answer_takes_the_place_of_the_first(helped: Chat) -> None:
    helped.hear(Answered("1001", "A", "新", "@d7.0"))
    [effect] = helped.turn.effects
    assert isinstance(effect, Edit)
    assert effect.ref == "@d7.0"


def test_markup_and_holes_in_an_answer_mean_nothing(helped: Chat) -> None:
    assert helped.hear(Answered("1001", "A", "**粗** {number} [a](https://x.example)")).endswith(
        "**粗** {number} [a](https://x.example)"
    )


def test_whoever_is_in_a_flow_stays_there_and_has_a_button_to_the_human(helped: Chat) -> None:
    helped.say("菜单")
    assert told(helped) == 1
    helped.say("忘记密码")
    assert told(helped) == 0, "told once"
    place = helped.conversation.frames
    helped.hear(Answered("1001", "A", "您好"))
    assert (helped.conversation.frames, helped.conversation.mode) == (place, "bot")
    helped.press("回复客服")
    assert (helped.handed.flow, helped.handed.urgency, helped.handed_now) == ("", "normal", 1)


def test_whoever_is_in_no_flow_talks_to_the_human_from_then_on(helped: Chat) -> None:
    helped.say("菜单")
    helped.hear(Answered("1001", "A", "您好"))
    assert (helped.conversation.mode, helped.conversation.frames) == ("human", ())
    helped.say("在的")
    assert [note.text for note in helped.notes] == ["在的"]


def test_an_edit_moves_nobody(helped: Chat) -> None:
    helped.say("菜单")
    helped.hear(Answered("1001", "A", "您好", "@d7.0"))
    assert helped.conversation.mode == "bot"


@pytest.mark.parametrize("word", ["菜单", "取消", "/tx", "返回"])
def test_the_desk_hears_when_a_person_goes_back_to_the_bot(helped: Chat, word: str) -> None:
    helped.say(word)
    assert (told(helped), helped.conversation.mode) == (1, "bot")


def test_a_closed_ticket_brings_the_bot_back_unless_another_is_open(helped: Chat) -> None:
    helped.hear(Closed("1000", others=True))
    assert helped.conversation.mode == "human"
    assert helped.hear(Closed("1001")).startswith("工单 1001 已经处理完")
    assert (helped.conversation.mode, told(helped)) == ("bot", 0)
    assert helped.buttons == ["菜单", "人工客服"]


def test_a_closed_emergency_is_an_emergency_no_more(library: Library) -> None:
    chat = Chat(library)
    chat.say("紧急")
    chat.open_ticket()
    chat.hear(Closed("1001"))
    assert chat.conversation.frames == ()
    chat.say("紧急")
    assert chat.handed_now == 1


def test_the_ticket_command_asks_and_moves_nobody(helped: Chat) -> None:
    before = helped.conversation
    helped.say("/ticket")
    assert helped.turn == Turn(before, (Recall(),))
    tickets = (Held("1002", "1795343400", "open"), Held("1001", "1795343400", "closed"))
    shown = helped.hear(Recalled(tickets))
    assert "1002" in shown.split("\n")[2]
    assert "等待同事回复" in shown
    assert "已经关闭" in shown
    assert helped.hear(Recalled()).startswith("您还没有工单")
    assert helped.conversation == before


def test_in_a_group_nothing_is_said_about_tickets(helped: Chat) -> None:
    helped.hear(Said("/ticket", "m", public=True))
    assert not any(isinstance(effect, Recall) for effect in helped.turn.effects)


@pytest.mark.parametrize("word", ["人工", "紧急"])
def test_outside_working_hours_people_hear_when_somebody_is_back_in_their_own_time(
    library: Library, word: str
) -> None:
    chat = Chat(library)
    chat.say(word)
    values = {"number": "1001", "back_at": "1795395600.0", "@zone": "Europe/Berlin", "zone_name": "德国时间"}
    shown = chat.hear(Finished(chat.handed.visit, "opened", values))
    assert "按德国时间，同事在 2026年11月23日 02:00 UTC+1 回来" in shown
    assert isinstance(chat.last[HandOver], HandOver)
