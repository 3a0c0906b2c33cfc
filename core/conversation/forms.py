"""Questions that stand together: one form where a platform has forms, one after the other everywhere else.

A question that `joins: next` and the one that comes after it are fields of one form, up to five in a row. Whatever
is not accepted, or was never answered, is asked by itself.
"""

from __future__ import annotations

from core.conversation.flow import Ask, Flow
from core.conversation.model import Form

FORM = "+form"
"""The choice that opens the form. No choice of a flow can have this name."""
FILL = "form_fill"
"""Its label, among the house's."""
FIELD = ".field"
"""Ends the key, among a flow's choices, of the label that a question has as a field."""
MOST = 5
"""Fields of one form, the smallest limit of all platforms."""


def together(flow: Flow, first: Ask) -> tuple[Ask, ...]:
    """The questions of the form that begins with this one; none where it stands alone."""
    asked, step = [first], first
    while step.joins and len(asked) < MOST:
        after = flow.steps.get(step.next)
        if not isinstance(after, Ask) or not after.reads or after in asked:
            break
        asked.append(after)
        step = after
    return tuple(asked) if len(asked) > 1 else ()


def form(flow: Flow, asked: tuple[Ask, ...], language: str) -> Form:
    """The form itself, under the name that the flow has in the menu."""
    words = flow.words[language]
    title = words.texts.get(flow.menu)
    labels = tuple(words.choices.get(f"{ask.text}{FIELD}", ask.text) for ask in asked)
    return Form(title.fill({}, language).text if title else flow.name, labels)
