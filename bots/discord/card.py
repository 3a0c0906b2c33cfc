"""The card in each support channel: what people can do here, as buttons that anybody may press.

There is one card a channel, remembered by its id: in the data folder, and among the processes that share the bot. It is
looked at with each new session: written anew when somebody deleted it, changed when its words changed, else left alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bots.discord.errors import Uneditable, describe
from bots.discord.rest import Rest
from bots.sentences import Say
from core.channel import Share
from core.errors import DeliveryError

FILE = "discord-cards.json"
LONG = 10 * 365 * 86_400.0
"""Seconds for which a card is remembered."""
PAUSE = 1.0
"""Seconds before a deleted card is made again: whoever deletes it twice is not in a race with us."""
log = logging.getLogger(__name__)
_ONE = "/channels/{channel_id}/messages/{message_id}"

Json = Mapping[str, Any]


class Cards:
    """The cards of one bot. `card` is the message's body, or None when there is nothing to show."""

    def __init__(
        self,
        name: str,
        rest: Rest,
        share: Callable[[], Share],
        card: dict[str, Any] | None,
        data: Path,
        say: Say,
    ) -> None:
        self._name = name
        self._rest = rest
        self._share = share
        self._shown: dict[str, str] = {}  # channel -> the card in it, of those that were looked at
        self._card = card
        self._file = data / FILE
        self._say = say
        self._lock = asyncio.Lock()

    def mourns(self, gone: Iterable[Any]) -> bool:
        """Whether one of these deleted messages was a card."""
        return not set(map(str, gone)).isdisjoint(self._shown.values())

    async def keep(self, channels: Sequence[str], pause: float = 0.0) -> None:
        """One card in each of these channels, as it should be. What Discord refuses is told to the operator."""
        if self._card is None:
            return
        await asyncio.sleep(pause)
        async with self._lock:
            for channel in channels:
                try:
                    await self._keep(channel, self._card)
                except (DeliveryError, LookupError, TypeError, OSError) as error:
                    log.warning(self._say("card", name=self._name, channel=channel, reason=describe(error)))

    async def _keep(self, channel: str, card: dict[str, Any]) -> None:
        known = self._known()
        if ref := await self._share().borrow(f"card {channel}") or known.get(channel, ""):
            with suppress(Uneditable):
                present = await self._rest.call("GET", _ONE, channel_id=channel, message_id=ref)
                if _shape(present) != _shape(card):
                    await self._rest.call("PATCH", _ONE, card, channel_id=channel, message_id=ref)
                self._shown[channel] = ref
                return
        once = {"nonce": secrets.token_hex(12), "enforce_nonce": True}
        made = await self._rest.call(
            "POST", "/channels/{channel_id}/messages", card | once, channel_id=channel
        )
        ref = self._shown[channel] = str(made["id"])
        await self._share().lend(f"card {channel}", ref, LONG)
        self._file.write_text(json.dumps(known | {channel: ref}), "utf-8")

    def _known(self) -> dict[str, str]:
        try:
            known = json.loads(self._file.read_text("utf-8"))
            return {str(channel): str(ref) for channel, ref in known.items()}
        except (OSError, ValueError, AttributeError):
            return {}


def _shape(message: Json) -> tuple[str, list[tuple[str, str]]]:
    """What people see of a card: Discord adds ids to what it stores."""
    buttons = [one for row in message.get("components") or [] for one in row.get("components") or []]
    return str(message.get("content", "")), [
        (str(one.get("label", "")), str(one.get("custom_id", ""))) for one in buttons
    ]
