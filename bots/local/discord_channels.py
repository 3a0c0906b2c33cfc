"""The routes about a channel beside its messages: what it is, what is pinned, who is typing."""

from __future__ import annotations

from bots.local.discord_messages import Handler, Messages
from bots.local.discord_objects import BOT_ID
from bots.local.discord_people import Channel, Permission
from bots.local.discord_wire import Call, Json, timestamp


class Channels:
    """The channel routes, over the world of the message routes."""

    def __init__(self, messages: Messages) -> None:
        self.world = messages.world
        self._messages = messages
        self._open = messages.open
        pins = "/channels/{channel_id}/messages/pins"
        self.routes: list[tuple[str, str, str, Handler]] = [
            ("GET", "/channels/{channel_id}", "get_channel", self.get_channel),
            ("GET", pins, "list_pins", self.list_pins),
            ("PUT", pins + "/{message_id}", "create_pin", self.pin),
            ("DELETE", pins + "/{message_id}", "delete_pin", self.unpin),
            ("POST", "/channels/{channel_id}/typing", "trigger_typing_indicator", self.typing),
        ]

    def get_channel(self, call: Call) -> Json:
        """GET /channels/{channel_id}."""
        channel = self._open(call)
        return self.world.channel(channel)

    def list_pins(self, call: Call) -> Json:
        """GET /channels/{channel_id}/messages/pins."""
        channel = self._open(call)
        items = [
            {"pinned_at": timestamp(at), "message": self.world.as_read(channel.shown[one])}
            for one, at in reversed(channel.pins.items())
            if not channel.shown[one].deleted
        ]
        return {"items": items, "has_more": False}

    def pin(self, call: Call) -> None:
        """PUT /channels/{channel_id}/messages/pins/{message_id}."""
        channel = self._may_pin(call)
        shown = self._messages.message(call, channel)
        channel.pins[shown.id] = self.world.now()
        channel.replace(shown, shown.message | {"pinned": True})

    def unpin(self, call: Call) -> None:
        """DELETE /channels/{channel_id}/messages/pins/{message_id}."""
        channel = self._may_pin(call)
        shown = self._messages.message(call, channel)
        channel.pins.pop(shown.id, None)
        channel.replace(shown, shown.message | {"pinned": False})

    def typing(self, call: Call) -> None:
        """POST /channels/{channel_id}/typing."""
        channel = self._open(call, Permission.SEND_MESSAGES)
        self._messages.check_recipient(channel)
        channel.typed.append(self.world.now())
        channel.touch()

    def _may_pin(self, call: Call) -> Channel:
        channel = self._open(call)
        held = self.world.permissions(channel, BOT_ID)
        if Permission.MANAGE_MESSAGES not in held:
            self.world.require(channel, Permission.PIN_MESSAGES)
        return channel
