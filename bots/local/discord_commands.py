"""What the platform refuses in a set of application commands."""

from __future__ import annotations

import re

from bots.local import discord_checks as checks
from bots.local.discord_wire import FormErrors, Json

LOCALES = frozenset(
    {
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
    }
    | {
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    }
    | {"ar", "he"}
)
_NAME = re.compile(r"[-_'\w]{1,32}", re.UNICODE)


def check_commands(errors: FormErrors, commands: list[Json]) -> None:
    """Check names, descriptions, their localizations, the options, and that no name is there twice."""
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(commands):
        _check_named(errors, one, (number,), text=(one.get("type") or 1) == 1)
        options = checks.count(errors, (number, "options"), one.get("options"), 25)
        for index, option in enumerate(options):
            _check_named(errors, option, (number, "options", index), text=True)
        kind = one.get("type") or 1
        if kind not in (1, 2, 3):
            errors.add((number, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
        key = (str(kind), str(one.get("name")))
        if key in seen:
            said = "Application command names must be unique"
            errors.add((number, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", said)
        seen.add(key)


def _check_named(errors: FormErrors, one: Json, path: checks.Path, *, text: bool) -> None:
    checks.text(errors, (*path, "name"), one.get("name"), 32, shortest=1, needed=True)
    if text:
        checks.text(errors, (*path, "description"), one.get("description"), 100, shortest=1, needed=True)
        _check_name(errors, (*path, "name"), one.get("name"))
    for field, longest in (("name_localizations", 32), ("description_localizations", 100)):
        localized = one.get(field)
        for locale, words in localized.items() if isinstance(localized, dict) else ():
            here = (*path, field, locale)
            if locale not in LOCALES:
                errors.add(here, "ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid enum value.')
            checks.text(errors, here, words, longest, shortest=1)
            if field == "name_localizations" and text:
                _check_name(errors, here, words)


def _check_name(errors: FormErrors, path: checks.Path, name: object) -> None:
    if isinstance(name, str) and name and (not _NAME.fullmatch(name) or name != name.lower()):
        errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
