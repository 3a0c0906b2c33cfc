"""The routes about interactions: the first answer, the message it made, and what follows.

The first answer has to come within 3 s and comes once; the token opens the other routes for 15 minutes.
"""

from __future__ import annotations

from typing import Any

from bots.local import discord_checks as checks
from bots.local.discord_clicks import ACK_WINDOW, COMMAND, COMPONENT, SUBMIT, Click
from bots.local.discord_ledger import DiscordLedger
from bots.local.discord_messages import Handler, Messages
from bots.local.discord_objects import numbered
from bots.local.discord_people import EPHEMERAL, LOADING, Modal, Shown
from bots.local.discord_wire import (
    ALREADY_ACKNOWLEDGED,
    TOKEN_EXPIRED,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    ApiError,
    Call,
    FormErrors,
    Json,
    invalid,
)
from bots.local.discord_world import World

TOKEN_LIFETIME = 15 * 60.0
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL = 4, 5, 6, 7, 9
_NAMES = {COMMAND: "command", COMPONENT: "component", SUBMIT: "modal submit"}


class Interactions:
    """The interaction routes over one world. The two limits are in seconds."""

    def __init__(self, world: World, messages: Messages, ledger: DiscordLedger) -> None:
        self.world = world
        self.messages = messages
        self.ledger = ledger
        self.ack_window = ACK_WINDOW
        self.token_lifetime = TOKEN_LIFETIME
        hook = "/webhooks/{webhook_id}/{webhook_token}"
        first, one = hook + "/messages/@original", hook + "/messages/{message_id}"
        callback = "/interactions/{interaction_id}/{interaction_token}/callback"
        self.routes: list[tuple[str, str, str, Handler]] = [
            ("POST", callback, "create_interaction_response", self.answer),
            ("POST", hook, "execute_webhook", self.follow_up),
            ("GET", first, "get_original_webhook_message", self.get),
            ("PATCH", first, "update_original_webhook_message", self.update),
            ("DELETE", first, "delete_original_webhook_message", self.delete),
            ("GET", one, "get_webhook_message", self.get),
            ("PATCH", one, "update_webhook_message", self.update),
            ("DELETE", one, "delete_webhook_message", self.delete),
        ]

    def answer(self, call: Call) -> Json | None:
        """POST /interactions/{interaction_id}/{interaction_token}/callback."""
        click = self.world.clicks.get(call.id("interaction_id"))
        if click is None or click.token != call.params["interaction_token"]:
            raise ApiError(*UNKNOWN_INTERACTION)
        if click.acked_at is not None:
            raise ApiError(*ALREADY_ACKNOWLEDGED)
        now = self.world.now()
        if now - click.at > self.ack_window:
            raise ApiError(*UNKNOWN_INTERACTION)
        body = call.form()
        kind = body.get("type")
        if kind not in _allowed(click):
            raise invalid(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {_allowed(click)}.")
        shown = self._begin(call, click, kind, _object(body.get("data"), ("data",)))
        click.acked_at, click.answer = now, kind
        click.channel.touch()
        self.ledger.note(call, now, shown, click)
        return self._callback(click, shown) if call.query.get("with_response") in ("1", "true") else None

    def _begin(self, call: Call, click: Click, kind: int, data: Json) -> Shown | None:
        if kind == MODAL:
            self._open(click, data)
            return None
        if kind == MESSAGE:
            return self._post(call, click, data)
        if kind == DEFER:
            flags = _ephemeral(data)
            return self._put(click, {"flags": flags | LOADING})
        click.original = click.source
        if kind == UPDATE and click.source is not None:
            self._change(call, click, click.source, data)
        return click.source

    def _callback(self, click: Click, shown: Shown | None) -> Json:
        interaction: Json = {"id": str(click.id), "type": click.kind, "channel_id": str(click.channel.id)}
        if click.channel.guild is not None:
            interaction["guild_id"] = str(click.channel.guild.id)
        if shown is not None:
            interaction |= {
                "response_message_id": str(shown.id),
                "response_message_loading": shown.loading,
                "response_message_ephemeral": shown.ephemeral,
            }
        answer: Json = {"interaction": interaction}
        if shown is not None and click.answer in (MESSAGE, UPDATE):
            answer["resource"] = {"type": click.answer, "message": shown.message}
        return answer

    def _open(self, click: Click, data: Json) -> None:
        errors = FormErrors()
        checks.modal(errors, data, ("data",))
        errors.refuse()
        form = numbered(data["components"])
        click.person.modal = Modal(data["custom_id"], data["title"], form, click.channel, click.source)

    def _post(self, call: Call, click: Click, data: Json) -> Shown:
        fields = self._fields(call, click, data)
        return self._put(click, fields | {"flags": fields["flags"] | _ephemeral(data)})

    def _fields(self, call: Call, click: Click, data: Json) -> Json:
        # A webhook's body is read as the `data` of a callback, and its files come beside it.
        inner = Call(call.operation, call.route, call.params, call.query, data, call.files, call.spoil)
        return self.messages.checked(inner, data, click.channel)

    def _put(self, click: Click, fields: Json) -> Shown:
        viewer = click.person if fields["flags"] & EPHEMERAL else None
        shown = self.world.post(click.channel, self._signed(click) | fields, viewer)
        if click.original is None:
            click.original = shown
        return shown

    def _signed(self, click: Click) -> Json:
        """The fields that say which interaction a message comes from."""
        made: Json = {
            "id": str(click.id),
            "type": click.kind,
            "user": click.person.as_user(),
            "authorizing_integration_owners": {},
        }
        if click.kind == COMPONENT and click.source is not None:
            made["interacted_message_id"] = str(click.source.id)
        if click.kind == SUBMIT:
            made["triggering_interaction_metadata"] = self._trigger(click)
        app = str(self.world.bot["id"])
        signed: Json = {"application_id": app, "webhook_id": app, "interaction_metadata": made}
        return signed | ({"type": 20} if click.kind == COMMAND else {})

    @staticmethod
    def _trigger(click: Click) -> Json:
        trigger: Json = {
            "id": str(click.id - 1),
            "type": COMMAND if click.source is None else COMPONENT,
            "user": click.person.as_user(),
            "authorizing_integration_owners": {},
        }
        return trigger | ({} if click.source is None else {"interacted_message_id": str(click.source.id)})

    def follow_up(self, call: Call) -> Json:
        """POST /webhooks/{webhook_id}/{webhook_token}. The first one after a deferred answer fills that answer."""
        click = self._known(call)
        body = call.form()
        waiting = click.original if click.answer == DEFER else None
        if waiting is not None and waiting.loading and not waiting.deleted:
            if not any(body.get(name) for name in ("content", "embeds", "components")) and not call.files:
                self._fields(call, click, body)
            self._change(call, click, waiting, body, drop=LOADING)
            shown = waiting
        else:
            shown = self._post(call, click, body)
        self.ledger.note(call, self.world.now(), shown, click)
        return shown.message

    def get(self, call: Call) -> Json:
        """GET of @original or of a follow-up."""
        return self._message(call, self._known(call)).message

    def update(self, call: Call) -> Json:
        """PATCH of @original or of a follow-up; of a deferred answer it makes the answer."""
        click = self._known(call)
        shown = self._message(call, click)
        self._change(call, click, shown, call.form(), drop=LOADING)
        self.ledger.note(call, self.world.now(), shown, click)
        return shown.message

    def delete(self, call: Call) -> None:
        """DELETE of @original or of a follow-up."""
        click = self._known(call)
        shown = self._message(call, click)
        self.world.remove(shown)
        self.ledger.note(call, self.world.now(), shown, click)

    def _change(self, call: Call, click: Click, shown: Shown, body: Json, *, drop: int = 0) -> None:
        if shown.deleted:
            raise ApiError(*UNKNOWN_MESSAGE)
        self.messages.change(call, shown, body, click.channel, drop=drop)

    def _known(self, call: Call) -> Click:
        click = self.world.by_token.get(call.params["webhook_token"])
        if str(call.id("webhook_id")) != self.world.bot["id"] or click is None or click.acked_at is None:
            raise ApiError(*UNKNOWN_WEBHOOK)
        if self.world.now() - click.at > self.token_lifetime:
            raise ApiError(*TOKEN_EXPIRED)
        return click

    def _message(self, call: Call, click: Click) -> Shown:
        shown = click.original
        if "message_id" in call.params:
            shown = click.channel.shown.get(call.id("message_id"))
            if shown is not None and not self._belongs(shown, click):
                shown = None
        if shown is None or shown.deleted:
            raise ApiError(*UNKNOWN_MESSAGE)
        return shown

    @staticmethod
    def _belongs(shown: Shown, click: Click) -> bool:
        made: Any = shown.message.get("interaction_metadata", {})
        return shown is click.original or made.get("id") == str(click.id)


def _allowed(click: Click) -> tuple[int, ...]:
    if click.kind == COMMAND:
        return (MESSAGE, DEFER, MODAL)
    if click.kind == COMPONENT:
        return (MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL)
    return (MESSAGE, DEFER) if click.source is None else (MESSAGE, DEFER, DEFER_UPDATE, UPDATE)


def _object(value: Any, path: tuple[str | int, ...]) -> Json:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
    return value


def _ephemeral(data: Json) -> int:
    flags = data.get("flags")
    return flags & EPHEMERAL if isinstance(flags, int) else 0
