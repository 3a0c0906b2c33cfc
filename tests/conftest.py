"""What every test may use: the shipped flows as a library, and the list of what was skipped and why."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

os.environ["PTB_TIMEDELTA"] = "1"  # before the library is imported: the form of RetryAfter that stays
os.environ["HELPLINE_RUNTIME__PERSON_BURST"] = "0"  # tests speak quickly; those about floods say so
os.environ["HELPLINE_LANG"] = "en"  # what operators are told, whatever the machine speaks

from bots.settings import Settings
from core.actions import Action, load_actions
from core.chain import nodes
from core.chain.asking import Asking
from core.chain.esplora import EsploraSource
from core.chain.judge import NOTHING_EXPECTED
from core.chain.look_up import hear
from core.chain.tron import TronNode
from core.conversation.library import Library
from core.runtime.shelf import build, read_sources
from core.store.rooms import Store
from tests.app.processes import PATIENT, Nursery
from tests.postgres import Server
from tests.stores import kept

# Deadlines measure the machine, not the code; the same examples each time, so that a failure can be repeated.
hypothesis.settings.register_profile("helpline", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("helpline")
ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --accept` rewrites the bot's lines of the transcripts; a reviewer reads the diff."""
    parser.addoption("--accept", action="store_true", help="rewrite the transcripts")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """In CI nothing is skipped: a skip is a failure there."""
    if (
        os.environ.get("CI")
        and call.excinfo is not None
        and call.excinfo.errisinstance(pytest.skip.Exception)
    ):
        reason = str(call.excinfo.value)
        call.excinfo = pytest.ExceptionInfo.from_exception(AssertionError(f"skipped in CI: {reason}"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL, started when the first test asks for it."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty one in a file."""
    async with kept(tmp_path) as one:
        yield one


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Forks `helpline` processes: imported once, used by every test that needs the bot as a process."""
    one = Nursery()
    yield one
    one.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node of this machine may be as slow as the machine: what a question may cost is the matter of other tests."""
    monkeypatch.setattr(nodes, "BUDGET", PATIENT)
    monkeypatch.setattr(hear, "__defaults__", (NOTHING_EXPECTED, PATIENT))
    given = Asking.__init__.__kwdefaults__ or {}
    monkeypatch.setattr(Asking.__init__, "__kwdefaults__", given | {"deadline": PATIENT})
    for client in (EsploraSource, TronNode):
        monkeypatch.setattr(client.__init__, "__defaults__", (PATIENT,))


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The defaults, with the project's own flows."""
    return Settings(flows=ROOT / "flows")


@pytest.fixture(scope="session")
def actions(settings: Settings) -> dict[str, Action]:
    """The shipped actions."""
    return load_actions(settings.flows)


@pytest.fixture(scope="session")
def library(settings: Settings, actions: dict[str, Action]) -> Library:
    """The shipped flows."""
    return build(settings, read_sources(settings.flows), actions, (), 0.0).library
