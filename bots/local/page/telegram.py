"""Phone A, and the staff's group: a person's side of the Telegram stand-in."""

from __future__ import annotations

from typing import Any

from bots.local.page.phone import Bubble, Button, Form, PhoneError
from bots.local.page.rich import from_entities
from bots.local.people import Chat, Person, Shown
from bots.local.telegram_checks import found_entities
from bots.local.world import World

LOCALES = {"zh": "zh-hans", "en": "en"}
_FILES = ("document", "voice", "video", "audio", "sticker")
_QUOTED = 60


class TelegramPhone:
    """One person in front of one chat: their private chat with the bot, or a group.

    `channel` is the name of the configured channel, which begins the key of every conversation.
    """

    look = "telegram"

    def __init__(
        self, key: str, world: World, person: Person, channel: str, chat: Chat | None = None
    ) -> None:
        self.key = key
        self._world = world
        self._person = person
        self._channel = channel
        self._chat = chat or world.private(person)

    @property
    def version(self) -> int:
        """Counts the changes of the screen."""
        return self._chat.version

    @property
    def lane(self) -> str:
        """The key of this person's conversation."""
        return f"{self._channel}|{self._chat.id}|{self._person.id}"

    @property
    def blocked(self) -> bool:
        """Whether the person has blocked the bot."""
        return self._person.blocked

    @property
    def form(self) -> Form | None:
        """Telegram has no forms."""
        return None

    async def changed(self, since: int, seconds: float) -> bool:
        """Wait until the version is above `since`."""
        return await self._chat.changed(since, seconds)

    def bubbles(self, since: int = 0) -> list[Bubble]:
        """What is new, changed or deleted after version `since`."""
        shown = (one for one in list(self._chat.shown.values()) if one.changed > since)
        return [self._bubble(one) for one in shown if one.text or _carries(one.message) or one.deleted]

    def picture(self, name: str) -> bytes:
        """The bytes of a photo that stands in this chat."""
        here = any(_photo(one.message) == name for one in self._chat.messages())
        stored = self._world.files.get(name) if here else None
        return stored.data if stored else b""

    def say(self, text: str, answering: int = 0) -> None:
        """Write into the chat."""
        extra: dict[str, Any] = {}
        if answering:
            replied = self._chat.shown.get(answering)
            if replied is None or replied.deleted:
                raise PhoneError("the message is gone")
            extra["reply_to_message"] = replied.message
        self._world.say(self._person, text, None if self._chat.person else self._chat, **extra)

    def press(self, message: int, button: str) -> None:
        """Press a button by its data."""
        try:
            self._world.press(self._person, message, button, None if self._chat.person else self._chat)
        except LookupError as error:
            raise PhoneError(str(error)) from None

    def press_twice(self) -> bool:
        """Press the first button of the newest message that has one, twice."""
        for shown in reversed(self._chat.messages(by_bot=True)):
            data = next((one["callback_data"] for one in shown.buttons if "callback_data" in one), "")
            if data:
                self.press(shown.id, data)
                self._world.press(self._person, shown.id, data, stale=True)
                return True
        return False

    def submit(self, values: dict[str, str]) -> None:
        """Telegram has no forms."""
        raise PhoneError("no form is open")

    def block(self, blocked: bool) -> None:
        """Block the bot, or let it write again."""
        (self._world.block if blocked else self._world.unblock)(self._person)

    def speak(self, language: str) -> None:
        """What the person's app says about its language."""
        self._person.language = LOCALES.get(language, language)

    def _bubble(self, shown: Shown) -> Bubble:
        message = shown.message
        entities = message.get("entities") or message.get("caption_entities") or []
        if shown.by_bot:  # apps mark bare links by themselves
            entities = [*entities, *found_entities(shown.text)]
        replied = message.get("reply_to_message") or {}
        return Bubble(
            id=shown.id,
            mine=message["from"]["id"] == self._person.id,
            author=str(message["from"]["first_name"]),
            at=float(message["date"]),
            pieces=tuple(from_entities(shown.text, entities)),
            rows=_rows(message),
            edited="edit_date" in message,
            deleted=shown.deleted,
            answers=str(replied.get("text") or replied.get("caption") or "")[:_QUOTED],
            file=_file(message),
            picture=_photo(message),
        )


def _rows(message: dict[str, Any]) -> tuple[tuple[Button, ...], ...]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return tuple(
        tuple(Button(one["text"], one.get("callback_data", ""), one.get("url", "")) for one in row)
        for row in rows
    )


def _file(message: dict[str, Any]) -> str:
    return next((kind for kind in _FILES if kind in message), "")


def _photo(message: dict[str, Any]) -> str:
    sizes = message.get("photo") or [{}]
    return str(sizes[-1].get("file_id", ""))


def _carries(message: dict[str, Any]) -> bool:
    return bool(_file(message) or _photo(message))
