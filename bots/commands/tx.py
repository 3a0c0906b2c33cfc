"""`helpline tx`: one verdict on a transaction, with its evidence, from the configured sources. Nothing is kept."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bots.commands.common import say, settings_of, told
from bots.local import demo
from bots.settings import Secrets, Settings
from core.chain.address import address
from core.chain.meanings import MEANINGS
from core.chain.nodes import open_chain
from core.chain.recognise import recognise
from core.chain.seen import Expected
from core.chain.table_input import ROWS
from core.chain.verdict import Fact, Verdict
from core.errors import ConfigError
from core.safety.guard import inspect
from core.sentences import operator_language, sentence

CANNOT_TELL = ("source_down", "unsure")


@told
def tx(config: Path | None, text: str, to: str, json_wanted: bool) -> int:
    """`to`: the address that it should have paid, "" when nobody said. Exit code 1 when no verdict could be given now."""
    settings = settings_of(config)
    verdict = asyncio.run(_verdict(settings, text, _expected(to)))
    if json_wanted:
        say(json.dumps(as_json(verdict), ensure_ascii=False))
    else:
        if not settings.transactions.networks and verdict.evidence:
            say(sentence("tx.demo", operator_language()))
        _show(verdict, operator_language())
    return 1 if verdict.name in CANNOT_TELL else 0


def _expected(to: str) -> Expected:
    if not to:
        return Expected()
    found = address(to)
    if found is None or found.typo:
        raise ConfigError(sentence("tx.no_address", operator_language(), text=to))
    one_case = found.family == "evm" or to.lower().startswith(("bc1", "ltc1", "tb1"))
    return Expected(addresses=frozenset({to.lower() if one_case else to}))


async def _verdict(settings: Settings, text: str, expected: Expected) -> Verdict:
    """What was pasted is judged first: a secret, an address or a broken id never reaches a source."""
    tx, now = settings.transactions, time.time()
    found = recognise(text, tx.explorers, tx.internal_ids)
    if found.kind == "internal":
        return Verdict("chain_only", checked_at=now, sources=0)
    if found.kind != "hash":
        secret = inspect(text).kinds
        return Verdict("possible_secret" if secret else ROWS[found.kind][1], checked_at=now, sources=0)
    async with AsyncExitStack() as stack:
        settings, _ = await stack.enter_async_context(demo.sources(settings, Secrets()))
        chain = await stack.enter_async_context(open_chain(settings.transactions.networks, time.time))
        return await chain.look_up(found.value, expected)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict for other programs. Times are ISO 8601 in UTC; what does not apply is left out after `sources`."""
    meaning = MEANINGS[verdict.name]
    told: dict[str, Any] = {
        "verdict": verdict.name,
        "chain": verdict.network,
        "evidence": [
            {"fact": fact.name, "source": fact.source, "at": _iso(fact.at), **_values(fact)}
            for fact in verdict.evidence
        ],
        "who_acts": meaning.who,
        "next_step": meaning.step,
        "checked_at": _iso(verdict.checked_at),
        "sources": verdict.sources,
    }
    if verdict.progress is not None:
        progress = verdict.progress
        told["progress"] = {"k": progress.k, "credit": progress.credit, "unlock": progress.unlock}
    if verdict.high:
        told["next_in_seconds"] = [round(verdict.low), round(verdict.high)]
    if verdict.advice:
        told["advice"] = [{"advice": one.name, "who": one.who, **one.values} for one in verdict.advice]
    if meaning.again:
        told["look_again_in_seconds"] = meaning.again[0]
    if verdict.next_id:
        told["replaced_by"] = verdict.next_id
    if verdict.follows is not None:
        told["follows"] = as_json(verdict.follows)
    return told


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _values(fact: Fact) -> dict[str, str]:
    """The values of a fact. `at` is when it was asked; a moment that it tells is `since`."""
    return {
        ("since" if key == "at" else key): _iso(float(value)) if key == "at" else value
        for key, value in fact.values.items()
    }


def _show(verdict: Verdict, language: str) -> None:
    title = sentence(f"verdict.{verdict.name}", language)
    table = Table(title=f"{verdict.network}: {title}" if verdict.network else title, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")  # an id is never shortened
    for row in _rows(verdict, language):
        table.add_row(*map(escape, row))
    Console(highlight=False).print(table)
    if verdict.name == "chain_only":
        say(sentence("tx.internal", language))
    if verdict.follows is not None:
        _show(verdict.follows, language)


def _rows(verdict: Verdict, language: str) -> Iterator[tuple[str, str]]:
    meaning, progress = MEANINGS[verdict.name], verdict.progress

    def word(code: str, **holes: object) -> str:
        return sentence(code, language, **holes)

    yield word("tx.who"), word(f"who.{meaning.who}")
    yield word("tx.step"), word(f"step.{meaning.step}")
    if progress is not None:
        counts = {"k": progress.k, "credit": progress.credit, "unlock": progress.unlock}
        yield word("tx.progress"), word("tx.progress_of", **counts)
    if verdict.high:
        low, high = f"{verdict.low / 60:.0f}", f"{max(1.0, verdict.high / 60):.0f}"
        yield word("tx.eta"), word("tx.eta_of", low=low, high=high)
    for one in verdict.advice:
        yield word(f"tx.advice_{one.who}"), word(f"advice.{one.name}", **one.values)
    if verdict.next_id:
        yield word("tx.replaced_by"), verdict.next_id
    yield word("tx.checked"), _iso(verdict.checked_at)
    for place, fact in enumerate(verdict.evidence):
        holes = {
            key: _iso(float(value)) if key == "at" else value or "–" for key, value in fact.values.items()
        }
        yield "" if place else word("tx.evidence"), f"{fact.source}: {word(f'fact.{fact.name}', **holes)}"
