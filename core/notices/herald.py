"""Looks at every rule, and writes a draft when there is occasion for one. It can only draft: people send.

What drafts itself has the house as its author, who approves nothing. Whoever hands it in takes it over as its author,
and somebody else approves it, so two people stand behind it like behind any broadcast.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core.broadcast.cards import as_seen
from core.broadcast.content import digest, dump, load
from core.broadcast.office import Office
from core.broadcast.papers import buttons, new_code
from core.broadcast.states import ENDED
from core.config import Settings
from core.config_notices import Price, Rule
from core.errors import HelplineError
from core.notices.drafting import called, moment, source, templates, writer
from core.notices.occasions import Deed as Decided
from core.notices.occasions import Open, Sight, decide
from core.notices.sights import Sights
from core.runtime import metrics
from core.staff.announce import announce, text
from core.store.broadcasts import Draft, Kept
from core.store.notices import HOUSE, Entry, Notice, Occasion
from core.store.rooms import Store
from core.store.rows import AuditLine, NewEffect

NAME = "notices"
HOUR = 3600.0
log = logging.getLogger(__name__)


class Herald:
    """Runs where the lease is. `say`: (code, **holes) -> a sentence for the staff's chat."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        sights: Sights,
        office: Callable[[], Office],
        offer: Callable[[Sequence[NewEffect]], None],
        say: Callable[..., str],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._room = store.notices
        self._settings = settings
        self._sights = sights
        self._office = office
        self._offer = offer
        self._say = say
        self._now = now
        self._told: set[str] = set()

    async def run(self) -> None:
        """For ever; cancelled at shutdown."""
        while True:
            await self.look()
            await asyncio.sleep(self._settings.notices.look_seconds)

    async def look(self) -> None:
        """Look once at every rule, and at what is open of rules that are no more."""
        rules = self._settings.notices.rules
        open_ = {one.rule: one for one in await self._room.open()}
        sights = await asyncio.gather(*(self._sights.see(rule) for rule in rules))
        for rule, sight in zip(rules, sights, strict=True):
            await self._judge(rule, open_.get(rule.name), sight)
        known = {rule.name for rule in rules}
        for occasion in open_.values():
            if occasion.rule not in known:
                await self._drop(occasion)
        metrics.OCCASIONS.set(len(open_))

    async def _judge(self, rule: Rule, occasion: Occasion | None, sight: Sight) -> None:
        notices = await self._room.of(rule.name, occasion.begun_at) if occasion else []
        steps = frozenset(one.step for one in notices if occasion and one.key == occasion.key)
        deed = decide(Open(occasion.key, steps) if occasion else None, sight)
        if deed == "nothing":
            return
        entry = await self._entry(rule, occasion, notices, sight, deed)
        if entry is not None:
            await self._write(rule, entry)

    # --- what a deed comes to

    async def _entry(
        self, rule: Rule, occasion: Occasion | None, notices: Sequence[Notice], sight: Sight, deed: Decided
    ) -> Entry | None:
        """None where its text has a fault: people were told, and it is tried again."""
        own = self._settings.notices
        if occasion is None:
            key = sight.key or moment(self._now())
            entry = Entry(
                "begin", rule.name, key, sight.step, cooldown=rule.cooldown_hours * HOUR, a_day=own.a_day
            )
            return self._drafted(rule, entry, sight.text, sight.values)
        entry = Entry("again", rule.name, occasion.key, sight.step, a_day=own.a_day)
        if deed == "again":
            return self._drafted(rule, entry, sight.text, sight.values)
        going, sent = await self._before(notices)
        if deed == "end":
            reason = self._say("notices.over")  # no bound on drafts: what was begun is ended
            entry = Entry("end", rule.name, occasion.key, "over", retire=going, reason=reason)
            known = sent and not isinstance(rule, Price)
            name = f"{sight.text.removesuffix('_late')}_over"
            return self._drafted(rule, entry, name, sight.values, ("follows", sent)) if known else entry
        also = (sight.step,) if sight.step else ()
        entry = Entry(
            "move", rule.name, sight.key, f"moved{occasion.moves + 1}", occasion.key, retire=going,
            reason=self._say("notices.moved", key=sight.key),
        )  # fmt: skip
        values = {**sight.values, "before": occasion.key}
        if not sent or "low" not in values:
            return entry
        return self._drafted(
            rule, replace(entry, also=also), f"{sight.text}_moved", values, ("corrects", sent)
        )

    async def _before(self, notices: Sequence[Notice]) -> tuple[list[str], str]:
        """Of the drafts of an occasion: those that are not at their end, and the last one that anybody got."""
        going, sent = [], ""
        for name in [one.name for one in notices if one.name]:
            kept = await self._store.broadcasts.find(name)
            if kept is None:
                continue
            if kept.state not in ENDED:
                going.append(name)
            tally = await self._store.broadcasts.tally(name, kept.version)
            if any(one.outcome == "sent" for one in tally):
                sent = name
        return going, sent

    def _drafted(
        self,
        rule: Rule,
        entry: Entry,
        name: str,
        values: Mapping[str, str],
        link: tuple[str, str] | None = None,
    ) -> Entry | None:
        """With its draft, read and linted as if a person had written it."""
        called_, code = called(rule.name, entry.key, entry.step), new_code()
        try:
            words = templates(self._settings.notices.texts, self._settings.languages)
            file = source(rule, called_, name, values, words, writer(self._settings.desk.zone), link)
        except HelplineError as error:
            self._complain(rule.name, str(error))
            return None
        form = self._office().read(f"{called_}.yaml", file, code)
        if form.content is None or form.faults:
            codes = ", ".join(sorted({fault.code for fault in form.faults}))
            self._complain(rule.name, self._say("notices.faulty", name=rule.name, faults=codes))
            return None
        body = dump(form.content)
        return replace(entry, draft=Draft(called_, code, HOUSE, file, body, digest(body)))

    def _complain(self, rule: str, what: str) -> None:
        """Once for each rule while this process runs: it will not mend itself."""
        if rule not in self._told:
            self._told.add(rule)
            log.critical("%s", what)

    async def _drop(self, occasion: Occasion) -> None:
        """Its rule is gone: nobody says any more when it is over, so what was not sent is not sent."""
        notices = await self._room.of(occasion.rule, occasion.begun_at)
        going, _ = await self._before(notices)
        reason = self._say("notices.dropped", name=occasion.rule)
        entry = Entry("end", occasion.rule, occasion.key, "over", retire=going, reason=reason)
        await self._commit("gone", entry, self._cards(entry), [])

    # --- writing

    async def _write(self, rule: Rule, entry: Entry) -> None:
        cards, held = self._cards(entry), []
        if entry.draft is not None:
            said = self._say("notices.held", name=rule.name, draft=entry.draft.name)
            held = announce(self._settings.desk, f"n:{entry.draft.name}:held", text(said), self._now())
        await self._commit(rule.kind, entry, cards, held)

    async def _commit(
        self, kind: str, entry: Entry, cards: Sequence[NewEffect], held: Sequence[NewEffect]
    ) -> None:
        line = AuditLine(self._now(), NAME, f"occasion {entry.deed}", entry.rule, f"{entry.key} {entry.step}")
        wrote = await self._room.write(entry, line, cards, held)
        metrics.NOTICES.labels(kind, wrote).inc()
        if wrote in ("written", "quiet"):
            self._offer(cards)
        elif wrote != "known":
            self._offer(held)

    def _cards(self, entry: Entry) -> list[NewEffect]:
        """What the staff see: each text as it would be sent, and under it what a person can do about it."""
        now, desk = self._now(), self._settings.desk
        posts: list[NewEffect] = []
        for name in entry.retire:
            said = self._say("broadcast.told_expired", name=name, why=entry.reason)
            posts += announce(desk, f"n:{name}:retired", text(said), now)
        draft = entry.draft
        if draft is None:
            return posts
        kept = Kept(
            draft.name, draft.code, 1, "draft", "", now, 0, 0.0, HOUSE, draft.hash, draft.source, draft.content
        )  # fmt: skip
        posts += as_seen(load(draft.content), desk, f"n:{draft.name}:card", now)
        said = self._say("notices.drafted", name=draft.name, rule=entry.rule, hash=draft.hash[:16])
        return posts + announce(
            desk, f"n:{draft.name}:card", text(said)._replace(choices=buttons(kept, self._say)), now
        )
