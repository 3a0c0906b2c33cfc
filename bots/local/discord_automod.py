"""The rules by which the platform itself filters what is said and who comes into a server, as the API keeps them.

The stand-in keeps and checks rules; it does not act on them: `stop` is what it would tell of one that acted.
"""

from __future__ import annotations

from typing import Any

from bots.local import discord_checks as checks
from bots.local.discord_messages import Handler
from bots.local.discord_objects import BOT_ID
from bots.local.discord_people import Channel, Guild, Permission, Person
from bots.local.discord_sessions import AUTOMOD_EXECUTION
from bots.local.discord_wire import (
    MISSING_PERMISSIONS,
    UNKNOWN_AUTOMOD_RULE,
    ApiError,
    Call,
    FormErrors,
    Json,
)
from bots.local.discord_world import World

KEYWORD, PROFILE = 1, 6
MOST = {KEYWORD: 6, PROFILE: 1}
"""Rules of a kind in one server."""
EVENT = {KEYWORD: 1, PROFILE: 2}
"""What a kind of rule listens to: messages, or members who come and change."""
ACTIONS = {KEYWORD: (1, 2, 3), PROFILE: (2, 4)}
"""Blocking a message, telling a channel, a timeout, blocking a member."""
LISTS = (("keyword_filter", 1000, 60), ("regex_patterns", 10, 260), ("allow_list", 100, 60))
"""Field, the most entries, the longest entry."""
LONGEST_NOTE = 150


class AutoMod:
    """The routes of a server's rules."""

    def __init__(self, world: World) -> None:
        self._world = world
        rules = "/guilds/{guild_id}/auto-moderation/rules"
        one = rules + "/{rule_id}"
        self.routes: list[tuple[str, str, str, Handler]] = [
            ("GET", rules, "list_auto_moderation_rules", self.listing),
            ("POST", rules, "create_auto_moderation_rule", self.create),
            ("GET", one, "get_auto_moderation_rule", lambda call: self._rule(call)[1]),
            ("PATCH", one, "update_auto_moderation_rule", self.update),
            ("DELETE", one, "delete_auto_moderation_rule", self.delete),
        ]

    def listing(self, call: Call) -> list[Json]:
        """GET of all rules."""
        return list(self._guild(call).automod.values())

    def create(self, call: Call) -> Json:
        """POST of a new rule."""
        guild, body = self._guild(call), call.form()
        _check(body, {})
        kind = body["trigger_type"]
        if sum(rule["trigger_type"] == kind for rule in guild.automod.values()) >= MOST[kind]:
            errors = FormErrors()
            said = f"Maximum number of rules of this type reached ({MOST[kind]})"
            errors.add((), "AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED", said)
            errors.refuse()
        number = self._world.ids.new()
        fixed = {"id": str(number), "guild_id": str(guild.id), "creator_id": str(BOT_ID)}
        guild.automod[number] = fixed | _kept(body, {"enabled": False})
        return guild.automod[number]

    def update(self, call: Call) -> Json:
        """PATCH of one rule: what is not named stays."""
        guild, rule = self._rule(call)
        body = call.form()
        _check(body, rule)
        guild.automod[int(rule["id"])] = rule | _kept(body, rule)
        return guild.automod[int(rule["id"])]

    def delete(self, call: Call) -> None:
        """DELETE of one rule."""
        guild, rule = self._rule(call)
        del guild.automod[int(rule["id"])]

    def _guild(self, call: Call) -> Guild:
        guild = self._world.inside(call.id("guild_id"))
        if not _manages(guild):
            raise ApiError(*MISSING_PERMISSIONS)
        return guild

    def _rule(self, call: Call) -> tuple[Guild, Json]:
        guild = self._guild(call)
        rule = guild.automod.get(call.id("rule_id"))
        if rule is None:
            raise ApiError(*UNKNOWN_AUTOMOD_RULE)
        return guild, rule


def stop(world: World, who: Person, channel: Channel, text: str, keyword: str) -> None:
    """A rule blocks what somebody says and tells a channel: one event for each, to a bot that may manage the server,
    with the words only where it has the content intent."""
    assert channel.guild is not None
    for kind in (1, 2):
        where = {"channel_id": str(channel.id), "matched_keyword": keyword}
        _tell(world, channel.guild, who, KEYWORD, kind, where, {"content": text, "matched_content": keyword})


