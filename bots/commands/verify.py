"""`helpline verify` and `helpline lists`: the scam check on the command line, and the lists that it looks into."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from bots.commands.common import say, settings_of, told
from bots.commands.lines import lines, too_long
from bots.commands.official import believed
from bots.settings import Settings
from core.config_safety import ScamList
from core.errors import ConfigError
from core.safety.entries import read
from core.safety.files import read_list
from core.safety.lists import MOST_LISTS, NAME, BrokenLists, Entries, Lists, open_lists, sane, write
from core.safety.official import parse
from core.safety.verify import Known, Verdict, check
from core.sentences import told as sentence_told

LARGEST = 64 * 1024 * 1024
"""Bytes of one list."""
SECONDS = 60
KINDS = ("deny", "allow", "top")


@told
def verify(config: Path | None, official: Path | None, as_json: bool) -> int:
    """Each line of the input: its grade and why; one that is too long is answered with a sentence. A named file is
    taken as it is, signed or not."""
    settings = settings_of(config)
    known = Known(
        parse(read_list(official)[0]) if official else believed(settings).official, lists_of(settings)
    )
    for line in lines():
        if line is None:
            say(too_long(as_json))
            continue
        verdict = check(line.decode("utf-8", "replace"), known, time.time())
        say(json.dumps(as_row(verdict), ensure_ascii=False) if as_json else _shown(verdict))
    return 0


def as_row(verdict: Verdict) -> dict[str, object]:
    """For other programs."""
    reasons = [{"code": r.code, "about": r.about, "detail": r.detail} for r in verdict.reasons]
    return {"grade": verdict.grade, "reasons": reasons, "list_age": verdict.list_age}


def _shown(verdict: Verdict) -> str:
    why = "; ".join(sentence_told(f"scam.{r.code}", about=r.about, detail=r.detail) for r in verdict.reasons)
    return f"{sentence_told(f'scam.grade.{verdict.grade}')}  {why}"


def lists_of(settings: Settings) -> Lists:
    """The lists in the data folder.

    Raises:
        ConfigError: the file is damaged.
    """
    try:
        return open_lists(settings.data)
    except BrokenLists:
        raise ConfigError(sentence_told("lists.broken", file=settings.data / NAME)) from None


@told
def show(config: Path | None, as_json: bool) -> int:
    """Which lists are loaded, how large and how old."""
    settings = settings_of(config)
    sources = lists_of(settings).sources
    if as_json:
        rows = [{"name": s.name, "kind": s.kind, "count": s.count, "age": _hours(s.at)} for s in sources]
        say(json.dumps(rows, ensure_ascii=False))
        return 0
    for source in sources:
        holes = {"name": source.name, "kind": source.kind, "count": source.count, "hours": _hours(source.at)}
        say(sentence_told("lists.line", **holes))
    if not sources:
        say(sentence_told("lists.none"))
    return 0


def _hours(at: float) -> float:
    return round(max(0.0, time.time() - at) / 3600, 1)


@told
def update(config: Path | None, folder: Path | None, accept: bool) -> int:
    """Fetch the configured lists, or read those of a folder, and put them in place at once. 1 when one looks
    broken; then nothing changes."""
    settings = settings_of(config)
    wanted = _of_folder(folder) if folder else list(settings.lists.sources)
    if not wanted:
        raise ConfigError(sentence_told("lists.no_sources"))
    if len(wanted) > MOST_LISTS:
        raise ConfigError(sentence_told("lists.many", most=MOST_LISTS))
    fresh = [_one(source) for source in wanted]
    odd = sane(lists_of(settings).sources, fresh, settings.lists.least, settings.lists.most)
    empty = any(not has for _, has in odd.values())
    if odd and (empty or not accept):
        for name, (had, has) in odd.items():
            sys.stderr.write(sentence_told("lists.odd", name=name, had=had, has=has) + "\n")
        return 1
    settings.data.mkdir(parents=True, exist_ok=True)
    write(settings.data / NAME, fresh)
    for one in fresh:
        say(sentence_told("lists.loaded", name=one.name, kind=one.kind, count=len(one.entries)))
    return 0


def _of_folder(folder: Path) -> list[ScamList]:
    """The files of a folder: those in `allow` and `top` below it are of that kind, all others deny."""
    places = [(folder, "deny"), *((folder / kind, kind) for kind in KINDS)]
    found = [(path, kind) for place, kind in places for path in sorted(place.glob("*")) if path.is_file()]
    return [
        ScamList.model_validate({"name": path.stem[:40], "location": str(path), "kind": kind})
        for path, kind in found
    ]


def _one(source: ScamList) -> Entries:
    try:
        if "://" in source.location:
            text, at = asyncio.run(_get(source.location)), time.time()
        else:
            path = Path(source.location)
            if path.stat().st_size > LARGEST:
                raise ConfigError(sentence_told("lists.large", name=source.name))
            text, at = path.read_text("utf-8", "replace"), path.stat().st_mtime
    except OSError as error:  # the network's errors are of this kind, too
        why = error.strerror or type(error).__name__
        raise ConfigError(sentence_told("lists.unreadable", name=source.name, why=why)) from None
    return Entries(source.name, source.kind, at, read(text))


async def _get(url: str) -> str:
    """The text behind a configured https address; no other host is asked."""
    import aiohttp

    if not url.startswith("https://"):
        raise ConfigError(sentence_told("lists.https", url=url))
    limit = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            answer.raise_for_status()
            data = await answer.content.read(LARGEST + 1)
            while len(data) <= LARGEST and (more := await answer.content.read(LARGEST + 1 - len(data))):
                data += more
    except (aiohttp.ClientError, TimeoutError) as error:
        raise OSError(0, type(error).__name__) from None
    if len(data) > LARGEST or answer.status != 200:
        raise OSError(0, f"status {answer.status}, {len(data)} bytes")
    return data.decode("utf-8", "replace")
