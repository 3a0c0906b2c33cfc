"""A house with staff: a store, a clock, and what each person's authenticator app holds."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from core import config
from core.runtime.seal import Seal
from core.staff.factor import Factors
from core.staff.personnel import Personnel
from core.store.rooms import Store

ADA = config.Member(name="ada", ids=("face:1", "other:9"), roles=("author", "admin"))
BOB = config.Member(name="bob", ids=("face:2",), roles=("approver", "admin"))
EVE = config.Member(name="eve", ids=("face:3",), roles=("author", "approver", "admin"))
DESK = config.Desk(staff=(config.StaffChat(channel="face", chat="-5"),))


def code_of(secret: str, now: float) -> str:
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(now)).decode()


class House:
    """A store, a clock, and what each person's authenticator app holds."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = 1_800_000_000.0
        self.apps: dict[str, str] = {}
        self.factors = Factors(store.staff, Seal(b"s" * 32), lambda: self.now)

    def code(self, name: str) -> str:
        self.now += 30  # each code once
        return code_of(self.apps[name], self.now)

    def personnel(self, *wished: config.Member) -> Personnel:
        def say(code: str, **_: object) -> str:
            return code

        return Personnel(self.store, self.factors, wished, DESK, say, lambda: self.now)

    async def enroll(self, personnel: Personnel, name: str, by: str = "") -> None:
        if by:
            assert await personnel.witness(by, name, self.code(by)) == "ok"
        self.apps[name] = (await personnel.enroll(name, by)).secret
        assert await personnel.confirm(name, self.code(name), by) == "ok"

    async def begun(self, *wished: config.Member) -> Personnel:
        """Ada and Bob, in force."""
        personnel = self.personnel(*(wished or (ADA, BOB)))
        await self.enroll(personnel, "ada")
        await self.enroll(personnel, "bob", "ada")
        assert await personnel.accept("ada", self.code("ada")) == "proposed"
        assert await personnel.accept("bob", self.code("bob")) == "agreed"
        return personnel
