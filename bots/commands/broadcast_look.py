"""How a broadcast looks: drawn by the platforms' own renderers, and counted while it goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from bots.commands.common import say
from bots.settings import Settings
from core.broadcast.boards import shown
from core.broadcast.content import Content
from core.broadcast.progress import OUTCOMES, measure
from core.broadcast.states import ENDED
from core.conversation.model import Address
from core.sentences import operator_language, sentence
from core.store.broadcasts import Kept
from core.store.rooms import Store

EVERY = 0.5


def preview_of(settings: Settings, content: Content) -> dict[str, dict[str, str]]:
    """Platform -> language -> what is sent there, by the renderers that send it."""
    from bots.discord import draw as discord
    from bots.telegram import draw as telegram

    def sign(address: Address, visit: int, choice: str) -> str:
        return "preview"

    at = Address("preview", "1", "1")
    drawn: dict[str, dict[str, str]] = {settings.telegram.name: {}, settings.discord.name: {}}
    for language, message in content.messages.items():
        params = telegram.draw(at, message, sign)
        keys = [_key(key["text"], key) for row in params["reply_markup"]["inline_keyboard"] for key in row]
        body = str(params.get("text", params.get("caption")))
        drawn[settings.telegram.name][language] = _shown(body, keys, _seen(str(params.get("photo", ""))))
        drawn[settings.discord.name][language] = _bodies(discord.draw(at, message, sign))
    if content.incident is not None:
        drawn["⚠️"] = dict(content.incident.banner)
    for post in content.posts:
        bodies = discord.draw(Address(post.channel, post.chat, ""), shown(content, post), sign)
        drawn.setdefault(post.channel, {})[f"{post.language} · {post.chat}"] = _bodies(bodies)
    return drawn


def _bodies(bodies: list[dict[str, Any]]) -> str:
    labels = [_key(one["label"], one) for row in bodies[-1]["components"] for one in row["components"]]
    pictures = [_seen(one["filename"], one["description"]) for one in bodies[0].get("attachments", ())]
    return _shown("\n".join(body["content"] for body in bodies), labels, "".join(pictures))


def _key(label: str, button: Mapping[str, Any]) -> str:
    """A button, with the address that it opens: approval is bound to that, too."""
    return f"{label} → {button['url']}" if button.get("url") else label


def _seen(name: str, words: str = "") -> str:
    """A picture in a line: by its hash, which approval is bound to, and its words where the platform is told them."""
    return f"▣ {name[:16]}… {words}".rstrip() + "\n" if name else ""


def _shown(body: str, labels: list[str], picture: str = "") -> str:
    return f"{picture}{body}\n\n{' '.join(f'[{label}]' for label in labels)}"


async def status_of(store: Store, kept: Kept, now: float) -> dict[str, Any]:
    """How far it is: what programs get, and what people's tables are made of."""
    found = await measure(store.broadcasts, kept, now)
    moments = found.moments
    seconds = max(now - kept.stage_at, 1.0) if kept.stage_at else 0.0
    return {
        "name": kept.name, "code": kept.code, "version": kept.version, "state": kept.state, "reason": kept.reason,
        "author": kept.author, "approver": kept.approver, "hash": kept.hash, "people": kept.people,
        "made": sum(one.made for one in moments), "stage": kept.stage, "stage_seconds": round(seconds),
        **found.counts, "rate": round(found.rate, 2),
        "eta_seconds": None if found.left is None else round(found.left),
        "parts": {name: dict(part) for name, part in found.parts.items()},
        "next": [{"zone": one.zone, "slot": one.slot, "due": one.due} for one in moments if not one.ended][:5],
    }  # fmt: skip


def show_status(rows: list[dict[str, Any]]) -> None:
    """A table with a line a broadcast, who stands behind each, and the parts of the only one."""
    language = operator_language()
    table = Table(title=sentence("broadcast.title", language))
    for column in ("name", "state", "people", *OUTCOMES, "rate", "eta"):
        table.add_column(sentence(f"broadcast.col_{column}", language), overflow="fold")
    for row in rows:
        eta = (
            "–" if row["eta_seconds"] is None else time.strftime("%H:%M:%S", time.gmtime(row["eta_seconds"]))
        )
        numbers = [str(row[name]) for name in ("people", *OUTCOMES)]
        table.add_row(row["name"], row["state"], *numbers, f"{row['rate']}/s", eta)
    Console().print(table)
    for row in rows:
        words = (row["author"], row["approver"] or "–", row["reason"] or "–")
        say(f"{row['name']}: {' · '.join(words)}")
    if len(rows) == 1 and rows[0]["parts"]:
        _show_parts(rows[0]["parts"], language)


def _show_parts(found: dict[str, dict[str, int]], language: str) -> None:
    parts = Table()
    for column in ("name", *OUTCOMES):
        parts.add_column(sentence(f"broadcast.col_{column}", language))
    for name, counts in found.items():
        parts.add_row(name, *(str(counts.get(outcome, 0)) for outcome in OUTCOMES))
    Console().print(parts)


async def progress(store: Store, name: str) -> None:
    """A bar that moves until the broadcast is at its end, and a line for each platform and language below it."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[more]}")
    )  # fmt: skip
    with bar:
        task = bar.add_task(name, total=None, more="")
        parts: dict[str, TaskID] = {}
        while (kept := await store.broadcasts.find(name)) is not None:
            row = await status_of(store, kept, time.time())
            more = f"{_ended(row, OUTCOMES[1:])} {row['rate']}/s"
            done = sum(row[outcome] for outcome in OUTCOMES)
            for part, counts in row["parts"].items():
                if part not in parts:
                    parts[part] = bar.add_task(f"  {part}", total=None, more="")
                bar.update(parts[part], completed=sum(counts.values()), more=_ended(counts, OUTCOMES))
            shown = f"{name} · {row['state']}"
            bar.update(task, total=row["people"] or None, completed=done, description=shown, more=more)
            if kept.state in ENDED:
                return
            await asyncio.sleep(EVERY)


def _ended(counts: Mapping[str, Any], outcomes: Sequence[str]) -> str:
    return " ".join(f"{outcome} {counts.get(outcome, 0)}" for outcome in outcomes)