def block(world: World, who: Person, guild: Guild) -> None:
    """The rule about what members are called keeps somebody from speaking until they are renamed. The event tells
    whom, in no channel; the name itself stands nowhere in it."""
    _tell(world, guild, who, PROFILE, 4, {"matched_keyword": ""}, {"content": "", "matched_content": ""})


def _tell(world: World, guild: Guild, who: Person, trigger: int, kind: int, where: Json, words: Json) -> None:
    if not _manages(guild):
        return
    rule = next((one["id"] for one in guild.automod.values() if one["trigger_type"] == trigger), guild.id)
    event = where | {
        "guild_id": str(guild.id),
        "action": {"type": kind, "metadata": {}},
        "rule_id": str(rule),
        "rule_trigger_type": trigger,
        "user_id": str(who.id),
    }
    world.sessions.publish(
        "AUTO_MODERATION_ACTION_EXECUTION",
        event | words,
        intent=AUTOMOD_EXECUTION,
        guild_id=guild.id,
        blank=event | dict.fromkeys(words, ""),
    )


def _manages(guild: Guild) -> bool:
    """Whether the bot may manage the server."""
    held = guild.roles[guild.id] | guild.roles[guild.bot_role]
    return bool(held & (Permission.MANAGE_GUILD | Permission.ADMINISTRATOR))


def _kept(body: Json, before: Json) -> Json:
    """The fields of a rule after a request, as answers show them."""
    rule = before | {name: value for name, value in body.items() if value is not None}
    actions = [{"type": one["type"], "metadata": one.get("metadata") or {}} for one in rule["actions"]]
    lists = {name: (rule.get("trigger_metadata") or {}).get(name) or [] for name, _, _ in LISTS}
    return {
        "name": rule["name"],
        "event_type": rule["event_type"],
        "actions": actions,
        "trigger_type": rule["trigger_type"],
        "enabled": rule["enabled"],
        "exempt_roles": list(map(str, rule.get("exempt_roles") or [])),
        "exempt_channels": list(map(str, rule.get("exempt_channels") or [])),
        "trigger_metadata": lists,
    }


def _check(body: Json, before: Json) -> None:
    """Refuse what the platform refuses; `before` is the rule that changes."""
    errors = FormErrors()
    rule = before | body
    checks.text(errors, ("name",), rule.get("name"), 100, needed=True)
    kind: Any = rule.get("trigger_type")
    if kind not in MOST:
        errors.add(("trigger_type",), "BASE_TYPE_CHOICES", f"Value must be one of {sorted(MOST)}.")
    elif before and kind != before["trigger_type"]:
        errors.add(("trigger_type",), "AUTO_MODERATION_TRIGGER_TYPE_FIXED", "Cannot change the trigger type")
    elif rule.get("event_type") != EVENT[kind]:
        errors.add(
            ("event_type",), "AUTO_MODERATION_INVALID_EVENT_TYPE", "Invalid event type for the trigger"
        )
    _check_actions(errors, rule.get("actions"), ACTIONS.get(kind, ()))
    given = rule.get("trigger_metadata")
    for name, most, longest in LISTS:
        _check_list(errors, name, given.get(name) if isinstance(given, dict) else None, most, longest)
    errors.refuse()


def _check_actions(errors: FormErrors, value: Any, allowed: tuple[int, ...]) -> None:
    for number, action in enumerate(checks.count(errors, ("actions",), value, 5, least=1)):
        path = ("actions", number)
        if action.get("type") not in allowed:
            errors.add((*path, "type"), "AUTO_MODERATION_INVALID_ACTION_TYPE", "Not with this trigger")
        note = (action.get("metadata") or {}).get("custom_message")
        checks.text(errors, (*path, "metadata", "custom_message"), note, LONGEST_NOTE)


def _check_list(errors: FormErrors, name: str, value: Any, most: int, longest: int) -> None:
    path = ("trigger_metadata", name)
    checks.count(errors, path, value, most)
    for number, entry in enumerate(value if isinstance(value, list) else ()):
        checks.text(errors, (*path, number), entry, longest, shortest=1, needed=True)
