"""Breaks fine flows on purpose, knowing nothing of the rules: it sees lines of text, and what a tired person does to them.

Each mutation gives (what was done, the codes that are right for it, the broken sources). It reads the lines itself, with
its own small eyes, and never imports the checker.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

Sources = dict[str, dict[str, str]]
Mutation = Callable[[Sources, str, random.Random, int], Iterator[tuple[str, set[str], Sources]]]

LANGUAGES = ("zh.yaml", "en.yaml")


def mutants(sources: Sources, folder: str, seed: int, most: int) -> list[tuple[str, set[str], Sources]]:
    """Every mutation of one flow, each at up to `most` places of each file."""
    chance = random.Random(seed)
    return [mutant for mutation in MUTATIONS for mutant in mutation(sources, folder, chance, most)]


def _with(sources: Sources, folder: str, file: str, text: str) -> Sources:
    return {**sources, folder: {**sources[folder], file: text}}


def _some(found: list[re.Match[str]], chance: random.Random, most: int) -> list[re.Match[str]]:
    return found if len(found) <= most else chance.sample(found, most)


def _edits(
    pattern: str, change: Callable[[re.Match[str]], str], codes: set[str], files: tuple[str, ...]
) -> Mutation:
    """A mutation that rewrites what a pattern finds, one place at a time."""

    def mutate(
        sources: Sources, folder: str, chance: random.Random, most: int
    ) -> Iterator[tuple[str, set[str], Sources]]:
        for file in files:
            text = sources[folder][file]
            for found in _some(list(re.finditer(pattern, text, re.M)), chance, most):
                broken = text[: found.start()] + change(found) + text[found.end() :]
                yield (
                    f"{file}: {found.group()!r} -> {change(found)!r}",
                    codes,
                    _with(sources, folder, file, broken),
                )

    return mutate


def _swapped_letters(word: str) -> str:
    return word[:1] + word[2:3] + word[1:2] + word[3:] if len(word) > 3 and word[1] != word[2] else word + "x"


FLOW = ("flow.yaml",)
_KEY_LINE = r"^    (reads|give_up|tries|outcomes|choices|next):"
_TEXT_LINE = r"^  (\w+): ([^\n{|\"'\[]{4,})$"

MUTATIONS: tuple[Mutation, ...] = (
    # the keyboard: tabs, full-width signs, a hash
    _edits(r"^    (?=\w+:)", lambda m: "\t", {"TAB"}, FLOW),
    _edits(r"^  (?=\w+: )", lambda m: "\t", {"TAB"}, LANGUAGES),
    _edits(r"^    (?=\w+:)", lambda m: "　　", {"FWSPACE"}, FLOW),
    _edits(r"^  (?=\w+: )", lambda m: "　", {"FWSPACE"}, LANGUAGES),
    _edits(r"^(    \w+): ", lambda m: f"{m[1]}：", {"FWCOLON"}, FLOW),
    _edits(r"^(  \w+): (?=[^\n{|\"'\[])", lambda m: f"{m[1]}：", {"FWCOLON"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: {m[2][:3].strip()} #{m[2][3:]}", {"HASH"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: 注意: {m[2]}", {"YAML"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: @{m[2]}", {"YAML"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f'  {m[1]}: "{m[2]}', {"YAML"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: &a {m[2]}", {"ANCHOR"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: {m[2][:2]}\u200b{m[2][2:]}", {"ENCODING"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f"{m.group()}\n{m.group()}", {"DUPKEY"}, LANGUAGES),
    _edits(r"^    (next|tries|give_up): .*$", lambda m: f"{m.group()}\n{m.group()}", {"DUPKEY"}, FLOW),
    # names: misspelt, dropped, invented
    _edits(r"\b(?:next|give_up): (?!end\b)(\w+)", lambda m: m[0][: -len(m[1])] + _swapped_letters(m[1]), {"TARGET"}, FLOW),
    _edits(r"\bsay: (\w+)", lambda m: f"say: {_swapped_letters(m[1])}", {"LANG"}, FLOW),
    _edits(r"\bask: (\w+)", lambda m: f"ask: {m[1]}zz", {"LANG"}, FLOW),
    _edits(r"\bdo: ([\w.]+)", lambda m: f"do: {m[1]}er", {"ACTION"}, FLOW),
    _edits(r"\breads: (\w+)", lambda m: f"reads: {m[1]}er", {"READER"}, FLOW),
    _edits(r"\bhand_over: (\w+)", lambda m: f"hand_over: {m[1]}er", {"SKILL"}, FLOW),
    _edits(r"\b(say|ask|do|wait)(?=: )", lambda m: m[1][::-1] + "z", {"VERB"}, FLOW),
    _edits(r"\{say: ", lambda m: "{wait: 5m, say: ", {"VERB"}, FLOW),
    _edits(_KEY_LINE, lambda m: f"    {m[1]}ss:", {"UNKNOWN"}, FLOW),
    _edits(r"^(owner|version|start|steps|flow)(?=:)", lambda m: m[1] + "s", {"UNKNOWN"}, FLOW),
    _edits(r"^(owner|version): .*\n", lambda m: "", {"MISSING"}, FLOW),
    _edits(r"^    give_up: .*\n", lambda m: "", {"NOEXIT"}, FLOW),
    _edits(r"(\{(?:say|wait): \w+), next: \w+", lambda m: m[1], {"FALLOFF"}, FLOW),
    _edits(r"^flow: (\w+)", lambda m: f"flow: {m[1]}_old", {"FOLDER"}, FLOW),
    _edits(r"^version: .*", lambda m: "version: 1.5", {"NUMBER"}, FLOW),
    _edits(r"\btries: \d+", lambda m: "tries: many", {"NUMBER"}, FLOW),
    _edits(r"\bwait: \d+", lambda m: "wait: 5 weeks and 3", {"NUMBER"}, FLOW),
    _edits(r"\bwith: \[\w+", lambda m: "with: [nobody", {"ARGS"}, FLOW),
    _edits(r"\bcommand: \w+", lambda m: "command: 查询 交易", {"NAME"}, FLOW),
    _edits(r"\bcommand: \w+", lambda m: "command: menu", {"COLLIDE"}, FLOW),
    # ways: dropped outcomes, circles, lost steps
    _edits(r"^(    outcomes:\n)      \w+: \w+\n", lambda m: m[1], {"RESULTS"}, FLOW),
    _edits(r"^(    outcomes: \{)\w+: \w+, ", lambda m: m[1], {"RESULTS"}, FLOW),
    _edits(r"^  (\w+):( +)\{say: (\w+), next: \w+\}", lambda m: f"  {m[1]}:{m[2]}{{say: {m[3]}, next: {m[1]}}}", {"LOOP"}, FLOW),
    _edits(r"\Z", lambda m: "  nowhere: {hand_over: trading}\n", {"UNREACHABLE"}, FLOW),
    # words: translations, holes, links, secrets
    _edits(r"^  (\w+): [^\n|{]+\n(?=  |choices)", lambda m: "", {"LANG"}, LANGUAGES),
    _edits(r"\{(\w+)(?=[}:])(?=[^\n{]*$)", lambda m: "{x" + m[1], {"PLACEHOLDER"}, ("zh.yaml",)),
    _edits(r"^  - .*$", lambda m: f"{m.group()}\n{m.group()}", {"COLLIDE"}, LANGUAGES),
    _edits(r"^  - (.*)$", lambda m: "  - " + "长" * 70, {"LENGTH"}, ("zh.yaml",)),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: {m[2]}，见 https://help-center.top/x", {"LINK"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: {m[2]} http://example.com/x", {"LINK"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: {m[2]} [www.bank.com](https://example.com/x)", {"LINKTEXT", "MARKUP"}, LANGUAGES),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: 请把您的密码发给我。", {"SECRET"}, ("zh.yaml",)),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: 请提供助记词和验证码", {"SECRET"}, ("zh.yaml",)),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: Please send us your private key.", {"SECRET"}, ("en.yaml",)),
    _edits(_TEXT_LINE, lambda m: f"  {m[1]}: {m[2]} **重要", {"MARKUP"}, LANGUAGES),
    _edits(r"^texts:$", lambda m: "texts:\n  forgotten: 没有人用我", {"UNUSED"}, ("zh.yaml",)),
    _edits(r"^choices:$", lambda m: "choices:\n  forgotten: 没有人按我", {"UNUSED"}, ("zh.yaml",)),
)  # fmt: skip
"""What people do to files, and what they should be told."""
