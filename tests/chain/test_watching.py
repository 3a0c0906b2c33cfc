"""What a verdict means for whoever watches a transaction, and when to look again."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from core.chain.verdict import Fact, Name, Progress, Verdict
from core.chain.watching import EVENTS, NEVER, news
from core.store.watches import WatchRow

PAY = "0x" + sha256(b"pay").hexdigest()


def verdict(of: Name, k: int = 0, next_id: str = "") -> Verdict:
    found = (Fact("in_block", "n", 0.0, {"block": "100", "hash": "0xb"}),) if k else ()
    return Verdict(of, "Bitcoin", found, 0.0, progress=Progress(k, 2, 4), next_id=next_id)


WATCH = WatchRow(
    "w", "main|1|1", json.dumps(["main", "1", "1", ""]), "f", "Bitcoin", PAY, "withdrawable", 1e9
)
IN_BLOCK = replace(WATCH, block=100, block_hash="0xb", said="credited", due=103)


@pytest.mark.parametrize(
    ("watch", "seen", "event", "ends"),
    [
        (WATCH, verdict("pending"), "", False),
        (WATCH, verdict("source_down"), "", False),
        (WATCH, verdict("not_found"), "", False),
        (WATCH, verdict("stuck_low_fee"), "stuck", False),
        (WATCH, verdict("nonce_gap"), "stuck", False),
        (WATCH, verdict("confirming", 1), "progress", False),
        (WATCH, verdict("confirmed", 2), "credited", False),
        (IN_BLOCK, verdict("confirmed", 3), "progress", False),
        (IN_BLOCK, verdict("withdrawable", 4), "withdrawable", True),
        (IN_BLOCK, verdict("final", 4), "withdrawable", True),
        (IN_BLOCK, verdict("pending"), "reversed", False),
        (IN_BLOCK, verdict("source_down"), "", False),
        (WATCH, verdict("replaced", next_id="0x9"), "replaced", False),
        (WATCH, verdict("cancelled"), "trouble", True),
        (WATCH, verdict("reverted", 1), "trouble", True),
        (WATCH, verdict("dropped"), "trouble", True),
    ],
)
def test_what_a_verdict_means_for_a_watch(watch: WatchRow, seen: Verdict, event: str, ends: bool) -> None:
    new = news(watch, seen, 0.0)
    assert (new.event, new.keeps is None) == (event, ends)
    assert not new.event or new.event in EVENTS


def test_the_next_height_is_never_in_the_past_and_always_ends() -> None:
    for k in range(1, 64):
        seen = replace(verdict("confirming" if k < 12 else "confirmed", k), progress=Progress(k, 12, 64))
        new = news(WATCH, seen, 0.0)
        assert new.keeps is not None
        assert 100 + k - 1 < new.keeps.due < NEVER
