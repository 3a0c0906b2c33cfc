"""`helpline check`, `reload`, `route` and `flows draw`: everything around the flows."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bots.commands.common import language_of, say, settings_of, told
from bots.settings import Settings
from core.actions import load_actions
from core.conversation.check import check as find_faults
from core.conversation.diagram import mermaid
from core.conversation.layout import Fault
from core.errors import ConfigError
from core.runtime.house import store_url
from core.runtime.lead import LEASE, alive, pid_here
from core.runtime.shelf import Shelf, build, facts, read_sources
from core.sentences import as_json, operator_language, render, sentence
from core.store.open import SQLITE, is_there, open_store
from core.store.rows import StoredFlow


@told
def check(config: Path | None, folder: Path | None, json_wanted: bool) -> int:
    """Every fault at once; 1 when there is one."""
    settings = settings_of(config)
    folder = folder or settings.flows
    settings = settings.model_copy(update={"flows": folder})
    stored = asyncio.run(_stored(settings))
    found = find_faults(read_sources(folder), facts(settings, load_actions(folder), stored))
    show(found, operator_language(), json_wanted=json_wanted)
    return 1 if found else 0


def show(found: Sequence[Fault], language: str, *, json_wanted: bool, fine: str = "flows.fine") -> None:
    """The faults as lines, or as a JSON list. `fine`: what is said where there are none."""
    if json_wanted:
        say(json.dumps([as_json(fault) for fault in found], ensure_ascii=False, indent=1))
        return
    for fault in found:
        say(render(fault, language))
    say(sentence("flows.faults" if found else fine, language, count=len(found)))


async def _stored(settings: Settings) -> list[StoredFlow]:
    """The versions that the store knows, so that changed content under an old number is found."""
    url = store_url(settings)
    if not is_there(url):
        return []
    store = await open_store(url)
    try:
        return list(await store.flows.all())
    finally:
        await store.close()


def _shelf(config: Path | None) -> tuple[Settings, Shelf]:
    settings = settings_of(config)
    actions = load_actions(settings.flows)
    return settings, build(settings, read_sources(settings.flows), actions, (), 0.0)


@told
def route(config: Path | None, json_wanted: bool) -> int:
    """For each line: the flow it surely leads to, and the nearest ones."""
    _, shelf = _shelf(config)
    for line in sys.stdin:
        text = line.rstrip("\n")
        ranking = shelf.library.router.route(text)
        if json_wanted:
            row = {"text": text, "sure": ranking.sure or None, "nearest": list(ranking.nearest)}
            say(json.dumps(row, ensure_ascii=False))
        else:
            say(f"{ranking.sure or '?':22} {', '.join(ranking.nearest):44} {text}")
    return 0


@told
def draw(config: Path | None, name: str, lang: str) -> int:
    """One flow, or all of them, as Mermaid."""
    settings, shelf = _shelf(config)
    flows = shelf.library.flows
    if name and name not in flows:
        raise ConfigError(sentence("flows.none", operator_language(), name=name, known=", ".join(flows)))
    language = language_of(lang, settings)
    for flow in [flows[name]] if name else flows.values():
        say(mermaid(flow, language))
    return 0


@told
def reload(config: Path | None) -> int:
    """Check, then tell the running process; a bad folder is not even sent."""
    faults = check(config, None, False)
    if faults:
        return faults
    settings = settings_of(config)
    pids = asyncio.run(_running(settings))
    if not pids:
        raise ConfigError(sentence("reload.nobody", operator_language()))
    for pid in pids:
        os.kill(pid, signal.SIGHUP)
    say(sentence("reload.sent", operator_language(), pid=", ".join(map(str, pids))))
    return 0


async def _running(settings: Settings) -> list[int]:
    """The processes of this machine that work on the configured store, or on the demo's."""
    for url in (store_url(settings), f"{SQLITE}{settings.data / 'demo.db'}"):
        if is_there(url):
            store = await open_store(url)
            try:
                holder = await store.leases.holder(LEASE)
                owners = [*await store.workers.owners(), *(holder[:1] if holder else ())]
            finally:
                await store.close()
            pids = {pid for owner in owners if (pid := pid_here(owner)) is not None and alive(pid)}
            if pids:
                return sorted(pids)
    return []
