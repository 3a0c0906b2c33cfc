"""Stories of humans: handing over, emergencies, pasted secrets, what cannot be read, and groups."""

from __future__ import annotations

import pytest

from core.conversation.library import Library
from core.conversation.model import Choice, Erase, Finished, HandOver, Joined, Pressed, Said, Send
from core.conversation.tickets import Note
from tests.conversation.chat import HASH, LINK, Chat, flow_text, house_text

TX, RESET = "transaction_status", "password_reset"


@pytest.fixture
def chat(library: Library) -> Chat:
    """Somebody who speaks Chinese."""
    return Chat(library)


@pytest.fixture
def helped(chat: Chat) -> Chat:
    """Somebody whose ticket is open."""
    chat.say("人工")
    chat.open_ticket()
    return chat


# --- a human


def test_a_human_is_called_with_what_was_collected(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    chat.say(HASH)
    chat.say("菜单")
    chat.say("人工")
    assert chat.handed == HandOver(
        "trading", "normal", TX, {"transaction_id": HASH}, chat.conversation.revision
    )
    assert "1001" in chat.open_ticket()
    assert (chat.conversation.mode, chat.conversation.frames) == ("human", ())
    assert chat.buttons == ["菜单"]


def test_what_is_written_then_goes_to_the_ticket(helped: Chat, library: Library) -> None:
    for text in ("我还想补充一句", "我的转账还没到账", "你好", "？", "/nonsense"):
        assert helped.say(text, "m9") == house_text(library, "human_noted")
        assert helped.notes == [Note(text, "m9")]
        assert helped.conversation.mode == "human"


def test_what_is_written_before_the_ticket_is_open_goes_there_too(chat: Chat, library: Library) -> None:
    chat.say("人工")
    assert chat.say("我的转账还没到账", "m9") == house_text(library, "human_mode")
    assert chat.notes == [Note("我的转账还没到账", "m9")]
    chat.say("", "m10", attachment="photo")
    assert chat.notes == [Note("[photo]", "m10")]
    chat.open_ticket()
    assert chat.conversation.mode == "human"


@pytest.mark.parametrize("way", ["菜单", "/menu", "/tx", "取消", "返回", "/start"])
def test_words_and_commands_lead_back_to_the_bot(helped: Chat, way: str) -> None:
    helped.say(way)
    assert helped.conversation.mode == "bot"


def test_the_language_may_be_switched_with_a_human(helped: Chat, library: Library) -> None:
    helped.say("语言")
    said = helped.press("English")
    assert house_text(library, "human_mode", "en") in said
    assert helped.conversation.mode == "human"


def test_asking_twice_opens_one_ticket(chat: Chat, library: Library) -> None:
    chat.say("人工")
    assert chat.handed_now == 1
    for say in ("人工", "菜单", "人工"):
        chat.say(say)
        assert chat.handed_now == 0
    assert chat.text == house_text(library, "human_mode")
    chat.open_ticket()
    assert chat.say("人工") == house_text(library, "human_mode")
    assert chat.handed_now == 0


def test_a_ticket_that_opens_under_another_topic_leaves_that_open(chat: Chat, library: Library) -> None:
    chat.say("人工")
    chat.say("/tx")
    assert chat.open_ticket() == house_text(library, "handed_over_aside", number="1001")
    assert chat.at(f"{TX}.ask_id")
    assert chat.conversation.mode == "bot"


def test_no_human_can_be_reached(chat: Chat, library: Library) -> None:
    chat.say("人工")
    said = chat.hear(Finished(chat.handed.visit, "failed"))
    assert said == house_text(library, "human_failed")
    assert (chat.conversation.mode, chat.conversation.frames) == ("bot", ())


# --- emergencies


def test_an_emergency_twice_opens_one_ticket(chat: Chat, library: Library) -> None:
    assert chat.say("我被盗了") == house_text(library, "emergency")
    assert (chat.handed.skill, chat.handed.urgency) == ("security", "emergency")
    assert chat.say("紧急") == house_text(library, "emergency")
    assert chat.handed_now == 0
    assert chat.open_ticket() == house_text(library, "handed_over_emergency", number="1001")
    assert chat.say("紧急") == house_text(library, "emergency")
    assert chat.handed_now == 0
    assert chat.say("补充") == house_text(library, "human_noted")


def test_an_emergency_after_the_talk_with_a_human_is_a_new_one(chat: Chat) -> None:
    chat.say("紧急")
    chat.open_ticket()
    chat.say("菜单")
    assert chat.at("@menu.ask")
    chat.say("紧急")
    assert chat.handed_now == 1


def test_an_emergency_outranks_a_ticket_that_is_being_opened_or_open(helped: Chat) -> None:
    helped.say("紧急")
    assert (helped.handed_now, helped.handed.urgency) == (1, "emergency")
    helped.open_ticket(1002)
    helped.say("菜单")
    helped.say("/tx")
    helped.say("人工")
    helped.say("紧急")
    assert (helped.handed_now, helped.handed.flow) == (1, TX), "what is open goes along"


def test_an_emergency_that_a_flow_called_is_one_too(chat: Chat) -> None:
    chat.say("/tx")
    chat.press("这笔不是我操作的")
    assert chat.handed.urgency == "emergency"
    chat.say("紧急")
    assert chat.handed_now == 0
    chat.open_ticket()
    chat.say("紧急")
    assert chat.handed_now == 0


# --- secrets


def test_a_pasted_secret_is_warned_of_and_erased_and_the_question_asked_again(
    chat: Chat, library: Library
) -> None:
    chat.say("/reset")
    before = chat.conversation
    said = chat.say("▇▇▇▇", "m5", secrets=("password", "code", "password"))
    assert chat.turn.effects[0] == Erase("m5"), "it goes before anything is said"
    for text in ("secret.password", "secret.code", "secret_erased"):
        assert said.count(house_text(library, text)) == 1
    assert flow_text(library, RESET, "problem") in said
    assert chat.buttons[:2] == ["紧急求助", "忘记密码"]
    assert len(chat.buttons) == 7, "no way out of the question is left out, the human least of all"
    assert chat.conversation == before
    chat.press("忘记密码")
    assert chat.at(f"{RESET}.bound")


def test_where_a_bot_cannot_erase_the_person_is_asked_to(library: Library) -> None:
    chat = Chat(library, channel="unable")
    assert house_text(library, "secret_delete_yourself") in chat.say("▇▇▇▇", secrets=("password",))
    assert not any(isinstance(effect, Erase) for effect in chat.turn.effects)
    assert chat.buttons == ["紧急求助", "菜单", "人工客服"]


def test_a_secret_with_a_picture_is_not_kept(chat: Chat) -> None:
    chat.say("▇▇▇▇", "m5", secrets=("password",), attachment="photo")
    assert chat.conversation.kept == ()


# --- what cannot be read


@pytest.mark.parametrize(
    "kind", ["photo", "voice", "sticker", "file", "video", "location", "poll", "contact", "other"]
)
def test_what_cannot_be_read_is_told_and_the_question_asked_again(
    chat: Chat, library: Library, kind: str
) -> None:
    chat.say("/tx")
    said = chat.say("", attachment=kind)
    assert house_text(library, f"{kind}_seen") in said
    assert flow_text(library, TX, "transaction_id") in said


def test_attachments_travel_with_the_hand_over_once(chat: Chat) -> None:
    for number in range(7):
        chat.say("", f"m{number}", attachment="photo")
    chat.say(HASH, "m7", attachment="file")
    chat.say("", "", attachment="voice")
    chat.say("人工", "m8", attachment="photo")
    assert chat.handed.kept == ("m4", "m5", "m6", "m7", "m8")
    chat.open_ticket()
    assert chat.conversation.kept == ()
    chat.say("", "m9", attachment="photo")
    assert chat.notes == [Note("[photo]", "m9")]
    assert chat.conversation.kept == (), "the ticket has it already"


# --- groups


def test_in_public_only_the_way_into_private_is_shown(chat: Chat, library: Library) -> None:
    before = chat.conversation
    for text, payload in (("我的转账还没到账", "flow_tx"), ("你好", "menu"), ("/tx", "menu"), (HASH, "menu")):
        assert chat.hear(Said(text, "m", public=True)) == house_text(library, "private_only")
        assert chat.choices == (Choice("private_open", "打开私聊", LINK.replace("{payload}", payload)),)
        assert chat.conversation == before


@pytest.mark.parametrize(
    ("text", "quoted", "key"),
    [
        ("这是真的吗", "专业追款团队，不成功不收费", "asked_suspicious"),
        ("/verify contact our hacker team to recover your funds", "", "asked_suspicious"),
        ("/verify example.org", "", "asked_unknown"),
        ("is this legit? https://example.org/x", "", "asked_unknown"),
        ("这是真的吗", "下周二维护", "asked_unknown"),
        ("提现没到账怎么办", "", "private_only"),
        ("hello", "hello everybody", "private_only"),
    ],
)
def test_who_asks_about_a_scam_in_public_gets_a_grade(
    chat: Chat, library: Library, text: str, quoted: str, key: str
) -> None:
    assert chat.hear(Said(text, "m", public=True, quoted=quoted)) == house_text(library, key)
    assert [choice.name for choice in chat.choices] == ["private_open"]


def test_a_secret_in_public_leads_into_private_and_asks_nothing(chat: Chat, library: Library) -> None:
    chat.say("/tx")
    said = chat.hear(Said("▇▇▇▇", "m", ("seed_phrase",), public=True))
    assert house_text(library, "secret.seed_phrase") in said
    assert flow_text(library, TX, "transaction_id") not in said
    assert [choice.name for choice in chat.choices] == ["private_open"]


def test_in_a_new_group_the_bot_says_who_it_is(library: Library) -> None:
    chat = Chat(library, channel="unable")
    assert chat.hear(Joined(public=True)) == house_text(library, "group_hello")
    assert chat.choices == (), "this platform has no links into private"
    assert chat.conversation.revision == 0


def test_an_urgent_door_works_from_any_old_message(chat: Chat) -> None:
    chat.say("/tx")
    chat.hear(Pressed("@emergency", 0, "old"))
    assert isinstance(chat.turn.effects[0], Send)
    assert chat.handed.urgency == "emergency"
