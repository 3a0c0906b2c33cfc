"""A body that names pictures goes out as a form with their bytes: Discord keeps none of a bot's files for another message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp

from core.channel import Album
from core.conversation.picture import mime_of
from core.errors import Malformed
from core.quick_json import dumps

Part = dict[str, Any]
"""The arguments of one part of a form."""


async def form_of(body: Any, album: Album | None) -> list[Part]:
    """The parts of a body that names pictures, [] for any other. In an answer to an interaction they stand in `data`.

    Raises:
        DeliveryError: a picture cannot be had.
    """
    named = _named(body) or _named(body.get("data")) if isinstance(body, Mapping) else []
    if not named:
        return []
    if album is None:
        raise Malformed("no pictures here")
    parts: list[Part] = [{"name": "payload_json", "value": dumps(body), "content_type": "application/json"}]
    for one in named:
        name = str(one["filename"])
        file = {"filename": name, "content_type": mime_of(name), "value": await album.bytes_of(name)}
        parts.append({"name": f"files[{one['id']}]"} | file)
    return parts


def _named(body: Any) -> list[Mapping[str, Any]]:
    found = body.get("attachments") if isinstance(body, Mapping) else None
    return found if isinstance(found, list) else []


def written(parts: Iterable[Part]) -> aiohttp.FormData:
    """The form. Quoted, the brackets in its names would be lost on Discord."""
    form = aiohttp.FormData(quote_fields=False)
    for part in parts:
        form.add_field(**part)
    return form
