"""The laws of the engine: whatever happens in whatever order, on the shipped flows and on flows nobody wrote.

It never raises, says the same to the same, counts its changes, hears nothing that it does not await, and leaves
nobody in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.conversation.engine import FAILED, Engine
from core.conversation.flow import Flow
from core.conversation.library import Library
from core.conversation.model import (
    Act,
    Address,
    Conversation,
    Edit,
    Event,
    Finished,
    HandOver,
    Joined,
    Pressed,
    Remind,
    Said,
    Send,
    Turn,
    Woke,
)
from tests.conversation.chat import HASH, engine_of
from tests.conversation.invented import PHRASES, Invented, invented, router_of
from tests.conversation.laws import check, check_messages, check_state

QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
WORDS = (
    "菜单",
    "返回",
    "取消",
    "人工",
    "紧急",
    "语言",
    "中文",
    "English",
    "你好",
    "帮助",
    "？",
    "back",
    "human",
)
COMMANDS = ("/start", "/start flow_tx", "/start flow_one", "/tx", "/one", "/two", "/reset", "/menu", "/language en",
            "/language xx", "/nonsense", "/", "//", "/human")  # fmt: skip
PHRASED = ("我的转账还没到账", "忘记密码了", "my transfer has not arrived", *PHRASES["one"], *PHRASES["two"])
ANSWERS = (
    HASH,
    "1",
    "2",
    "9",
    "转人工",
    "没有交易哈希",
    "收到了",
    "12.5",
    "今天天气真好",
    "",
    " ",
    "。",
    "\ud800",
    "a" * 5000,
)
KINDS = ("password", "seed_phrase", "code")
DOORS = (
    "@menu",
    "@human",
    "@emergency",
    "@back",
    "@cancel",
    "@lang.en",
    "@lang.zh",
    "@lang.xx",
    "@nothing",
    "@",
)
OUTCOMES = (
    "opened",
    "failed",
    FAILED,
    "confirmed",
    "confirming",
    "pending",
    "not_found",
    "internal",
    "a",
    "b",
    "",
)

Play = Callable[["State"], Event]


@dataclass
class State:
    """What has happened so far."""

    conversation: Conversation
    visits: list[int]
    """Of everything that was set going, newest last."""
    presses: list[tuple[str, int]]
    """Of every button there ever was."""


def _pressing(place: int) -> Play:
    return lambda s: Pressed(*s.presses[-1 - place % len(s.presses)], "our") if s.presses else Joined()


def _returning(place: int, outcome: str, wakes: bool) -> Play:
    def play(state: State) -> Event:
        visit = state.visits[-1 - place % len(state.visits)] if state.visits else place
        return Woke(visit) if wakes else Finished(visit, outcome, {"number": "1", "network": outcome})

    return play


def _fixed(event: Event) -> Play:
    return lambda state: event


SAID = st.builds(
    Said,
    st.sampled_from(WORDS + COMMANDS + PHRASED + ANSWERS) | st.text(st.characters(), max_size=30),
    st.sampled_from(["", "m1", "m2"]),
    st.sampled_from([()] * 8 + [KINDS[:1], KINDS]),
    st.sampled_from([""] * 6 + ["photo", "other"]),
    *[st.sampled_from([False] * 5 + [True])] * 3,
)
PLAYS: st.SearchStrategy[Play] = st.one_of(
    SAID.map(_fixed),
    st.builds(_pressing, st.integers(0, 30)),
    st.builds(_pressing, st.integers(0, 5)),
    st.builds(Pressed, st.sampled_from(DOORS) | st.text(max_size=9), st.integers(-2, 12), st.just("m")).map(
        _fixed
    ),
    st.builds(_returning, st.integers(0, 6), st.sampled_from(OUTCOMES), st.booleans()),
    st.builds(_returning, st.just(0), st.sampled_from(OUTCOMES), st.booleans()),
    st.builds(Joined, st.booleans()).map(_fixed),
)
STORIES = st.lists(st.tuples(PLAYS, st.sampled_from([0] * 12 + [1, 2])), max_size=25)
"""Each event with the engine that hears it: 0 as shipped, 1 after a reload took a flow away, 2 with nothing pinned."""


def engines(library: Library) -> list[Engine]:
    """As shipped; after a reload without the last flow, which stays pinned; with nothing pinned."""
    fewer = dict(list(library.flows.items())[:-1])
    libraries = (library, replace(library, flows=fewer), replace(library, flows=fewer, pinned={}))
    return [engine_of(each) for each in libraries]


def live(choices: Sequence[Engine], story: Sequence[tuple[Play, int]]) -> None:
    """A whole story, with every law checked at every turn."""
    state = State(Conversation(Address("able", "7", "7"), "zh"), [], [])
    for play, which in story:
        before, event = state.conversation, play(state)
        turn = choices[which].advance(before, event)
        assert choices[which].advance(before, event) == turn
        check(before, event, turn)
        remember(state, turn)


def remember(state: State, turn: Turn) -> None:
    state.conversation = turn.conversation
    for effect in turn.effects:
        if isinstance(effect, Act | HandOver | Remind):
            state.visits.append(effect.visit)
        elif isinstance(effect, Send | Edit):
            state.presses += [(c.name, effect.message.visit) for c in effect.message.choices if not c.url]


@pytest.fixture(scope="module")
def shipped(library: Library) -> list[Engine]:
    """The engines over the shipped flows."""
    return engines(library)


@pytest.fixture(scope="module")
def over(library: Library) -> Callable[[Sequence[Flow]], list[Engine]]:
    """The engines over other flows, with the house's own texts."""

    def made(flows: Sequence[Flow]) -> list[Engine]:
        named, pinned = {flow.name: flow for flow in flows}, {flow.hash: flow for flow in flows}
        return engines(replace(library, flows=named, pinned=pinned, router=router_of()))

    return made


@QUICK
@given(STORIES)
def test_the_laws_hold_on_the_shipped_flows(shipped: list[Engine], story: list[tuple[Play, int]]) -> None:
    live(shipped, story)


@QUICK
@given(invented(), STORIES)
def test_the_laws_hold_on_flows_that_nobody_wrote(
    over: Callable[[Sequence[Flow]], list[Engine]], flows: Invented, story: list[tuple[Play, int]]
) -> None:
    live(over(flows.flows), story)


@QUICK
@given(STORIES)
def test_an_apology_is_always_possible(shipped: list[Engine], story: list[tuple[Play, int]]) -> None:
    state = State(Conversation(Address("able", "7", "7"), "zh"), [], [])
    for play, which in story:
        turn = shipped[which].advance(state.conversation, play(state))
        remember(state, turn)
    turn = shipped[0].apologise(state.conversation)
    assert any(isinstance(effect, HandOver) for effect in turn.effects)
    check_state(state.conversation, turn)
    check_messages(turn)
