"""flow.yaml by its schema: five verbs, and the keys that may stand beside each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from core.conversation.document import Text
from core.conversation.flow import LESSON_CHOICES, Ask, Do, Flow, Lesson, Person, Say, Step, Wait
from core.conversation.model import END
from core.conversation.offers import LISTS
from core.conversation.readers import SURE
from core.conversation.sheet import Sheet, near, shown

NEEDED = ("flow", "version", "owner", "start", "steps")
FLOW_KEYS = (*NEEDED, "lessons")
VERBS: Mapping[str, tuple[str, ...]] = {
    "say": ("next", "picture", "alt"),
    "ask": ("reads", "choices", "tries", "give_up", "next", "keeps", "joins", "offers"),
    "do": ("with", "outcomes"),
    "wait": ("next",),
    "hand_over": ("urgency",),
}
"""Verb -> the keys that may stand beside it."""
URGENCIES = ("normal", "emergency")
USUAL_TRIES, MOST_TRIES = 3, 10
MOST_VERSION = 999_999
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 90 * 86400.0
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_WAIT = re.compile(r"([0-9]{1,9})([smhd])")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_COMMAND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LESSON = re.compile(r"[a-z][a-z0-9_]{0,27}")
"""Short enough for a button: "@lesson.", the name, a dot and the answer."""


def blank(name: str) -> Flow:
    """A flow of which nothing could be read."""
    return Flow(name, 1, "", "", "", "", END, {}, {})


def read_flow(folder: str, sheet: Sheet) -> Flow:
    """The flow of one flow.yaml, as far as it can be read; without its texts and its hash."""
    sheet.need(*NEEDED)
    name = sheet.text("flow")
    if name and name != folder:
        sheet.fault(sheet.value_place("flow"), "FOLDER", name=name, folder=folder)
    elif not _NAME.fullmatch(folder):
        sheet.fault(sheet.value_place("flow"), "NAME", name=folder)
    version = _whole(sheet, "version", MOST_VERSION)
    command, menu, takes = _start(sheet)
    steps = _steps(sheet.table("steps"))
    first = next(iter(steps), END)
    course = _lessons(sheet.table("lessons"))
    return Flow(folder, version, "", sheet.text("owner"), command, menu, first, steps, {}, course, takes)


def _start(sheet: Sheet) -> tuple[str, str, str]:
    start = sheet.table("start", ("command", "menu", "takes"))
    if start is None:
        return "", "", ""
    command = start.text("command")
    if command and not _COMMAND.fullmatch(command):
        start.fault(start.value_place("command"), "NAME", "command", name=command)
    return command, start.text("menu"), _among(start, "takes", SURE)


def _lessons(sheet: Sheet | None) -> dict[str, Lesson]:
    """The course, in the order in which it is taught."""
    lessons: dict[str, Lesson] = {}
    for name in sheet or ():
        body = sheet.table(name, ("topic", "answer")) if sheet else None
        if sheet is None or body is None:
            continue
        if not _LESSON.fullmatch(name):
            sheet.fault(sheet.place(name), "NAME", name=name)
        body.need("topic", "answer")
        answer = _among(body, "answer", LESSON_CHOICES)
        lessons[name] = Lesson(name, body.text("topic"), answer)
    return lessons


def _among(sheet: Sheet, key: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed values, or "" (and a fault when something else is written)."""
    written = sheet.text(key)
    if written and written not in allowed:
        sheet.fault(sheet.value_place(key), "UNKNOWN", "value", key=written, allowed=shown(allowed))
    return written if written in allowed else ""


def _steps(sheet: Sheet | None) -> dict[str, Step]:
    steps: dict[str, Step] = {}
    if sheet is None:
        return steps
    for name in sheet:
        if name == END or not _NAME.fullmatch(name):
            sheet.fault(sheet.place(name), "NAME", "end" if name == END else "", name=name)
        body = sheet.table(name)
        step = _step(name, body) if body is not None else None
        if step is not None:
            steps[name] = step
        elif isinstance(sheet.node(name), Text) and not sheet.text(name):
            sheet.fault(sheet.place(name), "VERB", step=name, verbs=shown(VERBS))
    return steps


