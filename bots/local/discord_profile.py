"""The routes about the bot itself, its commands, and the people and servers around it."""

from __future__ import annotations

from collections.abc import Callable

from bots.local import discord_checks as checks
from bots.local.discord_commands import check_commands
from bots.local.discord_messages import Handler
from bots.local.discord_objects import BOT_ID
from bots.local.discord_people import Guild
from bots.local.discord_sessions import GUILD_MEMBERS, MESSAGE_CONTENT, PRESENCES
from bots.local.discord_wire import (
    INVALID_RECIPIENT,
    OPENING_TOO_FAST,
    UNKNOWN_APPLICATION,
    UNKNOWN_COMMAND,
    UNKNOWN_MEMBER,
    UNKNOWN_USER,
    ApiError,
    Call,
    FormErrors,
    Json,
    snowflake,
)
from bots.local.discord_world import World

MOST_COMMANDS = 100
_FLAG_OF = {PRESENCES: 1 << 13, GUILD_MEMBERS: 1 << 15, MESSAGE_CONTENT: 1 << 19}


class Profile:
    """The routes that are neither messages nor interactions. `gateway` gives what is told of the gateway."""

    def __init__(self, world: World, gateway: Callable[[], Json]) -> None:
        self.world = world
        self.most_new_dms = 0
        """How many new direct channels may be opened, 0 for any number (the real figure is unpublished)."""
        app, guild = "/applications/{application_id}", "/guilds/{guild_id}"
        self.routes: list[tuple[str, str, str, Handler]] = [
            ("GET", "/gateway", "get_gateway", lambda _: {"url": gateway()["url"]}),
            ("GET", "/gateway/bot", "get_bot_gateway", lambda _: gateway()),
            ("GET", "/users/@me", "get_my_user", self.me),
            ("GET", "/users/@me/guilds", "list_my_guilds", self.my_guilds),
            ("POST", "/users/@me/channels", "create_dm", self.create_dm),
            ("GET", "/users/{user_id}", "get_user", self.user),
            ("GET", "/applications/@me", "get_my_application", self.application),
            ("GET", "/oauth2/applications/@me", "get_my_oauth2_application", self.application),
            ("GET", app + "/commands", "list_application_commands", self.list_commands),
            ("PUT", app + "/commands", "bulk_set_application_commands", self.set_commands),
            ("GET", app + guild + "/commands", "list_guild_application_commands", self.list_commands),
            ("PUT", app + guild + "/commands", "bulk_set_guild_application_commands", self.set_commands),
            ("DELETE", app + "/commands/{command_id}", "delete_application_command", self.delete_command),
            ("GET", guild, "get_guild", lambda call: self.world.guild_object(self._guild(call))),
            ("GET", guild + "/channels", "list_guild_channels", self.channels),
            ("GET", guild + "/roles", "list_guild_roles", self.roles),
            ("GET", guild + "/members/{user_id}", "get_guild_member", self.member),
        ]

    def me(self, _: Call) -> Json:
        """GET /users/@me."""
        own = {"mfa_enabled": False, "locale": "en-US", "premium_type": 0, "email": None, "verified": True}
        return self.world.bot | own

    def my_guilds(self, _: Call) -> list[Json]:
        """GET /users/@me/guilds."""
        return [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": False,
                "permissions": str(int(guild.roles[guild.id] | guild.roles[guild.bot_role])),
                "features": [],
            }
            for guild in self.world.guilds.values()
            if guild.bot_inside
        ]

    def application(self, _: Call) -> Json:
        """GET /applications/@me."""
        granted = sum(flag for intent, flag in _FLAG_OF.items() if self.world.privileged & intent)
        owner = {"id": str(self.world.guild.owner), "username": "owner", "global_name": "Owner"}
        return {
            "id": self.world.bot["id"],
            "name": "Helpline",
            "icon": None,
            "description": "",
            "type": None,
            "bot": self.world.bot,
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": granted,
            "flags_new": str(granted),
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": {k: v for k, v in self.world.bot.items() if k != "bot"} | owner,
            "approximate_guild_count": len(self.world.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": [],
            "rpc_origins": [],
        }

    def create_dm(self, call: Call) -> Json:
        """POST /users/@me/channels: succeeds for anybody who exists; whether they take messages shows later."""
        given = call.form().get("recipient_id")
        person = self.world.people.get(snowflake(given, ("recipient_id",)))
        if person is None:
            raise ApiError(*INVALID_RECIPIENT)
        opened = sum(channel.person is not None for channel in self.world.channels.values())
        if self.most_new_dms and not self.world.has_dm(person) and opened >= self.most_new_dms:
            raise ApiError(*OPENING_TOO_FAST)
        return self.world.channel(self.world.dm(person))

    def user(self, call: Call) -> Json:
        """GET /users/{user_id}."""
        number = call.id("user_id")
        if number == BOT_ID:
            return self.world.bot
        person = self.world.people.get(number)
        if person is None:
            raise ApiError(*UNKNOWN_USER)
        return person.as_user()

    def list_commands(self, call: Call) -> list[Json]:
        """GET of the global commands or of a server's; localizations only when asked for."""
        commands = self.world.commands.get(self._scope(call), [])
        if call.query.get("with_localizations", "").lower() in ("1", "true"):
            return commands
        hidden = ("name_localizations", "description_localizations")
        return [{k: v for k, v in one.items() if k not in hidden} for one in commands]

    def set_commands(self, call: Call) -> list[Json]:
        """PUT of all commands; those with the same name and type keep their id."""
        scope = self._scope(call)
        body = call.body
        errors = FormErrors()
        wanted = checks.count(errors, (), body, MOST_COMMANDS)
        check_commands(errors, wanted)
        errors.refuse()
        old = {(one["type"], one["name"]): one["id"] for one in self.world.commands.get(scope, [])}
        commands = [self._command(one, old, scope) for one in wanted]
        self.world.commands[scope] = commands
        return commands

    def delete_command(self, call: Call) -> None:
        """DELETE of one global command."""
        scope, number = self._scope(call), str(call.id("command_id"))
        kept = [one for one in self.world.commands.get(scope, []) if one["id"] != number]
        if len(kept) == len(self.world.commands.get(scope, [])):
            raise ApiError(*UNKNOWN_COMMAND)
        self.world.commands[scope] = kept

    def channels(self, call: Call) -> list[Json]:
        """GET /guilds/{guild_id}/channels."""
        return [self.world.channel(one) for one in self._guild(call).channels.values()]

    def roles(self, call: Call) -> list[Json]:
        """GET /guilds/{guild_id}/roles."""
        roles: list[Json] = self.world.guild_object(self._guild(call))["roles"]
        return roles

    def member(self, call: Call) -> Json:
        """GET /guilds/{guild_id}/members/{user_id}."""
        guild, number = self._guild(call), call.id("user_id")
        if number not in guild.members:
            raise ApiError(*UNKNOWN_MEMBER)
        user = self.world.bot if number == BOT_ID else self.world.people[number].as_user()
        return self.world.member(guild, number) | {"user": user}

    # Inside

    def _guild(self, call: Call) -> Guild:
        return self.world.inside(call.id("guild_id"))

    def _scope(self, call: Call) -> int:
        if str(call.id("application_id")) != self.world.bot["id"]:
            raise ApiError(*UNKNOWN_APPLICATION)
        return self._guild(call).id if "guild_id" in call.params else 0

    def _command(self, given: Json, old: dict[tuple[int, str], str], scope: int) -> Json:
        kind = given.get("type") or 1
        command: Json = {
            "id": old.get((kind, given["name"])) or str(self.world.ids.new()),
            "application_id": self.world.bot["id"],
            "version": str(self.world.ids.new()),
            "default_member_permissions": _bits(given.get("default_member_permissions")),
            "type": kind,
            "name": given["name"],
            "name_localizations": given.get("name_localizations"),
            "description": given.get("description") or "",
            "description_localizations": given.get("description_localizations"),
            "nsfw": bool(given.get("nsfw")),
            "contexts": given.get("contexts"),
            "integration_types": given.get("integration_types") or [0],
        }
        if given.get("options"):
            command["options"] = given["options"]
        return command | ({"guild_id": str(scope)} if scope else {"dm_permission": True})


def _bits(value: object) -> str | None:
    return None if value is None else str(value)
