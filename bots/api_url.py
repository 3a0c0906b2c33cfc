"""Where a bot's token goes: the platform's own API, or a host that the operator named and is warned about."""

from __future__ import annotations

import ipaddress
import logging

from yarl import URL

from bots.sentences import Say
from core.errors import ConfigError

log = logging.getLogger(__name__)


def check_api_url(api_url: str, official: str, say: Say) -> str:
    """The API's URL without a slash at its end. Any origin but the `official` one is said loudly.

    `say` knows the keys "api_url" and "other_host", each with the hole {host}.

    Raises:
        ConfigError: when it is neither https nor this machine itself.
    """
    url = URL(api_url)
    host = url.host or ""
    plain = url.scheme == "http" and is_loopback(host)
    if not host or url.user or url.query_string or not (url.scheme == "https" or plain):
        raise ConfigError(say("api_url", host=host))
    if str(url.origin()) != official:
        log.warning(say("other_host", host=host))
    return str(url).rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether this names the very machine that asks."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
