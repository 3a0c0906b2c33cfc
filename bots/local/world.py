"""The world side of the stand-in: what people do, in plain Python, and what their chats show.

Everything a person does becomes the update that the platform would send; everything the bot does arrives
through `post`, `replace` and `remove`. Use it from the event loop that runs the server.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bots.local import attachments
from bots.local.attachments import Files
from bots.local.memberships import Memberships
from bots.local.people import Chat, Json, Person, Shown
from bots.local.telegram_checks import found_entities
from bots.local.telegram_updates import UpdateQueue

BOT_ID = 7_000_000_001
FIRST_PERSON = 5_000_000_001

Who = Person | int | str
"""A person, their id, or their username (which makes the person when new)."""


@dataclass(slots=True)
class Press:
    """One press of a button, as the bot may answer it. `at` is in epoch seconds."""

    id: str
    person: Person
    chat: Chat
    message_id: int
    at: float
    answered: bool = False


class World(Memberships):
    """The people, chats, messages and files around one bot. `now` gives epoch seconds; `seed` fixes the ids."""

    def __init__(
        self, *, now: Callable[[], float] = time.time, seed: int | None = None, username: str = "helpline_bot"
    ) -> None:
        self.now = now
        self.updates = UpdateQueue(now=now, seed=seed)
        self.bot: Json = {"id": BOT_ID, "is_bot": True, "first_name": "Helpline", "username": username}
        self.reads_groups = False
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.presses: dict[str, Press] = {}
        self._by_name: dict[str, Person] = {}
        self._last_message = 0
        self._groups_made = 0

    # People and their chats

    def add_person(
        self,
        first_name: str,
        *,
        username: str = "",
        last_name: str = "",
        language: str = "zh-hans",
        id: int = 0,
    ) -> Person:
        """A new person; `language` "" is somebody whose client tells none."""
        number = id or FIRST_PERSON + len(self.people)
        person = Person(number, first_name, username, last_name, language)
        self.people[number] = person
        if username:
            self._by_name[username.lower()] = person
        return person

    def person(self, who: Who) -> Person:
        """The person meant by `who`.

        Raises:
            LookupError: no person has this id.
        """
        if isinstance(who, Person):
            return who
        if isinstance(who, int):
            return self.people[who]
        return self._by_name.get(who.lower()) or self.add_person(who, username=who)

    def private(self, who: Who) -> Chat:
        """The private chat of a person with the bot. The bot may write there once the person has."""
        person = self.person(who)
        chat = self.chats.get(person.id)
        if chat is None:
            names = {
                k: v for k, v in person.as_user().items() if k in ("first_name", "last_name", "username")
            }
            chat = Chat(person.id, "private", {"id": person.id, "type": "private", **names}, person)
            self.chats[chat.id] = chat
        return chat

    # What people do

    def say(self, who: Who, text: str, chat: Chat | None = None, **extra: Any) -> Shown:
        """Somebody writes `text`, in private unless `chat` is given; commands, links and mentions are marked.

        `extra` are further fields of the Message. Somebody who had blocked the bot unblocks it first.
        """
        fields: Json = {"text": text}
        if "entities" not in extra and (entities := found_entities(text)):
            fields["entities"] = entities
        return self._write(self.person(who), fields | extra, chat)

    def send(
        self,
        who: Who,
        kind: str,
        *,
        chat: Chat | None = None,
        caption: str = "",
        data: bytes = b"",
        name: str = "",
        size: int = 0,
        **extra: Any,
    ) -> Shown:
        """Somebody sends a photo, voice, sticker, document, location, poll, contact ... (`attachments.KINDS`).

        `size` in bytes may claim more than `data` has.

        Raises:
            LookupError: there is no such kind.
        """
        fields = attachments.build(self.files, kind, data=data, name=name, size=size)
        if caption:
            fields["caption"] = caption
        return self._write(self.person(who), fields | extra, chat)

    def forward(self, who: Who, text: str, author: Who, chat: Chat | None = None) -> Shown:
        """Somebody passes on what `author` wrote."""
        sender = self.person(author).as_user()
        origin = {"type": "user", "sender_user": sender, "date": int(self.now()) - 60}
        return self.say(who, text, chat, forward_origin=origin)

    def edit(self, who: Who, message_id: int, text: str, chat: Chat | None = None) -> Shown:
        """Somebody changes their own message.

        Raises:
            LookupError: the chat shows no such message of a person.
        """
        person = self.person(who)
        place = chat or self.private(person)
        shown = self.shown(place, message_id, by_bot=False)
        message = {k: v for k, v in shown.message.items() if k not in ("text", "entities")}
        message |= {"edit_date": int(self.now()), "text": text}
        if entities := found_entities(text):
            message["entities"] = entities
        place.replace(shown, message)
        if self._bot_sees(place, message):
            self.updates.push("edited_message", message)
        return shown

    def press(
        self, who: Who, message_id: int, button: str, chat: Chat | None = None, *, stale: bool = False
    ) -> str:
        """Somebody presses the button whose label or data is `button`: the callback's id.

        `stale`: the press was under way when the keyboard changed, so `button` is sent as data unchecked.

        Raises:
            LookupError: the message is gone or shows no such button.
        """
        person = self.person(who)
        place = chat or self.private(person)
        shown = place.shown[message_id] if stale else self.shown(place, message_id, by_bot=True)
        data = button if stale else self._data_of(shown, button)
        press = Press(str(4_000_000_000_000 + len(self.presses)), person, place, message_id, self.now())
        self.presses[press.id] = press
        callback: Json = {
            "id": press.id,
            "from": person.as_user(),
            "chat_instance": str(place.id * 31),
            "data": data,
        }
        gone = {"chat": place.as_chat(), "message_id": message_id, "date": 0}
        callback["message"] = gone if shown.deleted else shown.message
        self.updates.push("callback_query", callback)
        return press.id

    def inject(self, update: Json) -> int:
        """Queue an update as it is, however odd: its update_id."""
        return self.updates.push_raw(update)

    # What the bot does

    def post(self, chat: Chat, fields: Json) -> Json:
        """Show a message of the bot in `chat`; returns the whole Message."""
        return self._put(chat, self.bot, fields, by_bot=True)

    def replace(self, chat: Chat, shown: Shown, fields: Json, drop: tuple[str, ...] = ()) -> Json:
        """Show `fields` in place of those of the bot's message, without those named in `drop`."""
        kept = {k: v for k, v in shown.message.items() if k not in drop}
        message = kept | {"edit_date": int(self.now())} | fields
        chat.replace(shown, message)
        return message

    # Inside

    @staticmethod
    def shown(chat: Chat, message_id: int, *, by_bot: bool | None = None) -> Shown:
        """A message that the chat shows now, of the bot, of a person, or (None) of either.

        Raises:
            LookupError: there is none.
        """
        shown = chat.shown.get(message_id)
        if shown is None or shown.deleted or by_bot not in (None, shown.by_bot):
            raise LookupError(f"chat {chat.id} shows no such message {message_id}")
        return shown

    @staticmethod
    def _data_of(shown: Shown, button: str) -> str:
        for one in shown.buttons:
            if "callback_data" in one and button in (one["text"], one["callback_data"]):
                return str(one["callback_data"])
        raise LookupError(f"message {shown.id} has no button {button!r}; it has {shown.labels}")

    def _write(self, person: Person, fields: Json, chat: Chat | None) -> Shown:
        place = chat or self.private(person)
        if place.person is person:
            self.unblock(person)
            person.started = True
        message = self._put(place, person.as_user(), fields, by_bot=False)
        if self._bot_sees(place, message):
            self.updates.push("message", message)
        return place.shown[message["message_id"]]

    def _put(self, chat: Chat, sender: Json, fields: Json, *, by_bot: bool) -> Json:
        message = {
            "message_id": self._new_message_id(chat),
            "from": sender,
            "chat": chat.as_chat(),
            "date": int(self.now()),
            **fields,
        }
        chat.put(message, by_bot=by_bot)
        return message

    def _new_message_id(self, chat: Chat) -> int:
        # A supergroup counts for itself; private chats and basic groups share one row of numbers.
        if chat.kind == "supergroup":
            return len(chat.shown) + 1
        self._last_message += 1
        return self._last_message

    def _bot_sees(self, chat: Chat, message: Json) -> bool:
        """Privacy mode: in a group a plain member sees commands, mentions and replies to itself."""
        if chat.bot_status in ("left", "kicked"):
            return False
        if not chat.is_group or self.reads_groups or chat.bot_status == "administrator":
            return True
        if "text" not in message and "caption" not in message:
            return "new_chat_members" in message or "migrate_to_chat_id" in message
        text = str(message.get("text") or message.get("caption"))
        replied = message.get("reply_to_message", {}).get("from", {}).get("id")
        return text.startswith("/") or f"@{self.bot['username']}" in text or replied == self.bot["id"]
