"""Buttons that the configuration names: `offers: assets` puts one for each name on the house's list under a question.

A name is an answer like a typed one: it fills the slot and leads on. Of a question that is asked until somebody is
done, what is chosen already has a mark; an action gives it in the slot of the question's name and "_now".
"""

from __future__ import annotations

from collections.abc import Mapping

from core.conversation.flow import Ask
from core.conversation.model import Choice

ASSETS = "@assets"
"""Where the house's list of coins and networks stands among its holes."""
LISTS = ("assets",)
"""Every list that a question may offer."""
OFFER = "="
"""How the name of such a button begins; no choice of a flow can."""
CHOSEN = "✓ "
NOW = "_now"


def offered(step: Ask, house: Mapping[str, str]) -> tuple[str, ...]:
    """The names on the list that a question offers."""
    return tuple(house.get(f"@{step.offers}", "").split()) if step.offers else ()


def marked(step: Ask, slots: Mapping[str, str], choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The buttons, and a mark before what is chosen already."""
    now = slots.get(step.text + NOW, "").split()
    if not now:
        return choices
    return tuple(_marked(choice) if choice.name.removeprefix(OFFER) in now else choice for choice in choices)


def _marked(choice: Choice) -> Choice:
    return Choice(choice.name, CHOSEN + choice.label)
