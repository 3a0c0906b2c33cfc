"""Several hundred mutants, made apart from the rules: nearly all are caught, and with the right code."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from core.actions import load_actions
from core.conversation.check import check
from core.conversation.facts import ActionFacts, Facts
from tests.conversation.mutator import Sources, mutants
from tests.conversation.samples import FACTS, LANGUAGES, world

ACTIONS = load_actions(Path(__file__).resolve().parents[2] / "flows")

ENOUGH = 0.95
FLOWS = Path(__file__).resolve().parents[2] / "flows"


def shipped() -> Sources:
    folders = [folder for folder in FLOWS.iterdir() if (folder / "zh.yaml").exists()]
    return {
        folder.name: {file.name: file.read_text("utf-8") for file in folder.glob("*.yaml")}
        for folder in folders
    }


def facts_of(sources: Sources) -> Facts:
    """The names that shipped flows use are taken as known: here the mutants are under test, not the flows."""
    text = "\n".join(files.get("flow.yaml", "") for files in sources.values())
    words = "\n".join(part for files in sources.values() for part in files.values())
    holes = frozenset(re.findall(r"\{([a-z_]+)", words))
    actions = {}
    for step in re.split(r"\n  (?=\w)", text):
        named = re.search(r"\bdo: ([\w.]+)", step)
        inputs = re.search(r"\bwith: \[([^\]]*)\]", step)
        ends = re.search(r"\boutcomes:\s*\{?([^}]*)", step)
        if named:
            outcomes = frozenset(re.findall(r"(\w+):", ends.group(1) if ends else ""))
            slots = tuple(re.findall(r"\w+", inputs.group(1) if inputs else ""))
            gives = ACTIONS[named.group(1)].gives if named.group(1) in ACTIONS else frozenset()
            actions[named.group(1)] = ActionFacts(slots, outcomes, gives)
    return Facts(
        languages=LANGUAGES,
        actions=actions,
        readers=frozenset(re.findall(r"\breads: (\w+)", text)),
        skills=frozenset(re.findall(r"\bhand_over: (\w+)", text)),
        official_hosts=frozenset(re.findall(r"https://([\w.-]+)", words)) | {"example.com"},
        common_words=frozenset({"menu", "human"}),
        holes=holes,
    )


def survivors(sources: Sources, folder: str, facts: Facts, most: int) -> tuple[int, list[str]]:
    """How many mutants there were, and those that were not told with the right code."""
    sources = {folder: sources[folder]}  # the mutants stay inside one flow, and this is quick
    assert check(sources, facts) == []
    made = mutants(sources, folder, seed=7, most=most)
    missed = [
        f"{what}: {codes} but {told}"
        for what, codes, broken in made
        if not codes & (told := {fault.code for fault in check(broken, facts)})
    ]
    return len(made), missed


def test_mutants_of_the_sample_flow_are_caught() -> None:
    count, missed = survivors(world(), "deposit", replace(FACTS, common_texts=None), most=6)
    assert count >= 150
    assert len(missed) <= (1 - ENOUGH) * count, "\n".join(missed)


@pytest.mark.parametrize("folder", sorted(name for name in shipped() if name != "common"))
def test_mutants_of_the_shipped_flows_are_caught(folder: str) -> None:
    sources = shipped()
    count, missed = survivors(sources, folder, facts_of(sources), most=2)
    assert count >= 80, count
    assert len(missed) <= (1 - ENOUGH) * count, "\n".join(missed)
