"""Pure: one update of the Bot API, as plain JSON, -> what core calls Incoming.

Law of this file: whatever the JSON holds, `read` returns events or raises `ReadError`; it never guesses. What
means nothing to a support line (service messages, channel posts, talk of a group among itself) is no event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bots.shapes import Json, ReadError, documented, to_int, to_list, to_object, to_text
from bots.small_files import legible
from bots.wellformed import utf16_slice
from core.conversation.model import Address, Attachment, Incoming, Kind

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
"""What we ask Telegram for: what `read` knows, and who joins a group, which Telegram tells its administrators alone
(`overhear`)."""

_HERE = ("creator", "administrator", "member", "restricted")
_FILES: tuple[tuple[str, Any], ...] = (
    ("voice", "voice"),
    ("audio", "voice"),
    ("video", "video"),
    ("video_note", "video"),
    ("animation", "video"),
    ("sticker", "sticker"),
    ("document", "file"),
)
"""Field -> kind. An animation comes with a `document` for old clients, so it stands first."""
_OTHERS: tuple[tuple[str, Any], ...] = (
    ("venue", "location"),
    ("location", "location"),
    ("poll", "poll"),
    ("contact", "contact"),
    ("dice", "other"),
    ("game", "other"),
    ("story", "other"),
    ("live_photo", "other"),
    ("paid_media", "other"),
    ("checklist", "other"),
    ("rich_message", "other"),
    ("invoice", "other"),
)
"""Field -> kind of what people send without a file that we could fetch. A venue comes with a `location`."""


def read(update: Json, channel: str, me: str) -> list[Incoming]:
    """What happened, as at most one event. `me` is the bot's user name without "@".

    Raises:
        ReadError: the update is not shaped as documented.
    """
    with documented():
        event_id = str(to_int(update["update_id"]))
        if "message" in update:
            return _message(event_id, update["message"], channel, me, "said")
        if "edited_message" in update:
            return _message(event_id, update["edited_message"], channel, me, "edited")
        if "callback_query" in update:
            return _press(event_id, update["callback_query"], channel)
        if "my_chat_member" in update:
            return _membership(event_id, update["my_chat_member"], channel)
    return []


# --- the kinds of updates --------------------------------------------------------------------


def _message(event_id: str, message: Json, channel: str, me: str, kind: Kind) -> list[Incoming]:
    chat, sender = to_object(message["chat"]), to_object(message.get("from") or {})
    if chat["type"] == "channel":
        return []
    if "migrate_to_chat_id" in message:
        address = Address(channel, str(to_int(chat["id"])), str(to_int(sender["id"])) if sender else "")
        moved_to = str(to_int(message["migrate_to_chat_id"]))
        return [Incoming(event_id, address, "moved", public=True, moved_to=moved_to)]
    if not sender or sender.get("is_bot") or message.get("is_automatic_forward"):
        return []
    text, entities = _text_of(message)
    attachments = _attachments(message)
    public = _public(chat)
    for_us, text = _addressed(message, text, entities, me, public=public)
    if not for_us or not (text or attachments) or (kind == "edited" and not text):
        return []
    return [
        Incoming(
            event_id,
            _address(channel, chat, sender, message),
            kind,
            text=text,
            quoted=_quoted(message),
            attachments=attachments,
            message_ref=str(to_int(message["message_id"])),
            language_hint=to_text(sender.get("language_code", "")),
            public=public,
            forwarded="forward_origin" in message,
            reply_to=_reply_to(message),
        )
    ]


def presses(updates: Sequence[Any]) -> list[str]:
    """What answers each press of a batch, readable or not: every one of them spins on somebody's screen."""
    queries = [update.get("callback_query") for update in updates if isinstance(update, dict)]
    handles = [query.get("id") for query in queries if isinstance(query, dict)]
    return [handle for handle in handles if isinstance(handle, str)]


def _press(event_id: str, query: Json, channel: str) -> list[Incoming]:
    """A press on a button of ours. Without the message (inline mode) or data (a game) it is none of ours."""
    sender = to_object(query["from"])
    if "message" not in query or "data" not in query:
        return []
    message = to_object(query["message"])
    chat = to_object(message["chat"])
    return [
        Incoming(
            event_id,
            _address(channel, chat, sender, message),
            "pressed",
            text=to_text(query["data"]),
            message_ref=str(to_int(message["message_id"])),
            language_hint=to_text(sender.get("language_code", "")),
            public=_public(chat),
        )
    ]


