"""Pure: the talk of a group, and who joined it -> what staff should know of it. Most of it is nothing, and leaves
no trace: no name goes on from here, and no text in which nothing is wrong.

Telegram shows a bot all messages of a group only as its administrator (or with privacy mode off), and only to an
administrator it tells who joined where no line in the group says so: by a link, or in a large group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from bots.shapes import Json, ReadError, documented, to_int, to_list, to_object, to_text
from bots.telegram.read import present
from bots.watching import Look
from core.conversation.model import Address, Incoming

_CHECK = re.compile(r"/verify(?:@\w{1,40})?\s", re.ASCII)


def overheard(updates: Sequence[Any], channel: str, look: Look) -> list[Incoming]:
    """The sightings in a batch, as events of the kind "overheard"; an odd update is none."""
    found: list[Incoming] = []
    for update in updates:
        if _between_us(update):
            continue
        with suppress(ReadError), documented():
            found += _of(to_object(update), channel, look)
    return found


def _between_us(update: Any) -> bool:
    """Whether somebody wrote or pressed in a private chat, as nearly all do."""
    try:
        message = update.get("message") or update["callback_query"]["message"]
        return bool(message["chat"]["type"] == "private")
    except (LookupError, AttributeError, TypeError):
        return False


def _of(update: Json, channel: str, look: Look) -> Iterator[Incoming]:
    message = to_object(update.get("message") or update.get("edited_message") or {})
    if "chat_member" in update:
        message = _joining(to_object(update["chat_member"]))
    press = to_object(update.get("callback_query") or {})
    if press:
        message = {"chat": to_object(press["message"])["chat"], "from": press["from"]}
    if not message or to_object(message["chat"])["type"] not in ("group", "supergroup"):
        return
    event = to_int(update["update_id"])
    ref = str(to_int(message["message_id"])) if "message_id" in message else ""
    text = to_text(message.get("text", message.get("caption", "")))
    if _CHECK.match(text):  # somebody asks us about it
        text = ""
    joined = [to_object(one) for one in to_list(message.get("new_chat_members") or [])]
    for place, person in enumerate(joined or [to_object(message.get("from") or {})]):
        if not person or person.get("is_bot"):
            continue
        names = [to_text(person.get("username", "")), _name(person)]
        number = str(to_int(person["id"]))
        if codes := look(names, number, "" if joined else text):
            thread = str(to_int(message["message_thread_id"])) if message.get("is_topic_message") else ""
            at = Address(channel, str(to_int(to_object(message["chat"])["id"])), number, thread)
            yield Incoming(
                f"{event}.o{place}",
                at,
                "overheard",
                text="" if joined else text,
                quoted=" ".join(codes),
                message_ref="" if joined else ref,
                public=True,
            )


def _joining(change: Json) -> Json:
    """Somebody who came, as the group's own line about it would tell; empty for every other change."""
    was, now = to_object(change["old_chat_member"]), to_object(change["new_chat_member"])
    if present(was) or not present(now):
        return {}
    return {"chat": change["chat"], "new_chat_members": [now["user"]]}


def _name(person: Json) -> str:
    return f"{to_text(person.get('first_name', ''))} {to_text(person.get('last_name', ''))}".strip()
