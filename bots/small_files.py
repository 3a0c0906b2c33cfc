"""Small text files that people attach: fetched from the platform itself, looked through in memory, kept nowhere.

Only what the platform says is small text is fetched, and only from where the platform keeps it: a face hands in a
`fetch` that asks its own API and follows no link of a person. Whatever goes wrong, the file stays unread; the
answer then says what it always says about a file.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import aiohttp

from core.conversation.model import Incoming

LARGEST: Final = 64 * 1024
"""Bytes of a file that is looked into."""
MOST: Final = 16
"""Files of one batch; what comes beyond waits for nobody and stays unread."""
PATIENCE: Final = 3.0
"""Seconds that a batch waits for all its files together."""
_ENDINGS: Final = (
    *(".txt", ".text", ".json", ".csv", ".tsv", ".md", ".log", ".key", ".pem", ".asc", ".env", ".ini"),
    *(".yaml", ".yml", ".conf", ".toml", ".xml", ".html", ".rtf", ".keystore", ".seed", ".wallet"),
)
_TYPES: Final = ("text/", "application/json", "application/xml", "application/x-pem")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
Fetch = Callable[[str], Awaitable[bytes]]


def legible(name: str, kind: str, size: int) -> bool:
    """Whether the platform describes a small text file: by its media type or by the end of its name."""
    return 0 < size <= LARGEST and (kind.lower().startswith(_TYPES) or name.lower().endswith(_ENDINGS))


async def looked_into(events: Sequence[Incoming], fetch: Fetch) -> list[Incoming]:
    """The same events with what stands in their small text files, as far as it came in time."""
    places = [place for place, event in enumerate(events) if event.attachments and _sources(event)][:MOST]
    if not places:
        return list(events)
    reading = {place: asyncio.ensure_future(_text(_sources(events[place]), fetch)) for place in places}
    await asyncio.wait(reading.values(), timeout=PATIENCE)
    filled = list(events)
    for place, task in reading.items():
        if task.done() and not task.cancelled() and task.exception() is None:
            filled[place] = events[place]._replace(file_text=task.result())
        task.cancel()
    await asyncio.gather(*reading.values(), return_exceptions=True)
    return filled


def _sources(event: Incoming) -> list[str]:
    return [one.source for one in event.attachments if one.source]


async def _text(sources: Sequence[str], fetch: Fetch) -> str:
    return "\n".join([decoded(await fetch(source)) for source in sources[:MOST]])


async def bounded(stream: aiohttp.StreamReader, largest: int) -> bytes:
    """What comes, at most `largest` bytes of it."""
    data = b""
    while len(data) < largest and (more := await stream.read(largest - len(data))):
        data += more
    return data


def decoded(data: bytes) -> str:
    """The text of a file, whatever of the usual encodings it has."""
    data = data[:LARGEST]
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")
