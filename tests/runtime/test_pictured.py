"""A message with a picture as rows: one where its text fits under it, else the picture first and the buttons last."""

from __future__ import annotations

from core.channel import Abilities
from core.conversation.model import Address, Choice, Edit, Mark, Message, Rich, Send
from core.conversation.picture import Picture
from core.conversation.wire import load_effect
from core.runtime.effects import effect_rows
from core.runtime.perform import in_words

AT = Address("c", "1", "1")
SHOWN = Picture(f"{'0' * 64}.png", "官网的二维码")
CAN = Abilities(text_limit=100, pictures=True, caption_limit=20)
YES = Choice("yes", "好")


def rows(effect: Send | Edit, can: Abilities = CAN) -> list[Send | Edit]:
    made = effect_rows("i1", AT, [effect], can, 0.0)
    assert len({row.key for row in made}) == len(made)
    found = [load_effect(row.kind, row.payload) for row in made]
    return [one for one in found if isinstance(one, Send | Edit)]


def message(text: str) -> Message:
    return Message((Rich(text),), (YES,), 3, SHOWN)


def test_a_text_that_fits_is_its_caption() -> None:
    assert rows(Send(message("官网" * 10))) == [Send(message("官网" * 10))]


def test_a_longer_text_goes_under_it_and_the_buttons_with_the_last_part() -> None:
    parts = rows(Send(message("字" * 150)))
    assert [one.message.picture for one in parts] == [SHOWN, None, None]
    assert [one.message.choices for one in parts] == [(), (), (YES,)]
    assert parts[0].message.blocks == ()
    assert "".join(block.text for one in parts for block in one.message.blocks) == "字" * 150


def test_an_edit_changes_the_picture_and_says_the_rest_anew() -> None:
    first, *others = rows(Edit("7", message("字" * 30)))
    assert (first, [type(one) for one in others]) == (
        Edit("7", Message((), (), 3, SHOWN)),
        [Send],
    )


def test_where_no_caption_is_shorter_than_a_text_nothing_is_parted() -> None:
    whole = Send(message("字" * 90))
    assert rows(whole, Abilities(text_limit=100, pictures=True)) == [whole]


def test_where_no_picture_is_shown_it_is_told() -> None:
    (told,) = rows(Send(message("您好")), Abilities())
    assert told.message.picture is None
    assert [block.text for block in told.message.blocks] == ["您好", "官网的二维码"]


def test_in_words_it_has_no_picture_no_marks_and_no_links() -> None:
    rich = Message(
        (Rich("官网", (Mark(0, 2, "bold"),)),), (YES, Choice("l", "去", "https://x.example")), 3, SHOWN
    )
    assert in_words(rich) == Message((Rich("官网"), Rich("官网的二维码")), (YES,), 3)
