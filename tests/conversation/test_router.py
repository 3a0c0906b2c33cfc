"""The router on sentences that it was never tuned on, with the phrases that the flows ship.

Held out by a fixed rule: every third sentence of a flow's corpus (the third, the sixth, …), and all of
`unrelated.<language>.txt`. Figures may be changed by the other sentences and `unrelated_tuning` only; a held-out
sentence that anybody has looked at moves to the tuning part and is replaced by a new one.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversation.router import NEAREST, Router

ROOT = Path(__file__).resolve().parents[2]
CORPORA = ROOT / "tests/data/router"
FLOWS = ("account_in_danger", "password_reset", "scam_warning", "security_education", "transaction_status")
"""Those that have a corpus; the router knows the phrases of every flow."""
LANGUAGES = ("zh", "en")


def corpus(name: str) -> list[str]:
    lines = (CORPORA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip()]


def held_out(flow: str, language: str) -> list[str]:
    return corpus(f"{flow}.{language}")[2::3]


def unrelated() -> list[str]:
    return [line for language in LANGUAGES for line in corpus(f"unrelated.{language}")]


@pytest.fixture(scope="module")
def phrases() -> dict[str, list[str]]:
    return {
        folder.parent.name: [
            str(phrase)
            for language in LANGUAGES
            for phrase in yaml.safe_load((folder.parent / f"{language}.yaml").read_text("utf-8"))["phrases"]
        ]
        for folder in ROOT.glob("flows/*/flow.yaml")
    }


@pytest.fixture(scope="module")
def router(phrases: dict[str, list[str]]) -> Router:
    return Router.build(phrases)


def test_held_out_sentences_find_their_flow(router: Router) -> None:
    first = near = sure = wrong = count = 0
    for flow in FLOWS:
        for language in LANGUAGES:
            for sentence in held_out(flow, language):
                ranking = router.route(sentence)
                count += 1
                first += ranking.nearest[:1] == (flow,)
                near += flow in ranking.nearest
                sure += ranking.sure == flow
                wrong += ranking.sure not in ("", flow)
    print(f"\nheld out {count}: first {first / count:.3f}, among three {near / count:.3f}, "
          f"started at once {sure / count:.3f}, wrong flow started {wrong}")  # fmt: skip
    assert count >= 48
    assert first / count >= 0.85
    assert near / count >= 0.95
    assert wrong == 0


def test_unrelated_sentences_start_no_flow(router: Router) -> None:
    sentences = unrelated()
    started = [sentence for sentence in sentences if router.route(sentence).sure]
    suggested = sum(bool(router.route(sentence).nearest) for sentence in sentences)
    print(f"\nunrelated {len(sentences)}: started {len(started)}, with a suggestion {suggested}")
    assert len(sentences) >= 100
    assert started == []


def test_the_corpora_do_not_repeat_the_phrases(phrases: dict[str, list[str]]) -> None:
    shipped = {phrase for flow in phrases for phrase in phrases[flow]}
    for flow in FLOWS:
        for language in LANGUAGES:
            sentences = corpus(f"{flow}.{language}")
            assert len(sentences) >= 36
            assert len(shipped.intersection(sentences)) <= len(sentences) // 10


def test_a_shipped_phrase_starts_its_flow(router: Router, phrases: dict[str, list[str]]) -> None:
    lost = [phrase for flow in phrases for phrase in phrases[flow] if router.route(phrase).sure != flow]
    assert lost == []


@pytest.mark.parametrize(
    ("plain", "varied"),
    [
        ("我忘记密码了", "我忘記密碼了"),
        ("where is my transaction", "ＷＨＥＲＥ　ＩＳ　ＭＹ　ＴＲＡＮＳＡＣＴＩＯＮ"),
        ("where is my transaction", "where is my trasnaction??"),
        ("I forgot my password", "i forgot my pasword 😭"),
    ],
)
def test_spelling_does_not_matter(router: Router, plain: str, varied: str) -> None:
    assert router.route(plain).sure == router.route(varied).sure != ""


def test_what_two_flows_share_starts_neither() -> None:
    router = Router.build({"a": ["transfer is stuck"], "b": ["transfer is stuck"]})
    assert router.route("transfer is stuck").sure == ""
    assert router.route("transfer is stuck").nearest == ("a", "b")


def test_at_most_three_are_suggested() -> None:
    router = Router.build({name: [f"{name * 6} transfer is stuck"] for name in "abcde"})
    assert len(router.route("stuck transfer").nearest) == NEAREST


def test_a_router_without_phrases_finds_nothing() -> None:
    nothing: list[dict[str, list[str]]] = [{}, {"a": []}, {"a": ["！"]}]
    for phrases in nothing:
        ranking = Router.build(phrases).route("忘记密码")
        assert (ranking.sure, ranking.nearest) == ("", ())


@settings(deadline=None)
@given(st.text())
def test_any_text_is_ranked(text: str) -> None:
    router = Router.build({"a": ["忘记密码", "lost password"], "b": ["转账没到", "where is it"]})
    ranking = router.route(text)
    assert set(ranking.nearest) <= {"a", "b"}
    assert not ranking.sure or ranking.nearest[0] == ranking.sure


@pytest.mark.parametrize("piece", ["a", "ab ", "密", "密码 ", "'", "a'", "password", "\u0301"])
def test_a_huge_text_is_ranked(router: Router, phrases: dict[str, list[str]], piece: str) -> None:
    ranking = router.route(piece * 100_000)
    assert set(ranking.nearest) <= set(phrases)
    assert not ranking.sure or ranking.nearest[0] == ranking.sure
