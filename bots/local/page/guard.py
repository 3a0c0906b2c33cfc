"""Who may use the page: a browser of this machine that was given the printed link. Everything else is refused.

- `Host` must be ours, so that a name that somebody points at 127.0.0.1 opens nothing.
- The link's token works once; it is exchanged for a cookie that no script reads and no other site sends.
- What changes something is POST and must come from our own origin.
- The policy lets run what this page brought and nothing else, even if some text were not escaped.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NONCE: web.RequestKey[str] = web.RequestKey("nonce", str)
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with "no-referrer" a form would send "Origin: null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


async def dress(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """The policy, on whatever is answered."""
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=request.get(NONCE, ""))


class Guard:
    """The door of one page. `used` is called with the next link when a link has been used."""

    def __init__(self, used: Callable[[], None]) -> None:
        self._used = used
        self._token = secrets.token_urlsafe(24)
        self._sessions: set[str] = set()
        self._hosts: frozenset[str] = frozenset()
        self._cookie = ""

    def listens(self, port: int) -> None:
        """The port is known now."""
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._cookie = f"helpline_{port}"  # a browser sends cookies to every port of a host

    @property
    def token(self) -> str:
        """The token of the next link."""
        return self._token

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let in, or refuse."""
        request[NONCE] = secrets.token_urlsafe(16)
        return self._refusal(request) or await handler(request)

    def _refusal(self, request: web.Request) -> web.StreamResponse | None:
        if request.headers.get("Host", "") not in self._hosts:
            return web.Response(status=403, text="wrong Host")
        if request.method not in ("GET", "HEAD") and not self._own_origin(request):
            return web.Response(status=403, text="wrong Origin")
        if self._known(request):
            return self._without_token(request) if "token" in request.query else None
        return self._enter(request)

    def _own_origin(self, request: web.Request) -> bool:
        return request.headers.get("Origin", "") == f"http://{request.headers['Host']}"

    def _known(self, request: web.Request) -> bool:
        given = request.cookies.get(self._cookie, "")
        return any(secrets.compare_digest(given.encode(), one.encode()) for one in self._sessions)

    def _enter(self, request: web.Request) -> web.StreamResponse:
        """The token for a cookie; without the right token, nothing."""
        given = request.query.get("token", "")
        right = secrets.compare_digest(given.encode(), self._token.encode())
        if not right or request.path != "/" or request.method != "GET":
            return web.Response(status=403, text=REFUSED, content_type="text/plain", charset="utf-8")
        self._token = secrets.token_urlsafe(24)
        session = secrets.token_urlsafe(24)
        self._sessions.add(session)
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(self._cookie, session, httponly=True, samesite="Strict", path="/")
        self._used()
        return response

    @staticmethod
    def _without_token(request: web.Request) -> web.StreamResponse:
        """Somebody who is in already opens an old link again: out of the address bar with it."""
        return web.Response(status=303, headers={"Location": request.path})


REFUSED = (
    "这个页面只对打印出来的链接开放，每个链接只能用一次。请用终端里最新的那一个。\n"
    "This page opens only with the printed link, and each link works once. Please use the newest one in the terminal.\n"
)
