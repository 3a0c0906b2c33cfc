"""The people, servers and channels of the stand-in's Discord, and what each channel shows now.

Plain state. A direct channel belongs to one person; an ephemeral message is shown to its `viewer` only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag

from bots.local.changes import DEFAULT_WAIT, Changes
from bots.local.discord_objects import user_object, walk
from bots.local.discord_wire import Json

TEXT, DIRECT, NEWS = 0, 1, 5
EPHEMERAL, LOADING, COMPONENTS_V2, CROSSPOSTED = 64, 128, 1 << 15, 1


class Permission(IntFlag):
    """The permissions that the stand-in checks, with the platform's own bits."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    USE_APPLICATION_COMMANDS = 1 << 31
    PIN_MESSAGES = 1 << 51


EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
)
ALL = Permission(sum(Permission))


@dataclass(eq=False, slots=True)
class Person:
    """Somebody who uses Discord. `dms_open`: takes direct messages of the bot. `modal`: the form open now."""

    id: int
    name: str
    username: str
    locale: str = "zh-CN"
    dms_open: bool = True
    modal: Modal | None = None

    def as_user(self) -> Json:
        """The API's user object."""
        return user_object(self.id, self.username, self.name)


@dataclass(eq=False, slots=True)
class Shown:
    """One message as its channel shows it. `viewer` None is everybody; `changed` is the channel's version then."""

    message: Json
    by_bot: bool
    changed: int
    viewer: Person | None = None
    deleted: bool = False

    @property
    def id(self) -> int:
        """The message's id."""
        return int(self.message["id"])

    @property
    def text(self) -> str:
        """What is to be read: the content, the embeds' titles, descriptions and fields, the text displays."""
        parts = [str(self.message["content"])]
        for embed in self.message["embeds"]:
            parts += [embed.get("title", ""), embed.get("description", "")]
            parts += [f"{one['name']}\n{one['value']}" for one in embed.get("fields", [])]
        parts += [one["content"] for one in walk(self.message["components"]) if one["type"] == 10]
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> list[Json]:
        """Its buttons, row after row."""
        return [one for one in walk(self.message["components"]) if one["type"] == 2]

    @property
    def selects(self) -> list[Json]:
        """Its menus to choose from."""
        return [one for one in walk(self.message["components"]) if one["type"] == 3]

    @property
    def labels(self) -> list[str]:
        """What is written on its buttons."""
        return [button.get("label", "") for button in self.buttons]

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.viewer is not None

    @property
    def loading(self) -> bool:
        """Whether it says that the bot is thinking."""
        return bool(self.message["flags"] & LOADING)


@dataclass(eq=False, slots=True)
class Modal:
    """A form that the bot opened for one person. `fields` are its inputs with their labels."""

    custom_id: str
    title: str
    components: list[Json]
    channel: Channel
    source: Shown | None

    @property
    def fields(self) -> list[Json]:
        """The inputs as {"label", "description", "input"}."""
        fields: list[Json] = []
        for one in self.components:
            if one["type"] == 18:
                inside = one["component"]
                fields.append(
                    {"label": one["label"], "description": one.get("description", ""), "input": inside}
                )
            elif one["type"] == 1:
                fields += [
                    {"label": field.get("label", ""), "description": "", "input": field}
                    for field in one["components"]
                ]
        return fields

    @property
    def labels(self) -> list[str]:
        """What is written above its inputs."""
        return [one["label"] for one in self.fields]


@dataclass(eq=False, slots=True)
class Guild:
    """A server. `roles` maps role ids to permissions; the role with the server's own id is @everyone."""

    id: int
    name: str
    owner: int
    locale: str
    bot_role: int
    roles: dict[int, int]
    members: dict[int, float] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    bot_inside: bool = True
    automod: dict[int, Json] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Channel(Changes):
    """A text or news channel of a server, or the direct channel of one person with the bot."""

    id: int
    kind: int
    name: str = ""
    guild: Guild | None = None
    person: Person | None = None
    topic: str | None = None
    overwrites: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    shown: dict[int, Shown] = field(default_factory=dict)
    pins: dict[int, float] = field(default_factory=dict)
    typed: list[float] = field(default_factory=list)

    def describe(self) -> str:
        """Its name and the last texts that it shows."""
        return f"channel {self.name or self.id}, which shows {[one.text for one in self.messages()][-5:]},"

    def put(self, message: Json, *, by_bot: bool, viewer: Person | None = None) -> Shown:
        """Show a new message."""
        shown = Shown(message, by_bot, self.touch(), viewer)
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

    def messages(
        self, *, by_bot: bool | None = None, since: int = 0, viewer: Person | None = None
    ) -> list[Shown]:
        """The messages shown now in their order; `since` a version; with a `viewer`, without others' ephemerals."""
        return [
            one
            for one in self.shown.values()
            if not one.deleted
            and one.changed > since
            and by_bot in (None, one.by_bot)
            and (viewer is None or one.viewer in (None, viewer))
        ]

    def last(self, *, by_bot: bool | None = True, viewer: Person | None = None) -> Shown:
        """The newest message shown, by default the newest of the bot.

        Raises:
            LookupError: there is none.
        """
        messages = self.messages(by_bot=by_bot, viewer=viewer)
        if not messages:
            raise LookupError(f"channel {self.name or self.id} shows no such message")
        return messages[-1]

    async def reply(
        self, since: int, seconds: float = DEFAULT_WAIT, *, viewer: Person | None = None
    ) -> Shown:
        """Wait for the bot's first finished message (none that says "thinking") changed after version `since`.

        Raises:
            TimeoutError: none came within `seconds`.
        """
        shown: Shown = await self.until(
            lambda channel: next(
                (one for one in channel.messages(by_bot=True, since=since, viewer=viewer) if not one.loading),
                None,
            ),
            seconds,
        )
        return shown
