"""Banners of incidents, whatever people do: once each, before everything else, and kept with the conversation."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.channel import Abilities
from core.conversation.engine import Engine
from core.conversation.library import Library
from core.conversation.model import Address, Edit, Event, Finished, Joined, Pressed, Said, Send, Woke
from core.conversation.news import News, hears
from core.conversation.state import Conversation
from core.conversation.texts import join
from core.conversation.tickets import Answered
from core.conversation.wire import dump_conversation, load_conversation
from tests.conversation.laws import check

EVENTS = st.one_of(
    st.sampled_from(("菜单", "/reset", "/tx", "紧急", "hello", "取消", "?")).map(Said),
    st.just(Said("我的密码", secrets=("password",))),
    st.just(Said("hi", public=True)),
    st.tuples(st.sampled_from(("@menu", "@human", "nothing")), st.integers(-1, 4)).map(
        lambda press: Pressed(*press, "m1")
    ),
    st.builds(Finished, st.integers(0, 6), st.just("opened"), st.just({"number": "1001"})),
    st.builds(Woke, st.integers(0, 6)),
    st.builds(Joined),
    st.just(Answered("1001", "A", "we look")),
)
OPEN = st.dictionaries(
    st.integers(1, 4),
    st.tuples(st.integers(1, 2), st.sampled_from(((), ("Ethereum",), ("password_reset",)))),
    max_size=3,
)


def news(open_: dict[int, tuple[int, tuple[str, ...]]]) -> tuple[News, ...]:
    words = dict.fromkeys(("zh", "en"), "banner-{}-{}")
    return tuple(
        News(
            n,
            change,
            1e9,
            {code: word.format(n, change) for code, word in words.items()},
            "s",
            frozenset(about),
        )
        for n, (change, about) in sorted(open_.items())
    )


@settings(max_examples=60)
@given(st.lists(st.tuples(EVENTS, OPEN), min_size=1, max_size=12))
def test_each_person_hears_each_text_once(library: Library, heard: list[tuple[Event, dict[int, tuple[int, tuple[str, ...]]]]]) -> None:  # fmt: skip
    engine = Engine(library, {"c": Abilities(erase=True)}, {"desk": "account", "desk_emergency": "security"})
    conversation = Conversation(Address("c", "u", "u"), "zh")
    for event, open_ in heard:
        before, now = conversation, news(open_)
        turn = engine.advance(conversation, event, now)
        conversation = turn.conversation
        assert load_conversation(dump_conversation(conversation)) == conversation
        if not now:
            check(before, event, turn)
        said = [join(e.message.blocks).text for e in turn.effects if isinstance(e, Send | Edit)]
        fresh = [one for one in now if one.mark not in before.told]
        if not hears(event):
            assert not any("banner-" in text for text in said)
            assert conversation.told == before.told
            continue
        for one in now:
            named = bool(one.about & {"password_reset"})
            count = sum(f"banner-{one.number}-{one.change}" in text for text in said)
            assert count <= 1
            assert not count or one in fresh or named
            if count:
                assert one.mark in conversation.told
                assert one.mark in {m.mark for m in now}
        if conversation.told != before.told:
            assert conversation.told == tuple(one.mark for one in now), "nothing is kept of what is over"
            assert all(f"banner-{one.number}-{one.change}" in said[0] for one in fresh)


def test_a_menu_that_is_edited_in_place_would_take_the_banner_away(library: Library) -> None:
    engine = Engine(library, {"c": Abilities()}, {})
    first = engine.advance(Conversation(Address("c", "u", "u"), "zh"), Said("菜单")).conversation
    waiting = first.frames[-1].waiting
    assert waiting
    pressed = Pressed("@menu", waiting.visit, "m1")
    assert isinstance(engine.advance(first, pressed).effects[0], Edit)
    (effect,) = engine.advance(first, pressed, news({1: (1, ())})).effects
    assert isinstance(effect, Send)
    assert "banner-1-1" in effect.message.blocks[0].text
