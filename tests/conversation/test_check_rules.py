"""One seeded fault for each rule: the intended code, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from core.conversation.asks import asks_for_secret
from core.conversation.check import check
from core.conversation.load import content_hash
from core.sentences import as_json, languages, message, render, sentence, sentences
from tests.conversation.samples import COMMON_ZH, FACTS, FLOW, world
from tests.conversation.seeds import ALSO, ASKS, REMINDS, SEEDED, STEP


def codes(sources: dict[str, dict[str, str]]) -> list[str]:
    return [f"{fault.code}.{fault.variant}".strip(".") for fault in check(sources, FACTS)]


def test_the_fine_world_has_no_faults() -> None:
    assert check(world(), FACTS) == []


@pytest.mark.parametrize(("code", "file", "old", "new"), SEEDED, ids=lambda value: str(value)[:24])
def test_a_seeded_fault_is_told_and_nothing_else(code: str, file: str, old: str, new: str) -> None:
    folder, name = file.split("/")
    sources = world()
    assert old in sources[folder][name]
    sources[folder][name] = sources[folder][name].replace(old, new, 1)
    found = codes(sources)
    assert code in found
    assert {each.split(".")[0] for each in found} <= {code.split(".")[0]} | ALSO.get(code, set())


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MISSING.file", ("deposit", "flow.yaml", None)),
        ("LANG.file", ("deposit", "en.yaml", None)),
        ("UNKNOWN.file", ("deposit", "fr.yaml", "a: b\n")),
        ("MISSING.texts", ("common", "zh.yaml", COMMON_ZH.replace("greeting", "hi"))),
        ("SHAPE.table", ("deposit", "flow.yaml", "")),
    ],
)
def test_whole_files(code: str, change: tuple[str, str, str | None]) -> None:
    sources = world()
    folder, name, text = change
    if text is None:
        del sources[folder][name]
    else:
        sources[folder][name] = text
    if code == "MISSING.texts":
        sources[folder]["en.yaml"] = sources[folder]["en.yaml"].replace("greeting", "hi")
    assert codes(sources)[:1] == [code]
    assert len(set(codes(sources))) == 1


def test_a_button_name_must_fit_into_a_button() -> None:
    sources = world()
    for name in sources["deposit"]:
        sources["deposit"][name] = sources["deposit"][name].replace("no_id", "没有编号")
    assert codes(sources) == ["CALLBACK"]


def test_a_pause_without_a_human_behind_it() -> None:
    sources = world()
    sources["deposit"]["flow.yaml"] = FLOW.replace(STEP, "  person: {say: never_share, next: end}\n")
    assert codes(sources) == ["NOHUMAN", "NOHUMAN"]  # the question that does not simply end, and the pause


def test_an_input_that_no_step_fills() -> None:
    sources = world()
    sources["deposit"]["flow.yaml"] = FLOW.replace("ask: transaction_id", "ask: txid")
    for name in ("zh.yaml", "en.yaml"):
        sources["deposit"][name] = sources["deposit"][name].replace("  transaction_id:", "  txid:")
    assert codes(sources) == ["VAR"]


def test_a_label_shared_by_two_flows() -> None:
    sources = world()
    sources["second"] = {
        name: text.replace("deposit\n", "second\n").replace("tx,", "ty,").replace("\n  - ", "\n  - x")
        for name, text in world()["deposit"].items()
    }
    assert codes(sources) == ["COLLIDE.menu", "COLLIDE.menu"]


def test_changed_content_needs_a_higher_version() -> None:
    sources = world()
    right = replace(FACTS, stored={("deposit", 3): content_hash(sources["deposit"])})
    assert check(sources, right) == []
    wrong = replace(FACTS, stored={("deposit", 3): "0" * 64})
    assert [fault.code for fault in check(sources, wrong)] == ["VERSION"]
    assert check(sources, replace(FACTS, stored={("deposit", 2): "0" * 64})) == []


def test_a_slot_that_would_hold_a_secret() -> None:
    sources = world()
    more = "ask: my_password\n    reads: anything\n    next: end\n"
    sources["deposit"]["flow.yaml"] = FLOW.replace("ask: solved\n", more)
    for name in ("zh.yaml", "en.yaml"):
        sources["deposit"][name] = sources["deposit"][name].replace("  solved:", "  my_password:")
    assert codes(sources) == ["SECRET.slot"]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("picture: confirmations, alt: seen", []),
        ("picture: transaction_id, alt: seen", ["PICTURE"]),
        ("picture: nowhere, alt: seen", ["VAR"]),
        ("picture: confirmations", ["MISSING"]),
        ("alt: seen", ["MISSING"]),
    ],
)
def test_a_picture_is_named_by_an_action_and_told_in_words(keys: str, found: list[str]) -> None:
    sources = world()
    say = "confirmed:  {say: confirmed, "
    assert say in FLOW
    sources["deposit"]["flow.yaml"] = FLOW.replace(say, f"{say}{keys}, ")
    for name in ("zh.yaml", "en.yaml") if "seen" in keys else ():
        sources["deposit"][name] = sources["deposit"][name].replace(
            "texts:\n", "texts:\n  seen: QR {official_site}\n"
        )
    assert codes(sources) == found


def test_all_faults_at_once_in_the_order_of_reading() -> None:
    sources = world()
    sources["deposit"]["flow.yaml"] = FLOW.replace("version: 3", "version: x").replace(
        "hand_over: trading", "hand_over: x"
    )
    sources["deposit"]["zh.yaml"] = sources["deposit"]["zh.yaml"].replace("  solved: ", "\tsolved: ")
    found = check(sources, FACTS)
    assert [fault.code for fault in found] == ["NUMBER", "SKILL", "TAB"]
    assert found == sorted(found, key=lambda fault: fault.order)


def test_facts_that_are_not_known_switch_rules_off() -> None:
    sources = world()
    sources["deposit"]["flow.yaml"] = FLOW.replace("hand_over: trading", "hand_over: x").replace(
        "reads: t", "reads: xx"
    )
    less = replace(FACTS, skills=None, readers=None, actions=None, official_hosts=None)
    assert check(sources, less) == []


# --- secrets: a rule about words stands or falls with its lists of sentences


@pytest.mark.parametrize("text", ASKS)
def test_a_text_that_asks_for_a_secret(text: str) -> None:
    assert asks_for_secret(text, strict=True)


@pytest.mark.parametrize("text", REMINDS)
def test_a_text_that_warns_or_explains(text: str) -> None:
    assert asks_for_secret(text, strict=True) == ""


# --- the sentences


def test_every_language_has_the_same_sentences_with_the_same_holes() -> None:
    first, *others = (sentences(language) for language in languages())
    assert others
    for other in others:
        assert list(other) == list(first)
        for code, text in first.items():
            assert set(re.findall(r"\{[a-z_]+\}", text)) == set(re.findall(r"\{[a-z_]+\}", other[code])), code


def test_every_rule_was_seeded_and_every_sentence_has_a_rule() -> None:
    elsewhere = {
        "CALLBACK",
        "COLLIDE.menu",
        "FORM.many",
        "GIVES",
        "LANG.file",
        "MISSING.choices",
        "MISSING.file",
        "MISSING.texts",
    }
    elsewhere |= {
        "LINK.account",
        "NOHUMAN",
        "PICTURE",
        "SECRET.slot",
        "UNKNOWN.file",
        "VAR",
        "VERSION",
        "YAML.deep",
        "YAML.other",
    }
    announced = {
        "AUDIENCE",
        "WHEN",
        "WHEN.cron",
        "WHEN.clock",
        "WHEN.zone",
        "HOLE",
        "FORBIDDEN",
        "LONG",
        "UNTOLD",
    }
    announced |= {f"PICTURE.{way}" for way in ("file", "kind", "large", "sides", "alt", "long")}
    announced |= {"LONG.caption", "BANNER", "ELSEWHERE"}
    seeded = {code for code, *_ in SEEDED} | elsewhere | announced
    written = {code.removeprefix("check.") for code in sentences("zh") if code.startswith("check.")}
    assert written == seeded
    assert len({code.split(".")[0] for code in written}) >= 34


@pytest.mark.parametrize(("code", "file", "old", "new"), SEEDED, ids=lambda value: str(value)[:24])
def test_every_fault_can_be_said(code: str, file: str, old: str, new: str) -> None:
    folder, name = file.split("/")
    sources = world()
    sources[folder][name] = sources[folder][name].replace(old, new, 1)
    for fault in check(sources, FACTS):
        for language in languages():
            assert "…" not in message(fault, language).replace("……", "")
            assert render(fault, language).startswith(
                f"{fault.file}:{fault.line}:{fault.column} {fault.code} "
            )
        assert as_json(fault)["code"] == fault.code


def test_a_hole_that_nothing_gives() -> None:
    sources = world()
    for name in ("zh.yaml", "en.yaml"):
        sources["deposit"][name] = sources["deposit"][name].replace("{confirmations", "{height")
        sources["deposit"][name] = sources["deposit"][name].replace("count: confirmations", "count: height")
    assert codes(sources) == ["GIVES", "GIVES"]


def test_an_unknown_sentence_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        sentence("check.NOTHING", languages()[0])
    with pytest.raises(KeyError):
        sentences("../zh")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("zh.yaml", "  no_id: 没有交易哈希\n", "  no_id: {a: 没有交易哈希}\n"),
        ("zh.yaml", "  title: 查交易\n", "  title: [查交易]\n"),
        ("flow.yaml", 'choices: {"yes": end', 'choices: {"yes": {then: end}'),
        ("flow.yaml", "      pending: later\n", "      pending: [later]\n"),
    ],
)
def test_what_is_no_text_is_one_fault_and_nothing_follows_from_it(name: str, old: str, new: str) -> None:
    sources = world()
    assert old in sources["deposit"][name]
    sources["deposit"][name] = sources["deposit"][name].replace(old, new)
    assert codes(sources) == ["SHAPE.text"]


def test_an_account_is_told_as_one_and_not_as_a_host() -> None:
    for text in ("加 @evil_support", "打开 t.me/evil_support"):
        sources = world()
        sources["deposit"]["zh.yaml"] = sources["deposit"]["zh.yaml"].replace("您的问题解决了吗？", text)
        told = [message(fault, language) for fault in check(sources, FACTS) for language in ("zh", "en")]
        assert len(told) == 2
        assert all("evil_support" in said and "“-”" not in said for said in told)


def test_a_file_without_an_end_of_brackets_is_one_fault() -> None:
    sources = world()
    sources["deposit"]["flow.yaml"] = FLOW.replace("owner: trading", f"owner: {'[' * 3000}{']' * 3000}")
    assert codes(sources) == ["SHAPE.text", "YAML.deep"]


def test_flows_without_the_houses_words_are_no_flows() -> None:
    sources = world()
    del sources["common"]
    assert [(fault.file, fault.code) for fault in check(sources, FACTS) if fault.variant == "file"] == [
        ("common/en.yaml", "LANG"),
        ("common/zh.yaml", "LANG"),
    ]
