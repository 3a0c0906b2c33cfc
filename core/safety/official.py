"""What is official: a signed list, read as text and looked up by exact value. Pure.

Law of this file: a person or an account is trusted by its number, never by its name. A handle without a number in
the list is official only as the link that the list itself holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import yaml

from core.errors import ConfigError
from core.safety.entries import normal_address
from core.safety.hosts import Host, host_of
from core.safety.items import Item
from core.safety.lookalike import Ours
from core.safety.profiles import invitation
from core.sentences import told

LIMIT = 262_144
"""Bytes of a list."""
_LISTS = ("names", "domains", "mail", "phones", "apps", "invites", "deposits")
_KEYS = frozenset({"name", "version", "expires", "demo", "site", "handles", "agents", *_LISTS})


@dataclass(frozen=True, slots=True)
class Handle:
    """An account of ours on a service. `id` is the platform's own number for it, "" for a mere link."""

    service: str
    name: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """A person of ours: what people know them as, and their number by service."""

    alias: str
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Official:
    """The list. `expires`: the last day on which it may be believed. `demo`: it is an example, nobody's real list."""

    name: str
    version: int
    expires: date
    site: str
    demo: bool = False
    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    handles: tuple[Handle, ...] = ()
    agents: tuple[Agent, ...] = ()
    mail: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    invites: tuple[str, ...] = ()
    deposits: tuple[str, ...] = ()

    @cached_property
    def ours(self) -> Ours:
        """Our names, for finding what looks like them."""
        accounts = (*(h.name for h in self.handles), *(a.alias for a in self.agents))
        return Ours(self.domains, (self.name, *self.names), accounts)

    @cached_property
    def _ids(self) -> frozenset[str]:
        people = (number for agent in self.agents for number in agent.ids.values())
        return frozenset((*people, *(h.id for h in self.handles if h.id)))

    @cached_property
    def _hosts(self) -> frozenset[str]:
        return frozenset(self.domains)

    @cached_property
    def _phones(self) -> frozenset[str]:
        return frozenset(re.sub(r"\D", "", phone) for phone in self.phones)

    def has_host(self, host: Host) -> bool:
        """Whether a host is ours or stands below one of ours."""
        return not self._hosts.isdisjoint(host.parents)

    def has_id(self, number: str) -> bool:
        """Whether a platform's number is one of our people or accounts."""
        return number in self._ids

    def has(self, item: Item) -> bool:
        """Whether this very thing is on the list."""
        match item.kind:
            case "host":
                return item.host is not None and not item.tricks and self.has_host(item.host)
            case "handle":
                return any(_same_handle(item, handle) for handle in self.handles)
            case "id":
                return self.has_id(item.value)
            case "mail":
                return item.value in self.mail or f"@{item.value.partition('@')[2]}" in self.mail
            case "phone":
                return re.sub(r"\D", "", item.value) in self._phones
            case "app":
                return item.value.lower() in self.apps
            case "invite":
                return item.value in self.invites
            case "address":
                return normal_address(item.value) in self.deposits
        return False

    def entries(self) -> Iterator[str]:
        """Every entry as a line, for showing what changed between two lists."""
        yield f"name: {self.name}"
        yield f"site: {self.site}"
        yield f"expires: {self.expires.isoformat()}"
        for part in _LISTS:
            yield from (f"{part}: {value}" for value in getattr(self, part))
        yield from (f"handles: {h.service} {h.name} {h.id}".rstrip() for h in self.handles)
        for agent in self.agents:
            yield from (f"agents: {agent.alias} {service} {number}" for service, number in agent.ids.items())


def _same_handle(item: Item, handle: Handle) -> bool:
    services = {item.service, handle.service}
    return item.value.lower() == handle.name.lower() and (len(services) == 1 or "" in services)


def parse(data: bytes) -> Official:
    """A list of the bytes of its file.

    Raises:
        ConfigError: it is not a list of this form; the sentence says what is wrong.
    """
    if len(data) > LIMIT:
        raise ConfigError(told("official.large"))
    try:
        found = yaml.load(data.decode("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - every scalar is text
        return _parse(found)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(told("official.yaml", why=" ".join(str(error).split())[:200])) from None
    except KeyError as error:
        raise ConfigError(told("official.missing", key=error.args[0])) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigError(told("official.shape", why=str(error)[:200])) from None


def _parse(found: Any) -> Official:
    if not isinstance(found, dict):
        raise TypeError("-")
    if unknown := sorted(set(found) - _KEYS):
        raise ConfigError(told("official.unknown", key=unknown[0]))
    version = int(found["version"])
    if version < 1:
        raise ValueError(f"version: {version}")
    official = _official(found, version)
    host = host_of(urlsplit(official.site).hostname or "")
    if host is None or not official.has_host(host):  # else /verify would not know the very site that it shows
        raise ConfigError(told("official.site", site=official.site))
    return official


def _official(found: Mapping[str, Any], version: int) -> Official:
    return Official(
        name=_text(found["name"]),
        version=version,
        expires=date.fromisoformat(_text(found["expires"])),
        site=_site(_text(found["site"])),
        demo=found.get("demo") == "true",
        names=_texts(found, "names"),
        domains=tuple(_domain(text) for text in _texts(found, "domains")),
        handles=tuple(_handle(one) for one in found.get("handles") or ()),
        agents=tuple(Agent(_text(a["alias"]), dict(a.get("ids") or {})) for a in found.get("agents") or ()),
        mail=tuple(text.lower() for text in _texts(found, "mail")),
        phones=_texts(found, "phones"),
        apps=tuple(text.lower() for text in _texts(found, "apps")),
        invites=tuple(map(invitation, _texts(found, "invites"))),
        deposits=tuple(map(normal_address, _texts(found, "deposits"))),
    )


def _texts(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = found.get(name) or ()
    if isinstance(value, str):
        raise TypeError(f"{name}: {value}")
    return tuple(_text(one) for one in value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError(str(value))
    return value.strip()


def _handle(one: Mapping[str, Any]) -> Handle:
    return Handle(_text(one["service"]), _text(one["name"]).removeprefix("@"), str(one.get("id", "")))


def _domain(text: str) -> str:
    host = host_of(text)
    if host is None or host.ip:
        raise ValueError(text)
    return host.name


def _site(text: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9.-]{3,253}(?:/[!-~]{0,200})?", text):
        raise ValueError(text)
    return text
