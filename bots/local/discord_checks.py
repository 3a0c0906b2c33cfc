"""What the platform refuses in a message, a component, an embed, a form or a command: limits and required fields.

Every check writes its faults into a `FormErrors`, at the place in the body where the fault is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bots.local.discord_objects import SELECTS, walk
from bots.local.discord_wire import FormErrors, Json

Path = tuple[str | int, ...]

LONGEST_CONTENT, LONGEST_EMBEDS, MOST_COMPONENTS = 2000, 6000, 40
ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, CONTAINER, LABEL = 1, 2, 3, 4, 9, 10, 17, 18
LINK, PREMIUM = 5, 6
_NEW_TYPES = (SECTION, TEXT, 11, 12, 13, 14, CONTAINER)
_STYLES = range(1, 7)


def text(
    errors: FormErrors, path: Path, value: Any, longest: int, *, shortest: int = 0, needed: bool = False
) -> None:
    """Check one text field; None is absent."""
    if value is None:
        if needed:
            errors.add(path, "BASE_TYPE_REQUIRED", "This field is required")
    elif not isinstance(value, str):
        errors.add(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
    elif needed and not value:
        errors.add(path, "BASE_TYPE_REQUIRED", "This field is required")
    elif len(value) > longest and not shortest:
        errors.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")
    elif not shortest <= len(value) <= longest:
        errors.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {shortest} and {longest} in length.")


def count(errors: FormErrors, path: Path, value: Any, most: int, least: int = 0) -> list[Any]:
    """Check the length of a list and return it, [] when it is none or too wrong to look into."""
    if value is None:
        value = []
    if not isinstance(value, list):
        errors.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return []
    if len(value) > most:
        if least:
            errors.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        else:
            errors.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        return []
    if len(value) < least:
        errors.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
    return [one if isinstance(one, dict) else {} for one in value]


def message(errors: FormErrors, body: Json, path: Path = ()) -> None:
    """Check a message to send or to change."""
    text(errors, (*path, "content"), body.get("content"), LONGEST_CONTENT)
    embeds(errors, body.get("embeds"), (*path, "embeds"))
    flags = body.get("flags")
    if flags is not None and (isinstance(flags, bool) or not isinstance(flags, int)):
        errors.add((*path, "flags"), "NUMBER_TYPE_COERCE", f'Value "{flags}" is not int.')
        flags = 0
    new = bool((flags or 0) & (1 << 15))
    if new and (body.get("content") or body.get("embeds")):
        code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
        field = "content" if body.get("content") else "embeds"
        errors.add(
            (*path, field),
            code,
            f"The '{field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
        )
    components(errors, body.get("components"), (*path, "components"), new=new)
    nonce = body.get("nonce")
    if isinstance(nonce, bool) or not isinstance(nonce, int):
        text(errors, (*path, "nonce"), nonce, 25)
    mentions(errors, body.get("allowed_mentions"), (*path, "allowed_mentions"))


def mentions(errors: FormErrors, value: Any, path: Path) -> None:
    """Check `allowed_mentions`."""
    if value is None:
        return
    if not isinstance(value, dict):
        errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return
    listed = value.get("parse")
    parse = listed if isinstance(listed, list) else []
    for number, one in enumerate(parse):
        if one not in ("users", "roles", "everyone"):
            errors.add(
                (*path, "parse", number), "BASE_TYPE_CHOICES", "Value must be one of users, roles, everyone."
            )
    for kind in ("users", "roles"):
        if value.get(kind) and kind in parse:
            said = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            errors.add(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", said)


def embeds(errors: FormErrors, value: Any, path: Path) -> None:
    """Check the embeds of a message: each field, and 6000 characters in all of them."""
    total = 0
    for number, embed in enumerate(count(errors, path, value, 10)):
        here = (*path, number)
        text(errors, (*here, "title"), embed.get("title"), 256)
        text(errors, (*here, "description"), embed.get("description"), 4096)
        for name, key, longest in (("footer", "text", 2048), ("author", "name", 256)):
            part = embed.get(name)
            if isinstance(part, dict):
                text(errors, (*here, name, key), part.get(key), longest)
        fields = count(errors, (*here, "fields"), embed.get("fields"), 25)
        for index, field in enumerate(fields):
            text(errors, (*here, "fields", index, "name"), field.get("name"), 256, needed=True)
            text(errors, (*here, "fields", index, "value"), field.get("value"), 1024, needed=True)
        total += sum(map(len, _texts(embed)))
    if total > LONGEST_EMBEDS:
        errors.add(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {LONGEST_EMBEDS}")


def _texts(embed: Json) -> list[str]:
    parts = [embed.get("title"), embed.get("description")]
    parts += [_inside(embed, "footer").get("text"), _inside(embed, "author").get("name")]
    fields = embed.get("fields")
    for field in fields if isinstance(fields, list) else ():
        if isinstance(field, dict):
            parts += [field.get("name"), field.get("value")]
    return [part for part in parts if isinstance(part, str)]


def _inside(one: Json, name: str) -> Json:
    inside = one.get(name)
    return inside if isinstance(inside, dict) else {}


def components(errors: FormErrors, value: Any, path: Path, *, new: bool) -> None:
    """Check the components of a message; `new` allows the layout components besides rows."""
    rows = count(errors, path, value, MOST_COMPONENTS if new else 5)
    if new and sum(1 for _ in walk(rows)) > MOST_COMPONENTS:
        errors.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_COMPONENTS} or fewer in length.")
        return
    for number, row in enumerate(rows):
        _component(errors, row, (*path, number), (ROW, *_NEW_TYPES) if new else (ROW,))
    _unique(errors, rows, path)


def _component(errors: FormErrors, one: Json, path: Path, allowed: tuple[int, ...]) -> None:
    kind = one.get("type")
    if kind not in allowed:
        values = ", ".join(map(str, allowed))
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", f'Value of field "type" must be one of ({values},).')
    elif check := _CHECKS.get(kind):
        check(errors, one, path)


def _row(errors: FormErrors, row: Json, path: Path) -> None:
    inside = count(errors, (*path, "components"), row.get("components"), 5, least=1)
    for number, one in enumerate(inside):
        _component(errors, one, (*path, "components", number), (BUTTON, *SELECTS))
    if len(inside) > 1 and any(one.get("type") in SELECTS for one in inside):
        errors.add(
            (*path, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        )


def _button(errors: FormErrors, button: Json, path: Path) -> None:
    style = button.get("style")
    if style not in _STYLES:
        errors.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6).")
    text(errors, (*path, "label"), button.get("label"), 80)
    if style == LINK:
        text(errors, (*path, "url"), button.get("url"), 512, needed=True)
        url = button.get("url")
        if isinstance(url, str) and not url.startswith(("http://", "https://", "discord://")):
            said = "Scheme \"{}\" is not supported. Scheme must be one of ('http', 'https', 'discord')."
            errors.add((*path, "url"), "URL_TYPE_INVALID_SCHEME", said.format(url.partition(":")[0]))
        if button.get("custom_id") is not None:
            errors.add(
                path,
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )
    elif style != PREMIUM:
        text(errors, (*path, "custom_id"), button.get("custom_id"), 100, shortest=1, needed=True)
        if button.get("url") is not None:
            errors.add(
                path,
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )
    if not button.get("label") and not button.get("emoji") and style != PREMIUM:
        errors.add((*path, "label"), "BASE_TYPE_REQUIRED", "This field is required")


def _select(errors: FormErrors, select: Json, path: Path) -> None:
    text(errors, (*path, "custom_id"), select.get("custom_id"), 100, shortest=1, needed=True)
    text(errors, (*path, "placeholder"), select.get("placeholder"), 150)
    if select.get("type") != SELECT:
        return
    options = count(errors, (*path, "options"), select.get("options"), 25, least=1)
    seen: set[str] = set()
    for number, option in enumerate(options):
        here = (*path, "options", number)
        text(errors, (*here, "label"), option.get("label"), 100, shortest=1, needed=True)
        text(errors, (*here, "value"), option.get("value"), 100, shortest=1, needed=True)
        text(errors, (*here, "description"), option.get("description"), 100)
        if str(option.get("value")) in seen:
            errors.add(
                (*here, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        seen.add(str(option.get("value")))


def _display(errors: FormErrors, one: Json, path: Path) -> None:
    text(errors, (*path, "content"), one.get("content"), 4000, shortest=1, needed=True)


def _container(errors: FormErrors, one: Json, path: Path) -> None:
    inside = count(errors, (*path, "components"), one.get("components"), MOST_COMPONENTS, least=1)
    for number, part in enumerate(inside):
        _component(errors, part, (*path, "components", number), (ROW, *_NEW_TYPES))


def _section(errors: FormErrors, one: Json, path: Path) -> None:
    for number, part in enumerate(count(errors, (*path, "components"), one.get("components"), 3, least=1)):
        _component(errors, part, (*path, "components", number), (TEXT,))
    _component(errors, _inside(one, "accessory"), (*path, "accessory"), (BUTTON, 11))


def _input(errors: FormErrors, one: Json, path: Path) -> None:
    text(errors, (*path, "custom_id"), one.get("custom_id"), 100, shortest=1, needed=True)
    text(errors, (*path, "placeholder"), one.get("placeholder"), 100)
    text(errors, (*path, "value"), one.get("value"), 4000)
    if one.get("style") not in (1, 2):
        errors.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
    for name, least in (("min_length", 0), ("max_length", 1)):
        length = one.get(name)
        if length is not None and not (isinstance(length, int) and least <= length <= 4000):
            errors.add((*path, name), "NUMBER_TYPE_MAX", "int value should be less than or equal to 4000.")


def _label(errors: FormErrors, one: Json, path: Path) -> None:
    text(errors, (*path, "label"), one.get("label"), 45, shortest=1, needed=True)
    text(errors, (*path, "description"), one.get("description"), 100)
    _component(errors, _inside(one, "component"), (*path, "component"), (INPUT, *SELECTS, 19, 21, 22, 23))


def modal(errors: FormErrors, body: Json, path: Path) -> None:
    """Check a form."""
    text(errors, (*path, "custom_id"), body.get("custom_id"), 100, shortest=1, needed=True)
    text(errors, (*path, "title"), body.get("title"), 45, shortest=1, needed=True)
    here = (*path, "components")
    rows = count(errors, here, body.get("components"), 5, least=1)
    for number, one in enumerate(rows):
        if one.get("type") == ROW:
            inside = count(errors, (*here, number, "components"), one.get("components"), 1, least=1)
            for field in inside:
                text(
                    errors,
                    (*here, number, "components", 0, "label"),
                    field.get("label"),
                    45,
                    shortest=1,
                    needed=True,
                )
                _component(errors, field, (*here, number, "components", 0), (INPUT,))
        else:
            _component(errors, one, (*here, number), (LABEL, TEXT))
    _unique(errors, rows, here)


def _unique(errors: FormErrors, rows: list[Json], path: Path) -> None:
    seen: set[str] = set()
    for one in walk(rows):
        name = one.get("custom_id")
        if isinstance(name, str) and name in seen:
            errors.add(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
            return
        if isinstance(name, str):
            seen.add(name)


_Check = Callable[[FormErrors, Json, Path], None]
_CHECKS: dict[int, _Check] = {
    ROW: _row,
    BUTTON: _button,
    TEXT: _display,
    SECTION: _section,
    CONTAINER: _container,
    INPUT: _input,
    LABEL: _label,
    **dict.fromkeys(SELECTS, _select),
}
