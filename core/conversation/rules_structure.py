"""Rules about the parts of a flow: every name that a step mentions exists and fits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.conversation.facts import Facts
from core.conversation.flow import Ask, Do, Person, Say, Step, Wait
from core.conversation.forms import MOST as MOST_FIELDS
from core.conversation.forms import together
from core.conversation.layout import Fault
from core.conversation.load import Draft
from core.conversation.model import END
from core.conversation.sheet import OTHER, near, shown

MOST_CHOICES = 25
"""Options of one select menu, the smallest limit of all platforms."""
_CHOICE = re.compile(r"[a-z0-9_-]{1,32}")


def step_names(draft: Draft) -> set[str]:
    """Every step that the file declares, the broken ones included."""
    return {path[2] for path in draft.places if len(path) == 3 and path[:2] == ("flow", "steps")}


def targets(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """TARGET: every way out of a step leads to a step or to the end."""
    names = step_names(draft) | {END}
    for step in draft.flow.steps.values():
        for path, target in _ways(step):
            if target and target not in names and target != OTHER:
                meant = near(target, names)
                holes = {"step": step.name, "target": target} | ({"near": meant} if meant else {})
                yield draft.fault(draft.at(*path), "TARGET", "near" if meant else "", **holes)


def _ways(step: Step) -> Iterator[tuple[tuple[str, ...], str]]:
    """(path of the target, target) of every way out, the unusual ones included."""
    path = ("flow", "steps", step.name)
    match step:
        case Say(next=target) | Wait(next=target):
            yield (*path, "next"), target
        case Ask():
            yield from (((*path, "choices", name), to) for name, to in step.choices.items())
            yield (*path, "next"), step.next
            yield (*path, "give_up"), step.give_up
        case Do():
            yield from (((*path, "outcomes", name), to) for name, to in step.outcomes.items())


def start(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """MISSING: a flow has a command, a button in the menu, or both."""
    at = ("flow", "start")
    if draft.whole and at in draft.places and not (draft.flow.command or draft.flow.menu):
        yield draft.fault(draft.at(*at), "MISSING", "start")


def actions(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """ACTION, ARGS, RESULTS: the action exists, gets exactly its inputs, and every outcome leads somewhere."""
    for step in draft.flow.steps.values():
        if isinstance(step, Do) and step.action and facts.actions is not None:
            yield from _action(draft, facts, step)


def _action(draft: Draft, facts: Facts, step: Do) -> Iterator[Fault]:
    path = ("flow", "steps", step.name)
    known = facts.actions or {}
    action = known.get(step.action)
    if action is None:
        meant = near(step.action, tuple(known))
        holes = {"action": step.action} | ({"near": meant} if meant else {"known": shown(sorted(known))})
        yield draft.fault(draft.at(*path, "do"), "ACTION", "near" if meant else "", **holes)
        return
    at = draft.at(*path, "with")
    misshapen = any((fault.file, fault.line, fault.column) == at for fault in draft.faults)
    if sorted(step.inputs) != sorted(action.inputs) and not misshapen:
        holes = {"action": step.action, "takes": shown(action.inputs), "given": shown(step.inputs)}
        yield draft.fault(at, "ARGS", **holes)
    for outcome in sorted(action.outcomes - set(step.outcomes)):
        at = draft.at(*path, "outcomes")
        yield draft.fault(at, "RESULTS", "missing", action=step.action, outcome=outcome)
    for outcome in step.outcomes:
        if outcome not in action.outcomes:
            holes = {"action": step.action, "outcome": outcome, "known": shown(sorted(action.outcomes))}
            yield draft.fault(draft.at(*path, "outcomes", outcome), "RESULTS", "extra", **holes)


def skills(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """SKILL: somebody has the skill that a person is handed over to."""
    for step in draft.flow.steps.values():
        if (
            isinstance(step, Person)
            and step.skill
            and facts.skills is not None
            and step.skill not in facts.skills
        ):
            at = draft.at("flow", "steps", step.name, "hand_over")
            yield draft.fault(at, "SKILL", skill=step.skill, known=shown(sorted(facts.skills)))


def questions(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """READER, OPTIONS, CALLBACK, FORM: a question can be answered, and its buttons can be drawn and pressed."""
    for step in draft.flow.steps.values():
        if isinstance(step, Ask):
            yield from _reader(draft, facts, step)
            yield from _buttons(draft, step)
            yield from _joined(draft, step)


def _reader(draft: Draft, facts: Facts, step: Ask) -> Iterator[Fault]:
    path = ("flow", "steps", step.name)
    has_choices = (*path, "choices") in draft.places
    if not step.reads and not has_choices:
        yield draft.fault(draft.at(*path, "ask"), "READER", "none", step=step.name)
    elif not step.reads and step.next:
        yield draft.fault(draft.at(*path, "next"), "READER", "next", step=step.name)
    elif step.reads and facts.readers is not None and step.reads not in facts.readers:
        holes = {"reader": step.reads, "known": shown(sorted(facts.readers))}
        yield draft.fault(draft.at(*path, "reads"), "READER", **holes)
    if step.offers and not step.reads:  # what is on the list can be typed, too
        yield draft.fault(draft.at(*path, "offers"), "READER", "none", step=step.name)


def _buttons(draft: Draft, step: Ask) -> Iterator[Fault]:
    path = ("flow", "steps", step.name, "choices")
    count = len(step.choices)
    if path in draft.places and not 1 <= count <= MOST_CHOICES:
        yield draft.fault(
            draft.at(*path), "OPTIONS", step=step.name, count=str(count), most=str(MOST_CHOICES)
        )
    for name, target in step.choices.items():
        if not _CHOICE.fullmatch(name):
            yield draft.fault(draft.at(*path, name), "CALLBACK", choice=name[:60])
        if not target:
            yield draft.fault(draft.at(*path, name), "FALLOFF", "choice", step=step.name, choice=name)


def _joined(draft: Draft, step: Ask) -> Iterator[Fault]:
    """What joins is written, so is what it leads to, and they fit into one form."""
    at = draft.at("flow", "steps", step.name, "joins")
    after = draft.flow.steps.get(step.next)
    if not step.joins:
        return
    if not step.reads or not isinstance(after, Ask) or not after.reads:
        yield draft.fault(at, "FORM", step=step.name)
        return
    asked = together(draft.flow, step)
    if asked[-1].joins and (len(asked) == MOST_FIELDS or draft.flow.steps.get(asked[-1].next) in asked):
        yield draft.fault(at, "FORM", "many", step=step.name, most=str(MOST_FIELDS))


def outcomes(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """FALLOFF: an outcome that leads nowhere. (A missing one is RESULTS.)"""
    for step in draft.flow.steps.values():
        for name, target in step.outcomes.items() if isinstance(step, Do) else ():
            if not target:
                at = draft.at("flow", "steps", step.name, "outcomes", name)
                yield draft.fault(at, "FALLOFF", "choice", step=step.name, choice=name)


def version(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """VERSION: what is stored under a version never changes; changed content needs a higher one."""
    stored = facts.stored.get((draft.flow.name, draft.flow.version))
    if ("flow", "version") in draft.places and stored is not None and stored != draft.flow.hash:
        number = draft.flow.version
        yield draft.fault(draft.at("flow", "version"), "VERSION", version=str(number), next=str(number + 1))


RULES = (targets, start, actions, skills, questions, outcomes, version)
