"""A person's side over HTTP, on the stand-in's own port: say, press, block, and what the chat shows.

    POST /phone/{user}/say    {"text": "...", "language": "en"}            -> {"message_id": 7, "version": 12}
    POST /phone/{user}/press  {"message_id": 7, "label": "..."} or "data"  -> {"callback_id": "...", "version": 12}
    POST /phone/{user}/block  {"blocked": true}                            -> {"version": 13}
    GET  /phone/{user}/chat?since=12&wait=20    -> {"version", "blocked", "messages", "notices"}, changed after 12

`user` is a name, made when new. Answers only a Host of this machine, and no page of another origin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bots.local.handset import Handset, PhoneError, since_and_wait
from bots.local.people import Chat, Json, Notice, Shown
from bots.local.world import World

_FILE_KINDS = ("document", "photo", "voice", "video", "audio", "sticker")


class Phone(Handset):
    """The person's side of one world. `port` tells where the server listens."""

    def __init__(self, world: World, port: Callable[[], int]) -> None:
        posts = {"say": self._say, "press": self._press, "block": self._block}
        super().__init__(port, posts, {"chat": self._chat})
        self._world = world

    def _say(self, user: str, body: Json) -> Json:
        text = body.get("text")
        if not isinstance(text, str) or not text.strip():
            raise PhoneError(400, "text is empty")
        person = self._world.person(user)
        if isinstance(language := body.get("language"), str):
            person.language = language
        shown = self._world.say(person, text)
        return {"message_id": shown.id, "version": self._world.private(person).version}

    def _press(self, user: str, body: Json) -> Json:
        button, number = body.get("data") or body.get("label"), body.get("message_id")
        if not isinstance(button, str) or not isinstance(number, int):
            raise PhoneError(400, "message_id and label or data are needed")
        callback = self._world.press(user, number, button)
        return {"callback_id": callback, "version": self._world.private(user).version}

    def _block(self, user: str, body: Json) -> Json:
        (self._world.block if body.get("blocked", True) else self._world.unblock)(user)
        return {"version": self._world.private(user).version}

    async def _chat(self, user: str, query: Mapping[str, str]) -> Json:
        since, wait = since_and_wait(query)
        chat = self._world.private(user)
        if wait > 0:
            await chat.changed(since, wait)
        return _screen(chat, since)


def _screen(chat: Chat, since: int) -> Json:
    return {
        "version": chat.version,
        "blocked": chat.person is not None and chat.person.blocked,
        "messages": [_message(shown) for shown in chat.shown.values() if shown.changed > since],
        "notices": [_notice(notice) for notice in chat.notices if notice.changed > since],
    }


def _message(shown: Shown) -> Json:
    message = shown.message
    view: Json = {
        "message_id": shown.id,
        "by": "bot" if shown.by_bot else "person",
        "date": message["date"],
        "text": shown.text,
        "entities": message.get("entities") or message.get("caption_entities") or [],
        "keyboard": [[_button(button) for button in row] for row in _rows(message)],
        "edited": "edit_date" in message,
        "deleted": shown.deleted,
        "changed": shown.changed,
    }
    if kind := next((kind for kind in _FILE_KINDS if kind in message), None):
        view["file"] = {
            "kind": kind,
            "name": message[kind].get("file_name", "") if kind == "document" else "",
        }
    return view


def _rows(message: Json) -> list[list[Json]]:
    rows: list[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows


def _button(button: Json) -> Json:
    view: Json = {"label": button["text"]}
    if "callback_data" in button:
        view["data"] = button["callback_data"]
    if "url" in button:
        view["url"] = button["url"]
    if "copy_text" in button:
        view["copy"] = button["copy_text"]["text"]
    return view


def _notice(notice: Notice) -> Json:
    return {"callback_id": notice.callback_id, "text": notice.text, "alert": notice.alert}
