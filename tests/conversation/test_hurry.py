"""Who writes too fast is told once and then heard as one; what must not wait does not; nothing is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.conversation.hurry import CUT, MOST, TOLD
from core.conversation.library import Library
from core.conversation.model import Pressed, Remind
from core.conversation.wire import dump_conversation, load_conversation
from core.runtime.flood import PEOPLE, Buckets
from core.safety.guard import KINDS
from tests.conversation.chat import Chat, house_text


def flood(chat: Chat, *texts: str, **more: Any) -> list[str]:
    """What is said to each of many hurried messages."""
    return [chat.say(text, hurried=True, **more) for text in texts]


def test_one_please_wait_and_then_one_answer_to_all(library: Library) -> None:
    chat = Chat(library)
    said = flood(chat, "忘记", "忘记", "密码", "了")
    assert said == [house_text(library, "please_wait"), "", "", ""]
    assert chat.conversation.behind == "忘记\n密码\n了"
    assert load_conversation(dump_conversation(chat.conversation)) == chat.conversation
    assert chat.wake(), "heard as one"
    assert (chat.conversation.hurry, chat.conversation.behind) == (TOLD, "")


def test_a_command_said_a_hundred_times_is_that_command_once(library: Library) -> None:
    chat, calm = Chat(library), Chat(library)
    flood(chat, *["/menu"] * 100)
    assert chat.wake() == calm.say("/menu")


def test_a_flood_that_goes_on_is_told_once_and_the_next_one_again(library: Library) -> None:
    chat, wait = Chat(library), house_text(library, "please_wait")
    assert flood(chat, "一", "二")[0] == wait
    chat.wake()
    assert flood(chat, "三", "四") == ["", ""]
    chat.wake()
    assert chat.say("菜单")
    assert chat.conversation.hurry == 0
    assert flood(chat, "五")[0] == wait


def test_what_comes_calmly_while_something_is_kept_keeps_its_order(library: Library) -> None:
    chat = Chat(library)
    flood(chat, "一")
    assert chat.say("二") == ""
    assert chat.conversation.behind == "一\n二"


def test_an_emergency_a_first_call_for_a_human_and_a_secret_never_wait(library: Library) -> None:
    for word in ("紧急", "人工", "/emergency"):
        chat = Chat(library)
        flood(chat, "一", "二")
        flood(chat, word)
        assert chat.handed_now == 1
        again = flood(chat, *[word] * 50)
        assert not any(again), "once is enough"
        chat.wake()
        assert chat.notes, "what was kept goes to the human"
    chat = Chat(library)
    flood(chat, "一")
    assert flood(chat, "…", secrets=(KINDS[0],))[0].startswith(house_text(library, f"secret.{KINDS[0]}")[:10])


def test_what_is_written_to_a_human_becomes_one_note(library: Library) -> None:
    chat = Chat(library)
    chat.say("人工")
    chat.open_ticket()
    flood(chat, *(f"第{n}句" for n in range(50)))
    chat.wake()
    (note,) = chat.notes
    assert note.text.split("\n") == [f"第{n}句" for n in range(50)]


def test_presses_in_a_flood_are_told_once_and_the_doors_to_a_human_open(library: Library) -> None:
    chat = Chat(library)
    chat.say("菜单")
    said = [chat.hear(Pressed("@menu", 1, "m", hurried=True)) for _ in range(5)]
    assert [bool(one) for one in said] == [True, False, False, False, False]
    chat.hear(Pressed("@human", 1, "m", hurried=True))
    assert chat.handed_now == 1


def test_whoever_was_robbed_waits_behind_no_limit(library: Library) -> None:
    chat = Chat(library)
    chat.say("菜单")
    flood(chat, "快", "快点", "在吗")
    called = 0
    for choice in ("account_in_danger", "used", "no_freeze"):
        frame = chat.conversation.frames[-1]
        assert frame.waiting is not None
        press = Pressed(choice, frame.waiting.visit, "m", hurried=True)
        assert chat.hear(press) or chat.handed_now
        called += chat.handed_now
        assert not chat.hear(press), "the same press again"
    assert called == 1


def test_the_command_of_whoever_was_robbed_is_heard_in_a_flood_once(library: Library) -> None:
    chat = Chat(library)
    said = flood(chat, "a", "/freeze", "/freeze", "/tx")
    assert "止损" in said[1]
    assert said[2:] == ["", ""]


def test_a_group_is_told_once(library: Library) -> None:
    chat = Chat(library)
    assert [bool(one) for one in flood(chat, "a", "b", "c", public=True)] == [True, False, False]
    assert Remind not in chat.last


def test_more_than_can_be_kept_is_said(library: Library) -> None:
    chat = Chat(library)
    flood(chat, *(f"{n} " + "很长" * 200 for n in range(30)))
    assert len(chat.conversation.behind) == MOST
    assert chat.conversation.behind.startswith(CUT)
    assert chat.wake().startswith(house_text(library, "hurry_cut"))


@given(st.lists(st.floats(0, 30), max_size=300), st.integers(1, 30))
def test_a_bucket_lets_a_burst_and_the_rate_pass_and_no_more(times: list[float], burst: int) -> None:
    buckets = Buckets(burst, 1.0)
    calm = [at for at in sorted(times) if not buckets.hurries("p", at)]
    for place, start in enumerate(calm):
        for span in (1.0, 10.0):
            assert sum(start <= at < start + span for at in calm[place:]) <= burst + span + 1


def test_buckets_are_for_one_person_each_and_bounded() -> None:
    buckets = Buckets(1, 1.0)
    assert [buckets.hurries("a", 0.0), buckets.hurries("a", 0.0), buckets.hurries("b", 0.0)] == [
        False,
        True,
        False,
    ]
    assert not buckets.hurries("a", 100.0)
    assert not Buckets(0, 1.0).hurries("a", 0.0)
    full = Buckets(1, 1.0)
    for number in range(3 * PEOPLE):
        full.hurries(str(number), 0.0)
    assert len(full._people) == PEOPLE
