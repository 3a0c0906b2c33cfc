"""What the page needs of a phone, whichever platform is on it; and what a screen shows, ready for a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bots.local.page.rich import Piece


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: `press` is what `Phone.press` takes, "" where it only leads to `url`."""

    label: str
    press: str = ""
    url: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as the screen shows it. `seen_by_you_only` marks what the platform shows to nobody else."""

    id: int
    mine: bool
    author: str
    at: float
    pieces: tuple[Piece, ...]
    rows: tuple[tuple[Button, ...], ...] = ()
    edited: bool = False
    deleted: bool = False
    only_you: bool = False
    thinking: bool = False
    answers: str = ""
    """The first words of the message that it replies to."""
    file: str = ""
    """The kind of file that it carries."""
    picture: str = ""
    """What its picture is called, "" without one; `alt` is what the platform says that it shows."""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """An input of an open form."""

    name: str
    label: str
    hint: str = ""
    long: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form that the bot opened in front of everything else."""

    title: str
    fields: tuple[Field, ...]


class PhoneError(Exception):
    """What a person wanted to do cannot be done now; nothing happened."""


class Phone(Protocol):
    """One person's telephone. Everything happens at once; what the bot does about it shows up later."""

    key: str
    """Its name on the page: "a", "b", "staff"."""
    look: str
    """The platform's look: a class of the style sheet."""

    @property
    def version(self) -> int:
        """Counts the changes of the screen."""

    @property
    def lane(self) -> str:
        """The key of this person's conversation in the store."""

    @property
    def blocked(self) -> bool:
        """Whether the person has blocked the bot (or closed their direct messages)."""

    @property
    def form(self) -> Form | None:
        """The form that is open now."""

    async def changed(self, since: int, seconds: float) -> bool:
        """Wait until the version is above `since`."""

    def bubbles(self, since: int = 0) -> list[Bubble]:
        """The messages in their order that are new, changed or deleted after version `since`."""

    def picture(self, name: str) -> bytes:
        """The bytes of a picture that this phone shows, b"" when it shows none of that name."""

    def say(self, text: str, answering: int = 0) -> None:
        """Write, as a reply to message `answering` where it is not 0.

        Raises:
            PhoneError: the platform does not let them.
        """

    def press(self, message: int, button: str) -> None:
        """Press a button.

        Raises:
            PhoneError: it is not there any more.
        """

    def press_twice(self) -> bool:
        """Press the newest button twice, faster than any answer; False when there is none."""

    def submit(self, values: dict[str, str]) -> None:
        """Send the open form.

        Raises:
            PhoneError: there is none, or a value is refused.
        """

    def block(self, blocked: bool) -> None:
        """Block the bot, or let it write again."""

    def speak(self, language: str) -> None:
        """The language that the phone itself is set to ("zh", "en")."""
