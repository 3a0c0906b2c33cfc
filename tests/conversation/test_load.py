"""Folders of YAML become flows, whole or not at all; the hash is that of the content; the diagram is that of the flow."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversation.check import check
from core.conversation.diagram import mermaid
from core.conversation.flow import Ask, Do, Person, Say, Wait, exits
from core.conversation.load import COMMON, content_hash, draft, load_common, load_flow
from tests.conversation.samples import FACTS, FLOW, LANGUAGES, world


def test_a_flow_is_read_whole() -> None:
    flow, faults = load_flow("deposit", world()["deposit"], LANGUAGES)
    assert faults == []
    assert flow is not None
    assert (flow.name, flow.version, flow.owner, flow.command, flow.menu) == (
        "deposit",
        3,
        "trading",
        "tx",
        "title",
    )
    assert flow.first == "warn"
    assert flow.steps["warn"] == Say("warn", "never_share", "ask_id")
    assert flow.steps["ask_id"] == Ask(
        "ask_id", "transaction_id", "transaction_id", {"no_id": "find_id"}, 3, "person", "look_up"
    )
    assert flow.steps["later"] == Wait("later", 1800.0, "solved")
    assert flow.steps["person"] == Person("person", "trading", "emergency")
    look_up = flow.steps["look_up"]
    assert isinstance(look_up, Do)
    assert look_up.inputs == ("transaction_id",)
    assert dict(exits(look_up)) == {"confirmed": "confirmed", "pending": "later", "source_down": "person"}
    assert flow.words["zh"].choices["yes"] == "解决了"
    assert flow.words["en"].texts["confirmed"].holes == {"confirmations"}
    assert len(flow.words["zh"].phrases) == 3


def test_the_house_is_read_with_its_words() -> None:
    words, faults = load_common(world()[COMMON], LANGUAGES)
    assert faults == []
    assert words is not None
    assert words["zh"].words == {"menu": ("菜单", "主菜单"), "human": ("人工",)}


def test_what_is_pasted_leads_only_where_a_sure_reader_takes_it() -> None:
    def loaded(takes: str) -> tuple[str, list[str]]:
        source = world()["deposit"]
        written = source["flow.yaml"].replace("start: {", f"start: {{takes: {takes}, ")
        flow, faults = load_flow("deposit", source | {"flow.yaml": written}, LANGUAGES)
        return flow.takes if flow else "", [fault.code for fault in faults]

    assert loaded("transaction_id") == ("transaction_id", [])
    assert loaded("text") == ("", ["UNKNOWN"]), "it takes every word that somebody says"


def test_a_faulty_flow_is_no_flow() -> None:
    sources = {**world()["deposit"], "flow.yaml": FLOW.replace("version: 3", "version: x")}
    flow, faults = load_flow("deposit", sources, LANGUAGES)
    assert flow is None
    assert [fault.code for fault in faults] == ["NUMBER"]


def test_the_hash_follows_the_content_only() -> None:
    fine = world()["deposit"]
    same = {name: text.replace("\n", "\r\n") for name, text in reversed(fine.items())}
    assert content_hash(fine) == content_hash(same)
    assert content_hash(fine) == content_hash({**fine, "actions.py": "print()"})
    assert content_hash(fine) != content_hash({**fine, "zh.yaml": fine["zh.yaml"] + "#\n"})
    assert content_hash({"a.yaml": "x", "b.yaml": ""}) != content_hash({"a.yaml": "", "b.yaml": "x"})
    assert content_hash({"a.yaml": "\udcff"})


def test_a_place_that_does_not_exist_is_that_of_what_is_above_it() -> None:
    found = draft("deposit", world()["deposit"], LANGUAGES)
    assert found.at("flow", "steps", "warn", "say") == ("deposit/flow.yaml", 6, 21)
    assert found.at("flow", "steps", "warn", "nothing", "at_all") == found.at("flow", "steps", "warn")
    assert found.at("zh", "nothing") == ("deposit/zh.yaml", 1, 1)


_LINES = FLOW.splitlines(keepends=True)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(_LINES), max_size=30).map("".join),
    st.integers(0, len(FLOW)),
    st.text(":：{}[]\t #\n-a你", max_size=3),
)
def test_whatever_is_written_is_checked_without_a_crash(shuffled: str, at: int, typed: str) -> None:
    for source in (shuffled, FLOW[:at] + typed + FLOW[at:], FLOW[:at]):
        sources = world()
        sources["deposit"]["flow.yaml"] = source
        faults = check(sources, FACTS)
        assert faults == check(sources, FACTS)


def test_the_diagram_has_every_step_and_every_exit_and_escapes_what_it_shows() -> None:
    flow, _ = load_flow("deposit", world()["deposit"], LANGUAGES)
    assert flow is not None
    for language in LANGUAGES:
        drawn = mermaid(flow, language)
        assert drawn.startswith("flowchart TD\n")
        ways = sum(len(list(exits(step))) for step in flow.steps.values())
        assert len(re.findall(r"-->", drawn)) == ways + 1
        labels = re.findall(r'"([^\n]*?)"', drawn)
        assert labels
        assert not any(set(label) & set('[]{}()<>|`"*') for label in labels)
    assert "解决了" in mermaid(flow, "zh")
    assert "Solved" in mermaid(flow, "en")
