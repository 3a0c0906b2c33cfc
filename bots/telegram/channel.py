"""Telegram as a channel: the loop around `read` and `draw`.

Updates come through `polling` or `webhook`; core stores them; only then are they acknowledged and presses answered.
Effects go out as raw calls: each is one request, and each failure one of core's errors.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import telegram
from telegram.error import TelegramError

from bots.api_url import check_api_url
from bots.small_files import LARGEST, looked_into
from bots.telegram.draw import PHOTO, Params, chat_id, draw
from bots.telegram.errors import Already, Pictured, Uneditable, describe, translate
from bots.telegram.overhear import overheard
from bots.telegram.photos import Photos
from bots.telegram.polling import Patience, Polling, Update, translate_batch, unread
from bots.telegram.profile import Profile, sync_profile
from bots.telegram.read import presses
from bots.telegram.request import OFFICIAL_API, AiohttpRequest, Files, Limits
from bots.telegram.sentences import to_operator
from bots.telegram.webhook import Hook, Webhook
from bots.watching import Look
from core.channel import Abilities, Album, Receipt, Receive, Sign
from core.conversation.model import Address, Edit, Erase, Send
from core.errors import ConfigError, Conflict, DeliveryError, Refused

ABILITIES = Abilities(
    text_limit=4000,
    text_unit="utf16",
    erase=True,
    per_second=30.0,
    chat_burst=3,
    chat_every=1.0,
    group_per_minute=20,
    recall_hours=48.0,
    pictures=True,
    caption_limit=1000,
)
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_MOST_ANSWERS = 256
"""Presses being answered at once; beyond it the next poll waits, so that memory stays bounded."""
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be tuned. `abilities` carries the rates; the private link is filled in when Telegram has told who we are.
    `look` is what watches over groups; without it nobody does.
    """

    api_url: str = OFFICIAL_API
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    profile: Profile = field(default_factory=Profile)
    abilities: Abilities = ABILITIES
    hook: Hook = field(default_factory=Hook)
    look: Look | None = None


