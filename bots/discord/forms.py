"""What is answered on the spot, without asking core: the form in which people write, and a lent press.

In a server a person has no private place to type. A button under each message that only they see opens a form;
what they send with it comes in as if they had said it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bots.discord.answers import MESSAGE, MODAL
from bots.discord.draw import EPHEMERAL, NOBODY, cut
from bots.discord.read import AGAIN, FIELD, FORM, PRESS
from core.conversation.texts import negotiate

_ROW, _INPUT, _PARAGRAPH = 1, 4, 2
TITLE, LONGEST = 45, 1500


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
        field = {
            "type": _INPUT,
            "custom_id": FIELD,
            "style": _PARAGRAPH,
            "label": cut(self._one("form_field", locale), TITLE),
            "required": True,
            "max_length": LONGEST,
        }
        return {
            "custom_id": FORM,
            "title": cut(self._one("form_title", locale), TITLE),
            "components": [{"type": _ROW, "components": [field]}],
        }
