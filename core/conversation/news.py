"""What everybody has to hear first while something is wrong: the banners of open incidents. Pure: they come in with the event.

Each person hears a banner once, and once more when its text changed; a flow or a network that an incident is about
mentions it again. What was heard is part of the conversation, so it commits with the message that said it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from core.conversation.model import Event, Finished, Joined, Pressed, Said, Woke


@dataclass(frozen=True, slots=True)
class News:
    """An open incident. `change` counts its texts; `since`: epoch seconds. `what`: language -> its banner. `status`: where
    it stands how it goes on. `about`: names of flows and of networks; none: everything. `name`: for our staff."""

    number: int
    change: int
    since: float
    what: Mapping[str, str]
    status: str
    about: Set[str] = field(default_factory=frozenset)
    name: str = ""

    @property
    def mark(self) -> str:
        """How a conversation remembers that it was heard."""
        return f"{self.number}.{self.change}"

    def concerns(self, names: Set[str]) -> bool:
        """Whether it is about one of these, or about everything."""
        return not self.about or bool(self.about & names)


def hears(event: Event) -> bool:
    """Whether the answer to this event may begin with a banner: nothing private is needed for it, but a warning about a
    secret comes first, a group hears nothing, and what a human says stands for itself."""
    match event:
        case Said(public=public, secrets=secrets):
            return not public and not secrets
        case Pressed(visit=visit):
            return visit >= 0
        case Joined(public=public):
            return not public
        case Finished() | Woke():
            return True
    return False


def due(news: Sequence[News], told: Sequence[str], named: Set[str]) -> list[News]:
    """Those to be heard now: not told yet, or about one of the names that just came up."""
    return [one for one in news if one.mark not in told or one.about & named]


def number_of(mark: str) -> int:
    """The incident of a mark."""
    return int(mark.partition(".")[0])
