"""What the rooms around the official list ask of a store."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class AgentCode(NamedTuple):
    """A code that is still good. `made` names it, `digest` is its hash, `alias` whoever it stands for."""

    made: str
    digest: str
    alias: str


class OfficialRoom(Protocol):
    """How far the list has come, and the codes of agents."""

    async def highest(self) -> tuple[int, str] | None:
        """(version, fingerprint) of the highest list that was ever believed here."""

    async def reached(self, version: int, digest: str, now: float) -> bool:
        """A list was believed; True when it is higher than any before. A lower one changes nothing."""

    async def vouch(self, code: AgentCode, until: float, now: float) -> None:
        """Keep a code until then; the same `made` again replaces one that nobody used. Old ones go."""

    async def codes(self, now: float) -> list[AgentCode]:
        """The codes that are good now, the newest first."""

    async def use(self, made: str, now: float) -> bool:
        """Use a code up; True for the first one who does, while it is good."""
