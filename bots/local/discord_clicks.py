"""What people do with the bot's commands, buttons, menus and forms: each becomes an interaction.

A `Click` is one interaction as the platform keeps it: when it happened, when and how the bot acknowledged it.
"""

from __future__ import annotations

import secrets
from abc import abstractmethod
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bots.local.discord_forms import aimed, filled, options_of, usable, value_of
from bots.local.discord_people import Channel, Guild, Permission, Person, Shown
from bots.local.discord_wire import Ids, Json

if TYPE_CHECKING:
    from bots.local.discord_places import Who
    from bots.local.discord_sessions import Sessions

COMMAND, COMPONENT, SUBMIT = 2, 3, 5
CHAT_INPUT, ON_PERSON, ON_MESSAGE = 1, 2, 3
BUTTON, SELECT = 2, 3
LINK_STYLE = 5
ACK_WINDOW = 3.0
"""Seconds within which the bot has to acknowledge."""


@dataclass(eq=False, slots=True)
class Click:
    """One interaction. `source` is the message whose component was used, or from which the form was opened.

    `answer` is the callback's type once acknowledged at `acked_at`; `original` the message that @original means.
    Times are epoch seconds.
    """

    id: int
    token: str
    kind: int
    person: Person
    channel: Channel
    at: float
    data: Json
    source: Shown | None = None
    acked_at: float | None = None
    answer: int = 0
    original: Shown | None = None
    heard: int = 0

    @property
    def delay(self) -> float | None:
        """Seconds until the acknowledgement, None before it."""
        return None if self.acked_at is None else self.acked_at - self.at

    def failed(self, now: float) -> bool:
        """Whether the person sees "the application did not respond"."""
        return self.acked_at is None and now - self.at > ACK_WINDOW


