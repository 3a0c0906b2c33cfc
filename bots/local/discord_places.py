"""Who is where: people, servers, their channels and roles, and what the bot may do in each."""

from __future__ import annotations

from collections.abc import Callable

from bots.local.discord_objects import BOT_ID, EMPTY_GUILD, member_object, role_object, user_object
from bots.local.discord_people import ALL, DIRECT, EVERYONE, TEXT, Channel, Guild, Permission, Person
from bots.local.discord_sessions import GUILD_MEMBERS, GUILDS, Sessions
from bots.local.discord_wire import MISSING_ACCESS, MISSING_PERMISSIONS, UNKNOWN_GUILD, ApiError, Ids, Json

Who = Person | int | str
"""A person, their id, or their username (which makes the person when new)."""


class Places:
    """The part of the world about people, servers and channels. There is one server at first, with #support."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.ids = Ids(now)
        self.sessions = Sessions(now)
        self.bot: Json = user_object(BOT_ID, "helpline", None, bot=True)
        self.people: dict[int, Person] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self._direct: dict[int, Channel] = {}
        self._by_name: dict[str, Person] = {}
        self.guild = self.add_guild("Helpline")
        self.support = self.add_channel("support")

    # People

    def add_person(
        self,
        name: str,
        *,
        username: str = "",
        locale: str = "zh-CN",
        dms_open: bool = True,
        member: bool = True,
    ) -> Person:
        """A new person, by default a member of every server there is."""
        person = Person(self.ids.new(), name, username or f"user{len(self.people) + 1}", locale, dms_open)
        self.people[person.id] = person
        self._by_name[person.username.lower()] = person
        for guild in self.guilds.values() if member else ():
            self.join(person, guild)
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

    def dm(self, who: Who) -> Channel:
        """The direct channel of a person with the bot, made when there is none yet."""
        person = self.person(who)
        channel = self._direct.get(person.id)
        if channel is None:
            channel = Channel(self.ids.new(), DIRECT, person.username, person=person)
            self._direct[person.id] = self.channels[channel.id] = channel
        return channel

    def has_dm(self, person: Person) -> bool:
        """Whether the direct channel of a person exists already."""
        return person.id in self._direct

    # Servers and channels

    def add_guild(self, name: str, *, locale: str = "zh-CN") -> Guild:
        """A new server with the bot in it."""
        guild = Guild(self.ids.new(), name, self.ids.new(), locale, self.ids.new(), {})
        guild.roles = {guild.id: EVERYONE, guild.bot_role: EVERYONE}
        guild.members[int(self.bot["id"])] = self.now()
        self.guilds[guild.id] = guild
        self.sessions.publish("GUILD_CREATE", self.guild_event(guild), intent=GUILDS, guild_id=guild.id)
        return guild

    def add_channel(self, name: str, *, guild: Guild | None = None, kind: int = TEXT) -> Channel:
        """A new text (or news) channel, by default in the first server."""
        home = guild or self.guild
        channel = Channel(self.ids.new(), kind, name, home)
        home.channels[channel.id] = self.channels[channel.id] = channel
        self._announce("CHANNEL_CREATE", channel)
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """Somebody deletes a channel of a server."""
        assert channel.guild is not None
        del channel.guild.channels[channel.id], self.channels[channel.id]
        self._announce("CHANNEL_DELETE", channel)

    def join(self, who: Who, guild: Guild | None = None) -> None:
        """Somebody joins a server."""
        person, home = self.person(who), guild or self.guild
        home.members[person.id] = self.now()
        joined = self.member(home, person.id) | {"guild_id": str(home.id), "user": person.as_user()}
        self.sessions.publish("GUILD_MEMBER_ADD", joined, intent=GUILD_MEMBERS, guild_id=home.id)

    def rename(self, who: Who, name: str) -> None:
        """Somebody changes what they are called everywhere."""
        person = self.person(who)
        person.name = name
        for guild in self.guilds.values():
            if person.id in guild.members:
                changed = self.member(guild, person.id) | {
                    "guild_id": str(guild.id),
                    "user": person.as_user(),
                }
                self.sessions.publish("GUILD_MEMBER_UPDATE", changed, intent=GUILD_MEMBERS, guild_id=guild.id)

    def leave(self, who: Who, guild: Guild | None = None) -> None:
        """Somebody leaves a server."""
        person, home = self.person(who), guild or self.guild
        home.members.pop(person.id, None)
        gone = {"guild_id": str(home.id), "user": person.as_user()}
        self.sessions.publish("GUILD_MEMBER_REMOVE", gone, intent=GUILD_MEMBERS, guild_id=home.id)

    def remove_bot(self, guild: Guild | None = None) -> None:
        """Somebody removes the bot from a server."""
        home = guild or self.guild
        home.bot_inside = False
        self.sessions.publish("GUILD_DELETE", {"id": str(home.id)}, intent=GUILDS, guild_id=home.id)

    def allow(self, channel: Channel, permissions: Permission) -> None:
        """Allow the bot something in a channel, over what its roles say."""
        self._overwrite(channel, permissions, Permission(0))

    def deny(self, channel: Channel, permissions: Permission) -> None:
        """Deny the bot something in a channel."""
        self._overwrite(channel, Permission(0), permissions)

    def _overwrite(self, channel: Channel, allow: int, deny: int) -> None:
        assert channel.guild is not None
        role = channel.guild.bot_role
        _, allowed, denied = channel.overwrites.get(role, (0, 0, 0))
        channel.overwrites[role] = (0, (allowed | allow) & ~deny, (denied | deny) & ~allow)
        self._announce("CHANNEL_UPDATE", channel)

    # What may be done

    def permissions(self, channel: Channel, user_id: int) -> Permission:
        """What a member may do in a channel, computed as the documents say. In a direct channel: everything here."""
        guild = channel.guild
        if guild is None or user_id == guild.owner:
            return ALL
        roles = self._roles(guild, user_id)
        base = guild.roles[guild.id]
        for role in roles:
            base |= guild.roles[role]
        if base & Permission.ADMINISTRATOR:
            return ALL
        for group in ((guild.id,), roles, (user_id,)):
            rules = [channel.overwrites[one] for one in group if one in channel.overwrites]
            for _, _, deny in rules:
                base &= ~deny
            for _, allow, _ in rules:
                base |= allow
        if not base & Permission.VIEW_CHANNEL:
            return Permission(0)
        if not base & Permission.SEND_MESSAGES:
            base &= ~(Permission.EMBED_LINKS | Permission.ATTACH_FILES)
        return Permission(base)

    def inside(self, number: int) -> Guild:
        """A server that the bot is in.

        Raises:
            ApiError: 404 with 10004, or 403 with 50001.
        """
        guild = self.guilds.get(number)
        if guild is None:
            raise ApiError(*UNKNOWN_GUILD)
        if not guild.bot_inside:
            raise ApiError(*MISSING_ACCESS)
        return guild

    def require(self, channel: Channel, *needed: Permission) -> None:
        """Check that the bot sees a channel and may do something there.

        Raises:
            ApiError: 403 with 50001 or 50013.
        """
        held = self.permissions(channel, int(self.bot["id"]))
        if (channel.guild is not None and not channel.guild.bot_inside) or not held & Permission.VIEW_CHANNEL:
            raise ApiError(*MISSING_ACCESS)
        if any(one not in held for one in needed):
            raise ApiError(*MISSING_PERMISSIONS)

    def shares_guild(self, person: Person) -> bool:
        """Whether the bot and a person are in one server."""
        return any(guild.bot_inside and person.id in guild.members for guild in self.guilds.values())

    @staticmethod
    def _roles(guild: Guild, user_id: int) -> list[int]:
        return [guild.bot_role] if user_id == BOT_ID else []

    # As the API writes them

    def member(self, guild: Guild, user_id: int) -> Json:
        """A member of a server, without its user."""
        return member_object(guild.members[user_id], self._roles(guild, user_id))

    def channel(self, channel: Channel) -> Json:
        """A channel as the API writes it."""
        newest = next(reversed(channel.shown), None)
        last = {"last_message_id": None if newest is None else str(newest)}
        if channel.person is not None:
            recipients = [channel.person.as_user()]
            return {"id": str(channel.id), "type": DIRECT, "flags": 0, "recipients": recipients} | last
        assert channel.guild is not None
        overwrites = [
            {"id": str(one), "type": kind, "allow": str(int(allow)), "deny": str(int(deny))}
            for one, (kind, allow, deny) in channel.overwrites.items()
        ]
        return last | {
            "id": str(channel.id),
            "type": channel.kind,
            "flags": 0,
            "guild_id": str(channel.guild.id),
            "name": channel.name,
            "position": list(channel.guild.channels).index(channel.id)
            if channel.id in channel.guild.channels
            else 0,
            "parent_id": None,
            "topic": channel.topic,
            "nsfw": False,
            "rate_limit_per_user": 0,
            "permission_overwrites": overwrites,
        }

    def guild_object(self, guild: Guild) -> Json:
        """A server."""
        roles = [
            role_object(
                one, "@everyone" if one == guild.id else "Helpline", held, managed=one == guild.bot_role
            )
            for one, held in guild.roles.items()
        ]
        return EMPTY_GUILD | {
            "id": str(guild.id),
            "name": guild.name,
            "owner_id": str(guild.owner),
            "preferred_locale": guild.locale,
            "roles": roles,
        }

    def guild_event(self, guild: Guild) -> Json:
        """A server as GUILD_CREATE tells of it: with its channels, and of its members the bot alone."""
        me = self.member(guild, BOT_ID) | {"user": self.bot}
        return self.guild_object(guild) | {
            "joined_at": me["joined_at"],
            "large": False,
            "unavailable": False,
            "member_count": len(guild.members),
            "members": [me],
            "channels": [self.channel(one) for one in guild.channels.values()],
            "voice_states": [],
            "threads": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def _announce(self, name: str, channel: Channel) -> None:
        assert channel.guild is not None
        self.sessions.publish(name, self.channel(channel), intent=GUILDS, guild_id=channel.guild.id)
