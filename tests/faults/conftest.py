"""What the tests of faults share with those of the whole application: the nursery of processes."""

from __future__ import annotations

from tests.app.conftest import nursery

__all__ = ["nursery"]
