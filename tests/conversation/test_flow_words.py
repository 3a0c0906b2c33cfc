"""The words of the house and of every flow: whole in every language, well set, honest, and asking for no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

import pytest

from core.actions import load_actions
from core.chain.watching import EVENTS
from core.conversation import load
from core.conversation.flow import Ask, Do, Flow, Person, Say, Words
from core.conversation.fold import fold
from core.conversation.forms import FIELD, together
from core.conversation.transcript import parse, render

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "en")
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
HOUSE_HOLES = {"official_site", "password_length", "hours", "zone"}
ACTIONS = load_actions(ROOT / "flows")
LOOKED_UP = ACTIONS["chain.look_up"].gives
GIVEN: Mapping[str, Set[str]] = {
    "transaction_status": LOOKED_UP,
    "security_education": {"first", "place"},
    "account_in_danger": {"reference", "link"},
    "verify": {"about", "detail", "picture", "site", "code"},
    "official_site": {"site", "code"},
    "settings": ACTIONS["settings.show"].gives,
}
"""Flow -> what its actions give."""
HOUSE_TEXT_HOLES = {
    "incident": {"since", "what", "status"},
    "broadcast_code": {"code"},
    **{f"watch.{event}": {*LOOKED_UP, "id"} for event in EVENTS},
    "handed_over": {"number", "hours"},
    "handed_over_emergency": {"number", "hours"},
    "handed_over_later": {"number", "hours", "back_at", "zone_name"},
    "handed_over_emergency_later": {"number", "hours", "back_at", "zone_name"},
    "handed_over_aside": {"number", "hours"},
    "handed_over_emergency_aside": {"number", "hours"},
    "staff_says": {"alias", "number", "text"},
    "ticket_closed": {"number"},
    "ticket.open": {"number", "opened"},
    "ticket.answered": {"number", "opened"},
    "ticket.closed": {"number", "opened"},
    "reader.tx_length": {"have", "need"},
    "reader.tx_not_hex": {"position"},
    "reader.text_long": {"have", "limit"},
    "reader.assets": {"known"},
}


def _sources(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in sorted(folder.glob("*.yaml"))}


def _flows() -> dict[str, Flow]:
    flows = {}
    for file in sorted((ROOT / "flows").glob("*/flow.yaml")):
        flow, faults = load.load_flow(file.parent.name, _sources(file.parent), LANGUAGES)
        assert flow is not None, faults
        flows[flow.name] = flow
    return flows


def _common() -> Mapping[str, Words]:
    words, faults = load.load_common(_sources(ROOT / "flows" / "common"), LANGUAGES)
    assert words is not None, faults
    return words


FLOWS = _flows()
COMMON = _common()
EVERY = {"common": COMMON, **{name: flow.words for name, flow in FLOWS.items()}}
each_flow = pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)
each_room = pytest.mark.parametrize("room", EVERY)


def _asks(flow: Flow) -> list[Ask]:
    return [step for step in flow.steps.values() if isinstance(step, Ask)]


def _sentences(room: str, language: str) -> Iterator[tuple[str, str]]:
    """Everything that a person may read, as (where, sentence)."""
    words = EVERY[room][language]
    for key, template in words.texts.items():
        yield from ((f"{room}/{language}/{key}", row) for row in template.source.split("\n"))
    yield from ((f"{room}/{language}/{name}", label) for name, label in words.choices.items())


# --- whole


@each_flow
def test_texts_and_labels_are_exactly_those_in_use(flow: Flow) -> None:
    texts = {step.text for step in flow.steps.values() if isinstance(step, Say | Ask)}
    texts |= {step.alt for step in flow.steps.values() if isinstance(step, Say) and step.alt}
    labels = {name for ask in _asks(flow) for name in ask.choices}
    labels |= {f"{ask.text}{FIELD}" for first in _asks(flow) for ask in together(flow, first)}
    for lesson in flow.lessons.values():
        texts |= set(lesson.texts)
        labels |= set(lesson.choices)
    for language in LANGUAGES:
        assert set(flow.words[language].texts) == texts | {flow.menu, "command"} - {""}
        assert set(flow.words[language].choices) == labels


@each_room
def test_languages_have_the_same_keys_and_holes(room: str) -> None:
    zh, en = (EVERY[room][language] for language in LANGUAGES)
    assert set(zh.texts) == set(en.texts)
    assert set(zh.choices) == set(en.choices)
    assert set(zh.words) == set(en.words)
    for key in zh.texts:
        assert zh.texts[key].holes == en.texts[key].holes, key
        assert zh.texts[key].source.count("\n") == en.texts[key].source.count("\n"), f"{key}: lines differ"


def test_holes_are_filled_by_the_house_or_by_the_lookup() -> None:
    for key, template in COMMON["zh"].texts.items():
        assert template.holes <= HOUSE_HOLES | HOUSE_TEXT_HOLES.get(key, set()), key
    for flow in FLOWS.values():
        actions = GIVEN.get(flow.name, set())
        for key, template in flow.words["zh"].texts.items():
            assert template.holes <= HOUSE_HOLES | actions, key


@each_flow
def test_every_question_can_be_given_up_towards_a_person_or_the_end(flow: Flow) -> None:
    for ask in _asks(flow):
        way_out = flow.steps.get(ask.give_up)
        assert ask.tries >= 1
        assert ask.give_up == "end" or isinstance(way_out, Person), ask.name


@each_flow
def test_phrases_are_many_and_of_one_flow_only(flow: Flow) -> None:
    for language in LANGUAGES:
        phrases = [fold(phrase) for phrase in flow.words[language].phrases]
        assert len(phrases) >= 20
        assert len(set(phrases)) == len(phrases)
        for other in FLOWS.values():
            theirs = {fold(phrase) for phrase in other.words[language].phrases}
            assert other is flow or not theirs & set(phrases)


def test_no_word_means_two_things() -> None:
    meaning: dict[str, str] = {}
    for language in LANGUAGES:
        for name, spoken in COMMON[language].words.items():
            for word in spoken:
                assert meaning.setdefault(fold(word), name) == name, word


# --- well set


@each_flow
def test_buttons_are_few_short_and_distinct(flow: Flow) -> None:
    for language in LANGUAGES:
        labels = flow.words[language].choices
        for ask in _asks(flow):
            shown = [fold(labels[name]) for name in ask.choices]
            assert len(shown) <= 6
            assert len(set(shown)) == len(shown), ask.name
    assert all(len(label) <= 20 for label in flow.words["zh"].choices.values())
    assert all(len(label) <= 40 for label in flow.words["en"].choices.values())


@each_room
def test_chinese_is_set_as_chinese(room: str) -> None:
    half_width = re.compile(rf"[{HAN}][,.:;!?()]|[,:;!?()][{HAN}]|[{HAN}] +[{HAN}]|—|\.\.\.")
    for where, sentence in _sentences(room, "zh"):
        assert not half_width.search(sentence), f"{where}: {sentence}"
        assert "你" not in sentence, f"{where}: 您"


@each_room
def test_english_is_english(room: str) -> None:
    foreign = re.compile(rf"[{HAN}，。：；！？（）“”]|—")
    for where, sentence in _sentences(room, "en"):
        assert not foreign.search(sentence.replace("中文", "")), f"{where}: {sentence}"


@each_room
def test_texts_fit_a_small_message(room: str) -> None:
    for language in LANGUAGES:
        for key, template in EVERY[room][language].texts.items():
            assert len(template.source) <= 900, key


def test_introductions_fit_the_platforms() -> None:
    for language in LANGUAGES:
        texts = {key: template.source for key, template in COMMON[language].texts.items()}
        assert len(texts["profile.name"]) <= 64
        assert len(texts["profile.short"]) <= 120
        assert len(texts["profile.description"]) <= 512
        commands = [text for key, text in texts.items() if key.startswith("command.")]
        commands += [flow.words[language].texts["command"].source for flow in FLOWS.values()]
        assert all(1 <= len(text) <= 100 and "\n" not in text for text in commands)


# --- honest


SECRET = re.compile(r"助记词|私钥|密码|验证码|恢复码|phrase|private key|password|code", re.IGNORECASE)
ASKING = re.compile(
    r"发给我|发我|告诉我|回复我|提供给|输入到这里|send me|tell me|give me|reply with|type it here",
    re.IGNORECASE,
)
DENIED = re.compile(r"不|别|勿|骗子|诈骗|never|not |scam", re.IGNORECASE)
CLAUSE = re.compile(r"(?<=[。；！？.;!?])\s*")


def asks_for_a_secret(sentence: str) -> bool:
    """Whether a clause names a secret and asks for something to be sent, without denying it."""
    return any(
        SECRET.search(clause) and ASKING.search(clause) and not DENIED.search(clause)
        for clause in CLAUSE.split(sentence)
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "请把验证码发给我。",
        "不用担心。请把助记词告诉我。",
        "Please send me your password.",
        "Give me the code, please.",
    ],
)
def test_a_question_for_a_secret_is_found(sentence: str) -> None:
    assert asks_for_a_secret(sentence)


@each_room
def test_no_text_asks_for_a_secret_or_links_by_itself(room: str) -> None:
    for language in LANGUAGES:
        for where, sentence in _sentences(room, language):
            assert not asks_for_a_secret(sentence), f"{where}: {sentence}"
            assert not re.search(r"https?:|www\.|t\.me|\]\(", sentence), f"{where}: use {{official_site}}"
            assert not re.search(r"telegram|discord|电报", sentence, re.IGNORECASE), where


@each_flow
def test_each_flow_says_first_what_is_never_asked(flow: Flow) -> None:
    first = flow.steps[flow.first]
    assert isinstance(first, Say)
    assert "验证码" in flow.words["zh"].texts[first.text].source
    assert "code" in flow.words["en"].texts[first.text].source


SOURCES = ("source", "ledger_source", "who_was_asked", "source_down", "unsure", "vanished")
"""The texts that say who says so."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_names_its_source_and_time(language: str) -> None:
    """Whatever the sources said, the same message says who and when; only what was not asked anywhere does not."""
    flow = FLOWS["transaction_status"]
    look = flow.steps["look_up"]
    assert isinstance(look, Do)
    for outcome, name in look.outcomes.items():
        said: list[str] = []
        step = flow.steps[name]
        while isinstance(step, Say):
            said.append(step.text)
            step = flow.steps[step.next]
        named = set(said) & set(SOURCES)
        assert named or outcome in ("lost", "unclear", "unclear_unknown", "chain_only"), outcome
        assert all("checked_at" in flow.words[language].texts[key].holes for key in named), outcome


def test_not_found_is_never_called_failed() -> None:
    texts = {language: FLOWS["transaction_status"].words[language].texts for language in LANGUAGES}
    for key in ("not_found", "not_seen_yet", "vanished", "source_down", "unsure"):
        assert not re.search(r"失败", texts["zh"][key].source.replace("不等于失败", "")), key
        assert "不存在" not in texts["zh"][key].source
        denied = texts["en"][key].source.replace("does not mean it failed", "")
        assert not re.search(r"fail|does not exist|invalid", denied), key
    for key in ("not_found", "not_seen_yet", "vanished"):
        assert "不等于失败" in texts["zh"][key].source
        assert "does not mean it failed" in texts["en"][key].source


# --- the specification


def test_transcripts_are_canonical_and_the_same_in_every_language() -> None:
    names = {}
    for language in LANGUAGES:
        files = sorted((ROOT / "tests" / "transcripts" / language).glob("*.chat"))
        names[language] = [file.name for file in files]
        for file in files:
            text = file.read_text("utf-8")
            assert render(parse(text)) == text, f"{language}/{file.name}"
    assert names["zh"] == names["en"]
    assert names["zh"]
