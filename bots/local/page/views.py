"""The page's parts as HTML: the templates, what they are given, and the pictures of whose language and look."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bots.local.page.lab import HASHES, LINKS
from bots.local.page.phone import Phone
from bots.local.page.words import languages, words

THEMES = ("auto", "light", "dark")
_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Look:
    """How one browser wants the page."""

    language: str
    theme: str

    def say(self, key: str, **holes: object) -> str:
        """A text of the page.

        Raises:
            KeyError: there is none. That is our mistake, and a test finds it.
        """
        return str(words(self.language)[key]).format(**holes)


def look_for(request: web.Request) -> Look:
    """What the cookies say, else the browser's own languages, else the first of ours."""
    language, theme = (request.cookies.get(f"helpline_{name}", "") for name in ("language", "theme"))
    if language not in languages():
        accepted = request.headers.get("Accept-Language", "").split(",")
        offered = (part.split(";")[0].strip()[:2].lower() for part in accepted)
        language = next((code for code in offered if code in languages()), languages()[0])
    return Look(language, theme if theme in THEMES else "auto")


def draw(template: str, look: Look, **values: Any) -> str:
    """One template. Everything that is put in is escaped."""
    return _TEMPLATES.get_template(template).render(
        say=look.say, language=look.language, theme=look.theme, clock=_clock, **values
    )


def whole(look: Look, nonce: str, phones: Iterable[Phone], **values: Any) -> str:
    """The page at first."""
    listed = words(look.language)["say"]
    shown = {"themes": THEMES, "languages": {code: words(code)["lang"] for code in languages()}}
    return draw(
        "page.html", look, nonce=nonce, phones=list(phones), suggestions=listed,
        hashes=HASHES, links=LINKS, **shown, **values,
    )  # fmt: skip


def update(look: Look, phone: Phone, since: int, seen: int, online: bool) -> str:
    """What is new on a phone after version `since`, for a browser that has messages up to `seen`."""
    bubbles = phone.bubbles(since)
    new = [one for one in bubbles if one.id > seen and not one.deleted]
    old = [one for one in bubbles if one.id <= seen]
    last = max((one.id for one in bubbles), default=seen)
    return draw("update.html", look, phone=phone, new=new, old=old, seen=max(last, seen), online=online)


def _clock(at: float) -> str:
    return time.strftime("%H:%M", time.localtime(at))
