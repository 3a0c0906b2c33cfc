"""The environment as a source of settings: HELPLINE_<SECTION>__<KEY>, a list or a mapping as JSON."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

PREFIX, NESTED = "HELPLINE_", "__"
SECRETS = "secrets"
"""A section that no file has."""


class Environment(EnvSettingsSource):
    """What is not the JSON that it should be stays as it is: then the schema says what is wrong, and where."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """JSON to a value."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def variable(where: Sequence[int | str]) -> str:
    """The variable that gives the setting at this place, as it is written; "" where none does."""
    written = {name.upper(): name for name in os.environ}
    for end in range(len(where), 0, -1):
        name = PREFIX + NESTED.join(str(part) for part in where[:end]).upper()
        if name in written:
            return written[name]
    return ""


def strangers(sections: Collection[str]) -> list[str]:
    """The variables that look like settings, of sections that do not exist."""
    known = {PREFIX + name.upper() for name in (*sections, SECRETS)}
    found = [name for name in os.environ if name.upper().startswith(PREFIX) and NESTED in name]
    return sorted(name for name in found if name.upper().partition(NESTED)[0] not in known)
