"""The people and chats of the stand-in's small world, and what each chat shows now.

Plain state: a `Shown` is one message as the chat shows it, a chat's `version` counts its changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bots.local.changes import DEFAULT_WAIT, Changes

Json = dict[str, Any]


@dataclass(eq=False, slots=True)
class Person:
    """Somebody who uses the platform. `blocked`: has blocked the bot. `started`: has written to it in private."""

    id: int
    first_name: str
    username: str = ""
    last_name: str = ""
    language: str = "zh-hans"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def as_user(self) -> Json:
        """The Bot API's User."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        if self.language:
            user["language_code"] = self.language
        return user


@dataclass(eq=False, slots=True)
class Shown:
    """One message as its chat shows it. `changed` is the chat's version at its last change."""

    message: Json
    by_bot: bool
    changed: int
    deleted: bool = False

    @property
    def id(self) -> int:
        """The message's id."""
        return int(self.message["message_id"])

    @property
    def text(self) -> str:
        """Its text or caption, "" when it has neither."""
        return str(self.message.get("text") or self.message.get("caption") or "")

    @property
    def buttons(self) -> list[Json]:
        """The buttons of its inline keyboard, row after row."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        """What is written on its buttons."""
        return [button["text"] for button in self.buttons]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the bot answered to a press: a short line, or an alert."""

    callback_id: str
    text: str
    alert: bool
    changed: int


@dataclass(eq=False, slots=True)
class Chat(Changes):
    """A private chat, a group or a supergroup. `bot_status` is the bot's membership: member, administrator,
    left or kicked. `migrated_to` is the supergroup's id once a group was upgraded.
    """

    id: int
    kind: str
    head: Json
    person: Person | None = None
    members: set[int] = field(default_factory=set)
    bot_status: str = "member"
    forum: bool = False
    gone: bool = False
    migrated_to: int = 0
    shown: dict[int, Shown] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        """Whether several people write here."""
        return self.kind != "private"

    def as_chat(self) -> Json:
        """The Bot API's Chat."""
        return self.head

    def put(self, message: Json, *, by_bot: bool) -> Shown:
        """Show a new message."""
        shown = Shown(message, by_bot, self.touch())
        self.shown[shown.id] = shown
        return shown

    def replace(self, shown: Shown, message: Json) -> None:
        """Show another content in place of a message."""
        shown.message = message
        shown.changed = self.touch()

    def remove(self, shown: Shown) -> None:
        """Show a message no more. It stays in `shown` with `deleted` set."""
        shown.deleted = True
        shown.changed = self.touch()

    def describe(self) -> str:
        """Its id and the last texts that it shows."""
        return f"chat {self.id}, which shows {[shown.text for shown in self.messages()][-5:]},"

    def messages(self, *, by_bot: bool | None = None, since: int = 0) -> list[Shown]:
        """The messages shown now in their order: all, the bot's or the people's; changed after `since`."""
        return [
            shown
            for shown in self.shown.values()
            if not shown.deleted and shown.changed > since and by_bot in (None, shown.by_bot)
        ]

    def last(self, *, by_bot: bool | None = True) -> Shown:
        """The newest message shown, by default the newest of the bot.

        Raises:
            LookupError: there is none.
        """
        messages = self.messages(by_bot=by_bot)
        if not messages:
            raise LookupError(f"chat {self.id} shows no such message")
        return messages[-1]

    async def reply(self, since: int, seconds: float = DEFAULT_WAIT) -> Shown:
        """Wait for the bot's first message that is new or changed after version `since`.

        Raises:
            TimeoutError: none came within `seconds`.
        """
        shown: Shown = await self.until(
            lambda chat: next(iter(chat.messages(by_bot=True, since=since)), None), seconds
        )
        return shown
