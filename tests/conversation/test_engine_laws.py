"""The laws of the engine: whatever happens in whatever order, on the shipped flows and on flows nobody wrote.

It never raises, says the same to the same, counts its changes, hears nothing that it does not await, and leaves
nobody in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
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
    Frame,
    HandOver,
    Joined,
    Pressed,
    Remind,
    Said,
    Send,
    Turn,
    Woke,
)
from core.conversation.route import Routes
from core.conversation.scene import DEPTH, HOUSE, KEPT, PERSON
from core.conversation.wire import dump_conversation, dump_effect, load_conversation, load_effect
from tests.conversation.chat import HASH, engine_of
from tests.conversation.invented import PHRASES, invented, router_of

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROUTES = Routes([b"k" * 32])
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
        check_state(before, turn)
        check_stale(before, event, turn)
        check_heard(before, event, turn)
        check_messages(turn)
        check_rows(turn)
        remember(state, turn)


def check_state(before: Conversation, turn: Turn) -> None:
    """Changes are counted, and nothing grows without bound."""
    after = turn.conversation
    changed = replace(after, revision=before.revision) != before
    assert after.revision == before.revision + changed
    assert after.address == before.address
    assert len(after.frames) <= DEPTH
    assert len(after.kept) <= KEPT
    for place, frame in enumerate(after.frames):
        top = place == len(after.frames) - 1
        assert top or frame.flow == PERSON or not frame.flow.startswith(HOUSE), (
            "questions of the house lie on top"
        )
        assert frame.waiting or (frame.flow == PERSON and after.mode == "human"), (
            "every frame waits for something"
        )
        assert not (top and frame.waiting and frame.waiting.kind == "ready"), "who need not wait goes on"
        assert len(set(frame.trail)) == len(frame.trail)
    waits = [frame.waiting.visit for frame in after.frames if frame.waiting]
    assert len(set(waits)) == len(waits)
    assert all(visit <= after.revision for visit in waits)


def awaiting(conversation: Conversation, event: Finished | Woke) -> Frame | None:
    """The frame that awaits this very event."""
    kind = "time" if isinstance(event, Woke) else "result"
    for frame in conversation.frames:
        if frame.waiting and (frame.waiting.kind, frame.waiting.visit) == (kind, event.visit):
            return frame
    return None


def check_stale(before: Conversation, event: Event, turn: Turn) -> None:
    """What is not awaited, is forged or is said in public changes nothing."""
    if isinstance(event, Finished | Woke) and not awaiting(before, event):
        assert turn == Turn(before)
    elif isinstance(event, Pressed) and event.visit < 0:
        assert turn.conversation == before
    elif isinstance(event, Pressed) and not event.choice.startswith(HOUSE):
        top = before.frames[-1].waiting if before.frames else None
        if top is None or top.kind != "answer" or top.visit != event.visit:
            assert turn.conversation == before
    elif isinstance(event, Said) and (event.public or event.secrets):
        assert turn.conversation == before
        assert not any(isinstance(effect, Act | HandOver | Remind) for effect in turn.effects)


def check_heard(before: Conversation, event: Event, turn: Turn) -> None:
    """Nobody is left in silence: something is said at once, or something that will speak is under way."""
    said = [effect for effect in turn.effects if isinstance(effect, Send | Edit)]
    coming = [effect for effect in turn.effects if isinstance(effect, Act | HandOver)]
    awaited = isinstance(event, Finished | Woke) and before.frames[-1:] == (awaiting(before, event),)
    assert len(said) <= 1
    if isinstance(event, Said | Pressed | Joined) or awaited:
        assert said or coming
    waits = {frame.waiting.visit for frame in turn.conversation.frames if frame.waiting}
    for effect in turn.effects:
        if isinstance(effect, Act | HandOver | Remind):
            assert effect.visit in waits, "what is set going is awaited"


def check_messages(turn: Turn) -> None:
    """A message says something, and its buttons belong to the question that is open."""
    for effect in turn.effects:
        if isinstance(effect, Send | Edit):
            message = effect.message
            assert message.blocks
            assert all(block.text.strip() not in ("", "…") for block in message.blocks)
            names = [choice.name for choice in message.choices]
            assert len(set(names)) == len(names)
            top = turn.conversation.frames[-1] if turn.conversation.frames else None
            awaited = top.waiting.visit if top and top.waiting and top.waiting.kind == "answer" else 0
            assert message.visit == awaited
            if any(not choice.url and not choice.name.startswith(HOUSE) for choice in message.choices):
                assert awaited
            for choice in message.choices:
                assert choice.url or ROUTES.sign(turn.conversation.address, message.visit, choice.name)


def check_rows(turn: Turn) -> None:
    """All of it can be stored."""
    assert load_conversation(dump_conversation(turn.conversation)) == turn.conversation
    for effect in turn.effects:
        assert load_effect(*dump_effect(effect)) == effect


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


@QUICK
@given(STORIES)
def test_the_laws_hold_on_the_shipped_flows(shipped: list[Engine], story: list[tuple[Play, int]]) -> None:
    live(shipped, story)


@QUICK
@given(invented(), STORIES)
def test_the_laws_hold_on_flows_that_nobody_wrote(
    library: Library, flows: list[Flow], story: list[tuple[Play, int]]
) -> None:
    mine = {flow.name: flow for flow in flows}
    invented_library = replace(
        library, flows=mine, pinned={flow.hash: flow for flow in flows}, router=router_of()
    )
    live(engines(invented_library), story)


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
