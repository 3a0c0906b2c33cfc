"""How what a person types and chooses becomes the data of an interaction, as far as a client lets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bots.local.discord_people import Modal, Person, Shown
from bots.local.discord_wire import Json

SELECT = 3
_OPTION_TYPES: dict[int, type | tuple[type, ...]] = {3: str, 4: int, 5: bool, 6: int, 10: (int, float)}


def usable(components: Sequence[Json], wanted: str, labels: Sequence[str]) -> Json:
    """The component with this label or custom_id that can be used.

    Raises:
        LookupError: there is none.
    """
    for one in components:
        if wanted in (one.get("label"), one.get("custom_id")) and not one.get("disabled"):
            return one
    raise LookupError(f"there is no {wanted!r} to use; the buttons are {list(labels)}")


def value_of(menu: Json, chosen: str) -> str:
    """The value of a choice of a menu, by its label or value.

    Raises:
        LookupError: there is none.
    """
    for option in menu["options"]:
        if chosen in (option["label"], option["value"]):
            return str(option["value"])
    raise LookupError(f"the menu has no {chosen!r}; it has {[one['label'] for one in menu['options']]}")


def options_of(command: Json, given: dict[str, Any]) -> list[Json]:
    """The options of a command as an interaction carries them.

    Raises:
        ValueError: one is missing, unknown or of the wrong type.
    """
    options: list[Json] = []
    for one in command.get("options") or []:
        name = one["name"]
        if name not in given:
            if one.get("required"):
                raise ValueError(f"/{command['name']} needs {name}")
            continue
        value = given.pop(name)
        if not _fits(value, one["type"]):
            raise ValueError(f"{name} of /{command['name']} is of another type")
        if isinstance(value, str) and not one.get("min_length", 0) <= len(value) <= one.get(
            "max_length", 6000
        ):
            raise ValueError(f"{name} of /{command['name']} has a wrong length")
        if choices := one.get("choices"):
            value = next((c["value"] for c in choices if value in (c["name"], c["value"])), None)
            if value is None:
                raise ValueError(f"{name} of /{command['name']} has no such choice")
        options.append({"name": name, "type": one["type"], "value": value})
    if given:
        raise ValueError(f"/{command['name']} has no {', '.join(given)}")
    return options


def aimed(target: Shown | Person) -> Json:
    """What a choice in the menu of a message or of a person is about, as an interaction carries it."""
    number = str(target.id)
    kind, told = ("messages", target.message) if isinstance(target, Shown) else ("users", target.as_user())
    return {"target_id": number, "resolved": {kind: {number: told}}}


def _fits(value: Any, kind: int) -> bool:
    return isinstance(value, _OPTION_TYPES.get(kind, object))


def filled(modal: Modal, values: dict[str, str]) -> list[Json]:
    """The inputs of a form as an interaction carries them; `values` by label or custom_id.

    Raises:
        LookupError: the form has no such input.
        ValueError: a required one is empty, or a text has not the allowed length.
    """
    filled: list[Json] = []
    for one in modal.components:
        if one["type"] == 18:
            inside = _input(one["component"], one["label"], values)
            filled.append({"type": 18, "id": one["id"], "component": inside})
        elif one["type"] == 1:
            fields = [_input(field, field.get("label", ""), values) for field in one["components"]]
            filled.append({"type": 1, "id": one["id"], "components": fields})
    if values:
        raise LookupError(f"the form has no {', '.join(values)}; it has {modal.labels}")
    return filled


def _input(field: Json, label: str, values: dict[str, str]) -> Json:
    text = values.pop(label, None)
    if text is None:
        text = values.pop(field["custom_id"], field.get("value") or "")
    head = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    if field["type"] == SELECT:
        return head | {"values": [value_of(field, text)] if text else []}
    if not text:
        if field.get("required", True):
            raise ValueError(f"{label!r} is required")
    elif not (field.get("min_length") or 0) <= len(text) <= (field.get("max_length") or 4000):
        raise ValueError(f"{label!r} has a wrong length")
    return head | {"value": text}
