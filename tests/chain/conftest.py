"""Patience with real nodes: what a question may cost is the matter of other tests."""

from __future__ import annotations

import pytest

from core.chain.asking import Asking
from core.chain.esplora import EsploraSource
from core.chain.judge import NOTHING_EXPECTED
from core.chain.look_up import hear
from core.chain.tron import TronNode
from tests.app.processes import PATIENT


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node of this machine may be as slow as the machine."""
    monkeypatch.setattr(hear, "__defaults__", (NOTHING_EXPECTED, PATIENT))
    given = Asking.__init__.__kwdefaults__ or {}
    monkeypatch.setattr(Asking.__init__, "__kwdefaults__", given | {"deadline": PATIENT})
    for client in (EsploraSource, TronNode):
        monkeypatch.setattr(client.__init__, "__defaults__", (PATIENT,))