def _membership(event_id: str, change: Json, channel: str) -> list[Incoming]:
    """The bot itself was blocked, let back in, added to a group or removed. A promotion is nothing."""
    chat, sender = to_object(change["chat"]), to_object(change["from"])
    if chat["type"] == "channel":
        return []
    was, now = present(change["old_chat_member"]), present(change["new_chat_member"])
    if was == now:
        return []
    public = _public(chat)
    kind: Kind = "joined" if now else "left" if public else "blocked"
    return [
        Incoming(
            event_id,
            _address(channel, chat, sender, {}),
            kind,
            language_hint=to_text(sender.get("language_code", "")),
            public=public,
        )
    ]


# --- the parts of a message ------------------------------------------------------------------


def _text_of(message: Json) -> tuple[str, list[Json]]:
    """The text or the caption, with its entities."""
    text, entities = (
        (message["text"], message.get("entities"))
        if "text" in message
        else (message.get("caption", ""), message.get("caption_entities"))
    )
    return to_text(text), to_list(entities or [])


def _addressed(message: Json, text: str, entities: list[Json], me: str, *, public: bool) -> tuple[bool, str]:
    """(whether this is for us, the text without our name). In groups only commands, mentions and replies are."""
    if entities and entities[0]["type"] == "bot_command" and to_int(entities[0]["offset"]) == 0:
        command = utf16_slice(text, 0, to_int(entities[0]["length"]))
        name, _, target = command.partition("@")
        if target and target.casefold() != me.casefold():
            return False, text
        return True, name + text[len(command) :]
    if not public:
        return True, text
    mention = f"@{me}".casefold()
    mentioned = any(
        entity["type"] == "mention" and _entity_text(text, entity).casefold() == mention
        for entity in entities
    )
    if mentioned and text[: len(mention)].casefold() == mention:
        text = text[len(mention) :].lstrip()
    return mentioned or _replies_to(message, me), text


def _entity_text(text: str, entity: Json) -> str:
    return utf16_slice(text, to_int(entity["offset"]), to_int(entity["length"]))


def _replies_to(message: Json, me: str) -> bool:
    """Whether it answers a message of ours. In a topic every message "answers" the one that opened the topic."""
    earlier = to_object(message.get("reply_to_message") or {})
    author = to_object(earlier.get("from") or {})
    ours = to_text(author.get("username", "")).casefold() == me.casefold()
    return bool(earlier) and ours and "forum_topic_created" not in earlier


def _quoted(message: Json) -> str:
    """What the person answers to: the part that they marked, else the whole message."""
    if "quote" in message:
        return to_text(to_object(message["quote"])["text"])
    earlier = to_object(message.get("reply_to_message") or {})
    return to_text(earlier.get("text", earlier.get("caption", "")))


def _reply_to(message: Json) -> str:
    """The message that this one answers, whosever it is; what opened a topic is answered by nobody."""
    earlier = to_object(message.get("reply_to_message") or {})
    return str(to_int(earlier["message_id"])) if earlier and "forum_topic_created" not in earlier else ""


def _attachments(message: Json) -> tuple[Attachment, ...]:
    if "photo" in message:
        largest = to_object(to_list(message["photo"])[-1])
        return (_file("photo", largest),)
    for field, kind in _FILES:
        if field in message:
            return (_file(kind, to_object(message[field])),)
    for field, kind in _OTHERS:
        if field in message:
            return (Attachment(kind),)
    return ()


def _file(kind: Any, file: Json) -> Attachment:
    size, ref = to_int(file.get("file_size", 0)), to_text(file["file_id"])
    name, media = to_text(file.get("file_name", "")), to_text(file.get("mime_type", ""))
    return Attachment(kind, size, ref, source=ref if kind == "file" and legible(name, media, size) else "")


def _address(channel: str, chat: Json, sender: Json, message: Json) -> Address:
    thread = str(to_int(message["message_thread_id"])) if message.get("is_topic_message") else ""
    return Address(channel, str(to_int(chat["id"])), str(to_int(sender["id"])), thread)


def _public(chat: Json) -> bool:
    kind = chat["type"]
    if kind not in ("private", "group", "supergroup"):
        raise ReadError("a chat of an unknown type")
    return bool(kind != "private")


def present(member: Json) -> bool:
    """Whether a member of a chat is in it."""
    status = to_text(member["status"])
    return status in _HERE and (status != "restricted" or bool(member["is_member"]))
