"""What somebody does on the page: each act goes to a phone, the stand-ins, the node or the bot, and is told in a line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from bots.local.page.lab import HASHES, LINKS
from bots.local.page.phone import PhoneError
from bots.local.page.views import THEMES, look_for
from bots.local.page.words import languages

if TYPE_CHECKING:
    from bots.local.page.server import Page

LONGEST_TEXT = 4096
YEAR = 365 * 86400
Fields = dict[str, str]


class Acts:
    """The POST routes of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        return [
            web.post("/phone/{key}/say", self._on_phone(self._say)),
            web.post("/phone/{key}/press", self._on_phone(self._press)),
            web.post("/phone/{key}/submit", self._on_phone(self._submit)),
            web.post("/phone/{key}/block", self._on_phone(self._block)),
            web.post("/lab/{what}", self._on_phone(self._trouble)),
            web.post("/look", self._look),
        ]

    def _on_phone(
        self, act: Callable[[str, str, Fields], str]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """A route that does `act(phone, what, fields)`; the key of a text of the page comes back as a short notice."""

        async def route(request: web.Request) -> web.Response:
            form = await request.post()
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            key = request.match_info.get("key") or fields.get("to", "a")
            if key not in self._page.phones:
                raise web.HTTPNotFound
            say = look_for(request).say
            try:
                told = act(key, request.match_info.get("what", ""), fields)
            except (PhoneError, LookupError, ValueError) as error:
                return web.Response(status=422, text=say("error.refused", why=str(error)))
            if key != "staff":
                self._page.latest = key
            return web.Response(text=say(told)) if told else web.Response(status=204)

        return route

    def _say(self, key: str, what: str, fields: Fields) -> str:
        text = fields.get("text", "").strip()
        if text:
            answering = fields.get("answering", "")
            self._page.phones[key].say(text[:LONGEST_TEXT], int(answering) if answering.isdigit() else 0)
        return ""

    def _press(self, key: str, what: str, fields: Fields) -> str:
        self._page.phones[key].press(int(fields["message"]), fields["button"])
        return ""

    def _submit(self, key: str, what: str, fields: Fields) -> str:
        self._page.phones[key].submit(fields)
        return ""

    def _block(self, key: str, what: str, fields: Fields) -> str:
        phone = self._page.phones[key]
        phone.block(not phone.blocked)
        return "done.block" if phone.blocked else "done.unblock"

    def _trouble(self, key: str, what: str, fields: Fields) -> str:
        page = self._page
        match what:
            case "slow_down":
                page.lab.slow_down()
            case "outage":
                page.lab.outage()
            case "kill":
                page.lab.kill()
            case "twice":
                return "done.twice" if page.phones[key].press_twice() else "error.nothing"
            case "block":
                return self._block(key, what, fields)
            case "node":
                page.lab.set_node(fields.get("node", ""))
                return ""
            case "sample":
                page.phones[key].say(({**HASHES, **LINKS})[fields.get("name", "")])
                return ""
            case _:
                raise web.HTTPNotFound
        return f"done.{what}"

    async def _look(self, request: web.Request) -> web.Response:
        form = await request.post()
        response = web.Response(status=303, headers={"Location": "/"})
        for name, known in (("language", languages()), ("theme", THEMES)):
            value = form.get(name)
            if isinstance(value, str) and value in known:
                response.set_cookie(f"helpline_{name}", value, max_age=YEAR, samesite="Strict", httponly=True)
                if name == "language":
                    for phone in self._page.phones.values():
                        phone.speak(value)
        return response
