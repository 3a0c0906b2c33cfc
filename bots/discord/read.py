"""Pure: one event of the gateway (or one message read later), as plain JSON, -> what core calls Incoming.

Law of this file: whatever the JSON holds, `read` returns events or raises `ReadError`; it never guesses. What
means nothing to a support line (other bots, talk that does not name us, link previews) is no event.

A private chat's `Address.chat` is the person's own id, whatever its channel is called; in a server it is the
channel's id, and the conversation there is private all the same: what answers an interaction, only one person sees.
"""

from __future__ import annotations

import re
from typing import Any, cast

from bots.shapes import Json, ReadError, documented, to_int, to_list, to_object, to_text
from bots.small_files import legible
from core.conversation.model import Address, Attachment, Incoming, Kind

OPEN = "open:"
"""A button that anybody may press, on the card or under a public answer: what follows leads into a flow."""
FORM = "form"
"""The form that takes a person's words where they cannot be said, and the button that opens it."""
FIELD = "said"
FILL = "fill:"
"""Begins the name of a form of several fields; its signed route follows."""
AGAIN = "again"
"""The button under "please press again": it only lends us its own answer."""
ELSEWHERE = "~"
"""Parts the chat that a button belongs to from its route, when it had to be shown in another chat."""
PUBLIC = "#"
"""Begins the `Address.reply` of what was said in public: the message that is answered, no secret."""
COMMAND, PRESS, SUBMIT = 2, 3, 5
CHAT_INPUT, ON_PERSON, ON_MESSAGE = 1, 2, 3
"""Where a command was chosen: typed, in the menu of a person, in the menu of a message."""
OTHERS = 2
"""The context of other people's direct channels: we are not in them, only our answer to a press is."""
_MESSAGE_TYPES = (0, 19)  # said, and said in reply
_SELECTS = (3, 5, 6, 7, 8)
_VOICE = 1 << 13
_ELSEWHERE = re.compile(rf"(\d{{15,20}}){ELSEWHERE}(.+)", re.DOTALL)
_MENTION = re.compile(r"<@!?(\d{15,20})>")
_OPENS = re.compile(rf"{OPEN}(?:(flow_)?([a-z0-9][a-z0-9_.-]{{0,39}}))")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_KINDS = ("image/", "photo"), ("audio/", "voice"), ("video/", "video")


def read(event: str, data: Json, channel: str, me: str) -> list[Incoming]:
    """What happened, as at most one event. `event` is the gateway's name for it, `me` the bot's own id.

    Raises:
        ReadError: the event is not shaped as documented.
    """
    with documented():
        match event:
            case "MESSAGE_CREATE":
                return _message(data, channel, me, "said")
            case "MESSAGE_UPDATE":
                return _message(data, channel, me, "edited")
            case "INTERACTION_CREATE":
                return _interaction(data, channel)
    return []


# --- messages --------------------------------------------------------------------------------


def _message(message: Json, channel: str, me: str, kind: Kind) -> list[Incoming]:
    public = "guild_id" in message
    text, forwarded = said(message)
    attachments = _attachments(message)
    if not _meant(message, me, kind, public=public) or not (text or attachments or public):
        return []
    edited = edited_at(message)
    if kind == "edited" and not (edited and text):  # without a time only a preview was added
        return []
    user, ref = _id(to_object(message["author"])["id"]), _id(message["id"])
    place = _id(message["channel_id"]) if public else user
    earlier = to_object(message.get("referenced_message") or {})
    reference = to_object(message.get("message_reference") or {})
    answers = bool(reference) and not forwarded and "message_id" in reference
    return [
        Incoming(
            f"m{ref}.{edited}" if kind == "edited" else f"m{ref}",
            Address(channel, place, user, reply=f"{PUBLIC}{ref}" if public else ""),
            kind,
            text=_unnamed(text, me) if public else text,
            quoted=to_text(earlier.get("content", "")) if answers else "",
            attachments=attachments,
            message_ref=ref,
            public=public,
            forwarded=forwarded,
            reply_to=_id(reference["message_id"]) if answers else "",
        )
    ]


def _meant(message: Json, me: str, kind: Kind, *, public: bool) -> bool:
    """Whether a person said it, and to us: in a server only what names us is, and only once."""
    author = to_object(message.get("author") or {})
    if not author or author.get("bot") or "webhook_id" in message:
        return False
    if message.get("type", 0) not in _MESSAGE_TYPES:
        return False
    return not public or (kind != "edited" and _names(message, me))


def said(message: Json) -> tuple[str, bool]:
    """(the text, whether it is somebody else's). A forwarded message comes as a snapshot."""
    text = to_text(message.get("content") or "")
    snapshots = to_list(message.get("message_snapshots") or [])
    if not snapshots:
        return text, False
    inner = to_object(to_object(snapshots[0])["message"])
    return "\n".join(part for part in (text, to_text(inner.get("content") or "")) if part), True


def edited_at(message: Json) -> str:
    """When it was last edited, as the platform writes it; "" when it never was. It becomes part of an id.

    Raises:
        ReadError: it is no time.
    """
    stamp = to_text(message.get("edited_timestamp") or "")
    if stamp and not _STAMP.fullmatch(stamp):
        raise ReadError("a time was expected")
    return stamp


