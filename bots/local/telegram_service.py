"""The Bot API methods about the connection: getUpdates, the webhook's settings, logOut and close."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bots.local.telegram_hook import Delivery, Target
from bots.local.telegram_updates import UpdateQueue
from bots.local.telegram_wire import ApiError, Json, Params, RawJson, bad_request, too_many
from bots.local.world import World

ENDED_BY_WEBHOOK = "Conflict: terminated by setWebhook request"
CLOSE_NOT_BEFORE = 600.0
MOST_CONNECTIONS = 100
_SECRET = re.compile(r"[A-Za-z0-9_-]+")
_HERE = ("127.0.0.1", "localhost")


class Service:
    """The methods about how the bot is connected."""

    def __init__(self, world: World, seed: int | None = None) -> None:
        self._now = world.now
        self._updates: UpdateQueue = world.updates
        self.delivery = Delivery(world.updates, world.now, seed)
        self._launched = world.now()
        self._webhook_set_at = float("-inf")
        self.logged_out = False
        self.methods: dict[str, Callable[[Params], Any]] = {
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.get_webhook_info,
            "logout": self.log_out,
            "close": self.close,
        }

    async def get_updates(self, params: Params) -> RawJson:
        """GetUpdates."""
        self._remember_allowed(params)
        offset, limit = params.integer("offset"), params.integer("limit", 100)
        return await self._updates.get(offset, limit, params.integer("timeout"))

    def set_webhook(self, params: Params) -> bool:
        """SetWebhook: it ends the polls. Plain http goes to this machine only, as a server of one's own allows."""
        url, secret = params.text("url"), params.text("secret_token")
        if not url:
            return self.delete_webhook(params)
        parts = urlsplit(url)
        if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)):
            raise bad_request("invalid webhook URL specified")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        if self._now() - self._webhook_set_at < 1:
            raise too_many(1)
        self._webhook_set_at = self._now()
        self._remember_allowed(params)
        most = min(max(params.integer("max_connections", 40), 1), MOST_CONNECTIONS)
        self._turn(Target(url, secret, most), params)
        return True

    def delete_webhook(self, params: Params) -> bool:
        """DeleteWebhook."""
        self._turn(Target(), params)
        return True

    def get_webhook_info(self, _params: Params) -> Json:
        """GetWebhookInfo."""
        info: Json = {
            "url": self.delivery.target.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if self.delivery.target.url:
            info["max_connections"] = self.delivery.target.connections
        if self.delivery.failed_at:
            info["last_error_date"] = self.delivery.failed_at
            info["last_error_message"] = self.delivery.failure
        if self._updates.allowed:
            info["allowed_updates"] = sorted(self._updates.allowed)
        return info

    def log_out(self, _params: Params) -> bool:
        """LogOut: afterwards every call is refused."""
        self.logged_out = True
        return True

    def close(self, _params: Params) -> bool:
        """Close: refused in the first ten minutes."""
        left = CLOSE_NOT_BEFORE - (self._now() - self._launched)
        if left > 0:
            raise too_many(max(1, int(left)))
        return True

    def _turn(self, target: Target, params: Params) -> None:
        if params.boolean("drop_pending_updates"):
            self._updates.drop()
        self._updates.webhook_active = bool(target.url)
        if target.url:
            self._updates.end_hold(ApiError(409, ENDED_BY_WEBHOOK))
        self.delivery.turn(target)

    def _remember_allowed(self, params: Params) -> None:
        # Given once it is remembered; an empty list goes back to the usual kinds.
        allowed = params.data("allowed_updates")
        if isinstance(allowed, list):
            self._updates.allowed = frozenset(str(kind) for kind in allowed)
