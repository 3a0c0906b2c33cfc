"""Connections to a platform: what may be called back is asked about when it has one, right before it leaves.

Not earlier: a pool that is full, a name to be looked up, a handshake may take longer than a stop may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

from core.channel import PERMIT

if TYPE_CHECKING:
    from aiohttp.client import ClientTimeout
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace


class Connector(aiohttp.TCPConnector):
    """The library's own, and the question."""

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - the library's
    ) -> Connection:
        """A connection on which this request may leave.

        Raises:
            NotSent, Unsure: it was called back meanwhile; the connection is whole.
        """
        connection = await super().connect(req, traces, timeout)
        if ask := PERMIT.get():
            try:
                await ask()
            except BaseException:
                connection.release()
                raise
        return connection
