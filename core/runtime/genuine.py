"""What is genuine, for a running service: the official list and the scam lists in use, and the agents' codes.

A list that may not be believed never stops the service: the one of before stays, or nothing is called official, and
whoever operates it is told. A new version is announced in every staff chat, with what came and what went.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from core import config
from core.broadcast.content import load
from core.conversation.model import Address, Send
from core.conversation.picture import measured
from core.conversation.texts import plain
from core.desk.card import notice
from core.errors import ConfigError
from core.runtime.staff import post
from core.safety.files import believe
from core.safety.lists import NAME, BrokenLists, Lists, open_lists
from core.safety.official import Official
from core.safety.qr import picture_of
from core.safety.trust import Believed, Highest, difference
from core.safety.verify import Known, Verdict, check, expired
from core.sentences import sentence, told
from core.store.official import AgentCode
from core.store.rooms import Store
from core.store.rows import AuditLine, Batch, NewEffect

BEGINS = 120
"""Code points of a broadcast by which people know it again."""
LONGEST = 40
"""Code points of a text that brings a code."""
MINUTES = 10
"""For which a code is good."""
SHOWN = 20
"""Changes that an announcement lists."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are mistaken for one another."""
_CODE = re.compile(rf"(?<![A-Z0-9-])([{_LETTERS}]{{4}})-([{_LETTERS}]{{4}})(?![A-Z0-9-])", re.IGNORECASE)
log = logging.getLogger(__name__)


class Genuine:
    """The lists in use. `load` at start and at each reload."""

    def __init__(self, store: Store, settings: config.Settings) -> None:
        self._store = store
        self._own = settings.official
        self._data = settings.data
        self._site = settings.security.official_site
        self._staff = settings.desk.staff
        self._language = settings.desk.staff_language or settings.languages[0]
        self.official: Official | None = None
        self._lists = Lists()
        self._stamp = 0

    # --- the official list

    async def load(self, now: float) -> list[NewEffect]:
        """Believe the list on disk if it may be; the rows that announce a new version, stored already."""
        highest = await self._store.official.highest()
        try:
            found = believe(
                self._own.file, self._own.keys, self._own.signatures, Highest(*highest) if highest else None
            )
        except ConfigError as error:
            log.error("%s", error)
            return []
        before, self.official = self.official, found.official
        if found.official.demo:
            log.warning("%s", told("official.demo"))
        if found.official.site.rstrip("/") != self._site.rstrip("/"):
            holes = {"listed": found.official.site, "configured": self._site}
            log.error("%s", told("official.other_site", **holes))
        if expired(found.official, now):
            log.error("%s", told("official.expired", until=found.official.expires))
        if not await self._store.official.reached(found.official.version, found.digest, now):
            return []
        rows = self._announcement(found, before, now) if highest else []
        line = AuditLine(now, "operator", "official list", str(found.official.version), found.digest[:16])
        await self._store.turns.commit(Batch(effects=rows, audit=[line], at=now))
        return rows

    def _announcement(self, found: Believed, before: Official | None, now: float) -> list[NewEffect]:
        came, went = difference(before, found.official) if before else ([], [])
        lines = [f"+ {entry}" for entry in came] + [f"- {entry}" for entry in went]
        more = ["…"] if len(lines) > SHOWN else []
        holes = {"version": found.official.version, "signers": ", ".join(key[:8] for key in found.signers)}
        text = "\n".join([sentence("official.announced", self._language, **holes), *lines[:SHOWN], *more])
        return [
            post(
                f"official.{found.official.version}.{place}",
                Address(chat.channel, chat.chat, "", chat.thread),
                0,
                Send(notice(text)),
                now,
            )
            for place, chat in enumerate(self._staff)
        ]

    async def site(self, now: float) -> tuple[str, str] | None:
        """(the official site, the name of its QR code's picture, which is in the store), None without a valid list."""
        if self.official is None or expired(self.official, now):
            return None
        data = picture_of(self.official)
        name = measured(data).name
        await self._store.pictures.put(name, data)
        return self.official.site, name

    # --- the check

    def check(self, text: str, now: float) -> Verdict:
        """The verdict on a text, with the lists as they are on disk now."""
        return check(text, Known(self.official, self._current()), now)

    def _current(self) -> Lists:
        """The scam lists; a new file is noticed by its inode."""
        try:
            stamp = (Path(self._data) / NAME).stat().st_ino
        except OSError:
            return self._lists
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._lists = open_lists(Path(self._data))
            except (BrokenLists, OSError) as error:
                log.error("%s", told("lists.broken", file=str(error)))
        return self._lists

    # --- agents

    async def vouch(self, made: str, alias: str, now: float) -> str:
        """A new code for an agent, good once and for `MINUTES`. The same `made` again gives another one in its place."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        await self._store.official.vouch(AgentCode(made, _digest(code), alias), now + 60 * MINUTES, now)
        return f"{code[:4]}-{code[4:]}"

    async def broadcast(self, text: str, at: Address) -> tuple[str, str]:
        """How the broadcast begins under which this code stands, in the person's language, and the name of its picture;
        "" and "" when there is none.

        It must have been approved and have begun to leave: a code proves nothing about what nobody was sent.
        """
        kept = await self._store.broadcasts.by_code(code_in(text))
        if kept is None or not kept.approver or not kept.stage:
            return "", ""
        messages, known = load(kept.content).messages, await self._store.people.find(at.channel, at.user)
        message = messages.get(known.language if known else "") or next(iter(messages.values()))
        begins = plain(message.blocks[0].text.partition("\n")[0])[:BEGINS]
        return begins, message.picture.name if message.picture else ""

    async def agent(self, text: str, now: float) -> str:
        """Whoever a code that a person was told stands for, "" when nobody; it is used up by the question."""
        given = _digest(code_in(text))
        alive: Sequence[AgentCode] = await self._store.official.codes(now)
        found = [one for one in alive if compare_digest(one.digest, given)]
        return found[0].alias if found and await self._store.official.use(found[0].made, now) else ""


def code_in(text: str) -> str:
    """The letters of the code in a text that says little else, "" when there is none."""
    found = _CODE.search(text) if len(text) <= LONGEST else None
    return (found[1] + found[2]).upper() if found else ""


def _digest(code: str) -> str:
    return sha256(f"agent code {code}".encode()).hexdigest()
