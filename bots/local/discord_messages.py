"""The routes about messages in channels: send, change, read, delete, publish.

Each checks first whether the bot may, then the body, and only then changes the world.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bots.local import discord_checks as checks
from bots.local.discord_files import attached
from bots.local.discord_ledger import DiscordLedger
from bots.local.discord_objects import BOT_ID, embed_shown, numbered
from bots.local.discord_people import CROSSPOSTED, LOADING, NEWS, Channel, Permission, Shown
from bots.local.discord_wire import (
    ALREADY_CROSSPOSTED,
    CLOSED_DM,
    EMPTY_MESSAGE,
    NO_MUTUAL_GUILD,
    NO_REPLY_WITHOUT_HISTORY,
    NOT_IN_DM,
    NOT_YOUR_MESSAGE,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    WRONG_CHANNEL_TYPE,
    ApiError,
    Call,
    FormErrors,
    Json,
    invalid,
    snowflake,
)
from bots.local.discord_world import World
from core.conversation.picture import mime_of, sides

NONCE_WINDOW = 300.0
"""Seconds within which a repeated nonce gives the first message again ("the past few minutes")."""

_FIELDS = ("content", "embeds", "components", "attachments")
_OWN_FLAGS = 1 << 2 | 1 << 12 | 1 << 15

Handler = Callable[[Call], Any]


class Messages:
    """The message routes over one world."""

    def __init__(self, world: World, ledger: DiscordLedger) -> None:
        self.world = world
        self.ledger = ledger
        self._nonces: dict[tuple[int, str], tuple[float, Shown]] = {}
        one = "/channels/{channel_id}/messages/{message_id}"
        self.routes: list[tuple[str, str, str, Handler]] = [
            ("GET", "/channels/{channel_id}/messages", "list_messages", self.list_messages),
            ("POST", "/channels/{channel_id}/messages", "create_message", self.create),
            ("GET", one, "get_message", self.get),
            ("PATCH", one, "update_message", self.update),
            ("DELETE", one, "delete_message", self.delete),
            ("POST", one + "/crosspost", "crosspost_message", self.crosspost),
        ]

    def create(self, call: Call) -> Json:
        """POST /channels/{channel_id}/messages."""
        channel = self.open(call, Permission.SEND_MESSAGES)
        body = call.form()
        fields = self.checked(call, body, channel)
        self.check_recipient(channel)
        nonce = body.get("nonce")
        key = (channel.id, str(nonce))
        if nonce is not None:
            first = self._nonces.get(key)
            fresh = first is not None and self.world.now() - first[0] <= NONCE_WINDOW
            if first is not None and fresh and body.get("enforce_nonce"):
                return first[1].message
            fields["nonce"] = nonce
        shown = self.world.post(channel, fields)
        if nonce is not None:
            self._nonces[key] = (self.world.now(), shown)
        self.ledger.note(call, self.world.now(), shown)
        return shown.message

    def check_recipient(self, channel: Channel) -> None:
        """Check that the person of a direct channel takes messages.

        Raises:
            ApiError: 403 with 50278 or 50007.
        """
        person = channel.person
        if person is None:
            return
        if not self.world.shares_guild(person):
            raise ApiError(*NO_MUTUAL_GUILD)
        if not person.dms_open:
            raise ApiError(*CLOSED_DM)

    def checked(self, call: Call, body: Json, channel: Channel) -> Json:
        """The fields of a new message out of a body that was found good.

        Raises:
            ApiError: 400 or 403 as the platform refuses it.
        """
        fields = self.read(call, body, channel)
        if not any(fields.get(name) for name in _FIELDS):
            raise ApiError(*EMPTY_MESSAGE)
        fields["flags"] = (body.get("flags") or 0) & _OWN_FLAGS
        replied = self._replied(body, channel)
        if replied is not None:
            fields |= self.world.reference(replied) | {"type": 19}
        text = fields.get("content") or ""
        fields["mentions"] = self.world.pinged(text, body.get("allowed_mentions"), replied)
        fields["mention_roles"] = self.world.called(text, body.get("allowed_mentions"))
        return fields

    def read(
        self, call: Call, body: Json, channel: Channel, *, flags: int = 0, before: list[Json] | None = None
    ) -> Json:
        """The content fields that a body has, checked, as a message shows them. `flags` and the attachments `before`
        are those it has already.

        Raises:
            ApiError: 400, with everything that is wrong.
        """
        errors = FormErrors()
        given = body.get("flags")
        merged = body | {"flags": (given or 0) | flags} if given is None or isinstance(given, int) else body
        checks.message(errors, merged)
        errors.refuse()
        if body.get("embeds"):
            self.world.require(channel, Permission.EMBED_LINKS)
        if call.files:
            self.world.require(channel, Permission.ATTACH_FILES)
        fields: Json = {}
        if "content" in body:
            fields["content"] = body["content"] or ""
        if "embeds" in body:
            fields["embeds"] = [embed_shown(one) for one in body["embeds"] or []]
        if "components" in body:
            fields["components"] = numbered(body["components"] or [])
        if "attachments" in body or call.files:
            fields["attachments"] = attached(call, body, before or [], self._keep)
        return fields

    def update(self, call: Call) -> Json:
        """PATCH /channels/{channel_id}/messages/{message_id}."""
        channel = self.open(call)
        shown = self.message(call, channel)
        if not shown.by_bot:
            raise ApiError(*NOT_YOUR_MESSAGE)
        self.check_recipient(channel)
        self.change(call, shown, call.form(), channel)
        self.ledger.note(call, self.world.now(), shown)
        return shown.message

    def change(self, call: Call, shown: Shown, body: Json, channel: Channel, *, drop: int = 0) -> None:
        """Change a message of the bot as a body says, without the flags `drop`.

        Raises:
            ApiError: 400 as the platform refuses it.
        """
        now = shown.message
        fields = self.read(call, body, channel, flags=now["flags"] & (1 << 15), before=now["attachments"])
        merged = shown.message | fields
        if not any(merged[name] for name in _FIELDS):
            raise ApiError(*EMPTY_MESSAGE)
        if "content" in fields:
            fields["mentions"] = self.world.pinged(fields["content"], body.get("allowed_mentions"), None)
        if drop or body.get("flags"):
            fields["flags"] = (shown.message["flags"] & ~drop) | ((body.get("flags") or 0) & _OWN_FLAGS)
        if shown.message["flags"] & LOADING & drop:
            fields["edited_timestamp"] = None
        self.world.replace(shown, fields)

    def get(self, call: Call) -> Json:
        """GET /channels/{channel_id}/messages/{message_id}."""
        channel = self.open(call, Permission.READ_MESSAGE_HISTORY)
        return self.world.as_read(self.message(call, channel))

    def list_messages(self, call: Call) -> list[Json]:
        """GET /channels/{channel_id}/messages: newest first; empty without permission to read the history."""
        channel = self.open(call)
        limit = call.number("limit", 50, 1, 100)
        bounds = {
            name: snowflake(call.query[name], (name,))
            for name in ("before", "after", "around")
            if name in call.query
        }
        if Permission.READ_MESSAGE_HISTORY not in self.world.permissions(channel, BOT_ID):
            return []
        found = [one for one in channel.messages() if not one.ephemeral]
        if "before" in bounds:
            found = [one for one in found if one.id < bounds["before"]]
        if "after" in bounds:
            # The oldest after the mark, though the answer is newest first, as everywhere.
            found = [one for one in found if one.id > bounds["after"]][:limit]
        if "around" in bounds:
            nearest = sorted(found, key=lambda one: abs(one.id - bounds["around"]))[:limit]
            found = sorted(nearest, key=lambda one: one.id)
        return [self.world.as_read(one) for one in reversed(found[-limit:])]

    def delete(self, call: Call) -> None:
        """DELETE /channels/{channel_id}/messages/{message_id}."""
        channel = self.open(call)
        shown = self.message(call, channel)
        if not shown.by_bot:
            if channel.guild is None:
                raise ApiError(*NOT_IN_DM)
            self.world.require(channel, Permission.MANAGE_MESSAGES)
        self.world.remove(shown)
        self.ledger.note(call, self.world.now(), shown)

    def crosspost(self, call: Call) -> Json:
        """POST /channels/{channel_id}/messages/{message_id}/crosspost."""
        channel = self.open(call, Permission.SEND_MESSAGES)
        shown = self.message(call, channel)
        if channel.kind != NEWS:
            raise ApiError(*WRONG_CHANNEL_TYPE)
        if not shown.by_bot:
            self.world.require(channel, Permission.MANAGE_MESSAGES)
        if shown.message["flags"] & CROSSPOSTED:
            raise ApiError(*ALREADY_CROSSPOSTED)
        self.world.replace(shown, {"flags": shown.message["flags"] | CROSSPOSTED, "edited_timestamp": None})
        self.ledger.note(call, self.world.now(), shown)
        return shown.message

    # Inside

    def open(self, call: Call, *needed: Permission) -> Channel:
        """The channel of a call, where the bot may do what it wants.

        Raises:
            ApiError: 404 with 10003, 403 with 50001 or 50013.
        """
        channel = self.world.channels.get(call.id("channel_id"))
        if channel is None:
            raise ApiError(*UNKNOWN_CHANNEL)
        self.world.require(channel, *needed)
        return channel

    @staticmethod
    def message(call: Call, channel: Channel) -> Shown:
        """The message of a call; ephemeral ones exist only for the interaction that made them.

        Raises:
            ApiError: 404 with 10008.
        """
        shown = channel.shown.get(call.id("message_id"))
        if shown is None or shown.deleted or shown.ephemeral:
            raise ApiError(*UNKNOWN_MESSAGE)
        return shown

    def _replied(self, body: Json, channel: Channel) -> Shown | None:
        reference = body.get("message_reference")
        if not isinstance(reference, dict):
            return None
        if "message_id" not in reference:
            raise invalid(("message_reference", "message_id"), "BASE_TYPE_REQUIRED", "This field is required")
        if Permission.READ_MESSAGE_HISTORY not in self.world.permissions(channel, BOT_ID):
            raise ApiError(*NO_REPLY_WITHOUT_HISTORY)
        number = snowflake(reference["message_id"], ("message_reference", "message_id"))
        shown = channel.shown.get(number)
        if shown is not None and not shown.deleted and not shown.ephemeral:
            return shown
        if reference.get("fail_if_not_exists", True) is False:
            return None
        raise invalid(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")

    def _keep(self, name: str, data: bytes, kind: str) -> Json:
        found = sides(data)
        kind = mime_of(f".{found[0]}") if found else kind  # clients say of any file that it is bytes
        shown = self.world.attachment(name, size=len(data), kind=kind, data=data)
        return shown | ({"width": found[1], "height": found[2]} if found else {})
