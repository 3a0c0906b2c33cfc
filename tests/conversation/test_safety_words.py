"""The words that keep people safe: the lessons are well made, and the emergency lane of a scam is short."""

from __future__ import annotations

import pytest

from core.conversation.flow import Ask, Do, Flow, Person, Say
from core.conversation.library import Library

RIGHT = (("zh", "**对了。**"), ("en", "**Right.**"))


@pytest.mark.parametrize(("language", "right"), RIGHT)
def test_exactly_the_right_answer_to_a_lesson_is_called_right(
    library: Library, language: str, right: str
) -> None:
    course = library.flows["security_education"]
    assert len(course.lessons) == 8
    for name, lesson in course.lessons.items():
        texts = course.words[language].texts
        said = {choice: texts[f"lesson.{name}.explain.{choice}"].source for choice in "abc"}
        assert [choice for choice in said if said[choice].startswith(right)] == [lesson.answer], name


@pytest.mark.parametrize(("language", "example"), [("zh", "**真实的事**"), ("en", "**It happened**")])
def test_a_lesson_has_a_real_example_and_three_actions(library: Library, language: str, example: str) -> None:
    course = library.flows["security_education"]
    for name in course.lessons:
        rows = course.words[language].texts[f"lesson.{name}.body"].source.split("\n")
        assert sum(row.startswith("- ") for row in rows) == 3, name
        assert sum(row.startswith(example) for row in rows) == 1, name


def _urgent(flow: Flow, name: str, presses: int) -> bool:
    """Whether an emergency can be reached from a step with so many presses."""
    step = flow.steps.get(name)
    match step:
        case Say(next=target):
            return _urgent(flow, target, presses)
        case Ask(choices=choices) if presses:
            return any(_urgent(flow, target, presses - 1) for target in choices.values())
        case Person(urgency=urgency):
            return urgency == "emergency"
    return False


def test_the_emergency_lane_is_at_most_three_presses_from_the_menu(library: Library) -> None:
    """The menu is the first press, the case the second; whatever may have cost something needs one more."""
    flow = library.flows["scam_warning"]
    cases = flow.steps["happened"]
    assert isinstance(cases, Ask)
    urgent = [choice for choice, target in cases.choices.items() if _urgent(flow, target, 1)]
    assert urgent == ["sent", "gave", "link", "contact"]


def test_a_freeze_is_at_most_three_presses_from_the_menu(library: Library) -> None:
    """The menu is the first press, what happened the second; a wallet of one's own goes straight to a human."""
    flow = library.flows["account_in_danger"]
    harm = flow.steps["harm"]
    assert isinstance(harm, Ask)
    for choice, target in harm.choices.items():
        said = flow.steps[target]
        assert isinstance(said, Say)
        after = flow.steps[said.next]
        if choice == "seed":
            assert isinstance(after, Person)
            assert after.urgency == "emergency"
        else:
            assert isinstance(after, Ask)
            assert isinstance(flow.steps[after.choices["freeze"]], Do)
