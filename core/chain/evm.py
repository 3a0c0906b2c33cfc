"""One EVM node, asked over JSON-RPC: everything about a transaction in one HTTP request.

The batch holds the node's health beside the facts, so both are of the same moment. Whatever goes wrong (no answer,
a redirect, an answer that is too long or is not JSON-RPC) is "this node cannot tell", never a verdict.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from core.chain.verdict import STALE, UNREACHABLE, Seen, Source
from core.errors import ConfigError
from core.sentences import told

LARGEST: Final = 4_000_000
"""Bytes of an answer that are read; a receipt with very many logs fits."""
_ID: Final = re.compile(r"0x[0-9a-f]{64}")
_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,16}")
_PLAIN_TRANSFER: Final = 21_000
"""Gas of a transfer without code: it cannot have failed, even where old receipts carry no status."""


class _Odd(Exception):
    """A node answered something that is not what the protocol says."""


class EvmNode:
    """A node of one EVM chain. Holds no state but its configuration.

    `url` must be https, or plain http to this machine. `deadline`: seconds for the whole answer.
    `chain_id`: when given, a node of another chain counts as down.
    """

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        name: str,
        chain: str,
        deadline: float = 3.0,
        *,
        need: int = 12,
        block_seconds: float = 12.0,
        stale_after: float = STALE,
        chain_id: int | None = None,
    ) -> None:
        """Raises ConfigError: the url would send what people ask about unencrypted over a network."""
        require_safe(url, name)
        self.source = Source(name, chain, need, block_seconds, stale_after)
        self._url = url
        self._session = session
        self._deadline = deadline
        self._chain_id = chain_id

    def __repr__(self) -> str:
        # The url may carry the operator's key.
        return f"EvmNode({self.source.node!r}, {self.source.network!r})"

    async def see(self, transaction_id: str) -> Seen:
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
            if self._chain_id is not None and _quantity(chain_id) != self._chain_id:
                return UNREACHABLE
            return _seen(transaction, receipt, block, syncing)
        except (_Odd, aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError):
            return UNREACHABLE

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


def _seen(transaction: object, receipt: object, block: object, syncing: object) -> Seen:
    newest = _record(block)
    details = None if transaction is None else _record(transaction)
    mined = None if receipt is None else _record(receipt)
    return Seen(
        syncing=syncing is not False,
        latest=_quantity(newest.get("number")),
        latest_at=float(_quantity(newest.get("timestamp"))),
        known=details is not None or mined is not None,
        mined_in=None if mined is None else _quantity(mined.get("blockNumber")),
        succeeded=None if mined is None else _succeeded(mined),
    )


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
