"""Freeze requests: bounded, safe to repeat, and decided by the exchange alone.

A chat proves nobody's identity. So the request carries who writes (channel and user) and, if they named one, an
account as an unverified hint; the normal answer is a link into the app. That somebody's name was typed must freeze
nobody: how often one person may ask, and how often one name may be asked for, is bounded, whoever asks.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final, Literal

from core.chain.booking import Reason
from core.chain.ledger import Ledger
from core.conversation.model import Address
from core.safety.guard import MASK
from core.safety.plain import plain
from core.store.freezes import FreezeRoom, Request

DAY: Final = 24 * 3600.0
PER_PERSON: Final = 5
"""Requests of one person in a day."""
PER_TARGET: Final = 3
"""Requests in a day that name one account, from whomever."""
HINT: Final = 64
"""Code points of a hint that are passed on."""
_REASONS: Final[dict[str, Reason]] = {
    "used": "account_in_use",
    "password": "secret_given",
    "code": "secret_given",
    "money": "unknown_transfer",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended. `link` only with `verify_in_app`."""

    name: Literal["verify_in_app", "frozen", "unavailable", "limited"]
    reference: str = ""
    link: str = ""


class Freezes:
    """Asks the exchange, if there is one. `secret` hides in the table which accounts were named."""

    def __init__(self, room: FreezeRoom, ledger: Ledger | None, secret: bytes) -> None:
        self._room = room
        self._ledger = ledger
        self._secret = secret

    async def ask(self, asker: Address, harm: str, account: str, key: str, now: float) -> Answer:
        """Ask once for each `key`. `harm` is what happened, as the flow's question names it.

        Raises:
            StoreError: the bounds could not be checked, so nothing was asked.
        """
        if self._ledger is None:
            return Answer("unavailable")
        hint = _hint(account)
        request = Request(key, f"{asker.channel}:{asker.user}", self._hidden(hint), now)
        if not await self._room.admit(request, DAY, PER_PERSON, PER_TARGET):
            return Answer("limited")
        token = hashlib.sha256(key.encode()).hexdigest()
        freeze = await self._ledger.freeze(asker, _REASONS.get(harm, "other"), token, hint)
        if freeze.status == "unavailable":
            return Answer("unavailable")
        name: Literal["verify_in_app", "frozen"] = "verify_in_app" if freeze.link else "frozen"
        return Answer(name, freeze.reference, freeze.link)

    def _hidden(self, hint: str) -> str:
        if not hint:
            return ""
        same = "".join(plain(hint).text.casefold().split())
        return hmac.new(self._secret, f"freeze {same}".encode(), hashlib.sha256).hexdigest()


def _hint(account: str) -> str:
    """One line of a decent length; nothing where a secret was written instead of a name."""
    return "" if MASK in account else " ".join(account.split())[:HINT]
