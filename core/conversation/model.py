"""The nouns of a conversation: frozen values that the pure engine takes and gives.

Nothing here knows a platform, a language, a clock or a disk. What is stored is one of these values, written by `wire.py`. What every
turn makes anew is a named tuple: a frozen dataclass costs three times as much to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from core.conversation.delivery import Deliver
from core.conversation.picture import Picture
from core.conversation.tickets import Desked, Left, Note, Recall

END = "end"
"""The target that ends a flow. No step may carry this name."""


# --- who and where ---------------------------------------------------------------------------


class Address(NamedTuple):
    """Where a person is reached: a configured channel ("main"), a chat in it, a user, a thread.

    `reply` is how their channel can answer the very event that caused an effect: the channel's own text, sealed
    where it is a secret. Core carries it from an event to the effects that it causes and never looks into it;
    it is no part of the address's identity, and no conversation keeps it.
    """

    channel: str
    chat: str
    user: str
    thread: str = ""
    reply: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self[:4] == other[:4]

    def __ne__(self, other: object) -> bool:
        return not isinstance(other, Address) or self[:4] != other[:4]

    def __hash__(self) -> int:
        return hash(self[:4])

    def __repr__(self) -> str:
        return f"Address{self[:4]}"

    @property
    def key(self) -> str:
        """The conversation's key: one conversation for each person in each chat of each channel."""
        return f"{self.channel}|{self.chat}|{self.user}"


# --- what a person sees ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text, in code points, that is drawn as bold, code or a link (with its url)."""

    start: int
    end: int
    kind: Literal["bold", "code", "link"]
    url: str = ""


class Rich(NamedTuple):
    """One block of text with its marks. Lists are lines that begin with a bullet."""

    text: str
    marks: tuple[Mark, ...] = ()


class Choice(NamedTuple):
    """A button. `name` comes back as `Pressed.choice`; a choice with a `url` opens that link instead."""

    name: str
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Questions that are answered together: what stands above them, and a label for each."""

    title: str
    fields: tuple[str, ...]


class Message(NamedTuple):
    """What one turn says: blocks (drawn as paragraphs of one message), then the buttons.

    `visit` is the moment of the conversation that the buttons belong to: a press from another
    visit is stale. `private` asks the face to show it to this person only, where it can.
    `form` is shown in place of everything else where the platform can open one at this moment.
    `mention` is the one group of people that is called, where the platform has such; never everybody.
    """

    blocks: tuple[Rich, ...]
    choices: tuple[Choice, ...] = ()
    visit: int = 0
    picture: Picture | None = None
    private: bool = True
    form: Form | None = None
    mention: str = ""


# --- what comes in ---------------------------------------------------------------------------

Kind = Literal[
    "said",
    "edited",
    "pressed",
    "joined",
    "left",
    "blocked",
    "moved",
    "unread",
    "undelivered",
    "vouched",
    "overheard",
]


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that a person sent beside text: its kind, its size in bytes, the platform's reference.

    `source` is set where it is a small text file: how its face fetches it at once. No row keeps it.
    """

    kind: Literal["photo", "voice", "sticker", "file", "video", "location", "poll", "contact", "other"]
    size: int = 0
    ref: str = ""
    source: str = field(default="", compare=False, repr=False)


class Incoming(NamedTuple):
    """One platform update, translated. For `pressed`, `text` is the raw signed route of the button.

    `public` is true in groups and servers. `forwarded` says that the text is somebody else's.
    `unread` is an update that the adapter could not read: `text` holds its remains (the guard masks them).
    `moved`: this chat has the id `moved_to` now.
    `reply_to` is the `message_ref` of the message that this one answers; "" when it answers none.
    `vouched` is our own: a staff member's code was taken out at the gate, and `text` says what came of it.
    `overheard` was said to others in a group: `quoted` holds the codes of what is wrong with it or with its author.
    `undelivered` is our own: what staff wrote never reached the person; `reply_to` names its row.
    `reply_handle` is how a face answers this very event itself (a bearer secret with a short life: never logged).
    `form` is the raw signed route of the form that was filled in; `text` then has a line for each field.
    `hurried`: this person writes faster than anybody could answer.
    `file_text` is what stands in small text files that came along: the guard looks through it and drops it.
    """

    event_id: str
    address: Address
    kind: Kind
    text: str = ""
    quoted: str = ""
    attachments: tuple[Attachment, ...] = ()
    message_ref: str = ""
    reply_handle: str = ""
    language_hint: str = ""
    public: bool = False
    forwarded: bool = False
    moved_to: str = ""
    secrets: tuple[str, ...] = ()
    reply_to: str = ""
    form: str = ""
    hurried: bool = False
    file_text: str = ""

    def __repr__(self) -> str:  # without what is secret, or might be
        return f"Incoming{self._replace(reply_handle='')[:-1]}"


# --- events: what the engine takes -----------------------------------------------------------


class Said(NamedTuple):
    """A person wrote. `secrets` are the kinds that the guard found and already masked in `text` and `quoted`.

    `form` is the visit of the form whose fields are the lines of `text`: 0 when there was none, -1 when it was
    forged or another person's.
    """

    text: str
    ref: str = ""
    secrets: tuple[str, ...] = ()
    attachment: str = ""
    edited: bool = False
    forwarded: bool = False
    public: bool = False
    form: int = 0
    hurried: bool = False
    quoted: str = ""


class Pressed(NamedTuple):
    """A person pressed a button. `visit` is -1 when the route was forged or another person's."""

    choice: str
    visit: int
    ref: str = ""
    hurried: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """An action or a hand-over that was awaited at `visit` ended with one of its outcomes."""

    visit: int
    outcome: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Woke:
    """A reminder that was set at `visit` is due."""

    visit: int


@dataclass(frozen=True, slots=True)
class Joined:
    """The bot was added to a chat, or a person came back after blocking it."""

    public: bool = False


Event = Said | Pressed | Finished | Woke | Joined | Desked


# --- effects: what the engine gives ----------------------------------------------------------

Urgency = Literal["normal", "emergency"]


class Send(NamedTuple):
    """Say a message, as a reply to `reply_to` where one is given.

    A reference, here and in `Edit` and `Erase`, that begins with "@" names a row of the outbox: the message that it became.
    """

    message: Message
    reply_to: str = ""


class Edit(NamedTuple):
    """Show a message in place of an earlier one of ours; where that is impossible, send it anew."""

    ref: str
    message: Message


@dataclass(frozen=True, slots=True)
class Erase:
    """Delete a person's message (a pasted secret), or one of `ours`, where the platform lets a bot do it."""

    ref: str
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Perform a registered action; its result comes back as `Finished` with the same visit."""

    action: str
    inputs: Mapping[str, str]
    visit: int


@dataclass(frozen=True, slots=True)
class Remind:
    """Wake this conversation after so many seconds."""

    after: float
    visit: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """Open a ticket for a human of this skill; `Finished(visit, "opened", {number})` follows, and while nobody is
    there it also says when somebody is: {back_at, zone_name, @zone}."""

    skill: str
    urgency: Urgency
    flow: str
    slots: Mapping[str, str]
    visit: int
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Send this person nothing more that nobody asked for, beginning with what is queued already."""


Effect = Send | Edit | Erase | Deliver | Act | Remind | HandOver | Note | Left | Recall | Unsubscribe
