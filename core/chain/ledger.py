"""The exchange's own ledger, asked over the contract of docs/exchange-api.yaml: signed, bounded, never a guess.

Whatever goes wrong (no answer, an odd answer, a refusal) is "the ledger cannot tell", never a state of a transfer.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from core.chain.asking import require_safe
from core.chain.booking import Booked, Freeze, Odd, Paused, Reason, paused, text, transfer
from core.chain.signing import signed
from core.config import Secrets, Settings
from core.conversation.model import Address
from core.errors import ConfigError
from core.sentences import told

LARGEST: Final = 262_144
"""Bytes of an answer that are read; twenty transfers fit many times."""
SHORTEST_KEY: Final = 32


class _Hidden(Exception):
    """The ledger does not tell this person."""


class Ledger:
    """The client. Holds no state but its configuration; nothing it does moves money.

    `url` must be https, or plain http to this machine. `deadline`: seconds for one answer.
    """

    def __init__(
        self,
        url: str,
        key_id: str,
        key: bytes,
        hosts: frozenset[str],
        session: aiohttp.ClientSession,
        now: Callable[[], float],
        deadline: float = 3.0,
    ) -> None:
        """Raises ConfigError: the url would send what people ask about unencrypted, or the key is too short."""
        require_safe(url, "exchange")
        if len(key) < SHORTEST_KEY:
            raise ConfigError(told("exchange.key", need=SHORTEST_KEY))
        self._url = url.rstrip("/")
        self._key_id, self._key = key_id, key
        self._hosts = hosts
        self._session = session
        self._now = now
        self._deadline = deadline

    def __repr__(self) -> str:
        return "Ledger()"  # neither the key nor an address inside the exchange belongs in a log

    async def by_transaction(self, transaction_id: str, asker: Address) -> Booked:
        """The transfers with this transaction id, as far as `asker` may see them. Never raises for the ledger's faults."""
        return await self._find({"transaction_id": transaction_id}, asker)

    async def by_number(self, number: str, asker: Address) -> Booked:
        """The transfers with the exchange's own number. Never raises for the ledger's faults."""
        return await self._find({"number": number}, asker)

    async def paused(self) -> Mapping[str, Paused]:
        """Network -> what is stopped there; networks that run normally are left out, and so is everything while
        the ledger cannot tell."""
        networks = await self.networks() or {}
        return {name: what for name, what in networks.items() if what.deposits or what.withdrawals}

    async def networks(self) -> Mapping[str, Paused] | None:
        """Every network of the exchange, and what is stopped there; None while the ledger cannot tell."""
        try:
            answer = await self._ask("GET", "/v1/networks", None)
            return {entry["network"]: paused(entry) for entry in answer["networks"]}
        except (*_FAULTS, _Hidden):
            return None

    async def freeze(self, asker: Address, reason: Reason, key: str, hint: str = "") -> Freeze:
        """Ask for an account to be frozen. `key` is the same on each repetition; an answer that got lost is asked
        for once more. `hint`: what the asker says the account is called, which nobody has checked."""
        body = {"requester": _requester(asker), "reason": reason, **({"account_hint": hint} if hint else {})}
        for _ in range(2):
            try:
                answer = await self._ask("POST", "/v1/freezes", body, {"Idempotency-Key": key})
                return self._frozen(answer)
            except _Hidden:
                break
            except _FAULTS:
                continue
        return Freeze("unavailable")

    async def _find(self, reference: Mapping[str, str], asker: Address) -> Booked:
        body = {"reference": reference, "requester": _requester(asker)}
        try:
            answer = await self._ask("POST", "/v1/transfers/find", body)
            return Booked(tuple(transfer(entry) for entry in answer["transfers"]))
        except _Hidden:
            return Booked(hidden=True)
        except _FAULTS:
            return Booked(down=True)

    async def _ask(
        self, method: str, path: str, body: object, extra: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """One signed request; the JSON object of a good answer."""
        url = self._url + path
        raw = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        headers = signed(
            self._key, self._key_id, method, urlsplit(url).path, self._now(), secrets.token_hex(16), raw
        )
        headers = {"Content-Type": "application/json", **headers, **(extra or {})}
        async with asyncio.timeout(self._deadline):
            async with self._session.request(
                method, url, data=raw, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status == 403:
                    raise _Hidden
                if answer.status not in (200, 202):
                    raise Odd
                read = await answer.content.read(LARGEST + 1)
                while len(read) <= LARGEST and (more := await answer.content.read(LARGEST)):
                    read += more
        value = json.loads(read) if len(read) <= LARGEST else None
        if not isinstance(value, dict):
            raise Odd
        return value

    def _frozen(self, answer: Mapping[str, Any]) -> Freeze:
        status, link = answer["status"], text(answer.get("link", ""))
        if status not in ("verify_in_app", "frozen", "already_frozen"):
            raise Odd
        if status == "verify_in_app" and not self._official(link):
            raise Odd
        return Freeze(status, text(answer["reference"]), link if status == "verify_in_app" else "")

    def _official(self, link: str) -> bool:
        parts = urlsplit(link)
        return parts.scheme == "https" and parts.netloc in self._hosts


_FAULTS: Final = (
    Odd, aiohttp.ClientError, TimeoutError, OSError, LookupError, AttributeError, TypeError,
    ValueError, RecursionError,
)  # fmt: skip


def _requester(asker: Address) -> dict[str, str]:
    return {"channel": asker.channel, "user": asker.user}


@asynccontextmanager
async def open_ledger(
    settings: Settings, own_secrets: Secrets, now: Callable[[], float]
) -> AsyncIterator[Ledger | None]:
    """The configured ledger, None when there is none; its connections are closed at the end."""
    if not settings.exchange.url:
        yield None
        return
    async with aiohttp.ClientSession() as session:
        key = own_secrets.exchange_key.get_secret_value().encode()
        hosts = frozenset(settings.security.official_hosts)
        own = settings.exchange
        yield Ledger(own.url, own.key_id, key, hosts, session, now, own.deadline)
