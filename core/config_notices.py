"""The section `notices`: the occasions on which a broadcast is drafted by itself. See docs/notices.md."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.config_kinds import twice

Words = str | tuple[str, ...]
Sort = Literal["critical", "security", "notice", "market"]
"""The class of a broadcast; lessons do not draft themselves."""


class _Rule(BaseModel):
    """What every rule has. A draft's name begins with the rule's."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")
    sort: Sort = Field("notice", alias="class")
    audience: dict[str, Words] = Field({"everybody": "true"}, min_length=1)
    """As in a broadcast's file."""
    post: tuple[str, ...] = ()
    """Announcement channels."""
    reason: str = ""
    """Why it may come at night; only for what is critical or a matter of security."""
    cooldown_hours: float = Field(12, ge=0)
    """After an occasion was drafted, the next one is only counted for so long."""
    hours: float = Field(6, gt=0, le=168)
    """So long after its approval it may still be sent."""


class Upgrade(_Rule):
    """A planned upgrade of a network at a block's height."""

    kind: Literal["upgrade"]
    network: str = Field(min_length=1)
    height: int = Field(ge=1)
    title: str = Field(min_length=1, max_length=60)
    """What the upgrade is called."""
    lead_hours: tuple[Annotated[float, Field(gt=0, le=24 * 60)], ...] = Field((72, 24), min_length=1)
    """A draft so long before, each once."""


class Deposits(_Rule):
    """Deposits of a network: paused by the exchange's own word, or late because no source can see the network."""

    kind: Literal["deposits"]
    network: str = Field(min_length=1)
    minutes: float = Field(30, gt=0)
    """So long nobody can see the network before it is an occasion; a pause is one at once."""


class Outage(_Rule):
    """A source that is down or behind, a platform that cannot be reached, or our own queues that stand."""

    kind: Literal["outage"]
    source: str = Field(min_length=1)
    """A network ("Ethereum": all its sources), one source of it ("Ethereum/my-geth"), a channel, or "queues"."""
    minutes: float = Field(15, gt=0)
    """So long it lasts before it is an occasion, and so long it is well before that is over."""


class Price(_Rule):
    """A price that moved further than `percent` within `hours_back`."""

    kind: Literal["price"]
    url: str = Field(min_length=1)
    """https, or plain http to this machine. ${NAME} in it is taken from the environment."""
    field: str = Field("price", min_length=1)
    """Where the price stands in the JSON: "data.0.price"."""
    at_field: str = ""
    """Where its time stands (epoch seconds or milliseconds); an old price is none."""
    asset: str = Field(min_length=1, max_length=20)
    currency: str = Field("USD", min_length=1, max_length=10)
    source: str = Field(min_length=1, max_length=60)
    """Whose price it is, as people are told."""
    percent: float = Field(gt=0, le=1000)
    hours_back: float = Field(24, gt=0, le=168)
    stale_minutes: float = Field(10, gt=0)
    sort: Sort = Field("market", alias="class")


Rule = Annotated[Upgrade | Deposits | Outage | Price, Field(discriminator="kind")]


class Notices(BaseModel):
    """What drafts itself, and how often at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[Rule, ...] = Field((), max_length=50)
    a_day: int = Field(6, ge=0)
    """Drafts in 24 hours, all rules together; more are only counted. What corrects or ends something always comes."""
    texts: Path | None = None
    """A folder with <language>.yaml of your own; none: those that came along."""
    look_seconds: float = Field(15, gt=0)

    @field_validator("rules")
    @classmethod
    def _one_name_each(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        names = [rule.name for rule in rules]
        if again := {name for name in names if names.count(name) > 1}:
            raise twice(", ".join(sorted(again)))
        return rules
