"""The sections `security`, `official` and `lists`: what may be linked, what is official, and what others call a scam."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from core.config_kinds import Section


class Security(Section):
    """What people are told about safety, and what may be linked."""

    official_site: str = "https://helpline.example"
    official_hosts: tuple[str, ...] = ("helpline.example",)
    password_length: int = Field(14, ge=8, le=64)

    @model_validator(mode="after")
    def _links_itself(self) -> Self:
        """Every flow may link the site: no rule for links could look at it there."""
        site = urlsplit(self.official_site)
        if site.scheme != "https" or site.hostname not in self.official_hosts:
            raise PydanticCustomError("site", "official_site is no https address of official_hosts")
        return self


DEMO_KEYS = ("5aFY1NvPEZwA6wt8ImXVZcsFtTN8ob0U7zfdAv7wpmE=", "5tmM4Ftjna+MwLwtCf3gDgoZ+t5LWvFq/0ljpbcZbqo=")
"""Whose private halves lie in docs/demo-keys for everybody to read: they sign the example and protect nobody."""


class OfficialList(Section):
    """The signed list of what is official, see docs/scam-check.md."""

    file: Path = Path("official.yaml")
    """Its signatures stand beside it, in a file with ".sig" behind the name."""
    keys: tuple[str, ...] = DEMO_KEYS
    """Public keys of those who may sign."""
    signatures: int = Field(2, ge=1, le=16)
    """How many different ones of them have to."""


class ScamList(Section):
    """A list that `helpline lists update` fetches."""

    name: str = Field(pattern=r"^[\w.-]{1,40}$")
    location: str = Field(min_length=1)
    """A file, or an https address."""
    kind: Literal["deny", "allow", "top"] = "deny"
    """deny: scams. allow: never a scam, whatever a list says. top: what everybody uses; one list may err about it."""


class ScamLists(Section):
    """Other people's lists of scams."""

    sources: tuple[ScamList, ...] = Field((), max_length=8)
    least: float = Field(0.8, gt=0, le=1)
    most: float = Field(1.5, ge=1)
    """A list that shrank below or grew beyond these shares of its size is refused: more likely it is broken."""
