"""Changes of the roster: the configuration is a wish, and two persons make it count.

Both prove themselves by their second factor. While nobody is in force yet, the two are admins of the roster that is
wished for; later they are admins of the one in force, so that nobody can write themselves in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from core import config
from core.runtime.keys import kept
from core.runtime.seal import Seal
from core.staff.announce import announce, text
from core.staff.factor import FIRST, Enrollment, Factors, Verdict
from core.staff.roster import Person, Roster
from core.store.rooms import Store
from core.store.rows import AuditLine
from core.store.staff import StaffRow

KEY = "staff.key"
"""What seals the secrets of the second factors; whoever loses it enrolls anew."""
Accepted = Literal["same", "no_admin", "proposed", "waiting", "agreed"]


class Personnel:
    """The people behind the house. `say`: (code, **holes) -> a sentence in the staff's language."""

    def __init__(
        self,
        store: Store,
        factors: Factors,
        wished: Sequence[config.Member],
        desk: config.Desk,
        say: Callable[..., str],
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self.factors = factors
        self.wished = Roster(Person(one.name, one.ids, one.roles) for one in wished)
        self._desk = desk
        self._say = say
        self._now = now

    async def in_force(self) -> Roster:
        """The roster that counts."""
        rows = await self._store.staff.roster()
        return Roster(Person(row.name, tuple(row.ids.split()), tuple(row.roles.split())) for row in rows)

    async def admins(self) -> Roster:
        """Whose word counts for a change: those in force, or at the very beginning those wished for."""
        present = await self.in_force()
        return present if present.people else self.wished

    async def witness(self, by: str, name: str, code: str) -> Verdict | Literal["no_admin"]:
        """An admin, and not this person themselves, shows a code."""
        admin = (await self.admins()).people.get(by)
        if admin is None or not admin.may("admin") or by == name:
            return "no_admin"
        return await self.factors.check(by, code)

    async def enroll(self, name: str, by: str) -> Enrollment:
        """A new secret for a person, after an admin (but for the very first person) has shown a code."""
        return await self.factors.enroll(name, by or FIRST)

    async def confirm(self, name: str, code: str, by: str) -> Verdict:
        """The person shows a code of the new secret; from here on it counts, and everybody is told: whoever enrolls in
        somebody's name can speak in it."""
        verdict = await self.factors.check(name, code, unconfirmed=True)
        if verdict == "ok":
            by, now = by or FIRST, self._now()
            message = text(self._say("staff.told_enrolled", name=name, by="–" if by == FIRST else by))
            await self.factors.confirm(
                name, by, announce(self._desk, f"n:enrolled:{name}:{now:.0f}", message, now)
            )
        return verdict

    async def accept(self, name: str, code: str) -> Accepted | Verdict:
        """Stand behind the roster of the configuration: the first asks for it, a second one agrees."""
        wished, present = self.wished, await self.in_force()
        if wished.hash == present.hash:
            return "same"
        person = (await self.admins()).people.get(name)
        if person is None or not person.may("admin"):
            return "no_admin"
        if (verdict := await self.factors.check(name, code)) != "ok":
            return verdict
        proposer = await self._store.staff.proposer(wished.hash)
        if proposer == name:
            return "waiting"
        return await self._agree(name, present) if proposer else await self._propose(name)

    async def _propose(self, name: str) -> Accepted:
        line = AuditLine(self._now(), name, "roster proposed", "staff", self.wished.hash[:16])
        await self._store.staff.propose(self.wished.hash, name, line)
        return "proposed"

    async def _agree(self, name: str, present: Roster) -> Accepted:
        wished, now = self.wished, self._now()
        rows = [StaffRow(p.name, " ".join(p.ids), " ".join(p.roles)) for p in wished.people.values()]
        changes = present.changes(wished)
        message = text(self._say("staff.changed", name=name), *changes)
        posts = announce(self._desk, f"n:roster:{wished.hash[:16]}:{now:.0f}", message, now)
        line = AuditLine(now, name, "roster agreed", "staff", wished.hash[:16])
        agreed = await self._store.staff.agree(wished.hash, name, rows, line, posts)
        return "agreed" if agreed else "waiting"

    async def unlock(self, name: str, by: str, code: str) -> Verdict | Literal["no_admin"]:
        """Let somebody try again; it takes an admin who is somebody else."""
        verdict = await self.witness(by, name, code)
        if verdict == "ok":
            await self._store.staff.unlock(name, AuditLine(self._now(), by, "unlock", name))
        return verdict


def personnel_of(
    store: Store, settings: config.Settings, say: Callable[..., str], now: Callable[[], float]
) -> Personnel:
    """The people of a configuration, with the key of its data folder."""
    factors = Factors(store.staff, Seal(kept(settings.data / KEY)), now)
    return Personnel(store, factors, settings.staff, settings.desk, say, now)
