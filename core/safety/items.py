"""One thing in a text that leads somewhere or stands for somebody."""

from __future__ import annotations

from typing import Literal, NamedTuple

from core.safety.hosts import Host

Kind = Literal["host", "handle", "id", "invite", "app", "mail", "phone", "address"]


class Item(NamedTuple):
    """One thing. `value` is what is compared; `tricks` are codes of how it hides what it is. `path` follows a host.
    `service`: where a handle, an id or an app lives, "" when the text does not say."""

    kind: Kind
    value: str
    host: Host | None = None
    service: str = ""
    tricks: tuple[str, ...] = ()
    path: str = ""