class TelegramChannel:
    """One bot of one token. It holds connections: `close` it when nothing is to be sent any more.

    Raises:
        ConfigError: the token's shape, the API's address or the proxy is unusable.
    """

    def __init__(self, name: str, token: str, sign: Sign, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        self.name = name
        self.abilities = replace(settings.abilities, alone=not settings.hook.url)
        self._settings = settings
        self._say = to_operator()
        if not _TOKEN.fullmatch(token):
            raise ConfigError(self._say("bad_shape"))
        if settings.limits.proxy and not settings.limits.proxy.startswith(("http://", "https://")):
            raise ConfigError(self._say("proxy"))
        base = f"{check_api_url(settings.api_url, OFFICIAL_API, self._say)}/bot"
        self._sign = sign
        self._photos = Photos(self._call, f"{name}:{token.partition(':')[0]}")
        self._me = ""
        self._request = AiohttpRequest(base + token, settings.limits)
        # Polls have a session of their own: a wedged one is thrown away without touching the sends.
        self._poll_request = AiohttpRequest(base + token, replace(settings.limits, pool=2))
        self._polling = Polling(name, self._poll_request, self._say, settings.patience)
        self._webhook = Webhook(name, settings.hook, self, self._say) if settings.hook.url else None
        self._bot = telegram.Bot(
            token, base_url=base, request=self._request, get_updates_request=self._poll_request
        )
        self._answers: set[asyncio.Task[None]] = set()

    # --- coming in ---------------------------------------------------------------------------

    async def run(self, receive: Receive) -> None:
        """Receive for ever, whatever happens to the network; cancelled at shutdown.

        Raises:
            Halted: Telegram does not accept the token.
        """
        try:
            await self._arrive()
            source = self._webhook or self._polling
            await source.run(lambda updates: self._take(updates, receive))
        finally:
            for task in self._answers:
                task.cancel()
            await self._poll_request.shutdown()

    async def _arrive(self) -> None:
        """Who are we? Then make sure that updates come to us and that the card is up to date."""
        await self.meet()
        log.info(self._say("started", name=self.name, username=self._me))
        if self._webhook is None:
            await self._quietly(self._remove_webhook())
        await self._sync_profile()

    async def meet(self) -> None:
        """Learn who we are, however long the network is away."""
        self._me = me = await self._polling.until_answered(self._who)
        self.abilities = replace(self.abilities, private_link=f"https://t.me/{me}?start={{payload}}")

    async def _who(self) -> str:
        me = await self._request.raw("getMe", {})
        if not isinstance(me, dict) or not isinstance(me.get("username"), str):
            raise DeliveryError("Invalid server response")
        return str(me["username"])

    async def _remove_webhook(self) -> None:
        """While a webhook is set, every poll is refused. Updates that wait are kept."""
        info = await self._request.raw("getWebhookInfo", {})
        url = str(info.get("url", "")) if isinstance(info, dict) else ""
        if url:
            host = url.partition("://")[2].partition("/")[0]
            log.error(self._say("webhook", name=self.name, host=host))
            await self._request.raw("deleteWebhook", {"drop_pending_updates": False})

    async def _sync_profile(self) -> None:
        try:
            changed = await sync_profile(self._bot, self._settings.profile)
        except DeliveryError as error:
            log.warning(self._say("profile", name=self.name, reason=describe(error)))
        else:
            if changed:
                log.info(self._say("synced", name=self.name, changed=", ".join(changed)))

    async def _take(self, updates: Sequence[Update], receive: Receive) -> None:
        """Hand over a batch. When `receive` has returned it is durable, and presses are answered."""
        events = translate_batch(updates, self.name, self._me, self._say)
        if self._settings.look:
            events += overheard(updates, self.name, self._settings.look)
        events = await looked_into(events, lambda source: self._request.file(source, LARGEST))
        try:
            if events:
                await receive(events)
        except Conflict as error:  # one of them will never be stored: it is found, and holds up nothing
            if len(updates) > 1:
                for update in updates:
                    await self._take([update], receive)
                return
            await receive([unread(updates[0], self.name, error)._replace(text=str(error))])
        await self._answer(presses(updates))

    async def _answer(self, handles: Sequence[str]) -> None:
        """Stop the buttons' spinning, without making the next poll wait for it."""
        loop = asyncio.get_running_loop()
        for handle in handles:
            call = self._request.raw("answerCallbackQuery", {"callback_query_id": handle})
            task = loop.create_task(self._quietly(call))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)
        if len(self._answers) > _MOST_ANSWERS:
            await asyncio.wait(self._answers)

    async def _quietly(self, call: Awaitable[Any]) -> None:
        try:
            await call
        except TelegramError as error:
            log.debug("a call that may fail: %s", describe(error))

    # --- going out ---------------------------------------------------------------------------

    def show_from(self, album: Album) -> None:
        """The pictures are found here."""
        self._photos.album = album

    async def perform(self, address: Address, effect: Send | Edit | Erase, key: str) -> Receipt:
        """Perform one effect. Telegram has no idempotency key: `key` cannot close the window after `Unsure`.

        Raises:
            DeliveryError: by what really happened.
        """
        try:
            match effect:
                case Send(message, reply_to):
                    params = draw(address, message, self._sign)
                    return await self._send(params | _reply(reply_to) if reply_to else params)
                case Edit(ref, message):
                    return await self._edit(draw(address, message, self._sign), ref)
                case Erase(ref):
                    return await self._erase(address, ref)
        except ValueError as error:
            raise Refused(str(error)) from None

    async def _send(self, params: Params) -> Receipt:
        sent = (
            await self._photos.call("sendPhoto", params)
            if PHOTO in params
            else await self._call("sendMessage", params)
        )
        ref = sent.get("message_id") if isinstance(sent, dict) else None
        return Receipt("" if ref is None else str(ref))

    async def _edit(self, params: Params, ref: str) -> Receipt:
        """Edit in place; a message that cannot be edited any more is said anew. A picture cannot become a text: the
        text is said anew, and the picture goes."""
        if not ref.isdecimal():
            return await self._send(params)
        edited = {name: value for name, value in params.items() if name != "message_thread_id"}
        edited["message_id"] = int(ref)
        try:
            if PHOTO in params:
                await self._photos.call("editMessageMedia", edited)
            else:
                await self._call("editMessageText", edited)
        except Already:
            pass
        except Pictured:
            said = await self._send(params)
            with suppress(DeliveryError):
                gone = {"chat_id": params["chat_id"], "message_id": int(ref)}
                await self._call("deleteMessage", gone)
            return said
        except Uneditable:
            return await self._send(params)
        return Receipt(ref)

    async def _erase(self, address: Address, ref: str) -> Receipt:
        with suppress(Already):
            await self._call("deleteMessage", {"chat_id": chat_id(address.chat), "message_id": int(ref)})
        return Receipt(ref)

    async def _call(self, method: str, params: Mapping[str, Any], files: Files | None = None) -> Any:
        try:
            return await self._request.raw(method, params, files)
        except TelegramError as error:
            failure = translate(error)
        raise failure

    async def busy(self, address: Address) -> None:
        """Show "typing" for some seconds. Raises nothing."""
        params: dict[str, Any] = {"chat_id": chat_id(address.chat), "action": "typing"}
        if address.thread.isdecimal():
            params["message_thread_id"] = int(address.thread)
        await self._quietly(self._request.raw("sendChatAction", params))

    def trouble(self) -> str:
        """Why no updates come now; empty while all is well."""
        return self._webhook.trouble if self._webhook else self._polling.trouble()

    async def raw(self, method: str, params: Mapping[str, Any]) -> Any:
        """One call about the connection itself, beside the sends."""
        return await self._poll_request.raw(method, params)

    async def patiently(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Repeat such a call until it succeeds, however long the network is away."""
        return await self._polling.until_answered(call)

    async def close(self) -> None:
        """Close all connections. The channel may be used again afterwards."""
        await self._request.shutdown()
        await self._poll_request.shutdown()


def _reply(ref: str) -> Params:
    """As a reply to that message; if it is gone by then, without."""
    if not ref.isdecimal():
        return {}
    return {"reply_parameters": {"message_id": int(ref), "allow_sending_without_reply": True}}
