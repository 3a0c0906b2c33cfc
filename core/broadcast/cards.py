"""What staff see of a broadcast: its texts as people will see them, and what happened to it with what can be done now. Pure."""

from __future__ import annotations

from collections.abc import Callable

from core.broadcast.boards import places
from core.broadcast.content import Content, headed, load
from core.broadcast.papers import buttons, terms
from core.config import Desk
from core.incidents.opening import banners
from core.staff.announce import announce, text
from core.store.broadcasts import Kept
from core.store.rows import NewEffect


def as_seen(content: Content, desk: Desk, key: str, now: float) -> list[NewEffect]:
    """Its text in each language, one message each."""
    return [
        row
        for language, message in content.messages.items()
        for row in announce(desk, f"{key}:{language}", headed(message, f"【{language}】"), now)
    ]


def told_of(
    kept: Kept, person: str, what: str, people: int, desk: Desk, say: Callable[..., str], now: float
) -> list[NewEffect]:
    """What somebody did, and its buttons. Under review it stands below all that has to be read: `people` are those whom
    it would reach."""
    key = f"n:{kept.name}:{kept.version}:{what}:{now:.3f}"
    lines = [
        say(
            f"broadcast.told_{what}",
            name=kept.name,
            person=person,
            why=kept.reason or "–",
            hash=kept.hash[:16],
        )
    ]
    posts = []
    if what == "in_review":
        content = load(kept.content)
        posts += as_seen(content, desk, key, now)
        if first := banners(kept, say):
            posts += announce(desk, f"{key}:banner", text(*first), now)
        lines += [] if content.waits else terms(content, people, say)
        lines += [say("broadcast.posts", places=where)] if (where := places(content)) else []
    return posts + announce(desk, key, text(*lines)._replace(choices=buttons(kept, say)), now)
