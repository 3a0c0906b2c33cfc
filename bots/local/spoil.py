"""How an answer goes wrong on the wire: held, reset, closed, cut short, or replaced by a gateway's page."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from aiohttp import web

from bots.local.faults import Fault

_GATEWAY_PAGE = (
    b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
)
_SOME_ANSWER = b'{"ok":true,"result":true}'
_WALL_PAGE = (
    b"<html><head><title>Access denied</title></head><body><h1>Error 1015</h1><p>You are being rate limited</p>"
    b"</body></html>"
)
_NO_LINGER = struct.pack("ii", 1, 0)


async def end_badly(
    request: web.BaseRequest,
    fault: Fault,
    answer: web.Response | None,
    closing: asyncio.Event,
    slow_down: Callable[[Fault], web.Response],
) -> web.StreamResponse:
    """Spoil `answer` (None when the call was not performed) as `fault` says; `slow_down` writes the
    platform's own 429. A held client is let go when `closing` is set. What is returned after a broken
    connection reaches nobody.
    """
    if fault.spoil == "slow_down":
        return slow_down(fault)
    if fault.spoil == "banned":
        return web.Response(status=429, body=_WALL_PAGE, content_type="text/html")
    if fault.spoil == "bad_gateway":
        return web.Response(status=502, body=_GATEWAY_PAGE, content_type="text/html")
    body = _SOME_ANSWER
    if answer is not None and isinstance(answer.body, bytes) and answer.body:
        body = answer.body
    if fault.spoil == "broken_json":
        return web.Response(body=body[: len(body) // 2], content_type="application/json")
    if fault.spoil == "hang":
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), fault.seconds)
    _break(request, body if fault.spoil == "truncated" else b"", reset=fault.spoil == "reset")
    return web.Response()


def _break(request: web.BaseRequest, body: bytes, *, reset: bool) -> None:
    """Close the connection: after half of `body`, with nothing, or with a reset."""
    transport = request.transport
    if transport is None:
        return
    if reset:
        # Linger 0 makes the close a RST: what the client sees when a machine on the way dies.
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()
        return
    if body:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        transport.write(head.encode() + body[: len(body) // 2])
    transport.close()
