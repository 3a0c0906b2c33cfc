"""How the API writes things down: users, members, roles, servers, components, embeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bots.local.discord_wire import Json, timestamp

BOT_ID = 1_100_000_000_000_000_001
SELECTS = (3, 5, 6, 7, 8)
_DEFAULTS: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}
_NESTED = ("components", "component", "accessory")


def user_object(id: int, username: str, name: str | None, *, bot: bool = False) -> Json:
    """A user as the API writes one."""
    user: Json = {
        "id": str(id),
        "username": username,
        "avatar": None,
        "discriminator": "0000" if bot else "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": name,
        "primary_guild": None,
    }
    return user | ({"bot": True} if bot else {})


def member_object(joined_at: float, roles: list[int]) -> Json:
    """A member of a server as the API writes one, without its user."""
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": timestamp(joined_at),
        "nick": None,
        "pending": False,
        "premium_since": None,
        "roles": [str(one) for one in roles],
        "mute": False,
        "deaf": False,
    }


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component with those inside it, in reading order. What is no object is passed over."""
    for one in (each for each in components if isinstance(each, dict)):
        yield one
        for name in _NESTED:
            inside = one.get(name)
            if isinstance(inside, list):
                yield from walk(inside)
            elif isinstance(inside, dict):
                yield from walk([inside])


def numbered(components: list[Json]) -> list[Json]:
    """Components as the platform shows them: each has an id, counted from 1 in reading order, and its defaults."""
    own: list[Json] = _copied(components)
    taken = {one["id"] for one in walk(own) if one.get("id")}
    last = 0
    for one in walk(own):
        if not one.get("id"):
            last += 1
            while last in taken:
                last += 1
            one["id"] = last
        for name, value in _DEFAULTS.get(one["type"], {}).items():
            one.setdefault(name, value)
    return own


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        # An empty optional field is absent in what the platform gives back.
        return {name: _copied(one) for name, one in value.items() if one is not None}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def embed_shown(embed: Json) -> Json:
    """An embed as the platform gives it back."""
    shown: Json = {name: value for name, value in embed.items() if value is not None}
    return shown | {"type": "rich"}


def role_object(id: int, name: str, permissions: int, *, managed: bool) -> Json:
    """A role of a server as the API writes one."""
    role: Json = {
        "id": str(id),
        "name": name,
        "permissions": str(int(permissions)),
        "position": int(managed),
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return role | ({"tags": {"bot_id": str(BOT_ID)}} if managed else {})


_NOTHING = (
    "icon description home_header splash discovery_splash banner application_id afk_channel_id system_channel_id "
    "widget_channel_id max_presences vanity_url_code rules_channel_id safety_alerts_channel_id "
    "public_updates_channel_id incidents_data"
)
EMPTY_GUILD: Json = dict.fromkeys(_NOTHING.split()) | {
    "features": [],
    "region": "us-west",
    "afk_timeout": 300,
    "system_channel_flags": 0,
    "widget_enabled": False,
    "verification_level": 1,
    "default_message_notifications": 1,
    "mfa_level": 0,
    "explicit_content_filter": 0,
    "max_members": 500000,
    "max_stage_video_channel_users": 50,
    "max_video_channel_users": 25,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "premium_progress_bar_enabled": False,
    "nsfw": False,
    "nsfw_level": 0,
    "emojis": [],
    "stickers": [],
}
"""A server about which nothing is known but its name: every field that the API writes."""
