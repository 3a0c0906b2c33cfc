"""Nothing is sent that a second person did not approve as it stands: held by the store itself, whoever asks.

The machine does what people, a stolen session and somebody with an SQL prompt may do, in any order. The law is
looked at where it counts: at the one place that hands out a text to be sent.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from core.broadcast.states import EDITABLE, ENDED, STEPS, State
from core.errors import Conflict
from core.store.broadcasts import Moment
from core.store.notices import HOUSE
from tests.broadcast.approval import (
    EVERYBODY,
    FACES,
    NAME,
    content,
    digest,
    draft,
    line,
    opened,
    raw,
    row,
)

HUMANS = st.sampled_from(("ada", "bob", "eve"))
PEOPLE = HUMANS | st.just(HOUSE)
"""What drafts itself is the house's, and the house approves nothing."""
STATES = st.sampled_from(sorted(STEPS))


class Office(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.store = self.do(opened())
        self.approved: dict[int, tuple[str, str, str]] = {}  # version -> (author, approver, content)
        self.wrote: dict[int, tuple[str, str]] = {}
        self.touched: set[int] = set()

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.do(self.store.close())
        self.runner.close()

    def now(self) -> tuple[int, str]:
        kept = self.do(self.store.broadcasts.find(NAME))
        return (kept.version, kept.state) if kept else (0, "")

    @initialize(author=HUMANS, text=st.sampled_from("abc"), steps=st.integers(0, 6))
    def begins(self, author: str, text: str, steps: int) -> None:
        self.writes(author, text)
        for _ in range(steps):
            self.goes_on()

    @rule(author=PEOPLE, text=st.sampled_from("abc"))
    def writes(self, author: str, text: str) -> None:
        _, state = self.now()
        version = self.do(self.store.broadcasts.write(draft(author, text), line(), 1.0))
        assert (version is not None) == (not state or state in EDITABLE)
        if version is not None:
            self.wrote[version] = (author, content(text))
            assert self.now() == (version, "draft")

    @rule()
    def submits(self) -> None:
        version, _ = self.now()
        self.do(self.store.broadcasts.move(NAME, version, ["draft"], "in_review", "", line()))

    @rule()
    def goes_on(self) -> None:
        """The way that it should go, so that the others meet it at every point."""
        version, state = self.now()
        if state == "in_review":
            author, written = self.wrote[version]
            self.approves("bob" if author == "ada" else "ada", json.loads(written)["zh"])
        elif to := {"draft": "in_review", "approved": "scheduled", "scheduled": "running"}.get(state):
            assert self.do(self.store.broadcasts.move(NAME, version, [state], to, "", line()))
        elif state == "running":
            self.sends()

    @rule(approver=PEOPLE, seen=st.sampled_from("abc"))
    def approves(self, approver: str, seen: str) -> None:
        """A hash that was seen may be of another text than the present one."""
        version, state = self.now()
        author, written = self.wrote[version]
        try:
            done = self.do(
                self.store.broadcasts.approve(NAME, version, digest(content(seen)), approver, FACES, line())
            )
        except Conflict:
            assert approver == author or HOUSE in (approver, author)
            return
        assert done == (state == "in_review" and written == content(seen))
        if done:
            assert approver != author
            assert HOUSE not in (approver, author)
            self.approved[version] = (author, approver, written)

    @rule(to=STATES, sources=st.sets(STATES, min_size=1))
    def moves(self, to: State, sources: set[State]) -> None:
        version, state = self.now()
        if to in ENDED and version in self.approved and len(self.approved) < 2:
            return  # not so early that nothing is ever sent
        try:
            moved = self.do(self.store.broadcasts.move(NAME, version, sorted(sources), to, "", line()))
        except Conflict:
            assert to not in STEPS[state] or version not in self.approved or to in EDITABLE  # type: ignore[index]
            return
        assert moved == (state in sources)
        assert not moved or to in STEPS[state]  # type: ignore[index]
        if moved and to in ENDED - {"finished"}:
            left = "SELECT COUNT(*) FROM effect WHERE status = 'queued' AND maybe_sent = 0 AND key LIKE ?"
            assert self.do(self._count(left, f"b:{NAME}:{version}:%")) == 0

    @rule(to=STATES, version=st.integers(0, 4), approved=st.integers(0, 4))
    def forges_a_state(self, to: State, version: int, approved: int) -> None:
        sql = "UPDATE broadcast SET was = state, state = ?, version = ?, approved = ? WHERE name = ?"
        harmless = version in self.approved or to in ("cancelled", "expired")  # ends that send nothing
        with _either() if harmless else pytest.raises(Conflict):
            self.do(raw(self.store, sql, to, version, approved, NAME))

    @rule(approver=PEOPLE)
    def forges_an_approval(self, approver: str) -> None:
        """Rows by hand: still two people, and still this text. The machine counts it as an approval then."""
        version, _ = self.now()
        author, written = self.wrote[version]
        sql = "INSERT INTO broadcast_approval VALUES (?, ?, ?, ?, ?, 1, 1.0, 2)"
        other = "bob" if approver == "ada" else "ada"
        with pytest.raises(Conflict):
            self.do(raw(self.store, sql, NAME, version, digest(written), author, author))
        with pytest.raises(Conflict):
            self.do(raw(self.store, sql, NAME, version, digest(content("x")), author, other))

    @rule(person=PEOPLE, closes=st.booleans())
    def puts_it_before_everybody(self, person: str, closes: bool) -> None:
        """As an incident's text: what two people approved, as it stood then, or nothing."""
        incidents = self.store.incidents
        for one in self.do(incidents.open()) if closes else ():
            self.do(incidents.close(one.number, person, line(), []))
        _, state = self.now()
        number = self.do(incidents.begin(NAME, person, 9, line(), []))
        assert number is None or state in ("approved", "scheduled", "running")
        for hung in self.do(incidents.hanging()):
            assert hung.content in {written for _, _, written in self.approved.values()}

    @rule(text=st.sampled_from("abc"))
    def edits_behind_the_approval(self, text: str) -> None:
        version, _ = self.now()
        self.do(
            raw(
                self.store,
                "UPDATE broadcast_version SET content = ? WHERE name = ? AND version = ?",
                content(text),
                NAME,
                version,
            )
        )

    @rule()
    def sends(self) -> None:
        version, state = self.now()
        if version in self.approved:
            moment = Moment(NAME, version, "now", "", 1.0)
            self.do(self.store.broadcasts.begin([moment]))
            made = self.do(
                self.store.broadcasts.slice(moment, EVERYBODY, 2, lambda person: row(person, version), 1.0)
            )
            assert state == "running" or not made.rows

    @rule(who=st.integers(0, FACES - 1), old=st.booleans())
    def takes_one_in_hand(self, who: int, old: bool) -> None:
        """Of the present version, or of one from before."""
        version, state = self.now()
        version -= old
        key = f"b:{NAME}:{version}:{who}"
        got = self.do(self.store.broadcasts.claim(key, 2.0, 3.0))
        event(got if isinstance(got, str) else "sent")
        if isinstance(got, tuple):
            author, approver, written = self.approved[version]
            assert got[0] == written, "what is sent is what was approved"
            assert author != approver
            assert (old, state) == (False, "running")
            again = self.do(self.store.broadcasts.claim(key, 2.0, 3.0))
            assert again == "wait", "nobody takes it a second time"

    @rule()
    def forges_a_delivery(self) -> None:
        version, _ = self.now()
        sql = "INSERT INTO delivery (key, name, version, channel, person, chat, language, made_at) VALUES ('b:x', ?, ?, '', '', '', '', 1)"
        if version not in self.approved:
            with pytest.raises(Conflict):
                self.do(raw(self.store, sql, NAME, version))

    async def _count(self, sql: str, *values: object) -> int:
        found: tuple[int] = await self.store.database.read(lambda db: db.execute(sql, values).fetchone())
        return found[0]


class _either:
    """Either way is fine: the version was approved, and the table of steps decides."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, Conflict)


Office.TestCase.settings = settings(
    max_examples=40, stateful_step_count=50, suppress_health_check=list(HealthCheck)
)
TestOffice = Office.TestCase


async def test_the_table_of_steps_is_the_one_of_the_program() -> None:
    store = await opened()
    rows = await store.database.read(
        lambda db: db.execute("SELECT was, state FROM broadcast_step").fetchall()
    )
    assert {(was, state) for was, state in rows} == {(was, to) for was in STEPS for to in STEPS[was]}
    await store.close()
