"""The wire log: each call that the real adapters made to the stand-ins, and each one that was spoiled on purpose.

Tokens stand in headers and addresses, which are not looked at; what could be one inside a body is masked.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bots.local.changes import Changes
from bots.local.faults import Fault, FaultPlan

if TYPE_CHECKING:
    from bots.local.discord import Exchange

KEPT = 200
"""Lines that are remembered."""
LONGEST_BODY = 4000
LONGEST_GIST = 90
_HIDDEN = ("token", "interaction_token", "session_id")
MASK = "•••"


@dataclass(frozen=True, slots=True)
class Line:
    """One call. `gist` is what it was about, in a few words; `asked` and `answered` are JSON for reading."""

    number: int
    at: float
    platform: str
    method: str
    result: str
    good: bool
    gist: str
    asked: str
    answered: str


@dataclass(eq=False, slots=True)
class Wire(Changes):
    """The last calls, oldest first; `version` is the number of the newest."""

    now: Callable[[], float]
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=KEPT))

    def telegram(self, method: str, fields: dict[str, Any], answer: Any) -> None:
        """One exchange of the Telegram stand-in. Polls that brought nothing are left out."""
        if method.lower() == "getupdates" and answer.get("ok") and not answer["result"]:
            return
        good = bool(answer.get("ok"))
        result = "200" if good else str(answer.get("error_code", ""))
        self._add("telegram", method, result, good, fields, answer.get("result", answer))

    def discord(self, exchange: Exchange) -> None:
        """One exchange of the Discord stand-in."""
        good = exchange.status < 400
        asked = exchange.body if exchange.body is not None else exchange.query
        self._add("discord", exchange.operation, str(exchange.status), good, asked, exchange.answer)

    def spoiled(self, platform: str, method: str, fault: Fault) -> None:
        """A call that met a fault."""
        result = "429" if fault.spoil == "slow_down" else fault.spoil
        self._add(
            platform, method, result, False, {"fault": fault.spoil, "retry_after": fault.retry_after}, None
        )

    def after(self, number: int) -> list[Line]:
        """The lines that came after this number."""
        return [line for line in self.lines if line.number > number]

    def _add(self, platform: str, method: str, result: str, good: bool, asked: Any, answered: Any) -> None:
        number = self.touch()
        gist = " · ".join(_words(asked, answered))[:LONGEST_GIST]
        self.lines.append(
            Line(number, self.now(), platform, method, result, good, gist, _shown(asked), _shown(answered))
        )


class HeardFaults(FaultPlan):
    """A plan of faults that tells the log of each one that happens."""

    def __init__(self, platform: str, wire: Wire) -> None:
        super().__init__()
        self._platform = platform
        self._wire = wire

    def draw(self, method: str) -> Fault | None:
        """Count one call, and say which fault it meets."""
        fault = super().draw(method)
        if fault is not None:
            self._wire.spoiled(self._platform, method, fault)
        return fault


def _words(asked: Any, answered: Any) -> list[str]:
    """What a person wants to know of a call: who wrote what to whom."""
    words = []
    if isinstance(answered, list):
        words += [_update(one) for one in answered if isinstance(one, dict) and "update_id" in one]
    if isinstance(asked, dict):
        data = asked.get("data")
        inner = data if isinstance(data, dict) else asked
        words += [
            str(inner[key]) for key in ("text", "caption", "content", "fault", "action") if inner.get(key)
        ]
    return [word.replace("\n", " ") for word in words if word]


def _update(update: dict[str, Any]) -> str:
    kind = next((key for key in update if key != "update_id"), "")
    body = update.get(kind)
    said = str(body.get("text") or body.get("data") or "") if isinstance(body, dict) else ""
    return f"{kind} {said}".strip()


def _shown(value: Any) -> str:
    text = json.dumps(
        masked(value), ensure_ascii=False, indent=1, default=lambda other: f"<{type(other).__name__}>"
    )
    return text if len(text) <= LONGEST_BODY else text[:LONGEST_BODY] + "…"


def masked(value: Any) -> Any:
    """The same JSON data without anything that is a key to something."""
    if isinstance(value, dict):
        return {key: MASK if key in _HIDDEN and inner else masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return value
