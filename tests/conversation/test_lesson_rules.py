"""What the checker finds in a course, and in a question that keeps its choice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.conversation.check import check
from core.conversation.facts import ActionFacts
from core.conversation.load import load_flow
from tests.broadcast.course import FLOW, LANGUAGES, sources
from tests.conversation.samples import COMMON_EN, COMMON_ZH, FACTS

FINE = replace(FACTS, actions={"course.save": ActionFacts(("size",), frozenset({"saved"}), frozenset())})


def codes(files: dict[str, str]) -> set[str]:
    """The codes of every fault of a course."""
    phrases = "phrases: [a lesson please, one more lesson, teach me]"
    files = {name: text.replace("phrases: [a lesson please]", phrases) for name, text in files.items()}
    world = {"course": files, "common": {"zh.yaml": COMMON_ZH, "en.yaml": COMMON_EN}}
    return {f"{fault.code}.{fault.variant}".strip(".") for fault in check(world, FINE)}


def test_the_small_course_has_no_faults() -> None:
    assert codes(sources()) == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("en.yaml", "  lesson.keys.body: en keys body\n", "", "LANG.texts"),
        ("zh.yaml", "  lesson.calls.explain.b: zh calls because b\n", "", "LANG.texts"),
        ("zh.yaml", "  lesson.keys.c: zh c\n", "", "LANG.choices"),
        ("flow.yaml", "answer: c", "answer: d", "UNKNOWN.value"),
        ("flow.yaml", "topic: scams, answer: b", "topic: scams", "MISSING"),
        ("flow.yaml", "  keys: {topic", "  " + "k" * 29 + ": {topic", "NAME"),
        ("flow.yaml", "answer: a}", "answer: a, mark: 5}", "UNKNOWN"),
        ("en.yaml", "en keys body", "en keys {nobody}", "GIVES"),
        ("zh.yaml", "zh keys question", "请输入您的密码", "SECRET"),
        ("zh.yaml", "zh keys body", "请把助记词发给我们", "SECRET"),
        ("en.yaml", "en calls because a", "see https://evil.example/", "LINK"),
        ("flow.yaml", "lessons:\n", "lessons: {}\nothers:\n", "UNKNOWN"),
    ],
)
def test_a_fault_of_a_course_is_told(file: str, old: str, new: str, code: str) -> None:
    files = sources()
    assert old in files[file]
    files[file] = files[file].replace(old, new, 1)
    assert code in codes(files)


def test_a_lesson_that_is_not_on_the_list_is_a_draft_and_without_a_list_it_is_a_slip() -> None:
    files = sources()
    files["flow.yaml"] = FLOW.replace("  calls: {topic: scams, answer: b}\n", "")
    assert codes(files) == set()
    files["flow.yaml"] = FLOW.partition("lessons:")[0]
    assert codes(files) == {"UNUSED.texts", "UNUSED.choices"}


KEEPS = """\
  size: {ask: size, keeps: choice, choices: {big: save, small: save}, give_up: person}
  save: {do: course.save, with: [size], outcomes: {saved: end}}
  person: {hand_over: security}
"""


def keeping(kept: str) -> dict[str, str]:
    """The course with a question before its end."""
    files = sources()
    flow = FLOW.replace("next: end}\n", "next: size}\n" + KEEPS.replace("keeps: choice, ", kept))
    texts = {name: text.replace("  title: T", "  title: T\n  size: How big?") for name, text in files.items()}
    labelled = {
        name: text.replace("choices:\n", "choices:\n  big: B\n  small: S\n") for name, text in texts.items()
    }
    return {**labelled, "flow.yaml": flow}


def test_a_choice_that_is_kept_fills_the_slot_and_another_does_not() -> None:
    assert codes(keeping("keeps: choice, ")) == set()
    assert codes(keeping("")) == {"VAR"}
    assert "UNKNOWN.value" in codes(keeping("keeps: everything, "))


def test_the_course_is_read_in_its_order() -> None:
    flow, faults = load_flow("course", sources(), LANGUAGES)
    assert not faults
    assert flow is not None
    assert [(one.name, one.topic, one.answer) for one in flow.lessons.values()] == [
        ("keys", "account", "a"),
        ("calls", "scams", "b"),
        ("codes", "account", "c"),
    ]
