"""Rules about the ways through a flow: walked on the one table of exits, so checker and engine cannot disagree.

They look at whole graphs only: while a target is missing, each of them would tell its consequences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from core.conversation.facts import Facts
from core.conversation.flow import Ask, Do, Person, Say, Step, exits
from core.conversation.layout import Fault
from core.conversation.load import BROKEN, Draft
from core.conversation.model import END
from core.conversation.sheet import shown

Graph = Mapping[str, frozenset[str]]


def graph(draft: Draft) -> Graph:
    """Step -> where it can lead."""
    return {name: frozenset(to for _, to in exits(step)) for name, step in draft.flow.steps.items()}


def reached(ways: Graph, start: Iterable[str]) -> set[str]:
    """Every step that can be reached from these, themselves included."""
    seen: set[str] = set()
    todo = list(start)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(ways.get(name, ()))
    return seen


def _backwards(ways: Graph) -> Graph:
    turned: dict[str, set[str]] = {}
    for name, others in ways.items():
        for other in others:
            turned.setdefault(other, set()).add(name)
    return {name: frozenset(others) for name, others in turned.items()}


def reachable(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """UNREACHABLE: a path leads to every step."""
    seen = reached(graph(draft), [draft.flow.first])
    for name in draft.flow.steps:
        if name not in seen:
            yield draft.fault(draft.at("flow", "steps", name), "UNREACHABLE", step=name)


def ending(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """TRAP, LOOP: every step leads to the end or to a human, and no circle turns without a person or a pause."""
    ways, steps = graph(draft), draft.flow.steps
    seen = reached(ways, [draft.flow.first])
    people = [name for name, step in steps.items() if isinstance(step, Person)]
    out = reached(_backwards(ways), [END, *people])
    silent = {
        name: frozenset(to for to in others if isinstance(steps.get(to), Say | Do))
        for name, others in ways.items()
        if isinstance(steps[name], Say | Do)
    }
    loops = [name for name in silent if name in seen and name in reached(silent, silent[name])]
    for name in loops[:1]:
        yield draft.fault(draft.at("flow", "steps", name), "LOOP", steps=" → ".join([*loops, loops[0]]))
    for name in steps:
        if name in seen and name not in out and name not in loops:
            yield draft.fault(draft.at("flow", "steps", name), "TRAP", step=name)


def humans(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """NOHUMAN: from every wait and every question a path leads to a human, or giving up simply ends."""
    ways, steps = graph(draft), draft.flow.steps
    people = [name for name, step in steps.items() if isinstance(step, Person)]
    near_people = reached(_backwards(ways), people)
    trapped = reached(_backwards(ways), [END, *people])
    for name, step in steps.items():
        waits = not isinstance(step, Say | Do | Person)
        ends = isinstance(step, Ask) and step.give_up == END
        if waits and not ends and name in trapped and name not in near_people:
            yield draft.fault(draft.at("flow", "steps", name), "NOHUMAN", step=name)


# --- values: which slots are filled when a step begins


def values(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """VAR, GIVES, UNSET: a value that a step uses comes from somewhere, on every path to it."""
    if facts.actions is None:
        return
    steps = draft.flow.steps
    anywhere = {slot for step in steps.values() for slots in _fills(step, facts).values() for slot in slots}
    sure = _assigned(draft, facts)
    for step in steps.values():
        for at, slot, code in _uses(draft, facts, step):
            if slot in facts.holes:
                continue
            if slot not in anywhere:
                holes = {"step": step.name, "slot": slot, "known": shown(sorted(anywhere | facts.holes))}
                yield Fault(*at, code, holes)
            elif step.name in sure and slot not in sure[step.name]:
                yield Fault(*at, "UNSET", {"step": step.name, "slot": slot})


def _uses(draft: Draft, facts: Facts, step: Step) -> Iterator[tuple[tuple[str, int, int], str, str]]:
    """(place, slot, the code if nothing ever fills it) of every value that a step uses."""
    if isinstance(step, Do):
        takes = (facts.actions or {})[step.action].inputs if step.action in (facts.actions or {}) else ()
        for number, slot in enumerate(step.inputs):
            if slot in takes:  # another one is ARGS
                yield draft.at("flow", "steps", step.name, "with", str(number)), slot, "VAR"
    elif isinstance(step, Say | Ask):
        keys = (step.text, step.alt) if isinstance(step, Say) and step.alt else (step.text,)
        for language, words in draft.flow.words.items():
            for key in keys:
                for hole in sorted(words.texts.get(key, BROKEN).holes):
                    yield draft.at(language, "texts", key), hole, "GIVES"
        if isinstance(step, Say) and step.picture:
            yield draft.at("flow", "steps", step.name, "picture"), step.picture, "VAR"


def _fills(step: Step, facts: Facts) -> Mapping[str, frozenset[str]]:
    """Exit -> the slots that leaving by it fills."""
    match step:
        case Ask(reads=reads, text=text):
            kept = dict.fromkeys(step.choices if step.keeps else (), frozenset({text}))
            return {**kept, reads: frozenset({text})} if reads else kept
        case Do(action=action):
            known = (facts.actions or {}).get(action)
            return dict.fromkeys(step.outcomes, known.gives) if known else {}
        case _:
            return {}


def _assigned(draft: Draft, facts: Facts) -> dict[str, frozenset[str]]:
    """Step -> the slots that are filled on every path to it: the largest solution, by iteration."""
    steps = draft.flow.steps
    sure: dict[str, frozenset[str]] = {draft.flow.first: frozenset()}
    todo = [draft.flow.first]
    while todo:
        name = todo.pop()
        if name not in steps:
            continue
        fills = _fills(steps[name], facts)
        for label, target in exits(steps[name]):
            after = sure[name] | fills.get(label, frozenset())
            joined = after & sure[target] if target in sure else after
            if sure.get(target) != joined:
                sure[target] = joined
                todo.append(target)
    return sure


def pictures(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """PICTURE: what is shown is named by an action, and never by what a person wrote or pressed."""
    steps = draft.flow.steps.values()
    asked = {step.text for step in steps if isinstance(step, Ask)}
    for step in steps:
        if isinstance(step, Say) and step.picture in asked:
            yield draft.fault(draft.at("flow", "steps", step.name, "picture"), "PICTURE", slot=step.picture)


RULES = (reachable, ending, humans, values, pictures)
"""Only for a flow whose structure is whole."""
