"""`helpline tx`: what it prints for people and for programs, and what it never sends anywhere."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from bots.commands.tx import as_json, tx
from bots.local.node import SAMPLES
from core.chain.meanings import Step, Who
from core.chain.verdict import AdviceName, Fact, FactName, Name, Progress, Verdict
from core.sentences import languages, sentence

KEYS = ["verdict", "chain", "evidence", "who_acts", "next_step", "checked_at", "sources"]
WIF = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"


def told(capsys: pytest.CaptureFixture[str], text: str) -> dict[str, Any]:
    tx(None, text, "", True)
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert list(answer)[: len(KEYS)] == KEYS
    return answer


@pytest.mark.parametrize(
    ("text", "verdict", "who"),
    [
        (SAMPLES["confirmed"], "withdrawable", "nobody"),
        (f"https://etherscan.io/tx/{SAMPLES['pending']}", "pending", "nobody"),
        (SAMPLES["reverted"], "reverted", "sender"),
        ("0x" + "ab" * 32, "not_seen_yet", "nobody"),
    ],
)
def test_a_verdict_with_evidence_for_programs(
    capsys: pytest.CaptureFixture[str], text: str, verdict: str, who: str
) -> None:
    answer = told(capsys, text)
    assert (answer["verdict"], answer["who_acts"], answer["sources"]) == (verdict, who, 1)
    assert answer["evidence"][0]["source"] == "demo-node"
    assert (answer["chain"] == "Ethereum") == (verdict != "not_seen_yet")  # whoever knows it speaks alone
    assert all(fact["at"].endswith("Z") for fact in answer["evidence"])


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (WIF, "possible_secret"),
        ("W1234567890", "chain_only"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "is_address"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj0t", "address_typo"),
        ("0x" + "ab" * 31, "not_an_id"),
        ("https://etherscan.io.evil.example/tx/0x" + "ab" * 32, "unknown_link"),
    ],
)
def test_what_is_no_id_reaches_no_source(capsys: pytest.CaptureFixture[str], text: str, verdict: str) -> None:
    answer = told(capsys, text)
    assert (answer["verdict"], answer["sources"], answer["evidence"]) == (verdict, 0, [])
    assert WIF not in json.dumps(answer)


def test_where_it_should_have_gone_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    for to, verdict in (("0x" + "B2" * 20, "withdrawable"), ("0x" + "c3" * 20, "wrong_recipient")):
        tx(None, SAMPLES["confirmed"], to, True)
        assert json.loads(capsys.readouterr().out)["verdict"] == verdict
    assert tx(None, SAMPLES["confirmed"], "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", True) == 2


def test_a_table_for_people_shows_every_id_in_full(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    for language in languages():
        monkeypatch.setenv("HELPLINE_LANG", language)
        assert tx(None, SAMPLES["reverted"], "", False) == 0
        out = capsys.readouterr().out
        assert sentence("verdict.reverted", language) in out
        assert sentence("tx.demo", language) in out
        assert "…" not in out


def test_a_replacement_is_told_with_what_follows() -> None:
    follows = Verdict("confirming", "Bitcoin", (), 60.0, 1, Progress(1, 2, 3), 60.0, 1200.0)
    verdict = Verdict("replaced", "Bitcoin", (Fact("first_seen", "own", 60.0, {"at": "30"}),), 60.0, next_id="0xb",
                      follows=follows)  # fmt: skip
    answer = as_json(verdict)
    assert answer["evidence"] == [
        {"fact": "first_seen", "source": "own", "at": "1970-01-01T00:01:00Z", "since": "1970-01-01T00:00:30Z"}
    ]
    assert (answer["replaced_by"], answer["follows"]["next_in_seconds"]) == ("0xb", [60, 1200])


def test_every_verdict_step_and_fact_has_its_words() -> None:
    codes = {f"verdict.{name}" for name in get_args(Name)} | {f"who.{who}" for who in get_args(Who)}
    codes |= {f"step.{step}" for step in get_args(Step)} | {f"fact.{name}" for name in get_args(FactName)}
    codes |= {f"advice.{name}" for name in get_args(AdviceName)}
    for language in languages():
        assert all(sentence(code, language) for code in codes)
