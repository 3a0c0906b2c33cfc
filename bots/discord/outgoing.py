"""What goes out: an effect becomes the answer to an interaction, or a message in a channel.

In a server the conversation is between the bot and one person: each message answers an interaction of theirs, and
nobody else sees it. Where there is none to answer any more (it lives 15 minutes) the message goes to them directly,
and where that is closed they are asked, in public and without a word about what it is, to press a button, which
lends us another.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bots.discord.answers import LIFE, Answers, Handle
from bots.discord.draw import body, button, draw, instead
from bots.discord.errors import Late, Uneditable
from bots.discord.forms import Forms, sheet
from bots.discord.publish import Boards
from bots.discord.read import AGAIN, PUBLIC
from bots.discord.rest import Rest
from core.channel import Receipt, Share, Sign
from core.conversation.forms import FORM
from core.conversation.model import Address, Edit, Erase, Message, Send
from core.errors import Blocked, NotSent, Refused
from core.runtime.seal import Seal

_MOST = 50_000
"""People and effects remembered; what is forgotten is asked for again."""
ASKED = 24 * 3600.0
"""Seconds for which all processes know that a press was asked for: no effect is tried for longer."""
_ONE = "/channels/{channel_id}/messages/{message_id}"


class Outgoing:
    """Performs the effects of one bot. `please`: language -> what is said to who has to press again."""

    def __init__(
        self,
        name: str,
        rest: Rest,
        answers: Answers,
        seal: Seal,
        sign: Sign,
        forms: Forms,
        please: Mapping[str, str],
        share: Callable[[], Share],
        boards: Sequence[str] = (),
    ) -> None:
        self._name = name
        self._rest = rest
        self._answers = answers
        self._seal = seal
        self._sign = sign
        self._forms = forms
        self._texts = please
        self._share = share
        self._boards = Boards(name, rest, boards)
        self._direct: OrderedDict[str, str] = OrderedDict()  # person -> their channel with us
        self._newest: OrderedDict[str, Handle] = OrderedDict()  # conversation -> what answers it at present
        self._asked: OrderedDict[str, None] = OrderedDict()  # effects for which a press was asked for

    def met(self, user: str, channel: str) -> None:
        """This is our direct channel with a person."""
        _remember(self._direct, user, channel)

    def lent(self, conversation: str, handle: Handle) -> None:
        """This answers the newest interaction of a conversation."""
        _remember(self._newest, conversation, handle)

    async def lend(self, conversation: str, sealed: str) -> None:
        """Let the other processes know it."""
        await self._share().lend(f"reply {conversation}", sealed, LIFE)

    async def perform(self, address: Address, effect: Send | Edit | Erase, key: str) -> Receipt:
        """Perform one effect. In a channel `key` becomes the nonce: a repetition within minutes is no second message.

        Raises:
            DeliveryError: by what really happened.
        """
        try:
            match effect:
                case Send(message, under):
                    return await self._send(address, message, key, "", under)
                case Edit(ref, message):
                    return await self._send(address, message, key, ref)
                case Erase(ref, ours):
                    return await self._erase(address, ref, ours)
        except ValueError as error:
            raise Refused(str(error)) from None

    async def _send(self, address: Address, message: Message, key: str, ref: str, under: str = "") -> Receipt:
        if address.reply.startswith(PUBLIC) or not address.user:
            return await self._in_public(address, message, key, ref, under)
        private = address.chat != address.user
        label = self._forms.label if private else ""
        handle = self._handle(address)
        if message.form and handle is not None and handle.press:  # what a form sends cannot open one
            route = self._sign(address, message.visit, FORM)
            if await self._answers.open(handle, sheet(message.form, route), ephemeral=private):
                return Receipt()
        bodies = draw(address, message, self._sign, label)
        try:
            refs = [
                await self._part(address, one, f"{key}.{number}", handle, "" if number else ref)
                for number, one in enumerate(bodies)
            ]
        except Late:
            return await self._elsewhere(address, message, key)
        return Receipt(refs[-1])

    async def _part(
        self, address: Address, one: dict[str, Any], key: str, handle: Handle | None, ref: str
    ) -> str:
        """One message: the answer to an interaction, else a further one, else one in the direct channel."""
        private = address.chat != address.user
        if handle is not None:
            try:
                given = await self._answers.give(handle, one, key, ephemeral=private, update=bool(ref))
            except Late:
                handle = None
            else:
                if given is not None:
                    return given
        if not private:
            return await self._directly(address.user, one, key, ref)
        live = handle or await self._newest_of(address.key)
        if live is None or not self._answers.lives(live):
            raise Late("nothing to answer any more")
        given = None if live is handle else await self._answers.give(live, one, key, ephemeral=True)
        return given if given is not None else await self._answers.follow(live, one)

    async def _newest_of(self, conversation: str) -> Handle | None:
        """What answers a conversation at present, whichever process heard of it."""
        text = self._seal.open(await self._share().borrow(f"reply {conversation}"), conversation)
        lent, ours = _handle_of(text), self._newest.get(conversation)
        return max(filter(None, (lent, ours)), key=lambda one: one.born, default=None)

    def _handle(self, address: Address) -> Handle | None:
        """What answers the event that this effect came of, if it was an interaction."""
        return _handle_of(self._seal.open(address.reply, address.key) if address.reply else None)

    async def _directly(self, user: str, one: dict[str, Any], key: str, ref: str = "") -> str:
        """In the direct channel: in place of our message `ref`, where that can be changed."""
        return await self._into(await self._channel_of(user), one, key, ref)

    async def _into(self, place: str, one: dict[str, Any], key: str, ref: str = "") -> str:
        if ref.isdecimal():
            try:
                await self._rest.call("PATCH", _ONE, instead(one), channel_id=place, message_id=ref)
            except Uneditable:
                pass
            else:
                return ref
        once = {"nonce": self._nonce(key), "enforce_nonce": True}
        made = await self._rest.call("POST", "/channels/{channel_id}/messages", one | once, channel_id=place)
        return str(made["id"])

    def _nonce(self, key: str) -> str:
        return hashlib.sha256(f"{self._name}|{key}".encode()).hexdigest()[:24]

    async def _channel_of(self, user: str) -> str:
        """Our direct channel with a person. Opening it again gives the same one."""
        if user not in self._direct:
            made = await self._rest.call("POST", "/users/@me/channels", {"recipient_id": user})
            _remember(self._direct, user, str(made["id"]))
        return self._direct[user]

    async def _in_public(self, address: Address, message: Message, key: str, ref: str, under: str) -> Receipt:
        """For everybody in a channel: under the message that it answers, if there is one."""
        bodies = draw(address, message, self._sign)
        if answered := under or address.reply.removeprefix(PUBLIC):
            bodies[0]["message_reference"] = {"message_id": answered, "fail_if_not_exists": False}
        place = address.thread or address.chat
        await self._boards.check(place, message.mention)
        refs = [
            await self._into(place, one, f"{key}.{number}", "" if number else ref)
            for number, one in enumerate(bodies)
        ]
        for made in refs:
            if made != ref:
                await self._boards.publish(place, made)
        return Receipt(refs[-1])

    async def _elsewhere(self, address: Address, message: Message, key: str) -> Receipt:
        """Nothing in the server can be answered: directly, or after the person has pressed a button there."""
        try:
            refs = [
                await self._directly(address.user, one, f"{key}.d{number}")
                for number, one in enumerate(draw(address, message, self._sign, elsewhere=True))
            ]
        except Blocked:
            if key not in self._asked and not await self._share().borrow(f"asked {key}"):
                await self._into(address.chat, self._please(address.user), f"{key}.p")
                _remember(self._asked, key, None)
                await self._share().lend(f"asked {key}", "yes", ASKED)
            raise NotSent("the person has to press a button in the server first") from None
        return Receipt(refs[-1])

    def _please(self, user: str) -> dict[str, Any]:
        rows = [{"type": 1, "components": [button(self._forms.again, AGAIN)]}]
        made = body("\n".join([f"<@{user}>", *self._texts.values()]), rows)
        return made | {"allowed_mentions": {"parse": [], "users": [user]}}

    async def _erase(self, address: Address, ref: str, ours: bool) -> Receipt:
        """A person's message: possible in a server with the permission, never in a direct channel. Ours: anywhere."""
        direct = address.chat == address.user
        if direct and not ours:
            raise Refused("a bot cannot delete a person's message in a direct channel")
        place = await self._channel_of(address.user) if direct else address.chat
        with suppress(Uneditable):
            await self._rest.call("DELETE", _ONE, channel_id=place, message_id=ref)
        return Receipt(ref)

    def direct(self, user: str) -> str:
        """Our direct channel with a person, "" when it is not known here."""
        return self._direct.get(user, "")


def _handle_of(text: str | None) -> Handle | None:
    with suppress(ValueError):
        return Handle.of(text) if text else None
    return None


def _remember(known: OrderedDict[str, Any], key: str, value: Any) -> None:
    known[key] = value
    known.move_to_end(key)
    while len(known) > _MOST:
        known.popitem(last=False)
