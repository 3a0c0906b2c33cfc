"""The flows on disk become a library: read, checked as a whole, stored by content hash, swapped at once.

A folder with a fault is never used: at start that is an error, at a reload the old flows stay.
Conversations keep the version that they began with, so every stored version is built again as `pinned`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.actions import Action
from core.chain.watching import EVENTS
from core.config import Settings
from core.conversation import house, readers
from core.conversation.check import check
from core.conversation.facts import ActionFacts, Facts
from core.conversation.flow import Do, Flow
from core.conversation.forms import FILL
from core.conversation.layout import Fault
from core.conversation.library import Library
from core.conversation.load import COMMON, content_hash, load_common, load_flow
from core.conversation.router import Router
from core.errors import ConfigError
from core.safety.guard import KINDS
from core.sentences import sentence, told
from core.store.rows import StoredFlow

Sources = Mapping[str, Mapping[str, str]]
"""Folder -> file -> text."""
LIMIT = 1_000_000
"""Bytes of one file; a flow is a page, not a book."""
ATTACHMENTS = ("photo", "voice", "sticker", "file", "video", "location", "poll", "contact", "other")
COMMON_TEXTS = frozenset(
    {
        "greeting", "help", "menu", "menu_expired", "not_yours", "language_ask", "language_set", "suggest",
        "suggest_nothing", "lost_again", "back_to", "cancelled", "checking", "handed_over", "emergency",
        "handed_over_emergency", "human_noted", "human_mode", "hex_hidden", *(f"watch.{event}" for event in EVENTS), "human_failed", "choose_please", "private_only",
        "group_hello", "asked_suspicious", "asked_unknown", "edited_seen", "forwarded_seen", "action_failed", "flow_gone", "poison_apology",
        "please_wait", "hurry_cut", "incident",
        "secret_erased", "secret_delete_yourself", "profile.name", "profile.short", "profile.description",
        "command.start", "command.help", "command.menu", "command.language", "command.human",
        "reader.tx_is_address", "reader.tx_address_typo", "reader.tx_length", "reader.tx_not_hex",
        "reader.tx_ellipsis", "reader.tx_unknown_link", "reader.tx_none", "reader.text_empty", "reader.text_long",
        "reader.number", "reader.zone", "reader.zone_or_time", "reader.assets", "unsubscribed", "command.unsubscribe",
        "handed_over_aside", "handed_over_emergency_aside",
        "handed_over_later", "handed_over_emergency_later", "staff_says", "staff_here", "ticket_closed",
        "broadcast_code", "tickets", "tickets_none", "ticket.open", "ticket.answered", "ticket.closed", "command.ticket",
        *(f"{kind}_seen" for kind in ATTACHMENTS),
        *(f"secret.{kind}" for kind in KINDS),
    }
)  # fmt: skip
"""Every house text that the engine, the readers and the faces say."""
HOLES = frozenset({"official_site", "password_length", "hours", "zone"})
"""What every text may use, see `house_holes`."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A library, and the rows that keep its versions."""

    library: Library
    stored: Sequence[StoredFlow]


def read_sources(folder: Path) -> dict[str, dict[str, str]]:
    """All YAML files of all flow folders. A file that is not UTF-8 keeps a mark for the checker to refuse.

    Raises:
        ConfigError: the folder cannot be read, or a file is larger than any flow.
    """
    sources: dict[str, dict[str, str]] = {}
    try:
        for path in sorted(folder.glob("*/*.yaml")):
            if path.stat().st_size > LIMIT:
                raise ConfigError(told("flows.large", file=path))
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            sources.setdefault(path.parent.name, {})[path.name] = text
    except OSError as error:
        raise ConfigError(told("flows.unreadable", folder=folder, why=error.strerror)) from None
    if not sources:
        raise ConfigError(told("flows.empty", folder=folder.absolute()))
    return sources


def facts(settings: Settings, actions: Mapping[str, Action], stored: Sequence[StoredFlow] = ()) -> Facts:
    """What the checker has to know, from the configuration and the registered actions."""
    return Facts(
        languages=settings.languages,
        actions={a.name: ActionFacts(a.inputs, a.outcomes, a.gives) for a in actions.values()},
        readers=frozenset(readers.build()),
        skills=frozenset(settings.desk.skills),
        official_hosts=frozenset(settings.security.official_hosts),
        common_texts=COMMON_TEXTS,
        common_choices=frozenset({"menu", "human", "emergency", "private_open", "unsubscribe", "reply", FILL})
        | {house.LANG + code for code in settings.languages},
        common_words=frozenset(house.WORDS) | {house.LANG + code for code in settings.languages},
        holes=HOLES,
        stored={(row.name, row.version): row.hash for row in stored},
    )


def build(
    settings: Settings,
    sources: Sources,
    actions: Mapping[str, Action],
    stored: Sequence[StoredFlow],
    now: float,
) -> Shelf:
    """A library of flows without a fault.

    Raises:
        FlowFaults: with all of them.
    """
    found = check(sources, facts(settings, actions, stored))
    if found:
        raise FlowFaults(found)
    languages = settings.languages
    common, _ = load_common(sources[COMMON], languages)
    flows: dict[str, Flow] = {}
    rows: list[StoredFlow] = []
    for name in sorted(sources):
        flow = None if name == COMMON else load_flow(name, sources[name], languages)[0]
        if flow is not None:
            flows[name] = flow
            rows.append(_row(flow, sources[name], now))
    pinned = {flow.hash: flow for flow in flows.values()} | _pinned(stored, languages, actions, flows)
    tx = settings.transactions
    library = Library(
        tuple(languages),
        flows,
        common or {},
        readers.build(tx.explorers, tx.internal_ids, languages, settings.preferences.assets),
        Router.build({n: [p for w in f.words.values() for p in w.phrases] for n, f in flows.items()}),
        pinned,
    )
    return Shelf(library, rows)


def _row(flow: Flow, sources: Mapping[str, str], now: float) -> StoredFlow:
    text = json.dumps(dict(sources), ensure_ascii=False, sort_keys=True)
    return StoredFlow(content_hash(sources), flow.name, flow.version, text, now)


def _pinned(
    stored: Sequence[StoredFlow],
    languages: Sequence[str],
    actions: Mapping[str, Action],
    current: Mapping[str, Flow],
) -> dict[str, Flow]:
    """Earlier versions that can still be walked. One whose actions no longer fit is left out: its people
    go to a human, which the engine does when it does not find a pinned version."""
    known = {flow.hash for flow in current.values()}
    earlier: dict[str, Flow] = {}
    for row in stored:
        if row.hash in known:
            continue
        flow, _ = load_flow(row.name, json.loads(row.sources), languages)
        if flow is not None and all(_fits(step, actions) for step in flow.steps.values()):
            earlier[row.hash] = flow
    return earlier


def _fits(step: object, actions: Mapping[str, Action]) -> bool:
    if not isinstance(step, Do):
        return True
    action = actions.get(step.action)
    return (
        action is not None
        and action.outcomes <= frozenset(step.outcomes)
        and set(action.inputs) == set(step.inputs)
    )


class FlowFaults(ConfigError):
    """The flows have faults; all of them, in the order of files and lines."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__(f"the flows have {len(found)} faults: `helpline check` lists them")
        self.found = tuple(found)

    def told(self, language: str) -> str:
        """One sentence that says how many, in the operator's language."""
        return sentence("flows.faults", language, count=len(self.found))
