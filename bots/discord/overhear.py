"""Pure: what is said in a server, and who joined it -> what staff should know of it. Most of it is nothing, and
leaves no trace: no name goes on from here, and no text in which nothing is wrong.

Discord shows the text of what does not name us only with `discord.message_content_intent`; without it only the author's
names are looked at. So it is with what AutoMod stopped. Joinings need `discord.members_intent`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from typing import Any

from bots.discord.read import edited_at, said
from bots.shapes import Json, ReadError, documented, to_int, to_object, to_text
from bots.watching import Look
from core.conversation.model import Address, Incoming
from core.safety.watch import NAMED, STOPPED

PROFILE = 6
"""The trigger of the rule about what members are called."""


def overheard(event: str, data: Any, channel: str, look: Look) -> list[Incoming]:
    """The sighting in one event of the gateway, of the kind "overheard"; an odd event is none."""
    with suppress(ReadError), documented():
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and "guild_id" in data:
            return list(_message(to_object(data), channel, look))
        if event == "AUTO_MODERATION_ACTION_EXECUTION":
            return list(_stopped(to_object(data), channel, look))
        if event == "INTERACTION_CREATE" and "member" in data:
            member = to_object(data["member"])
            place, number = to_text(data["channel_id"]), to_text(data["id"])
            return list(_seen(f"i{number}", channel, place, to_object(member["user"]), member, "", "", look))
        if event in ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE"):
            user, server = to_object(data["user"]), to_text(data["guild_id"])
            name = (
                f"j{server}.{to_text(user['id'])}.{to_text(data.get('nick') or user.get('username') or '')}"
            )
            return list(_seen(_short(name), channel, server, user, to_object(data), "", "", look))
    return []


def _message(message: Json, channel: str, look: Look) -> Iterator[Incoming]:
    user, member = to_object(message["author"]), to_object(message.get("member") or {})
    if "webhook_id" in message:
        return
    ref, place = to_text(message["id"]), to_text(message["channel_id"])
    edited = edited_at(message)
    text, _ = said(message)
    yield from _seen(
        f"m{ref}.{edited}" if edited else f"m{ref}", channel, place, user, member, text, ref, look
    )


def _stopped(action: Json, channel: str, look: Look) -> Iterator[Incoming]:
    """What AutoMod took away before anybody saw it: one event for each thing that a rule does, one sighting for all."""
    number, server = to_text(action["user_id"]), to_text(action["guild_id"])
    text = to_text(action.get("content") or "")
    named = to_int(action["rule_trigger_type"]) == PROFILE
    if codes := ((NAMED,) if named else look((), number, text)):
        place = to_text(action.get("channel_id") or server)
        event = _short(f"a{server}.{number}.{text}")
        at = Address(channel, place, number)
        yield Incoming(
            f"{event}.o",
            at,
            "overheard",
            text="" if named else text,
            quoted=" ".join((*codes, STOPPED)),
            public=True,
        )


def _seen(
    event: str, channel: str, place: str, user: Json, member: Json, text: str, ref: str, look: Look
) -> Iterator[Incoming]:
    if user.get("bot"):
        return
    names = [
        to_text(name or "") for name in (user.get("username"), user.get("global_name"), member.get("nick"))
    ]
    number = to_text(user["id"])
    if codes := look(names, number, text):
        at = Address(channel, place, number)
        yield Incoming(
            f"{event}.o", at, "overheard", text=text, quoted=" ".join(codes), message_ref=ref, public=True
        )


def _short(name: str) -> str:
    """The id of what has none: the same while the person is called (or says) the same, and nothing can be read from it."""
    return f"j{sha256(name.encode()).hexdigest()[:24]}"
