"""Flows that nobody wrote: any steps that lead anywhere, with texts in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

from core.conversation.flow import Ask, Do, Flow, Person, Say, Step, Wait, Words
from core.conversation.model import END
from core.conversation.router import Router
from core.conversation.texts import parse

PHRASES = {"one": ("香蕉怎么种", "how do bananas grow"), "two": ("茶壶在哪里", "where is the teapot")}
CHOICES = ("yes", "no", "x")
OUTCOMES = ("a", "b", "confirmed", "opened")


@cache
def router_of() -> Router:
    """A router for the two flows."""
    return Router.build(PHRASES)


@dataclass(frozen=True, repr=False)
class Invented:
    """Two flows, "one" and "two"."""

    flows: tuple[Flow, ...]

    def __repr__(self) -> str:
        """Only the steps: the texts are always the same."""
        return "\n".join(str(step) for flow in self.flows for step in (flow.name, *flow.steps.values()))


@st.composite
def invented(draw: st.DrawFn) -> Invented:
    """Any two flows."""
    return Invented(tuple(draw(_flows(name)) for name in PHRASES))


@st.composite
def _flows(draw: st.DrawFn, name: str) -> Flow:
    steps = [f"s{number}" for number in range(draw(st.integers(1, 6)))]
    targets = st.sampled_from([*steps, END])
    made = {step: draw(_steps(step, targets)) for step in steps}
    words = {language: _words(name, steps, language) for language in ("zh", "en")}
    return Flow(
        name, 1, name * 20, draw(st.sampled_from(["", "owner"])), name, "title", steps[0], made, words
    )


def _steps(name: str, targets: st.SearchStrategy[str]) -> st.SearchStrategy[Step]:
    choices = st.dictionaries(st.sampled_from(CHOICES), targets, max_size=3)
    readers = st.sampled_from(["", "text", "number", "transaction_id"])
    return st.one_of(
        st.builds(Say, st.just(name), st.just(name), targets),
        st.builds(Ask, st.just(name), st.just(name), readers, choices, st.integers(1, 3), targets, targets),
        st.builds(Do, st.just(name), st.just("act"), st.just(("s0", "s1")), st.dictionaries(
            st.sampled_from(OUTCOMES), targets, min_size=1)),
        st.builds(Wait, st.just(name), st.just(60.0), targets),
        st.builds(Person, st.just(name), st.just("desk"), st.sampled_from(["normal", "emergency"])),
    )  # fmt: skip


def _words(name: str, steps: list[str], language: str) -> Words:
    texts = {step: parse(f"**{name}** {step} {{s0}}") for step in steps}
    labels = {choice: f"{choice} {language}" for choice in CHOICES[:2]}
    return Words({**texts, "title": parse(f"{name} {language}")}, labels, PHRASES[name])
