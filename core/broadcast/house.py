"""What every broadcast of this house shares: its languages, channels and topics, and what stands under each text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.broadcast.content import Post
from core.broadcast.form import House
from core.channel import Abilities
from core.conversation import lessons
from core.conversation.library import Library
from core.conversation.model import Choice, Rich
from core.conversation.offers import ASSETS

WAY_OUT = "unsubscribe"
HOLES = ("official_site", "password_length", "zone")


def house(
    library: Library,
    holes: Mapping[str, str],
    abilities: Mapping[str, Abilities],
    networks: Sequence[str] = (),
) -> House:
    """`holes`: the house's own, as the flows have them. `networks`: those that people ask about."""
    course = lessons.course(library)
    topics = sorted({one.topic for one in course[1]}) if course else []

    def frame(language: str, code: str) -> tuple[Rich, Choice]:
        words = library.common[language]
        below = words.texts["broadcast_code"].fill({"code": f"{code[:4]}-{code[4:]}"}, language)
        return below, Choice(f"@{WAY_OUT}", words.choices[WAY_OUT])

    own = {
        language: {name: holes[name] for name in HOLES} | {"hours": holes[f"hours.{language}"]}
        for language in library.languages
    }
    boards = [Post(name, *board) for name, can in abilities.items() for board in can.boards]
    groups = {name: can.groups for name, can in abilities.items()}
    assets = holes[ASSETS].split()
    subjects = [*library.flows, *networks]
    return House(library.languages, list(abilities), topics, own, frame, boards, groups, assets, subjects)
