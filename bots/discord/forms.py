"""Forms: the one that a flow's questions share, and what is answered on the spot, without asking core.

In a server a person has no private place to type. A button under each message that only they see opens a form;
what they send with it comes in as if they had said it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bots.discord.answers import MESSAGE, MODAL
from bots.discord.draw import EPHEMERAL, NOBODY, cut
from bots.discord.read import AGAIN, FIELD, FILL, FORM, PRESS
from core.conversation.model import Form
from core.conversation.texts import negotiate

_ROW, _INPUT, _SHORT, _PARAGRAPH = 1, 4, 1, 2
TITLE, LONGEST, LINE, FIELDS = 45, 1500, 300, 5


class Forms:
    """`house`: key -> language -> text. A label that everybody sees is in all languages."""

    def __init__(self, house: Mapping[str, Mapping[str, str]], languages: Sequence[str]) -> None:
        self._house = house
        self._languages = tuple(languages)
        self.label = self._all("form_open")
        self.again = self._all("press_here")

    def _all(self, key: str) -> str:
        return " / ".join(dict.fromkeys(self._house.get(key, {}).values())) or "…"

    def _one(self, key: str, locale: object) -> str:
        texts = self._house.get(key, {})
        if not self._languages or not texts:
            return "…"
        return texts.get(negotiate(locale if isinstance(locale, str) else "", self._languages), "…")

    def answer(self, data: Mapping[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """(callback type, its data) for a press that this file answers, None for every other event."""
        inner = data.get("data")
        if data.get("type") != PRESS or not isinstance(inner, Mapping):
            return None
        route, locale = inner.get("custom_id"), data.get("locale")
        if route == FORM:
            return MODAL, self._form(locale)
        if route == AGAIN:
            thanks = self._one("press_thanks", locale)
            return MESSAGE, {"content": thanks, "flags": EPHEMERAL, "allowed_mentions": NOBODY}
        return None

    def _form(self, locale: object) -> dict[str, Any]:
        field = _field(FIELD, self._one("form_field", locale), _PARAGRAPH, LONGEST)
        return _modal(FORM, self._one("form_title", locale), [field])


def sheet(form: Form, route: str) -> dict[str, Any]:
    """A form of several short fields, which comes back as `route`."""
    fields = [_field(f"{FIELD}{n}", label, _SHORT, LINE) for n, label in enumerate(form.fields[:FIELDS])]
    return _modal(f"{FILL}{route}", form.title, fields)


def _modal(name: str, title: str, fields: Sequence[dict[str, Any]]) -> dict[str, Any]:
    rows = [{"type": _ROW, "components": [field]} for field in fields]
    return {"custom_id": name, "title": cut(title, TITLE), "components": rows}


def _field(name: str, label: str, style: int, most: int) -> dict[str, Any]:
    return {
        "type": _INPUT,
        "custom_id": name,
        "style": style,
        "label": cut(label, TITLE),
        "required": True,
        "max_length": most,
    }
