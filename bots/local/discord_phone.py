"""A person's side of Discord over HTTP, on the stand-in's own port: write, use commands, buttons and forms.

    POST /phone/{user}/say     {"text": "..", "channel": id, "reply_to": id}      -> {"message_id", "version"}
    POST /phone/{user}/edit    {"message_id": id, "text": ".."}    .../delete  {"message_id": id}
    POST /phone/{user}/slash   {"name": "tx", "options": {}, "channel": id}       -> {"click_id", "version"}
    POST /phone/{user}/press   {"message_id": id, "label" or "custom_id": ".."}   -> the same
    POST /phone/{user}/select  {"message_id": id, "values": [".."]}               -> the same
    POST /phone/{user}/submit  {"values": {"label or custom_id": ".."}}           -> the same; /dismiss closes the form
    POST /phone/{user}/dms     {"open": false}                                    -> {"version"}
    GET  /phone/{user}/chat?since=12&wait=20&channel=id  -> {"version", "messages", "modal", "failed", "dms_open"}
    GET  /phone/{user}/commands?channel=id               -> {"commands": [{"name", "description", "options"}]}

`user` is a name, made when new; "locale" in a `say` sets theirs. Ids are texts (a page cannot hold them as
numbers). Without "channel" it is the direct channel; "support" or another name means that channel of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bots.local.discord_clicks import Click
from bots.local.discord_people import Channel, Modal, Person, Shown
from bots.local.discord_wire import Json
from bots.local.discord_world import World
from bots.local.handset import Handset, PhoneError, since_and_wait


class DiscordPhone(Handset):
    """The person's side of one world. `port` tells where the server listens."""

    def __init__(self, world: World, port: Callable[[], int]) -> None:
        posts = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "slash": self._slash,
            "press": self._press,
            "select": self._select,
            "submit": self._submit,
            "dismiss": self._dismiss,
            "dms": self._dms,
        }
        super().__init__(port, posts, {"chat": self._chat, "commands": self._commands})
        self._world = world

    def _say(self, user: str, body: Json) -> Json:
        person = self._world.person(user)
        if isinstance(locale := body.get("locale"), str):
            person.locale = locale
        channel = self._channel(person, body.get("channel"))
        answered = _number(body, "reply_to") if body.get("reply_to") else None
        shown = self._world.say(person, _text(body, "text"), channel, reply_to=answered)
        return {"message_id": str(shown.id), "version": channel.version}

    def _edit(self, user: str, body: Json) -> Json:
        shown = self._world.edit(self._own(user, body), _text(body, "text"))
        return {"message_id": str(shown.id), "version": shown.changed}

    def _delete(self, user: str, body: Json) -> Json:
        shown = self._own(user, body)
        self._world.delete(shown)
        return {"message_id": str(shown.id), "version": shown.changed}

    def _slash(self, user: str, body: Json) -> Json:
        person = self._world.person(user)
        channel = self._channel(person, body.get("channel"))
        options = body.get("options") or {}
        if not isinstance(options, dict):
            raise PhoneError(400, "options is an object")
        return _clicked(self._world.slash(person, _text(body, "name"), options, channel))

    def _press(self, user: str, body: Json) -> Json:
        button = body.get("custom_id") or body.get("label")
        if not isinstance(button, str):
            raise PhoneError(400, "label or custom_id is needed")
        return _clicked(self._world.press(user, _number(body, "message_id"), button))

    def _select(self, user: str, body: Json) -> Json:
        values = body.get("values")
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise ValueError("values is a list of texts")
        return _clicked(self._world.select(user, _number(body, "message_id"), *values))

    def _submit(self, user: str, body: Json) -> Json:
        values = body.get("values")
        if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
            raise ValueError("values is an object of texts")
        return _clicked(self._world.submit(user, values))

    def _dismiss(self, user: str, _: Json) -> Json:
        self._world.dismiss(user)
        return {"version": self._world.dm(user).version}

    def _dms(self, user: str, body: Json) -> Json:
        self._world.person(user).dms_open = bool(body.get("open", True))
        return {"version": self._world.dm(user).touch()}

    async def _chat(self, user: str, query: Mapping[str, str]) -> Json:
        since, wait = since_and_wait(query)
        person = self._world.person(user)
        channel = self._channel(person, query.get("channel"))
        if wait > 0:
            await channel.changed(since, wait)
        return self._screen(person, channel, since)

    async def _commands(self, user: str, query: Mapping[str, str]) -> Json:
        person = self._world.person(user)
        found = self._world.offered(person, self._channel(person, query.get("channel")))
        return {"commands": [_command(one, person.locale) for one in found]}

    def _screen(self, person: Person, channel: Channel, since: int) -> Json:
        modal = person.modal if person.modal is not None and person.modal.channel is channel else None
        return {
            "version": channel.version,
            "dms_open": person.dms_open,
            "messages": [
                _message(one)
                for one in channel.shown.values()
                if one.changed > since and one.viewer in (None, person)
            ],
            "modal": None if modal is None else _modal(modal),
            "failed": [str(one.id) for one in self._world.failures(person) if one.channel is channel],
        }

    def _own(self, user: str, body: Json) -> Shown:
        shown = self._world.find(_number(body, "message_id"))
        if shown.message["author"]["id"] != str(self._world.person(user).id):
            raise LookupError("not a message of this person")
        return shown

    def _channel(self, person: Person, wanted: Any) -> Channel:
        if not wanted:
            return self._world.dm(person)
        for channel in self._world.channels.values():
            if channel.guild is not None and str(wanted) in (str(channel.id), channel.name):
                self._world.check_inside(person, channel)
                return channel
        raise LookupError("there is no such channel")


def _clicked(click: Click) -> Json:
    return {"click_id": str(click.id), "version": click.channel.version}


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is empty")
    return value


def _number(body: Json, name: str) -> int:
    value = str(body.get(name))
    if not (value.isascii() and value.isdigit()):
        raise ValueError(f"{name} is an id")
    return int(value)


def _message(shown: Shown) -> Json:
    message = shown.message
    answered = message.get("message_reference", {})
    return {
        "message_id": str(shown.id),
        "by": "bot" if shown.by_bot else "person",
        "author": message["author"]["global_name"] or message["author"]["username"],
        "timestamp": message["timestamp"],
        "content": message["content"],
        "embeds": message["embeds"],
        "components": message["components"],
        "attachments": message["attachments"],
        "reply_to": answered.get("message_id"),
        "ephemeral": shown.ephemeral,
        "loading": shown.loading,
        "edited": message["edited_timestamp"] is not None,
        "deleted": shown.deleted,
        "changed": shown.changed,
    }


def _modal(modal: Modal) -> Json:
    fields = [
        {"label": one["label"], "description": one["description"], **one["input"]} for one in modal.fields
    ]
    return {"custom_id": modal.custom_id, "title": modal.title, "fields": fields}


def _command(command: Json, locale: str) -> Json:
    def localized(one: Json, name: str) -> str:
        return str((one.get(f"{name}_localizations") or {}).get(locale) or one[name])

    options = [
        {
            "name": one["name"],
            "label": localized(one, "name"),
            "description": localized(one, "description"),
            "required": bool(one.get("required")),
            "choices": one.get("choices") or [],
        }
        for one in command.get("options") or []
    ]
    return {
        "name": localized(command, "name"),
        "description": localized(command, "description"),
        "options": options,
    }
