"""One EVM node, asked over JSON-RPC: everything about a transaction in one HTTP request.

The batch holds the node's health beside the facts, so both are of the same moment. Whatever goes wrong (no answer,
a redirect, an answer that is too long or is not JSON-RPC) is "this node cannot tell", never a verdict.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from core.chain.network import Source
from core.chain.seen import DOWN, Block, EvmBody, FirstSeen, Health, SeenEvm
from core.errors import ConfigError
from core.sentences import told

LARGEST: Final = 4_000_000
"""Bytes of an answer that are read; a receipt with very many logs fits."""
_ID: Final = re.compile(r"0x[0-9a-f]{64}")
_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
_PLAIN_TRANSFER: Final = 21_000
"""Gas of a transfer without code: it cannot have failed, even where old receipts carry no status."""


class _Odd(Exception):
    """A node answered something that is not what the protocol says."""


class EvmNode:
    """A node of one EVM chain. Holds no state but its configuration.

    `url` must be https, or plain http to this machine. `deadline`: seconds for the whole answer. A node of another
    chain than its network's counts as down.
    """

    def __init__(
        self, url: str, session: aiohttp.ClientSession, source: Source, deadline: float = 3.0
    ) -> None:
        """Raises ConfigError: the url would send what people ask about unencrypted over a network."""
        require_safe(url, source.name)
        self.source = source
        self._url = url
        self._session = session
        self._deadline = deadline

    def __repr__(self) -> str:
        # The url may carry the operator's key.
        return f"EvmNode({self.source.name!r}, {self.source.network.name!r})"

    async def see(self, transaction_id: str, before: FirstSeen | None = None) -> SeenEvm:
        """What the node knows of a transaction ("0x" and 64 small hex digits). Never raises for the node's faults.

        Raises:
            ValueError: the id is not one.
        """
        if not _ID.fullmatch(transaction_id):
            raise ValueError("a transaction id is 0x and 64 small hex digits")
        # The receipt before the newest block: a block that arrives between them must not make the count zero.
        calls: tuple[tuple[str, list[object]], ...] = (
            ("eth_getTransactionByHash", [transaction_id]),
            ("eth_getTransactionReceipt", [transaction_id]),
            ("eth_getBlockByNumber", ["latest", False]),
            ("eth_syncing", []),
            ("eth_chainId", []),
        )
        try:
            transaction, receipt, block, syncing, chain_id = await self._ask(calls)
            if self.source.network.chain_id not in (0, _quantity(chain_id)):
                return SeenEvm(DOWN)
            return _seen(transaction, receipt, block, syncing)
        except (_Odd, aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError):
            return SeenEvm(DOWN)

    async def _ask(self, calls: Sequence[tuple[str, list[object]]]) -> list[object]:
        """The results of a batch, in the order of the calls."""
        batch = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            for number, (method, params) in enumerate(calls)
        ]
        async with asyncio.timeout(self._deadline):
            async with self._session.post(self._url, json=batch, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise _Odd
                body = bytearray()
                async for piece in answer.content.iter_chunked(65_536):
                    body += piece
                    if len(body) > LARGEST:
                        raise _Odd
        return _results(json.loads(body), len(calls))


def require_safe(url: str, name: str) -> None:
    """Raises ConfigError: the url would send what people ask about unencrypted over a network."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise ConfigError(told("chain.https", name=name))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _results(answer: object, count: int) -> list[object]:
    """The `result` of each call by its id. An error of one call makes the whole answer useless."""
    if not isinstance(answer, list):
        raise _Odd
    results: dict[object, object] = {}
    for entry in answer:
        if not isinstance(entry, dict) or "result" not in entry or entry.get("error") is not None:
            raise _Odd
        number = entry.get("id")
        if isinstance(number, int):
            results[number] = entry["result"]
    if set(results) != set(range(count)):
        raise _Odd
    return [results[number] for number in range(count)]


def _seen(transaction: object, receipt: object, block: object, syncing: object) -> SeenEvm:
    newest = _record(block)
    latest, at = _quantity(newest.get("number")), float(_quantity(newest.get("timestamp")))
    mined = None if receipt is None else _record(receipt)
    return SeenEvm(
        Health(syncing=syncing is not False, latest=latest, latest_at=at),
        body=None if transaction is None else _body(_record(transaction)),
        block=None
        if mined is None
        else Block(_quantity(mined.get("blockNumber")), str(mined.get("blockHash", ""))),
        succeeded=None if mined is None else _succeeded(mined),
        used=0 if mined is None else _quantity(mined.get("gasUsed", "0x0")),
    )


def _body(transaction: Mapping[str, object]) -> EvmBody:
    data = transaction.get("input")
    return EvmBody(
        chain_id=_optional(transaction.get("chainId")),
        sender=str(transaction.get("from") or "").lower(),
        nonce=_quantity(transaction.get("nonce")),
        to=str(transaction.get("to") or "").lower(),
        value=_optional(transaction.get("value")),
        max_fee=_optional(transaction.get("maxFeePerGas") or transaction.get("gasPrice")),
        tip=_optional(transaction.get("maxPriorityFeePerGas") or transaction.get("gasPrice")),
        gas=_optional(transaction.get("gas")),
        call=sha256(data.encode()).hexdigest() if isinstance(data, str) and len(data) > 2 else "",
    )


def _optional(value: object) -> int:
    return 0 if value is None else _quantity(value)


def _succeeded(receipt: Mapping[str, object]) -> bool | None:
    """The receipt's status. Receipts before 2017 have none: then logs or a plain transfer prove success."""
    if receipt.get("status") is not None:
        return _quantity(receipt["status"]) == 1
    if receipt.get("logs") or _quantity(receipt.get("gasUsed")) == _PLAIN_TRANSFER:
        return True
    return None


def _record(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _Odd
    return value


def _quantity(value: object) -> int:
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise _Odd
    return int(value, 16)
