"""Phone B: a person's side of the Discord stand-in, in their direct channel or in a channel of the server."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bots.local.discord_people import Channel, Person, Shown
from bots.local.discord_world import World
from bots.local.page.phone import Bubble, Button, Field, Form, PhoneError
from bots.local.page.rich import from_markdown

LOCALES = {"zh": "zh-CN", "en": "en-US"}
_LOOKS = {1: "primary", 2: "", 3: "success", 4: "danger", 5: "leads"}
_BUTTON, _ROW, _SELECT, _LONG_INPUT = 2, 1, 3, 2
_QUOTED = 60
_CHOSEN = "select:"
"""A choice of a menu is pressed like a button whose name begins so."""


class DiscordPhone:
    """One person in front of one channel. `channel` is the name of the configured channel of the bot."""

    look = "discord"

    def __init__(
        self, key: str, world: World, person: Person, channel: str, place: Channel | None = None
    ) -> None:
        self.key = key
        self._world = world
        self._person = person
        self._channel = channel
        self._place = place or world.dm(person)

    @property
    def version(self) -> int:
        """Counts the changes of the screen."""
        return self._place.version

    @property
    def lane(self) -> str:
        """The key of this person's conversation."""
        return f"{self._channel}|{self._person.id}|{self._person.id}"

    @property
    def blocked(self) -> bool:
        """Whether the person takes no direct messages."""
        return not self._person.dms_open

    @property
    def form(self) -> Form | None:
        """The modal that is open now."""
        modal = self._person.modal
        if modal is None or modal.channel is not self._place:
            return None
        return Form(modal.title, tuple(_field(one) for one in modal.fields))

    async def changed(self, since: int, seconds: float) -> bool:
        """Wait until the version is above `since`."""
        return await self._place.changed(since, seconds)

    def bubbles(self, since: int = 0) -> list[Bubble]:
        """What this person sees that is new, changed or deleted after version `since`."""
        return [
            self._bubble(one)
            for one in list(self._place.shown.values())
            if one.changed > since and one.viewer in (None, self._person)
        ]

    def picture(self, name: str) -> bytes:
        """The bytes of a picture that this person sees here."""
        mine = self._place.messages(viewer=self._person)
        shown = (one for message in mine for one in message.message["attachments"])
        path = next((urlsplit(one["url"]).path for one in shown if one["id"] == name), "")
        return self._world.files.get(path, b"")

    def say(self, text: str, answering: int = 0) -> None:
        """Write; a line that begins with the name of a command uses the command."""
        name = text.removeprefix("/").split(" ")[0]
        try:
            if text.startswith("/") and name in self._commands():
                self._world.slash(self._person, name, None, self._place)
            elif self._place.guild is not None and not answering:
                self._world.mention(self._person, self._place, text)
            else:
                self._world.say(self._person, text, self._place, reply_to=answering or None)
        except (LookupError, ValueError) as error:
            raise PhoneError(str(error)) from None

    def press(self, message: int, button: str) -> None:
        """Press a button by its custom_id, or choose from a menu."""
        try:
            if button.startswith(_CHOSEN):
                menu, _, value = button.removeprefix(_CHOSEN).partition("\n")
                self._world.select(self._person, message, value, menu=menu)
            else:
                self._world.press(self._person, message, button)
        except (LookupError, ValueError) as error:
            raise PhoneError(str(error)) from None

    def press_twice(self) -> bool:
        """Press the first button of the newest message that has one, twice."""
        for shown in reversed(self._place.messages(by_bot=True, viewer=self._person)):
            name = next((one["custom_id"] for one in shown.buttons if "custom_id" in one), "")
            if name:
                self.press(shown.id, name)
                self._world.press(self._person, shown.id, name, stale=True)
                return True
        return False

    def submit(self, values: dict[str, str]) -> None:
        """Send the open form."""
        form = self.form
        names = {field.name for field in form.fields} if form else set()
        try:
            self._world.submit(self._person, {name: text for name, text in values.items() if name in names})
        except (LookupError, ValueError) as error:
            raise PhoneError(str(error)) from None

    def block(self, blocked: bool) -> None:
        """Close the direct messages, or open them again: the platform tells the bot nothing."""
        self._person.dms_open = not blocked
        self._place.touch()

    def speak(self, language: str) -> None:
        """What the person's app says about its language."""
        self._person.locale = LOCALES.get(language, language)

    def _commands(self) -> set[str]:
        offered = self._world.offered(self._person, self._place)
        names = {str(one["name"]) for one in offered}
        return names | {(one.get("name_localizations") or {}).get(self._person.locale, "") for one in offered}

    def _bubble(self, shown: Shown) -> Bubble:
        message = shown.message
        author = message["author"]
        replied = message.get("referenced_message") or {}
        images = (one for one in message["attachments"] if str(one["content_type"]).startswith("image/"))
        image: dict[str, Any] = next(images, {})
        return Bubble(
            id=shown.id,
            mine=author["id"] == str(self._person.id),
            author=str(author.get("global_name") or author["username"]),
            at=datetime.fromisoformat(message["timestamp"]).timestamp(),
            pieces=tuple(from_markdown(shown.text)),
            rows=tuple(_rows(message["components"])),
            edited=bool(message["edited_timestamp"]) and not shown.loading,
            deleted=shown.deleted,
            only_you=shown.ephemeral,
            thinking=shown.loading,
            answers=str(replied.get("content") or "")[:_QUOTED],
            picture=str(image.get("id", "")),
            alt=str(image.get("description", "")),
        )


def _rows(components: list[dict[str, Any]]) -> list[tuple[Button, ...]]:
    rows = []
    for one in components:
        inside = one.get("components", []) if one["type"] == _ROW else [one]
        buttons = [button for component in inside for button in _buttons(component)]
        if buttons:
            rows.append(tuple(buttons))
    return rows


def _buttons(component: dict[str, Any]) -> list[Button]:
    if component["type"] == _BUTTON:
        press = "" if component.get("disabled") else component.get("custom_id", "")
        look = _LOOKS.get(component.get("style", 2), "")
        return [Button(component.get("label", ""), press, component.get("url", ""), look)]
    if component["type"] == _SELECT:
        menu = component["custom_id"]
        return [Button(one["label"], f"{_CHOSEN}{menu}\n{one['value']}") for one in component["options"]]
    return []


def _field(one: dict[str, Any]) -> Field:
    inside = one["input"]
    return Field(
        name=str(inside["custom_id"]),
        label=str(one["label"]),
        hint=str(inside.get("placeholder") or one["description"]),
        long=inside.get("style") == _LONG_INPUT,
    )
