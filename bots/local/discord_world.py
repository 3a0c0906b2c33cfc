"""The world side of the Discord stand-in: what people write, in plain Python, and what their channels show.

Everything a person does becomes the event that the platform would send; everything the bot does arrives
through `post`, `replace` and `remove`. Use it from the event loop that runs the server; nothing here waits.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from bots.local.discord_clicks import Clicks
from bots.local.discord_objects import BOT_ID
from bots.local.discord_people import EPHEMERAL, Channel, Person, Shown
from bots.local.discord_places import Places, Who
from bots.local.discord_sessions import DIRECT_MESSAGES, GUILD_MESSAGES
from bots.local.discord_wire import Json, timestamp

LONGEST_TEXT = 2000
REPLY = 19
_MENTION = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d+)>")
_SECRET_PARTS = ("content", "embeds", "attachments", "components")
_SNAPSHOT = (*_SECRET_PARTS, "type", "mentions", "mention_roles", "timestamp", "edited_timestamp", "flags")


class World(Places, Clicks):
    """The people, servers, messages and clicks around one bot.

    `now` gives epoch seconds; `privileged` are the privileged intents that the application was granted.
    """

    def __init__(self, *, now: Callable[[], float] = time.time, privileged: int = 0) -> None:
        Places.__init__(self, now)
        Clicks.__init__(self)
        self.privileged = privileged
        self.files: dict[str, bytes] = {}

    # What people do

    def say(
        self,
        who: Who,
        text: str,
        channel: Channel | None = None,
        *,
        reply_to: Shown | int | None = None,
        ping: bool = True,
        attachments: Sequence[Json] = (),
    ) -> Shown:
        """Somebody writes `text`, in their direct channel unless `channel` is given.

        `reply_to` makes it a reply; with `ping` (as clients do) the author of that message is mentioned, so a bot
        that is answered so sees the content without the content intent. `attachments` are `attachment(...)`s.

        Raises:
            ValueError: the text is empty or over 2000 characters.
            LookupError: the person is not in the server, or `reply_to` is not shown there.
        """
        person = self.person(who)
        place = channel or self.dm(person)
        self.check_inside(person, place)
        if not (text.strip() or attachments) or len(text) > LONGEST_TEXT:
            raise ValueError("a message has 1 to 2000 characters")
        fields: Json = {"content": text, "attachments": list(attachments)}
        mentions = self._mentioned(text)
        if reply_to is not None:
            answered = self.find(reply_to, place)
            fields |= self.reference(answered) | {"type": REPLY}
            author = answered.message["author"]
            if ping and author not in mentions:
                mentions.append(author)
        return self._put(place, person.as_user(), fields | {"mentions": mentions})

    def mention(self, who: Who, channel: Channel, text: str) -> Shown:
        """Somebody writes `@Helpline text` in a channel of a server."""
        return self.say(who, f"<@{BOT_ID}> {text}", channel)

    def forward(self, who: Who, message: Shown, channel: Channel | None = None) -> Shown:
        """Somebody forwards a message: its words come as a snapshot, without whoever wrote it.

        Raises:
            LookupError: the person is not in the server.
        """
        person = self.person(who)
        place = channel or self.dm(person)
        self.check_inside(person, place)
        snapshot = {name: value for name, value in message.message.items() if name in _SNAPSHOT}
        reference = self.reference(message)["message_reference"] | {"type": 1}
        fields = {"message_reference": reference, "message_snapshots": [{"message": snapshot}]}
        return self._put(place, person.as_user(), fields)

    def edit(self, message: Shown | int, text: str) -> Shown:
        """Somebody changes their own message.

        Raises:
            LookupError: no channel shows such a message of a person.
        """
        shown = self.find(message)
        if shown.by_bot:
            raise LookupError("people change only their own messages")
        mentions = self._mentioned(text)
        return self._change(shown, {"content": text, "mentions": mentions})

    def delete(self, message: Shown | int) -> None:
        """Somebody (the author, or a moderator in a server) deletes a message.

        Raises:
            LookupError: no channel shows it.
        """
        self.remove(self.find(message))

    def attachment(
        self,
        name: str,
        *,
        size: int = 1000,
        kind: str = "image/png",
        data: bytes = b"",
        store: str = "https://cdn.discordapp.com",
    ) -> Json:
        """A file to send with `say`. Only its description exists, or its `data`, which the stand-in hands out."""
        number = str(self.ids.new())
        path = f"/attachments/{number}/{name}"
        if data:
            self.files[path], size = data, len(data)
        url = store + path
        return {
            "id": number,
            "filename": name,
            "size": size,
            "url": url,
            "proxy_url": url,
            "content_type": kind,
        }

    # What people see

    def shown(self, who: Who) -> list[Shown]:
        """What somebody sees now: their direct channel, and the bot's ephemeral messages to them elsewhere."""
        person = self.person(who)
        seen = list(self.dm(person).messages(viewer=person))
        for channel in self.channels.values():
            if channel.guild is not None:
                seen += [one for one in channel.messages() if one.viewer is person]
        return sorted(seen, key=lambda one: one.id)

    def find(self, message: Shown | int, channel: Channel | None = None) -> Shown:
        """A message that is shown now, wherever it is or in one channel.

        Raises:
            LookupError: there is none.
        """
        number = message.id if isinstance(message, Shown) else message
        for place in self.channels.values() if channel is None else (channel,):
            shown = place.shown.get(number)
            if shown is not None and not shown.deleted:
                return shown
        raise LookupError(f"no channel shows a message {number}")

    # What the bot does

    def post(self, channel: Channel, fields: Json, viewer: Person | None = None) -> Shown:
        """Show a message of the bot; with a `viewer` it is ephemeral."""
        return self._put(channel, self.bot, fields, by_bot=True, viewer=viewer)

    def replace(self, shown: Shown, fields: Json) -> Shown:
        """Show `fields` in place of those of the bot's message."""
        return self._change(shown, fields)

    def remove(self, shown: Shown) -> None:
        """Show a message no more."""
        channel = self.channels[int(shown.message["channel_id"])]
        channel.remove(shown)
        gone: Json = {"id": str(shown.id), "channel_id": str(channel.id)}
        self._tell("MESSAGE_DELETE", channel, gone, None)

    def reference(self, answered: Shown) -> Json:
        """The fields that make a message a reply."""
        channel = self.channels[int(answered.message["channel_id"])]
        to: Json = {"type": 0, "channel_id": str(channel.id), "message_id": str(answered.id)}
        if channel.guild is not None:
            to["guild_id"] = str(channel.guild.id)
        old = {k: v for k, v in answered.message.items() if k != "referenced_message"}
        return {"message_reference": to, "referenced_message": old}

    def as_read(self, shown: Shown) -> Json:
        """A message as the bot reads it from the history: blank where it may not see the content."""
        return shown.message if self.privileged & (1 << 15) else self._for_bot(shown.message)

    # Inside

    def _put(
        self,
        channel: Channel,
        author: Json,
        fields: Json,
        *,
        by_bot: bool = False,
        viewer: Person | None = None,
    ) -> Shown:
        message: Json = {
            "type": 0,
            "id": str(self.ids.new()),
            "channel_id": str(channel.id),
            "author": author,
            "content": "",
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "attachments": [],
            "embeds": [],
            "components": [],
            "timestamp": timestamp(self.now()),
            "edited_timestamp": None,
            "flags": EPHEMERAL if viewer else 0,
            "pinned": False,
            "tts": False,
            **fields,
        }
        shown = channel.put(message, by_bot=by_bot, viewer=viewer)
        self._tell("MESSAGE_CREATE", channel, message, shown)
        return shown

    def _change(self, shown: Shown, fields: Json) -> Shown:
        channel = self.channels[int(shown.message["channel_id"])]
        channel.replace(shown, shown.message | {"edited_timestamp": timestamp(self.now())} | fields)
        self._tell("MESSAGE_UPDATE", channel, shown.message, shown)
        return shown

    def _tell(self, name: str, channel: Channel, message: Json, shown: Shown | None) -> None:
        guild = channel.guild
        if guild is None:
            self.sessions.publish(name, message | {"channel_type": 1}, intent=DIRECT_MESSAGES)
            return
        event = message | {"guild_id": str(guild.id)}
        blank = None
        if shown is not None:
            author = int(message["author"]["id"])
            if author in guild.members:
                event |= {"member": self.member(guild, author)}
            event |= {"mentions": [self._mention_in(channel, one) for one in message["mentions"]]}
            blank = self._for_bot(event)
        if guild.bot_inside:
            self.sessions.publish(name, event, intent=GUILD_MESSAGES, guild_id=guild.id, blank=blank)

    def _mention_in(self, channel: Channel, user: Json) -> Json:
        assert channel.guild is not None
        number = int(user["id"])
        return (
            user | {"member": self.member(channel.guild, number)} if number in channel.guild.members else user
        )

    def _for_bot(self, message: Json) -> Json:
        """Without the content intent: blank, but in direct channels, where mentioned, and in its own messages."""
        own = str(BOT_ID)
        place = self.channels[int(message["channel_id"])]
        read = message
        if isinstance(answered := message.get("referenced_message"), dict):
            read = message | {"referenced_message": self._for_bot(answered)}
        if place.guild is None or message["author"]["id"] == own:
            return read
        if any(one["id"] == own for one in message["mentions"]):
            return read
        blank = read | {name: type(message[name])() for name in _SECRET_PARTS}
        return blank | {"message_snapshots": []} if "message_snapshots" in blank else blank

    def _mentioned(self, text: str) -> list[Json]:
        found: dict[int, Json] = {}
        for number in map(int, _MENTION.findall(text)):
            if number == BOT_ID:
                found[number] = self.bot
            elif number in self.people:
                found[number] = self.people[number].as_user()
        return list(found.values())

    def called(self, text: str, allowed: Any) -> list[str]:
        """The roles that a message of the bot calls: those named in `text` as far as `allowed_mentions` lets it."""
        rules: Json = allowed if isinstance(allowed, dict) else {"parse": ["roles"]}
        named = list(dict.fromkeys(_ROLE.findall(text)))
        if "roles" in (rules.get("parse") or []):
            return named
        listed = {str(one) for one in rules.get("roles") or []}
        return [one for one in named if one in listed]

    def pinged(self, text: str, allowed: Any, replied: Shown | None) -> list[Json]:
        """Whom a message of the bot pings: those named in `text` as far as `allowed_mentions` lets it."""
        rules: Json = allowed if isinstance(allowed, dict) else {"parse": ["users"], "replied_user": True}
        named = self._mentioned(text)
        if "users" not in (rules.get("parse") or []):
            listed = {str(one) for one in rules.get("users") or []}
            named = [one for one in named if one["id"] in listed]
        if replied is not None and rules.get("replied_user") and replied.message["author"] not in named:
            named.append(replied.message["author"])
        return named
