"""Every situation that a person's transaction can be in (docs/verdicts.md) names what proves it: a test, or a transcript.

Where a real node can be brought into the situation, the test has one: Bitcoin Knots and anvil; where none can be had (TRON,
the exchange's ledger), a stand-in with the quirks of the real answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from core.chain.meanings import MEANINGS

TESTS: Final = Path(__file__).resolve().parents[1]
KNOTS, ANVIL, TRON, LEDGER = (
    f"chain/test_{name}.py" for name in ("bitcoin_knots", "evm_anvil", "tron", "answer")
)
PROOF: Final[Mapping[str, tuple[str, ...]]] = {
    # what was pasted
    "I1": (f"{LEDGER}::test_own_nodes_alone_are_asked", "tx_may_be_key"),
    "I2": ("chain/test_recognise.py::test_an_unknown_host_is_never_trusted_with_an_id", "tx_wrong_ids"),
    "I3": ("chain/test_recognise.py::test_addresses_and_their_typos", "tx_wrong_ids"),
    "I4": ("chain/test_recognise.py::test_addresses_and_their_typos",),
    "I5": ("chain/test_recognise.py::test_a_short_id_tells_how_many_digits_it_has", "tx_wrong_ids"),
    "I6": ("chain/test_recognise.py::test_internal_ids_match_in_full", "tx_exchange_waiting"),
    "I7": ("chain/test_memory.py::test_a_source_that_hangs_costs_its_budget",),
    "I8": ("chain/test_memory.py::test_an_id_may_be_written_as_its_chain_writes_it", "tx_may_be_key"),
    "I9": ("tx_chain_wrong",),
    # the sources themselves
    "S1": (f"{ANVIL}::test_a_node_that_is_behind_never_gives_a_verdict", "tx_sources"),
    "S2": ("chain/test_agree.py::test_what_sources_say_together", "tx_sources"),
    # Bitcoin and its kin
    "B1": (f"{KNOTS}::test_an_id_that_the_node_does_not_know", "tx_sources"),
    "B2": (f"{KNOTS}::test_pending_then_counted_to_the_end", "tx_chain_waiting"),
    "B3": ("chain/test_esplora.py::test_the_queue_gives_place_and_rate", "tx_chain_waiting"),
    "B4": ("chain/test_esplora.py::test_the_samples_are_what_they_are_called", "tx_chain_waiting"),
    "B5": (f"{KNOTS}::test_a_child_waits_for_its_parent", "tx_chain_waiting"),
    "B6": (f"{KNOTS}::test_a_replacement_is_named_followed_and_proved", "tx_chain_waiting"),
    "B7": (f"{KNOTS}::test_a_replacement_is_named_followed_and_proved", "tx_arrived"),
    "B8": (f"{KNOTS}::test_a_payment_that_was_taken_back", "tx_chain_ended"),
    "B9": (f"{KNOTS}::test_one_that_expired_is_dropped_and_may_come_back", "tx_chain_ended"),
    "B10": (f"{KNOTS}::test_pending_then_counted_to_the_end", "tx_chain_waiting"),
    "B11": (f"{KNOTS}::test_pending_then_counted_to_the_end", "tx_arrived"),
    "B12": (f"{KNOTS}::test_a_block_that_is_replaced_starts_the_count_again", "tx_chain_waiting"),
    "B13": (f"{KNOTS}::test_newly_mined_coins_are_not_ripe", "tx_chain_waiting"),
    # EVM chains
    "E1": (f"{ANVIL}::test_a_hash_that_the_node_does_not_know", "tx_sources"),
    "E2": (f"{ANVIL}::test_pending_until_a_block", "tx_chain_waiting"),
    "E3": (f"{ANVIL}::test_a_tip_below_what_one_in_ten_offers_is_stuck", "tx_chain_waiting"),
    "E4": (f"{ANVIL}::test_a_missing_number_and_an_older_one_that_waits", "tx_chain_waiting"),
    "E5": (f"{ANVIL}::test_a_missing_number_and_an_older_one_that_waits", "tx_chain_waiting"),
    "E6": (f"{ANVIL}::test_what_took_its_number_is_found_and_told_apart", "tx_chain_ended"),
    "E7": (f"{ANVIL}::test_one_that_left_the_queue_is_dropped", "tx_chain_ended"),
    "E8": (f"{ANVIL}::test_a_reorganised_chain_starts_the_count_again", "tx_chain_waiting"),
    "E9": (f"{ANVIL}::test_a_transaction_that_was_undone_says_why", "tx_chain_ended"),
    "E10": (f"{ANVIL}::test_tokens_are_told_by_their_contract", "tx_chain_wrong"),
    "E11": (f"{ANVIL}::test_tokens_are_told_by_their_contract", "tx_chain_wrong"),
    "E12": ("chain/test_tables.py::test_each_row", "tx_chain_wrong"),
    "E13": (f"{ANVIL}::test_pending_until_a_block", "tx_chain_waiting"),
    "E14": (f"{ANVIL}::test_pending_until_a_block", "tx_arrived"),
    "E15": ("chain/test_tables.py::test_each_row", "tx_chain_wrong"),
    # TRON
    "T1": (f"{TRON}::test_not_yet_executed_looks_like_unknown_and_is_not", "tx_sources"),
    "T2": (f"{TRON}::test_the_samples_are_what_they_are_called", "tx_chain_waiting"),
    "T3": (f"{TRON}::test_a_failure_keeps_its_name_and_its_reason", "tx_chain_ended"),
    "T4": (f"{TRON}::test_a_failure_keeps_its_name_and_its_reason", "tx_chain_ended"),
    "T5": (f"{TRON}::test_it_is_final_only_when_it_is_solid", "tx_chain_waiting"),
    "T6": (f"{TRON}::test_expiry_is_proved_by_the_solid_head_alone", "tx_chain_ended"),
    "T7": (f"{TRON}::test_it_is_final_only_when_it_is_solid", "tx_arrived"),
    # the exchange's own ledger
    **{
        f"X{row}": (f"{LEDGER}::test_each_row_of_the_exchanges_side", transcript)
        for row, transcript in {
            1: "tx_exchange_waiting", 2: "tx_exchange_waiting", 3: "tx_exchange_ended", 4: "tx_exchange_ended",
            6: "tx_exchange_waiting", 7: "tx_exchange_ended", 8: "tx_exchange_ended", 9: "tx_exchange_ended",
            11: "tx_exchange_ended",
        }.items()
    },
    "X5": (f"{LEDGER}::test_x5_the_chain_speaks_about_what_was_sent", "tx_exchange_waiting"),
    "X10": (f"{LEDGER}::test_x10_a_paused_network_explains_the_wait", "tx_exchange_waiting"),
    "X12": (f"{LEDGER}::test_x12_without_a_ledger_and_for_a_stranger", "tx_exchange_ended"),
}  # fmt: skip
"""Row -> what proves it. A transcript is there in every language; its name begins with tx_."""


def test_every_row_of_every_verdict_names_its_proof() -> None:
    assert {row for meaning in MEANINGS.values() for row in meaning.rows} <= set(PROOF)


@pytest.mark.parametrize("row", PROOF)
def test_what_is_named_is_there(row: str) -> None:
    for proof in PROOF[row]:
        file, _, test = proof.partition("::")
        if test:
            assert re.search(rf"^(async )?def {test}", (TESTS / file).read_text("utf-8"), re.MULTILINE), proof
        else:
            assert all((TESTS / "transcripts" / code / f"{file}.chat").exists() for code in ("zh", "en")), (
                proof
            )