def _step(name: str, body: Sheet) -> Step | None:
    verbs = [key for key in body if key in VERBS]
    if len(verbs) != 1:
        _no_verb(name, body, many=bool(verbs))
        return None
    verb = verbs[0]
    body.allow((verb, *VERBS[verb]))
    body.need(verb)
    return _READ[verb](name, body)


def _no_verb(name: str, body: Sheet, *, many: bool) -> None:
    """None of the five verbs, or more than one; a misspelt one is named."""
    holes = {"step": name, "verbs": shown(VERBS)}
    misspelt = next((key for key in body if near(key, tuple(VERBS))), "")
    if misspelt and not many:
        holes |= {"key": misspelt, "near": near(misspelt, tuple(VERBS))}
        body.fault(body.place(misspelt), "VERB", "near", **holes)
    else:
        body.fault(body.place(""), "VERB", "many" if many else "", **holes)


def _say(name: str, sheet: Sheet) -> Step:
    picture, alt = sheet.text("picture"), sheet.text("alt")
    if bool(picture) != bool(alt):  # whoever cannot see it is told what it shows
        missing = "alt" if picture else "picture"
        sheet.fault(sheet.place(""), "MISSING", key=missing)
    return Say(name, sheet.text("say"), _next(name, sheet), picture, alt)


def _ask(name: str, sheet: Sheet) -> Step:
    reads, give_up = sheet.text("reads"), sheet.text("give_up")
    if not give_up:
        sheet.fault(sheet.place("give_up"), "NOEXIT", step=name)
    tries = _whole(sheet, "tries", MOST_TRIES) if sheet.text("tries") else USUAL_TRIES
    goes = _next(name, sheet) if reads else sheet.text("next")
    keeps = _among(sheet, "keeps", ("choice",)) == "choice"
    joins = _among(sheet, "joins", ("next",)) == "next"
    offers = _among(sheet, "offers", LISTS)
    return Ask(
        name, sheet.text("ask"), reads, sheet.pairs("choices"), tries, give_up, goes, keeps, joins, offers
    )


def _do(name: str, sheet: Sheet) -> Step:
    return Do(name, sheet.text("do"), sheet.texts("with"), sheet.pairs("outcomes"))


def _wait(name: str, sheet: Sheet) -> Step:
    written = sheet.text("wait")
    found = _WAIT.fullmatch(written)
    seconds = int(found.group(1)) * _UNITS[found.group(2)] if found else 0.0
    if written and not SHORTEST_WAIT <= seconds <= LONGEST_WAIT:
        sheet.fault(sheet.value_place("wait"), "NUMBER", "wait", value=written)
    return Wait(name, seconds, _next(name, sheet))


def _person(name: str, sheet: Sheet) -> Step:
    urgency = sheet.text("urgency") or "normal"
    if urgency not in URGENCIES:
        sheet.fault(sheet.value_place("urgency"), "UNKNOWN", "value", key=urgency, allowed=shown(URGENCIES))
    return Person(name, sheet.text("hand_over"), "emergency" if urgency == "emergency" else "normal")


def _next(name: str, sheet: Sheet) -> str:
    target = sheet.text("next")
    if not target:
        sheet.fault(sheet.place("next"), "FALLOFF", step=name)
    return target


def _whole(sheet: Sheet, key: str, most: int) -> int:
    """A whole number from 1 to `most`; `int` alone would also take full-width digits."""
    written = sheet.text(key)
    number = int(written) if re.fullmatch(r"[0-9]{1,9}", written) else 0
    if written and not 1 <= number <= most:
        sheet.fault(sheet.value_place(key), "NUMBER", key=key, value=written, most=str(most))
    return max(1, number)


_READ: Mapping[str, Callable[[str, Sheet], Step]] = {
    "say": _say,
    "ask": _ask,
    "do": _do,
    "wait": _wait,
    "hand_over": _person,
}