def _names(message: Json, me: str) -> bool:
    return any(_id(to_object(one)["id"]) == me for one in to_list(message.get("mentions") or []))


def _unnamed(text: str, me: str) -> str:
    """What was said to us, without our own name at its beginning or end."""
    return _MENTION.sub(lambda found: "" if found[1] == me else found[0], text).strip()


def _attachments(message: Json) -> tuple[Attachment, ...]:
    inner = message
    if snapshots := to_list(message.get("message_snapshots") or []):
        inner = to_object(to_object(snapshots[0])["message"])
    files = to_list(inner.get("attachments") or [])
    if files:
        return tuple(_file(to_object(file), to_int(inner.get("flags") or 0)) for file in files)
    if to_list(inner.get("sticker_items") or []):
        return (Attachment("sticker"),)
    if inner.get("poll"):
        return (Attachment("poll"),)
    return ()


def _file(file: Json, flags: int) -> Attachment:
    kind = to_text(file.get("content_type") or "")
    what = (
        "voice"
        if flags & _VOICE
        else next((name for start, name in _KINDS if kind.startswith(start)), "file")
    )
    size, name = to_int(file.get("size", 0)), to_text(file.get("filename") or "")
    url = to_text(file.get("url") or "") if what == "file" and legible(name, kind, size) else ""
    return Attachment(cast(Any, what), size, _id(file["id"]), source=url)


# --- interactions ----------------------------------------------------------------------------


def _interaction(data: Json, channel: str) -> list[Incoming]:
    """A slash command, a pressed button or select, a form that was filled in."""
    kind = to_int(data["type"])
    if kind not in (COMMAND, PRESS, SUBMIT):
        return []
    public = "guild_id" in data
    person = to_object(to_object(data["member"])["user"] if public else data["user"])
    user = _id(person["id"])
    elsewhere = public or data.get("context") == OTHERS  # only this person may see what we answer there
    address = Address(channel, _id(data["channel_id"]) if elsewhere else user, user)
    base = Incoming(
        f"i{_id(data['id'])}",
        address,
        "said",
        reply_handle=f"{_id(data['id'])}:{'p' if kind == PRESS else 'c'}:{to_text(data['token'])}",
        language_hint=to_text(data.get("locale") or ""),
    )
    inner = to_object(data["data"])
    if kind == COMMAND:
        return _command(base, inner)
    if kind == SUBMIT:
        name = to_text(inner["custom_id"])
        if not name.startswith(FILL):
            return [base._replace(text="\n".join(filter(None, _values(inner))))]
        lines = [" ".join(value.split()) for value in _values(inner)]
        return [base._replace(text="\n".join(lines), form=name.removeprefix(FILL))]
    return _press(base, inner, to_object(data["message"]))


def _command(base: Incoming, data: Json) -> list[Incoming]:
    """As it would be typed elsewhere: "/tx" and what was given with it. What was chosen in the menu of a person or
    of a message is checked: people by their number, for a name proves nothing."""
    kind = data.get("type", CHAT_INPUT)
    if kind == ON_PERSON:
        return [base._replace(text=f"/verify id:{_id(data['target_id'])}")]
    if kind == ON_MESSAGE:
        message = to_object(to_object(to_object(data["resolved"])["messages"])[_id(data["target_id"])])
        who = f"id:{_id(to_object(message['author'])['id'])}"
        return [base._replace(text=f"/verify {said(message)[0]}\n{who}", forwarded=True)]
    if kind != CHAT_INPUT:
        return []
    given = [to_text(to_object(option).get("value") or "") for option in to_list(data.get("options") or [])]
    return [base._replace(text=" ".join([f"/{to_text(data['name'])}", *given]).strip())]


def _press(base: Incoming, data: Json, message: Json) -> list[Incoming]:
    route = to_text(data["custom_id"])
    if to_int(data.get("component_type", 2)) in _SELECTS:
        values = to_list(data["values"])
        route = to_text(values[0]) if values else ""
    ref = _id(message["id"])
    if opens := _OPENS.fullmatch(route):
        flow, name = opens.groups()
        return [base._replace(text=f"/start flow_{name}" if flow else f"/{name}")]
    address = base.address
    if elsewhere := _ELSEWHERE.fullmatch(route):  # its signature says whether that is true
        address, route = address._replace(chat=elsewhere[1]), elsewhere[2]
    return [base._replace(address=address, kind="pressed", text=route, message_ref=ref)]


def _values(data: Json) -> list[str]:
    """The words in a form's fields, in their order."""
    return [to_text(field["value"] or "") for field in _fields(data.get("components") or [])]


def _fields(components: Any) -> list[Json]:
    found: list[Json] = []
    for one in to_list(components):
        part = to_object(one)
        if "value" in part:
            found.append(part)
        inside = part.get("components") or ([part["component"]] if "component" in part else [])
        found += _fields(inside)
    return found


# --- shapes ----------------------------------------------------------------------------------


def _id(value: Any) -> str:
    if not isinstance(value, str) or not (value.isascii() and value.isdigit()):
        raise ReadError("an id was expected")
    return value
