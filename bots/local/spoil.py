"""How an answer goes wrong on the wire: held, reset, closed, cut short, or replaced by a gateway's page."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from aiohttp import web

from bots.local.faults import Fault
from bots.local.telegram_wire import too_many

_GATEWAY_PAGE = (
    b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
)
_NO_LINGER = struct.pack("ii", 1, 0)


async def end_badly(
    request: web.BaseRequest, fault: Fault, answer: web.Response | None, closing: asyncio.Event
) -> web.StreamResponse:
    """Spoil `answer` (None when the call was not performed) as `fault` says. A held client is let go when
    `closing` is set. What is returned after a broken connection reaches nobody.
    """
    if fault.spoil == "slow_down":
        refused = too_many(fault.retry_after)
        headers = {"Retry-After": str(fault.retry_after)}
        return web.Response(status=429, body=refused.body(), content_type="application/json", headers=headers)
    if fault.spoil == "bad_gateway":
        return web.Response(status=502, body=_GATEWAY_PAGE, content_type="text/html")
    body = (
        answer.body if answer is not None and isinstance(answer.body, bytes) else b'{"ok":true,"result":true}'
    )
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
