"""A stand-in of an exchange's ledger on this machine, as strict as docs/exchange-api.yaml: for the demo and for tests.

It holds a sample of every state. It checks signature, clock and nonce as the contract says, remembers idempotency keys,
and refuses whatever the contract does not name.
"""

from __future__ import annotations

import hmac
import json
import re
import time
from collections.abc import Callable, Mapping, Set
from hashlib import sha256
from http import HTTPStatus
from typing import Any, ClassVar, Final

from aiohttp import web

from bots.local.loopback import HOST, Loopback
from core.chain.signing import KEY, NONCE, SIGNATURE, TIMESTAMP, WINDOW, signature

DEMO_KEY: Final = "demo-key-of-the-stand-in-on-this-machine"
APP_LINK: Final = "https://helpline.example/security/freeze"
STRANGER: Final = "stranger"
"""A user who may see nothing here."""
_REASONS: Final = (
    "secret_given",
    "device_controlled",
    "signed_unknown",
    "unknown_transfer",
    "account_in_use",
    "other",
)

Json = dict[str, Any]


def _sample(number: str, state: str, raw: str, **more: Any) -> Json:
    deposit = number.startswith("D")
    base = {"asset": "USDT", "network": "Ethereum", "amount": "120.5", "state": state, "raw_state": raw}
    return {"number": number, "direction": "deposit" if deposit else "withdrawal", **base, **more}


SAMPLES: Final[tuple[Json, ...]] = (
    _sample("W10000001", "processing", "4", expected_within=3600),
    _sample("W10000002", "awaiting_user", "0"),
    _sample("W10000003", "review", "2"),
    _sample("W10000004", "rejected", "3", returned={"amount": "120.5", "at": 1_790_000_000}),
    _sample("W10000005", "completed", "6", transaction_id="0x" + sha256(b"helpline sample: confirmed").hexdigest()),
    _sample("W10000006", "cancelled", "1"),
    _sample("W10000007", "failed", "5"),
    _sample("W10000008", "processing", "4", expected_within=1),
    _sample("D10000001", "confirming", "0", confirmations=3, credit_at=12, unlock_at=64),
    _sample("D10000002", "locked", "6", confirmations=20, credit_at=12, unlock_at=64),
    _sample("D10000003", "credited", "1"),
    _sample("D10000004", "memo_problem", "7", asset="XRP", network="XRP Ledger"),
    _sample("D10000005", "below_minimum", "0", amount="0.5", minimum="1"),
    _sample("D10000006", "unsupported", "7", asset="USDTT"),
    _sample("D10000007", "other_recipient", "7"),
)  # fmt: skip
"""One of each state, by the exchange's own number. The raw words are one real exchange's: 1 is "success" for a
deposit and "cancelled" for a withdrawal."""


class _Refusal(Exception):
    def __init__(self, status: HTTPStatus, error: str, **more: float) -> None:
        super().__init__(error)
        self.status, self.answer = status, {"error": error, **more}


