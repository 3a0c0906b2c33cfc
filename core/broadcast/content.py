"""What a broadcast is, as it will be sent. Pure: it is frozen before anybody approves it, and hashed as a whole.

The hash covers every rendered text with its buttons, whom it is for, and when: a second person approves exactly this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Literal

from core.conversation.model import Message, Rich
from core.conversation.wire import dump_message, load_message

Kind = Literal["critical", "security", "notice", "market", "education"]
KINDS: tuple[Kind, ...] = ("critical", "security", "notice", "market", "education")
COURSE, INCIDENT = "course", "incident"
"""Plans of what is not sent by the calendar: a lesson at its place in everybody's course, an incident's text at its end."""
LOUD = frozenset({"critical", "security"})
"""Kinds that may override quiet hours and the weekly cap, with a reason that is written down."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom it is for. What is empty asks for nothing; without any condition `everybody` has to say so.

    `got`: those who got that broadcast, which this one replaces. `follows`: they get this one beside it.
    """

    everybody: bool = False
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    topic: str = ""
    seen_days: int = 0
    open_cases: bool = False
    attribute: tuple[str, str] = ("", "")
    got: str = ""
    follows: str = ""
    assets: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it names nobody: that is a mistake, and never "everybody"."""
        return self == Rule()


@dataclass(frozen=True, slots=True)
class Plan:
    """When it is sent: at once ("now"), at a time on the wall of `zone`, or by `cron` there. An empty zone: each
    person's own. After `hours` a moment is over, whatever is left."""

    at: str = "now"
    zone: str = ""
    cron: str = ""
    hours: float = 24.0


@dataclass(frozen=True, slots=True)
class Part:
    """Its place in a series: the lesson of this number, at least `every` days after the one before it."""

    series: str
    number: int
    every: int


@dataclass(frozen=True, slots=True)
class Post:
    """A board that it is posted in, once, in one language. `mention`: the one group of people that it calls there."""

    channel: str
    chat: str
    language: str
    mention: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """What makes a broadcast the text of an incident: while that is open `banner` (by language) stands before people's
    answers, and when it is over those who read it get the broadcast. `status`: where it says how it goes on. `about`:
    flows and networks. `at_once`: it opens as soon as it is approved."""

    banner: Mapping[str, str]
    status: str
    about: tuple[str, ...] = ()
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is approved together. `reason`: why it may come at night."""

    name: str
    kind: Kind
    messages: Mapping[str, Message]
    rule: Rule
    plan: Plan
    reason: str = ""
    code: str = field(default="")
    posts: tuple[Post, ...] = ()
    incident: Incident | None = None
    part: Part | None = None

    @property
    def waits(self) -> bool:
        """Whether something else than its plan says when it is sent, and to whom."""
        return self.incident is not None or self.plan.at == COURSE

    @property
    def loud(self) -> bool:
        """Whether it comes at any hour."""
        return self.kind in LOUD and bool(self.reason)


def headed(message: Message, head: str) -> Message:
    """As staff see it before anybody else does: with a head, and of its buttons those that open a link."""
    links = tuple(choice for choice in message.choices if choice.url)
    return message._replace(blocks=(Rich(head), *message.blocks), choices=links)


def picture_in(content: Content) -> str:
    """The name of its picture, which is the same in every language; "" when it has none."""
    return next((one.picture.name for one in content.messages.values() if one.picture), "")


def dump(content: Content) -> str:
    """The one way in which a content is written, so that its hash is the same everywhere."""
    messages = {language: dump_message(message) for language, message in content.messages.items()}
    value = asdict(content) | {"messages": messages}
    for name in ("posts", "incident", "part"):
        if not value[name]:  # as it was written before there were any: what was approved stays so
            del value[name]
    for name in ("follows", "assets", "zones"):
        if not value["rule"][name]:
            del value["rule"][name]
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=64)
def load(text: str) -> Content:
    """The content of a row."""
    value = json.loads(text)
    rule = value.pop("rule")
    for name in ("channels", "languages", "attribute", "assets", "zones"):
        rule[name] = tuple(rule.get(name, ()))
    incident = value.pop("incident", None)
    if incident:
        incident = Incident(**incident | {"about": tuple(incident["about"])})
    messages = {language: load_message(one) for language, one in value.pop("messages").items()}
    posts = tuple(Post(**one) for one in value.pop("posts", ()))
    plan = Plan(**value.pop("plan"))
    part = Part(**one) if (one := value.pop("part", None)) else None
    return Content(
        messages=messages, rule=Rule(**rule), plan=plan, posts=posts, incident=incident, part=part, **value
    )


def digest(text: str) -> str:
    """SHA-256 of a written content, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
