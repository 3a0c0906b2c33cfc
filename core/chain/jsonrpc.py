"""JSON-RPC in batches: many questions in one request, so that their answers are of the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.chain.asking import Asking, Odd

Call = tuple[str, Sequence[Any]]
"""Method and parameters."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A node's refusal of one call. `data` is whatever it adds, for example what a contract says."""

    code: int
    message: str
    data: object = None


async def batch(asking: Asking, url: str, calls: Sequence[Call], *, fresh: bool = False) -> list[Any]:
    """The result of each call, in order; a `Failed` where the node refused it. Raises Unavailable."""
    body = [
        {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
        for number, (method, params) in enumerate(calls)
    ]
    return _results((await asking.post(url, body, fresh=fresh)).json(), len(calls))


def good(result: Any) -> Any:
    """The result of a call that must not fail. Raises Odd."""
    if isinstance(result, Failed):
        raise Odd
    return result


def maybe(result: Any) -> Any:
    """The result of a call that a node need not know; None when it refused."""
    return None if isinstance(result, Failed) else result


def _results(answer: object, count: int) -> list[Any]:
    """What belongs to each call, by its id: a node may answer in any order."""
    if not isinstance(answer, list):
        raise Odd
    results: dict[object, Any] = {}
    for entry in answer:
        number = entry.get("id") if isinstance(entry, dict) else None
        if type(number) is not int:
            raise Odd
        results[number] = _one(entry)
    if set(results) != set(range(count)):
        raise Odd
    return [results[number] for number in range(count)]


def _one(entry: dict[str, Any]) -> Any:
    error = entry.get("error")
    if error is None:
        if "result" not in entry:
            raise Odd
        return entry["result"]
    if not isinstance(error, dict):
        raise Odd
    code = error.get("code")
    return Failed(code if type(code) is int else 0, str(error.get("message", "")), error.get("data"))
