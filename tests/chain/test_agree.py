"""Several sources: what they say together, and that a faulty one never makes bad news."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chain.agree import agree
from core.chain.judge import judge
from core.chain.look_up import look_up
from core.chain.meanings import is_negative
from core.chain.network import Network, Source
from core.chain.seen import DOWN, Replacement, Seen, SeenBitcoin, SeenEvm, SeenTron
from core.chain.verdict import Verdict
from tests.chain.cases import (
    BITCOIN,
    BODIES,
    CALL,
    COINS,
    EVM,
    ID,
    NOW,
    OTHER,
    TRC,
    TRON,
    WELL,
    Told,
    first,
    mined,
    queued,
    seens,
)  # fmt: skip

POLYGON = replace(EVM, name="Polygon")
SILENT, DEAD = SeenEvm(WELL), SeenEvm(DOWN)
UNDONE = SeenEvm(WELL, CALL, mined(20), succeeded=False)
DONE = SeenEvm(WELL, CALL, mined(12), succeeded=True)


def together(*said: tuple[Network, Seen], own: int = 0) -> Verdict:
    voices = []
    for number, (network, seen) in enumerate(said):
        source = Source(f"s{number}", network, own=number < own)
        voices.append((source, judge(seen, source, NOW)))
    return agree(voices)


@pytest.mark.parametrize(
    ("said", "name", "sources"),
    [
        ([(EVM, SILENT)], "not_seen_yet", 1),
        ([(EVM, SILENT), (EVM, SILENT)], "not_found", 2),
        ([(EVM, SILENT), (EVM, DEAD)], "source_down", 2),
        ([(EVM, SILENT), (EVM, SILENT), (POLYGON, SILENT)], "not_seen_yet", 1),
        ([(EVM, SILENT), (EVM, SILENT), (POLYGON, SILENT), (POLYGON, SILENT)], "not_found", 4),
        ([(EVM, SILENT), (EVM, SILENT), (POLYGON, DEAD), (POLYGON, SILENT)], "source_down", 4),
        ([(EVM, SILENT), (POLYGON, DONE)], "confirmed", 1),
        ([(EVM, DEAD), (EVM, DONE)], "confirmed", 1),
        ([(EVM, UNDONE)], "reverted", 1),
        ([(EVM, UNDONE), (EVM, UNDONE)], "reverted", 2),
        ([(EVM, UNDONE), (EVM, DONE)], "unsure", 2),
        ([(EVM, UNDONE), (EVM, DEAD)], "unsure", 2),
        ([(EVM, UNDONE), (EVM, SILENT)], "unsure", 2),
        ([(EVM, UNDONE), (POLYGON, DONE)], "confirmed", 1),
    ],
)
def test_what_sources_say_together(said: list[tuple[Network, Seen]], name: str, sources: int) -> None:
    verdict = together(*said)
    assert (verdict.name, verdict.sources) == (name, sources)
    asked = {f"s{number}" for number, (network, _) in enumerate(said) if network.name == verdict.network}
    assert {fact.source for fact in verdict.evidence} >= asked


def test_the_operators_own_source_is_believed_first() -> None:
    ahead = replace(DONE, block=mined(40))
    own = together((EVM, DONE), (EVM, ahead), own=1)
    assert own.progress is not None
    assert own.progress.k == 12


def test_who_still_has_it_is_believed_before_who_lost_it() -> None:
    lost = SeenBitcoin(WELL, replacement=Replacement(OTHER, COINS, mined(1)))
    still = SeenBitcoin(WELL, COINS, waiting=queued())
    voices = []
    for name, seen in (("a", lost), ("b", still)):
        source = Source(name, BITCOIN)
        voices.append((source, judge(seen, source, NOW, first(COINS, BITCOIN))))
    assert agree(voices).name == "pending"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (SeenBitcoin(WELL), "double_spent"),
        (SeenBitcoin(WELL, COINS, waiting=queued()), "pending"),
        (SeenBitcoin(WELL, unspent=1), "unsure"),
        (SeenBitcoin(DOWN), "unsure"),
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_a_proof_of_ours_counts_beside_one_who_cannot_prove_anything_and_a_strangers_does_not(
    said: Seen, name: str, own: bool
) -> None:
    gone = replace(COINS, outputs=())
    proof = SeenBitcoin(WELL, replacement=Replacement(OTHER, gone, mined(1)))
    voices = []
    for source, seen in ((Source("a", BITCOIN), said), (Source("b", BITCOIN, own), proof)):
        voices.append((source, judge(seen, source, NOW, first(COINS, BITCOIN))))
    assert agree(voices).name == (name if own or name != "double_spent" else "unsure")


def test_two_that_name_different_replacements_are_of_two_opinions() -> None:
    gone = replace(COINS, outputs=())
    voices = []
    for name, other in (("a", OTHER), ("b", ID)):
        source = Source(name, BITCOIN)
        seen = SeenBitcoin(WELL, replacement=Replacement(other, gone, mined(1)))
        voices.append((source, judge(seen, source, NOW, first(COINS, BITCOIN))))
    assert agree(voices).name == "unsure"


def test_nobody_asked_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no source"):
        agree([])


HONEST: dict[str, tuple[Network, Seen]] = {
    "bitcoin": (BITCOIN, SeenBitcoin(WELL, COINS, waiting=queued())),
    "evm": (EVM, DONE),
    "tron": (TRON, SeenTron(WELL, TRC, mined(3), result="SUCCESS")),
}


@pytest.mark.parametrize("family", ["bitcoin", "evm", "tron"])
@given(st.data())
async def test_with_a_source_down_lagging_or_lying_no_negative_verdict_appears(
    family: str, data: st.DataObject
) -> None:
    """Beside an honest source the others may be down, behind, syncing, half blind, or say whatever they like."""
    network, truth = HONEST[family]
    said = [truth, *data.draw(st.lists(seens(family), min_size=1, max_size=3))]
    verdict = await _ask(network, said, family, data.draw(st.booleans()))
    assert not is_negative(verdict.name)


@pytest.mark.parametrize("family", ["bitcoin", "evm", "tron"])
@given(st.data())
async def test_while_one_source_is_down_silence_and_bad_news_of_the_others_count_for_nothing(
    family: str, data: st.DataObject
) -> None:
    network, truth = HONEST[family]
    said = [*data.draw(st.lists(seens(family), min_size=1, max_size=3)), replace(truth, health=DOWN)]
    verdict = await _ask(network, said, family, data.draw(st.booleans()))
    assert not is_negative(verdict.name)
    assert verdict.name not in ("not_seen_yet", "vanished")


async def _ask(network: Network, said: list[Seen], family: str, seen_before: bool) -> Verdict:
    clients = [Told(Source(f"s{number}", network), seen) for number, seen in enumerate(said)]
    return await look_up(clients, ID, lambda: NOW, first(BODIES[family], network) if seen_before else None)