class Clicks:
    """The part of the world about interactions. `World` supplies the people, the channels and the clock."""

    now: Callable[[], float]
    ids: Ids
    sessions: Sessions
    bot: Json

    def __init__(self) -> None:
        self.commands: dict[int, list[Json]] = {}
        self.clicks: dict[int, Click] = {}
        self.by_token: dict[str, Click] = {}

    @abstractmethod
    def person(self, who: Who) -> Person:
        """The person meant by `who`."""

    @abstractmethod
    def dm(self, who: Who) -> Channel:
        """The direct channel of a person."""

    @abstractmethod
    def find(self, message: Shown | int, channel: Channel | None = None) -> Shown:
        """A message that is shown now."""

    @abstractmethod
    def channel(self, channel: Channel) -> Json:
        """A channel as the API writes it."""

    @abstractmethod
    def member(self, guild: Guild, user_id: int) -> Json:
        """A member as the API writes it."""

    @abstractmethod
    def permissions(self, channel: Channel, user_id: int) -> Permission:
        """What a member may do in a channel."""

    channels: dict[int, Channel]

    # What people do

    def slash(
        self,
        who: Who,
        name: str,
        options: Mapping[str, Any] | None = None,
        channel: Channel | None = None,
    ) -> Click:
        """Somebody uses the command `/name` (its name, or its name in their language), by default in private.

        Raises:
            LookupError: no such command was ever synced, or not for this place; the person is not in the server.
            ValueError: an option is missing, unknown or of the wrong type.
        """
        person = self.person(who)
        place = channel or self.dm(person)
        self.check_inside(person, place)
        command = self._command(name, person, place)
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if given := options_of(command, dict(options or {})):
            data["options"] = given
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return self._click(COMMAND, person, place, data)

    def choose(self, who: Who, name: str, target: Shown | Person, channel: Channel | None = None) -> Click:
        """Somebody chooses `name` in the menu of a message, or of a person as they see them in `channel`.

        Raises:
            LookupError: there is no such entry here, or the person is not in the server.
        """
        person = self.person(who)
        place = self._place(target) if isinstance(target, Shown) else channel or self.dm(person)
        self.check_inside(person, place)
        kind = ON_MESSAGE if isinstance(target, Shown) else ON_PERSON
        command = self._command(name, person, place, kind)
        data: Json = {"id": command["id"], "name": command["name"], "type": kind}
        return self._click(COMMAND, person, place, data | aimed(target))

    def press(self, who: Who, message: Shown | int, button: str, *, stale: bool = False) -> Click:
        """Somebody presses the button whose label or custom_id is `button`, wherever the message is.

        `stale`: the press was under way when the buttons changed, so `button` is sent as custom_id unchecked.

        Raises:
            LookupError: the message is gone, is not theirs to see, or shows no such button that can be pressed.
        """
        person = self.person(who)
        shown = self._seen(person, message)
        data: Json = {"component_type": BUTTON, "custom_id": button}
        if not stale:
            found = usable(shown.buttons, button, shown.labels)
            if found["style"] == LINK_STYLE:
                raise LookupError(f"{button!r} only opens a link")
            data = {"component_type": BUTTON, "custom_id": found["custom_id"], "id": found["id"]}
        return self._click(COMPONENT, person, self._place(shown), data, shown)

    def select(self, who: Who, message: Shown | int, *chosen: str, menu: str = "") -> Click:
        """Somebody chooses from a menu, by label or value; `menu` is its custom_id where there are several.

        Raises:
            LookupError: the message is gone, or has no such menu or choice.
            ValueError: too few or too many are chosen.
        """
        person = self.person(who)
        shown = self._seen(person, message)
        found = usable(shown.selects, menu or shown.selects[0]["custom_id"] if shown.selects else menu, [])
        values = [value_of(found, one) for one in chosen]
        if not found.get("min_values", 1) <= len(values) <= found.get("max_values", 1):
            raise ValueError(f"{len(values)} chosen from menu {found['custom_id']!r}")
        data = {
            "component_type": SELECT,
            "custom_id": found["custom_id"],
            "id": found["id"],
            "values": values,
        }
        return self._click(COMPONENT, person, self._place(shown), data, shown)

    def submit(self, who: Who, values: Mapping[str, str]) -> Click:
        """Somebody sends the form that is open for them; `values` by the label or the custom_id of each input.

        Raises:
            LookupError: no form is open, or it has no such input.
            ValueError: a required input is empty, or a text has not the allowed length.
        """
        person = self.person(who)
        modal = person.modal
        if modal is None:
            raise LookupError(f"no form is open for {person.name}")
        data = {"custom_id": modal.custom_id, "components": filled(modal, dict(values))}
        person.modal = None
        modal.channel.touch()
        return self._click(SUBMIT, person, modal.channel, data, modal.source)

    def dismiss(self, who: Who) -> None:
        """Somebody closes the form that is open for them without sending it."""
        person = self.person(who)
        if person.modal is not None:
            person.modal.channel.touch()
            person.modal = None

    def offered(self, who: Who, channel: Channel) -> list[Json]:
        """The commands that somebody is offered in a channel, those of its server first."""
        self.check_inside(self.person(who), channel)
        return self._there(channel, CHAT_INPUT)

    def failures(self, who: Who) -> list[Click]:
        """The interactions of somebody at which they saw "the application did not respond"."""
        person, now = self.person(who), self.now()
        return [one for one in self.clicks.values() if one.person is person and one.failed(now)]

    # Inside

    def check_inside(self, person: Person, channel: Channel) -> None:
        """Check that somebody can write in a channel.

        Raises:
            LookupError: it is somebody else's direct channel, or a server that the person is not in.
        """
        inside = channel.person is person if channel.guild is None else person.id in channel.guild.members
        if not inside:
            raise LookupError(f"{person.name} is not in channel {channel.name or channel.id}")

    def _seen(self, person: Person, message: Shown | int) -> Shown:
        shown = self.find(message)
        self.check_inside(person, self._place(shown))
        if shown.viewer not in (None, person):
            raise LookupError("somebody else's ephemeral message")
        return shown

    def _place(self, shown: Shown) -> Channel:
        return self.channels[int(shown.message["channel_id"])]

    def _there(self, channel: Channel, kind: int) -> list[Json]:
        guild_id = channel.guild.id if channel.guild is not None else 0
        context = 0 if guild_id else 1
        scopes = dict.fromkeys((guild_id, 0))
        known = [one for scope in scopes for one in self.commands.get(scope, []) if one["type"] == kind]
        return [one for one in known if one["contexts"] is None or context in one["contexts"]]

    def _command(self, name: str, person: Person, place: Channel, kind: int = CHAT_INPUT) -> Json:
        for command in self._there(place, kind):
            if name in (command["name"], (command.get("name_localizations") or {}).get(person.locale)):
                return command
        raise LookupError(f"there is no command {name} here")

    def _click(
        self, kind: int, person: Person, channel: Channel, data: Json, source: Shown | None = None
    ) -> Click:
        number = self.ids.new()
        token = (
            urlsafe_b64encode(f"interaction:{number}:".encode() + secrets.token_bytes(66))
            .decode()
            .rstrip("=")
        )
        click = Click(number, token, kind, person, channel, self.now(), data, source)
        self.clicks[number] = self.by_token[token] = click
        guild_id = channel.guild.id if channel.guild is not None else 0
        click.heard = self.sessions.publish("INTERACTION_CREATE", self._event(click), guild_id=guild_id)
        return click

    def _event(self, click: Click) -> Json:
        guild, channel = click.channel.guild, self.channel(click.channel)
        held = self.permissions(click.channel, int(self.bot["id"]))
        event: Json = {
            "id": str(click.id),
            "application_id": self.bot["id"],
            "type": click.kind,
            "data": click.data,
            "channel_id": str(click.channel.id),
            "channel": channel,
            "token": click.token,
            "version": 1,
            "locale": click.person.locale,
            "entitlements": [],
            "app_permissions": str(int(held)),
            "attachment_size_limit": 10 * 1024 * 1024,
            "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
            "context": 0 if guild else 1,
        }
        if click.source is not None:
            event["message"] = click.source.message
        if guild is None:
            return event | {"user": click.person.as_user()}
        rights = self.permissions(click.channel, click.person.id)
        event["member"] = self.member(guild, click.person.id) | {
            "user": click.person.as_user(),
            "permissions": str(int(rights)),
        }
        channel["permissions"] = str(int(rights))
        head = {"id": str(guild.id), "locale": guild.locale, "features": []}
        return event | {"guild_id": str(guild.id), "guild": head, "guild_locale": guild.locale}
