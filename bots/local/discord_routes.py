"""Finds the route of a request. Routes are written as in the official document; literal parts win over holes."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from bots.local.discord_messages import Handler
from bots.local.discord_wire import NOT_ALLOWED, NOT_FOUND, ApiError, Call


class Routes:
    """A table of (method, route, operation, handler)."""

    def __init__(self, routes: Iterable[tuple[str, str, str, Handler]]) -> None:
        self._by_length: dict[int, list[tuple[list[str], str, str, str, Handler]]] = {}
        for method, route, operation, handler in routes:
            parts = route.split("/")
            self._by_length.setdefault(len(parts), []).append((parts, method, route, operation, handler))
        for table in self._by_length.values():
            table.sort(key=lambda row: [part.startswith("{") for part in row[0]])

    def known(self) -> list[tuple[str, str, str]]:
        """Every route as (method, route, operation)."""
        return [row[1:4] for table in self._by_length.values() for row in table]

    def find(self, method: str, path: str, query: dict[str, str]) -> tuple[Handler, Call]:
        """The handler of a request, and the request as it wants it.

        Raises:
            ApiError: 404, no such route; 405, not with this method.
        """
        parts = [unquote(part) for part in path.split("/")]
        known = False
        for pattern, wanted, route, operation, handler in self._by_length.get(len(parts), ()):
            if all(
                one == part or (one.startswith("{") and part)
                for one, part in zip(pattern, parts, strict=True)
            ):
                if wanted == method:
                    holes = {
                        one[1:-1]: part for one, part in zip(pattern, parts, strict=True) if one[0:1] == "{"
                    }
                    return handler, Call(operation, route, holes, query)
                known = True
        raise ApiError(*(NOT_ALLOWED if known else NOT_FOUND))