class Exchange(Loopback):
    """The ledger. `keys`: key id -> key. `on_exchange` sees every request that got past its signature, with its answer."""

    largest: ClassVar[int] = 1 << 16

    def __init__(
        self, port: int = 0, now: Callable[[], float] = time.time, keys: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(port)
        self._now = now
        self._keys = keys or {"helpline": DEMO_KEY}
        self._nonces: dict[str, float] = {}
        self._freezes: dict[str, tuple[str, Json]] = {}
        self.transfers: list[Json] = [{**sample, "updated_at": now() - 60} for sample in SAMPLES]
        self.networks: list[Json] = [{"network": "Ethereum", "deposits": "open", "withdrawals": "open"}]
        self.down = False
        self.on_exchange: Callable[[str, str, Json | None, int, Json], None] = lambda *_: None

    @property
    def url(self) -> str:
        """The address for the configuration, once it listens."""
        return f"http://{HOST}:{self.port}/helpline"

    @property
    def freezes(self) -> int:
        """How many accounts were asked to be frozen; repetitions are not counted."""
        return len(self._freezes)

    def _drop(self) -> None:
        """Nothing is held open."""

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.down:
            return web.Response(status=503, text="maintenance")
        raw = await request.read()
        try:
            self._authentic(request, raw)
            body = _json(raw)
            status, answer = HTTPStatus.OK, self._answer(request, body)
            if request.path.endswith("/v1/freezes"):
                status = HTTPStatus.ACCEPTED
        except _Refusal as refusal:
            body, status, answer = None, refusal.status, refusal.answer
        self.on_exchange(request.method, request.path.removeprefix("/helpline"), body, status, answer)
        return web.json_response(answer, status=status)

    def _authentic(self, request: web.BaseRequest, raw: bytes) -> None:
        """Signature, clock, nonce, in this order: nobody without the key learns anything or fills a table."""
        timestamp, nonce = request.headers.get(TIMESTAMP, ""), request.headers.get(NONCE, "")
        key = self._keys.get(request.headers.get(KEY, ""), "")
        right = signature(key.encode(), request.method, request.path_qs, timestamp, nonce, raw)
        if not key or not hmac.compare_digest(right, request.headers.get(SIGNATURE, "")):
            raise _Refusal(HTTPStatus.UNAUTHORIZED, "signature")
        now = self._now()
        if not re.fullmatch(r"\d{1,12}", timestamp) or abs(int(timestamp) - now) > WINDOW:
            raise _Refusal(HTTPStatus.UNAUTHORIZED, "clock", server_time=now)
        self._nonces = {known: at for known, at in self._nonces.items() if now - at <= 2 * WINDOW}
        if not re.fullmatch(r"[0-9a-f]{32}", nonce) or nonce in self._nonces:
            raise _Refusal(HTTPStatus.UNAUTHORIZED, "replayed")
        self._nonces[nonce] = now

    def _answer(self, request: web.BaseRequest, body: Json | None) -> Json:
        match request.method, request.path.removeprefix("/helpline"):
            case "POST", "/v1/transfers/find":
                return self._find(_shape(body, {"reference", "requester"}))
            case "GET", "/v1/networks" if body is None:
                return {"networks": self.networks, "checked_at": self._now()}
            case "POST", "/v1/freezes":
                asked = _shape(body, {"requester", "reason"}, {"account_hint"})
                return self._freeze(request.headers.get("Idempotency-Key", ""), asked)
        raise _Refusal(HTTPStatus.NOT_FOUND, "unknown")

    def _find(self, body: Json) -> Json:
        user = _requester(body)
        reference = body["reference"]
        if not isinstance(reference, dict) or set(reference) not in ({"number"}, {"transaction_id"}):
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed")
        ((field, wanted),) = reference.items()
        if not isinstance(wanted, str) or not 1 <= len(wanted) <= 128:
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed")
        if user == STRANGER:
            raise _Refusal(HTTPStatus.FORBIDDEN, "not_theirs")
        found = [transfer for transfer in self.transfers if transfer.get(field) == wanted]
        return {"transfers": found[:20], "checked_at": self._now()}

    def _freeze(self, key: str, body: Json) -> Json:
        if not re.fullmatch(r"[!-~]{1,128}", key) or body["reason"] not in _REASONS:
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed")
        _requester(body)
        hint = body.get("account_hint", "-")
        if not isinstance(hint, str) or not 1 <= len(hint) <= 64:
            raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed")
        same = json.dumps(body, sort_keys=True)
        before = self._freezes.get(key)
        if before is not None:
            if before[0] != same:
                raise _Refusal(HTTPStatus.CONFLICT, "key_reused")
            return before[1]
        answer: Json = {
            "status": "verify_in_app",
            "reference": f"F{len(self._freezes) + 1:06d}",
            "link": APP_LINK,
            "expires_at": self._now() + 3600,
        }
        self._freezes[key] = (same, answer)
        return answer


def _json(raw: bytes) -> Json | None:
    try:
        value = json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        value = ()
    if value is not None and not isinstance(value, dict):
        raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed")
    return value


def _shape(body: Json | None, fields: set[str], more: Set[str] = frozenset()) -> Json:
    if body is None or not fields <= set(body) <= fields | more:
        raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed")
    return body


def _requester(body: Json) -> str:
    asker = _shape(body["requester"] if isinstance(body["requester"], dict) else None, {"channel", "user"})
    if not all(isinstance(value, str) and 1 <= len(value) <= 64 for value in asker.values()):
        raise _Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed")
    return str(asker["user"])
