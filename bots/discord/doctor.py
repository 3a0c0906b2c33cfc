"""What the bot needs on Discord, how to install it, and what is missing: `helpline doctor`.

The permissions are the fewest that the card, the answers to mentions and the catch-up need. Interactions need none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import discord

from bots.discord.errors import CAUGHT, describe, translate
from bots.discord.settings import WORDS
from bots.discord.starts import Limits
from bots.discord.visit import ask, visiting
from bots.sentences import sayer
from bots.settings import Discord, Settings
from core.errors import StoreError
from core.runtime.house import store_url
from core.store.open import is_shared, open_store

NAMES = ("view_channel", "send_messages", "read_message_history")
"""The permissions that are needed, as Discord's own pages call them."""
NEEDED = discord.Permissions(**dict.fromkeys(NAMES, True))
Json = Mapping[str, Any]
SCOPES = ("bot", "applications.commands")


@dataclass(frozen=True, slots=True)
class Place:
    """One support channel. `missing`: names of permissions; `problem`: why it could not be looked at. `automod`:
    whether the bot may also write AutoMod's rules there, which nothing else needs."""

    channel: str
    missing: tuple[str, ...] = ()
    problem: str = ""
    automod: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out. `problem` says why there is nothing more."""

    configured: bool
    id: str = ""
    username: str = ""
    invite: str = ""
    permissions: tuple[str, ...] = NAMES
    privileged_intents: tuple[str, ...] = ()
    servers: int = 0
    places: tuple[Place, ...] = ()
    shards: int | str = 1
    advised: int = 1
    starts: tuple[int, int] = (0, 0)
    """Sessions that may still begin today, of how many."""
    holders: tuple[str, ...] = ()
    """The process that holds each shard, "" for nobody; empty where one process works alone."""
    store: str = ""
    """Why it is not known who holds the shards."""
    problem: str = ""

    @property
    def healthy(self) -> bool:
        """Whether nothing is missing."""
        return self.configured and not self.problem and not any(p.missing or p.problem for p in self.places)

    def as_json(self) -> dict[str, object]:
        """For other programs."""
        return asdict(self) | {"healthy": self.healthy}


async def examine(settings: Settings, token: str) -> Findings:
    """Ask Discord. Raises nothing but for a bad configuration.

    Raises:
        ConfigError: the API's address is unusable.
    """
    if not token:
        return Findings(configured=False)
    try:
        async with visiting(settings, token) as client:
            found = await _found(client, settings.discord)
    except CAUGHT as error:
        return Findings(configured=True, problem=describe(translate(error)))
    try:
        return replace(found, holders=await _holders(settings))
    except StoreError as error:
        return replace(found, store=str(error))


async def _holders(settings: Settings) -> tuple[str, ...]:
    """Who holds which shard now, where many processes may: what they have written down."""
    if not is_shared(store_url(settings)):
        return ()
    store = await open_store(store_url(settings))
    try:
        return tuple((await store.parts.owners(settings.discord.name)).values())
    finally:
        await store.close()


async def _found(client: discord.Client, own: Discord) -> Findings:
    assert client.user is not None
    servers = [guild async for guild in client.fetch_guilds(limit=200)]
    gateway = Limits.of(await ask(client, "GET", "/gateway/bot"))
    number = client.application_id or client.user.id
    watched = (*own.support_channels, *own.announcement_channels)
    return Findings(
        configured=True,
        id=str(client.user.id),
        username=client.user.name,
        invite=discord.utils.oauth_url(number, permissions=NEEDED, scopes=SCOPES),
        privileged_intents=tuple(name for name, wanted in _privileged(own).items() if wanted),
        servers=len(servers),
        shards=own.shards,
        advised=gateway.shards,
        starts=(gateway.left, gateway.total),
        places=tuple([await _place(client, channel) for channel in dict.fromkeys(watched)]),
    )


def _privileged(own: Discord) -> dict[str, bool]:
    """The privileged intents, as Discord calls them, and whether they are wanted."""
    return {"members": own.members_intent, "message_content": own.message_content_intent}


async def _place(client: discord.Client, channel: str) -> Place:
    """The permissions in one channel, of what Discord says about the channel, the server and us in it."""
    assert client.user is not None
    me = str(client.user.id)
    try:
        found = await ask(client, "GET", "/channels/{channel_id}", channel_id=channel)
        server = found["guild_id"]
        guild = await ask(client, "GET", "/guilds/{guild_id}", guild_id=server)
        path = "/guilds/{guild_id}/members/{user_id}"
        member = await ask(client, "GET", path, guild_id=server, user_id=me)
        allowed = permissions(found, guild, member, me)
    except CAUGHT as error:
        return Place(channel, problem=describe(translate(error)))
    missing = tuple(name for name in NAMES if not getattr(allowed, name))
    return Place(channel, missing, automod=allowed.manage_guild)


def permissions(channel: Json, guild: Json, member: Json, me: str) -> discord.Permissions:
    """As Discord documents it: everybody's and the roles' together, then what the channel says otherwise, first
    for everybody, then for the roles together, then for this member. An administrator may do everything."""
    everybody, roles = str(guild["id"]), set(map(str, member["roles"]))
    bits = 0
    for role in guild["roles"]:
        if str(role["id"]) in {everybody, *roles}:
            bits |= int(role["permissions"])
    if str(guild.get("owner_id")) == me or discord.Permissions(bits).administrator:
        return discord.Permissions.all()
    rules = channel.get("permission_overwrites") or []
    for group in ({everybody}, roles, {me}):
        found = [rule for rule in rules if str(rule["id"]) in group]
        for rule in found:
            bits &= ~int(rule["deny"])
        for rule in found:
            bits |= int(rule["allow"])
    return discord.Permissions(bits)


def sentences(findings: Findings, languages: Sequence[str]) -> list[str]:
    """What was found, for the operator."""
    say = sayer(WORDS, languages)
    if not findings.configured:
        return [say("doctor_token")]
    if findings.problem:
        return [say("doctor_failed", reason=findings.problem)]
    lines = [
        say("doctor_bot", username=findings.username, id=findings.id),
        say("doctor_invite", url=findings.invite),
        say("doctor_needed", permissions=", ".join(findings.permissions)),
        *[say(f"doctor_{name}") for name in findings.privileged_intents or ("intents",)],
        say("doctor_guilds", count=findings.servers),
        say("doctor_shards", count=findings.shards, advised=findings.advised),
        say("doctor_starts", left=findings.starts[0], total=findings.starts[1]),
    ]
    if findings.store:
        lines.append(say("doctor_store", reason=findings.store))
    for number, holder in enumerate(findings.holders):
        lines.append(say("doctor_holder" if holder else "doctor_free", shard=number, holder=holder))
    for place in findings.places:
        if place.problem:
            lines.append(say("doctor_unknown", channel=place.channel, reason=place.problem))
        elif place.missing:
            lines.append(say("doctor_missing", channel=place.channel, permissions=", ".join(place.missing)))
        else:
            lines.append(say("doctor_ok", channel=place.channel))
    if any(not place.automod and not place.problem for place in findings.places):
        lines.append(say("doctor_automod"))
    return lines if findings.places else [*lines, say("doctor_none")]
