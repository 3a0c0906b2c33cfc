"""A TRON node by its HTTP interface. Two of them in one: what was executed, and what cannot be undone any more ("solid").

Its answers need care: 200 with `{}` for what it does not know and for what is not yet executed; 200 with `{"Error": ...}`
for its own troubles; success has no `result` at all, or one spelled `SUCESS`; messages are hex.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from core import base58
from core.chain.asking import Asking, Odd
from core.chain.client import DEADLINE, WholeClient
from core.chain.mined import Mined
from core.chain.network import Source
from core.chain.seen import DOWN, Block, FirstSeen, Health, SeenTron, Transfer, TronBody
from core.chain.shapes import whole

_TRANSFER: Final = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""The event of a token that moved."""
_SUCCESS: Final = ("", "DEFAULT", "SUCCESS", "SUCESS")
_CALLS: Final = (
    "/wallet/gettransactionbyid",
    "/wallet/gettransactioninfobyid",
    "/walletsolidity/gettransactioninfobyid",
    "/wallet/gettransactionfrompending",
)


class TronNode(WholeClient[SeenTron]):
    """A node. `complete`: it has every block; a lite node with a window of recent ones does not.

    `deadline`: seconds for the whole of a question.
    """

    def __init__(
        self,
        url: str,
        asking: Asking,
        source: Source,
        deadline: float = DEADLINE,
        *,
        complete: bool = True,
    ) -> None:
        """Raises ConfigError: as every client."""
        super().__init__(url, asking, source, deadline, SeenTron(DOWN))
        self._complete = complete

    async def _see(self, wanted: str, before: FirstSeen | None) -> SeenTron:
        asked = {"value": wanted, "visible": True}
        made, ran, solid, queued = await asyncio.gather(*(self._ask(call, asked) for call in _CALLS))
        # The blocks after the transaction: one that arrives between them must not make the count zero.
        newest, firm = await asyncio.gather(
            self._ask("/wallet/getnowblock", {}), self._ask("/walletsolidity/getnowblock", {})
        )
        latest, latest_at = _head(newest)
        health = Health(latest=latest, latest_at=latest_at, complete=self._complete)
        body = _body(made or queued, wanted)
        ran = ran or solid
        block = await self._block(ran) if ran else None
        moved = before is not None and before.block is not None and _is_elsewhere(before.block, block)
        return SeenTron(
            health=health,
            body=body,
            block=block,
            solid=bool(solid),
            result=_result(ran) if ran else "",
            reason=_reason(ran) if ran else "",
            transfers=_transfers(made, ran) if ran else (),
            solid_at=_head(firm)[1],
            moved=moved,
        )

    async def _block_at(self, number: int | None) -> Mined:
        call = "/wallet/getnowblock" if number is None else "/wallet/getblockbynum"
        found = await self._ask(call, {} if number is None else {"num": number})
        raw = found["block_header"]["raw_data"]
        ids = tuple("0x" + str(one["txID"]) for one in found.get("transactions", ()))
        height, at = whole(raw.get("number", 0)), whole(raw.get("timestamp", 0)) / 1000
        return Mined(height, str(found["blockID"]), str(raw["parentHash"]), ids, at)

    async def _ask(self, call: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """An answer, {} where the node has nothing; its own errors come with status 200."""
        answer = (await self._asking.post(self._url + call, body)).json()
        if not isinstance(answer, dict) or "Error" in answer:
            raise Odd
        return answer

    async def _block(self, ran: Mapping[str, Any]) -> Block:
        number = whole(ran["blockNumber"])
        header = await self._ask("/wallet/getblock", {"id_or_num": str(number), "detail": False})
        return Block(number, str(header.get("blockID", "")), whole(ran.get("blockTimeStamp", 0)) / 1000)


def _is_elsewhere(last: Block, now: Block | None) -> bool:
    return now is None or now.number != last.number or bool(now.hash and last.hash and now.hash != last.hash)


def _head(block: Mapping[str, Any]) -> tuple[int, float]:
    """Number and time (epoch seconds) of a block."""
    raw = block["block_header"]["raw_data"]
    return whole(raw.get("number", 0)), whole(raw["timestamp"]) / 1000


def _body(made: Mapping[str, Any], wanted: str) -> TronBody | None:
    if not made:
        return None
    if made.get("txID") != wanted:
        raise Odd
    raw = made["raw_data"]
    contract = raw["contract"][0]
    call = sha256(json.dumps(contract, sort_keys=True).encode()).hexdigest()
    owner = str(contract["parameter"]["value"].get("owner_address", ""))
    return TronBody(whole(raw.get("expiration", 0)) / 1000, owner, call)


def _result(ran: Mapping[str, Any]) -> str:
    """SUCCESS, or the name of the failure. `result` says whether, the receipt says which."""
    which = str(ran.get("receipt", {}).get("result", ""))
    if str(ran.get("result", "")) in _SUCCESS:
        return "SUCCESS" if which in _SUCCESS else which
    return "FAILED" if which in _SUCCESS else which


def _reason(ran: Mapping[str, Any]) -> str:
    """The message of a failure: hex on the wire, one printable line here."""
    try:
        told = bytes.fromhex(str(ran.get("resMessage", ""))).decode("utf-8", "replace")
    except ValueError:
        return ""
    return "".join(letter if letter.isprintable() else " " for letter in told[:200]).strip()


def _transfers(made: Mapping[str, Any], ran: Mapping[str, Any]) -> tuple[Transfer, ...]:
    """What moved: the coin by the contract itself, tokens by the events of the run."""
    moves = [_event(log) for log in ran.get("log", ())]
    contract = made["raw_data"]["contract"][0] if made else {}
    if contract.get("type") == "TransferContract":
        value = contract["parameter"]["value"]
        moves.append(
            Transfer(str(value["to_address"]), whole(value["amount"]), sender=str(value["owner_address"]))
        )
    return tuple(move for move in moves if move is not None)


def _event(log: Mapping[str, Any]) -> Transfer | None:
    topics = log.get("topics", ())
    if len(topics) != 3 or topics[0] != _TRANSFER:
        return None
    amount = int(log.get("data") or "0", 16)
    return Transfer(_address(topics[2]), amount, _address(log["address"]), sender=_address(topics[1]))


def _address(digits: str) -> str:
    """The base58 form of the last twenty bytes of a hex text; events leave out the 41 in front."""
    return base58.encode_checked(b"\x41" + bytes.fromhex(digits)[-20:])
