"""`helpline official`: make keys, sign the list of what is official, check it, compare it, show its QR code."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

from bots.commands.common import say, settings_of, told
from bots.settings import Settings
from core.config_safety import DEMO_KEYS
from core.errors import ConfigError
from core.runtime.house import store_url
from core.safety import signing
from core.safety.files import believe, read_list, signatures_of
from core.safety.official import Official, parse
from core.safety.trust import Believed, Highest, difference
from core.safety.verify import expired
from core.sentences import told as sentence_told
from core.store.open import is_there, open_store


@told
def key(file: Path) -> int:
    """Make a private key; print the public one."""
    try:
        public = signing.new_key(file)
    except OSError as error:
        raise ConfigError(sentence_told("official.key_file", file=file, why=error.strerror)) from None
    say(public)
    return 0


@told
def sign(config: Path | None, file: Path | None, private: Path) -> int:
    """Add a signature; those that no longer fit the list go."""
    settings = settings_of(config)
    path = file or settings.official.file
    data, before = read_list(path)
    parse(data)
    try:
        own = signing.read_key(private.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise ConfigError(sentence_told("official.key_file", file=private, why=error)) from None
    made = signing.public(own)
    kept = [
        line
        for line in before.splitlines()
        if (who := line.partition(" ")[0]) != made and signing.signers(data, line, [who])
    ]
    lines = [*kept, signing.signed(data, own)]
    signatures_of(path).write_text("\n".join(lines) + "\n", "ascii")
    pinned = settings.official.keys
    count = len(signing.signers(data, "\n".join(lines), pinned))
    say(sentence_told("official.signed", file=path, count=count, need=settings.official.signatures))
    if made not in pinned:
        say(sentence_told("official.not_pinned", key=made))
    return 0


@told
def check(config: Path | None, file: Path | None, as_json: bool) -> int:
    """Whether the list may be believed; 1 when it has expired or is the example."""
    settings = settings_of(config)
    found = believed(settings, file)
    official = found.official
    old, demo = expired(official, time.time()), official.demo or bool(set(DEMO_KEYS) & set(found.signers))
    if as_json:
        about = {"name": official.name, "version": official.version, "expires": official.expires.isoformat()}
        say(json.dumps({**about, "expired": old, "demo": demo, "signers": found.signers}, ensure_ascii=False))
    else:
        holes = {"name": official.name, "version": official.version, "until": official.expires}
        say(sentence_told("official.fine", **holes, signers=", ".join(found.signers)))
        if demo:
            say(sentence_told("official.demo"))
        if old:
            say(sentence_told("official.expired", until=official.expires))
    return 1 if old else 0


def believed(settings: Settings, file: Path | None = None) -> Believed:
    """The configured list, or the one in `file`, by the pinned keys; none that the bot would refuse as older.

    Raises:
        ConfigError: it may not be believed.
        StoreError: the store, which knows the highest version, cannot be read.
    """
    own = settings.official
    return believe(file or own.file, own.keys, own.signatures, asyncio.run(_highest(store_url(settings))))


async def _highest(url: str) -> Highest | None:
    """The highest version that the bot ever believed; None before its first start."""
    if not is_there(url):
        return None
    store = await open_store(url)
    try:
        found = await store.official.highest()
    finally:
        await store.close()
    return Highest(*found) if found else None


@told
def diff(old: Path, new: Path) -> int:
    """What came and what went, an entry a line; 1 when something did."""
    came, went = difference(_of(old), _of(new))
    for mark, entries in (("-", went), ("+", came)):
        for entry in entries:
            say(f"{mark} {entry}")
    return 1 if came or went else 0


def _of(path: Path) -> Official:
    return parse(read_list(path)[0])


@told
def qr(config: Path | None, out: Path | None) -> int:
    """The official site as a QR code: in the terminal, or as a picture (png or svg)."""
    from core.safety.qr import SCALE, code_of

    settings = settings_of(config)
    official = believed(settings).official
    made = code_of(official)
    if out is None:
        made.terminal(compact=True)
        say(official.site)
        return 0
    if out.suffix not in (".png", ".svg"):
        raise ConfigError(sentence_told("official.picture", file=out))
    made.save(str(out), scale=SCALE)
    say(str(out))
    return 0
