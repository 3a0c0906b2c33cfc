"""The laws of the engine: whatever happens in whatever order, on the shipped flows and on flows nobody wrote.

It never raises, says the same to the same, counts its changes, hears nothing that it does not await, and leaves
nobody in silence (`laws.py` has the checks).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.conversation.engine import FAILED, Engine
from core.conversation.flow import Flow
from core.conversation.forms import FORM
from core.conversation.library import Library
from core.conversation.model import (
    Act,
    Address,
    Edit,
    Event,
    Finished,
    HandOver,
    Joined,
    Pressed,
    Remind,
    Said,
    Send,
    Woke,
)
from core.conversation.state import Conversation, Turn
from core.conversation.tickets import Answered, Closed, Held, Recalled
from tests.conversation.chat import HASH, engine_of
from tests.conversation.invented import PHRASES, Tape, flows_of, router_of
from tests.conversation.laws import check, check_messages, check_state

MANY = settings(max_examples=100, deadline=None)
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
            "/language xx", "/nonsense", "/", "//", "/human", "/ticket")  # fmt: skip
PHRASED = ("我的转账还没到账", "忘记密码了", "my transfer has not arrived", *PHRASES["one"], *PHRASES["two"])
ANSWERS = (HASH, "1", "2", "9", "转人工", "没有交易哈希", "收到了", "yes zh", "12.5", "今天天气真好", "", " ", "。", "👍",
           "\ud800", "\u202e" * 9, "a" * 5000, "{s0}", "**", "@menu", "0x" + "f" * 63)  # fmt: skip
TEXTS = (*WORDS, *COMMANDS, *PHRASED, *ANSWERS)
SECRETS: Sequence[tuple[str, ...]] = (*[()] * 9, ("password",), ("code", "seed_phrase", "code"))
DOORS = (
    "@menu",
    "@human",
    "@emergency",
    "@back",
    "@cancel",
    "@lang.en",
    "@lang.zh",
    "@lang.xx",
    "@lesson.seed_phrase.b",
    "@unsubscribe",
    "@reply",
    "@ticket",
    "@abcdezh",
    "@",
)
CHOICES = (*DOORS, "", "yes", "no", "one", "transaction_status", "no_id", "a.b", "\ud800")
OUTCOMES = ("opened", "confirmed", "a", FAILED, "pending", "not_found", "internal", "b", "")
SELDOM = (*[False] * 9, True)


BEGUN = Conversation(Address("able", "7", "7"), "zh")
SELDOM_EVENTS: Sequence[Event] = (
    Joined(),
    Joined(True),
    Woke(0),
    Finished(0, "opened"),
    Answered("1001", "A", "好的\n请稍等"),
    Answered("1001", "A", "好的", "@d1.0"),
    Closed("1001"),
    Closed("1001", others=True),
    Recalled((Held("1001", "5.0", "answered"),)),
    Recalled(),
)


@dataclass
class State:
    """What has happened so far: the conversation, every visit that was set going, every button that there was."""

    conversation: Conversation = BEGUN
    visits: list[int] = field(default_factory=list)
    presses: list[tuple[str, int]] = field(default_factory=list)

    def remember(self, turn: Turn) -> None:
        """After a turn."""
        self.conversation = turn.conversation
        for effect in turn.effects:
            if isinstance(effect, Act | HandOver | Remind):
                self.visits.insert(0, effect.visit)
            elif isinstance(effect, Send | Edit):
                buttons = [choice.name for choice in effect.message.choices if not choice.url]
                self.presses[:0] = [(name, effect.message.visit) for name in buttons]


def event_of(tape: Tape, state: State) -> Event:
    """Anything that can happen, likely things more often."""
    match tape.number(12):
        case 0 | 1 | 2 | 3 | 4:
            seen, edited, forwarded, public = (tape.pick(SELDOM) for _ in range(4))
            kind = tape.pick(("photo", "other")) if seen else ""
            ref, secrets = tape.pick(("m1", "m2", "")), tape.pick(SECRETS)
            said = Said(tape.pick(TEXTS), ref, secrets, kind, edited, forwarded, public)
            return _filled(said, tape, state) if not tape.number(6) else said
        case 5 | 6 | 7 if state.presses:
            return Pressed(*state.presses[tape.number(min(8, len(state.presses)))], "our")
        case 8 | 9 if state.visits:
            visit = state.visits[tape.number(min(4, len(state.visits)))]
            outcome = tape.pick(OUTCOMES)
            return Finished(visit, outcome, {"number": "1", "s0": outcome}) if tape.number(4) else Woke(visit)
        case 10:
            return Pressed(tape.pick(CHOICES), tape.number(12) - 2, tape.pick(("", "our")))
        case 11:
            return tape.pick(SELDOM_EVENTS)
        case _:
            return Woke(state.visits[0] if state.visits else 1)


def _filled(said: Said, tape: Tape, state: State) -> Said:
    """The same as a form that came back: the newest, an old one, or one that nobody opened."""
    visits = [visit for name, visit in state.presses if name == FORM] or [0]
    visit = tape.pick((*visits[:3], visits[0], -1, 1))
    return said._replace(text="\n".join(tape.pick(TEXTS) for _ in range(1 + tape.number(4))), form=visit)


def engines(library: Library) -> list[Engine]:
    """As shipped; after a reload without the last flow, which stays pinned; with nothing pinned."""
    fewer = dict(list(library.flows.items())[:-1])
    libraries = (library, replace(library, flows=fewer), replace(library, flows=fewer, pinned={}))
    return [engine_of(each) for each in libraries]


def live(choices: Sequence[Engine], tape: Tape) -> State:
    """A whole story, with every law checked at every turn. Now and then the flows are reloaded."""
    state = State(BEGUN._replace(address=BEGUN.address._replace(channel=tape.pick(("able", "forms")))))
    while tape.more:
        engine = choices[max(0, tape.number(16) - 13)]
        event = event_of(tape, state)
        turn = engine.advance(state.conversation, event)
        assert engine.advance(state.conversation, event) == turn
        check(state.conversation, event, turn)
        state.remember(turn)
    return state


TAPES = st.binary(min_size=60, max_size=240)


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


@MANY
@given(TAPES)
def test_the_laws_hold_on_the_shipped_flows(shipped: list[Engine], tape: bytes) -> None:
    live(shipped, Tape(tape))


@MANY
@given(st.binary(min_size=30, max_size=80), TAPES)
def test_the_laws_hold_on_flows_that_nobody_wrote(
    over: Callable[[Sequence[Flow]], list[Engine]], flows: bytes, tape: bytes
) -> None:
    live(over(flows_of(Tape(flows))), Tape(tape))


@MANY
@given(
    st.text(st.characters(), max_size=60),
    st.sampled_from(["", "/tx", "/reset", "菜单", "人工"]),
    st.booleans(),
)
@example("/" + "x" * 90_000, "/tx", True)
@example("密" * 90_000, "/tx", False)
def test_any_text_at_all_is_answered(shipped: list[Engine], text: str, first: str, edited: bool) -> None:
    state = State()
    for event in (Said(first), Said(text, "m", edited=edited), Said(text, "m", attachment="photo")):
        turn = shipped[0].advance(state.conversation, event)
        check(state.conversation, event, turn)
        state.remember(turn)


@MANY
@given(TAPES)
def test_an_apology_is_always_possible(shipped: list[Engine], tape: bytes) -> None:
    state = live(shipped[:1] * 3, Tape(tape[:60]))
    turn = shipped[0].apologise(state.conversation)
    assert any(isinstance(effect, HandOver) for effect in turn.effects)
    check_state(state.conversation, turn)
    check_messages(turn)
