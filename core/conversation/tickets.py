"""The nouns of people who answer: what staff did, as events of the person's conversation, and what it asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# --- events ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """A human wrote to this person about a ticket, under an alias. `edits` refers to the message that it replaces."""

    number: str
    alias: str
    text: str
    edits: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """A human closed a ticket. `others`: another one of this conversation is still open."""

    number: str
    others: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket as its person sees it: open (we are to answer), answered (they are) or closed."""

    number: str
    opened_at: str
    state: Literal["open", "answered", "closed"]


@dataclass(frozen=True, slots=True)
class Recalled:
    """The person's tickets, newest first: the answer to `Recall`."""

    tickets: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that the person asked to be told about happened: a house text, then (when named) one of a flow's.

    `edits` refers to the message that it replaces, "" for a new one.
    """

    text: str
    flow: str
    also: str
    values: Mapping[str, str]
    edits: str = ""


Desked = Answered | Closed | Recalled | Noticed
"""What comes from the desk, and what somebody waits for."""


# --- effects ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Left:
    """The person went back to the bot. Their ticket stays open, and whoever has it is told."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Look up this person's tickets; `Recalled` follows."""


@dataclass(frozen=True, slots=True)
class Note:
    """Add what a person wrote (already masked), or a reference to what they sent, to their open ticket."""

    text: str
    ref: str = ""
