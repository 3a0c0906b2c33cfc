"""Transcripts: conversations as text, the specification that tests run and reviewers read.

    # title
    action: outcome key=value          the outcomes that actions will have, in the order of use

    > text the person wrote            > [label of the button that the person pressed]
    < text of the bot
      [label] [label]                  the buttons under it
    ! action key=value                 an action that was performed
    ~ 30m                              time passes

One rule for both mouths: lines that follow each other with the same mark are one message of several
lines, and an empty line parts two messages. A value with a space in it stands in JSON quotes. What a
person wrote that looks like a button (or begins with a backslash) has a backslash before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from core.errors import HelplineError

Mouth = Literal["said", "pressed", "bot", "buttons", "action", "passed"]

_NAME = r"[a-z0-9_]+(?:\.[a-z0-9_]+)*"
_OUTCOME = re.compile(rf"({_NAME}): ([a-z0-9_]+)((?: .*)?)")
_ACTION = re.compile(rf"({_NAME})((?: .*)?)")
_VALUE = re.compile(r' ([a-z0-9_]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)')
_BARE = re.compile(r'[^\s"]+')
_PASSED = re.compile(r"[0-9]+(?:\.[0-9]+)?[smhd]")


class TranscriptError(HelplineError):
    """A line that is not of this format. `line` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line} of the transcript cannot be read: {text[:80]}")
        self.line = line


class Outcome(NamedTuple):
    """What an action will answer when it is performed next."""

    action: str
    outcome: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happens.

    `text`: what is said, the label that is pressed, the action's name, or how long passes ("30m").
    `labels`: only of `buttons`. `values`: only of `action`, its inputs.
    """

    mouth: Mouth
    text: str = ""
    labels: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation with the outcomes that its actions are to have."""

    title: str
    outcomes: tuple[Outcome, ...] = ()
    turns: tuple[Line, ...] = ()


# --- reading -----------------------------------------------------------------------------------


def parse(text: str) -> Transcript:
    """Read a transcript.

    Raises:
        TranscriptError: with the number of the first line that is not of the format.
    """
    rows = text.split("\n")
    if not rows[0].startswith("# ") or not rows[0][2:].strip():
        raise TranscriptError(1, rows[0])
    outcomes: list[Outcome] = []
    turns: list[Line] = []
    apart = True  # whether an empty line stood before, so that a new message begins
    for number, row in enumerate(rows[1:], 2):
        if not row.strip(" "):
            apart = True
            continue
        line = _line(row)
        if line is not None:
            _append(turns, line, apart)
        elif (outcome := _outcome(row)) is not None and not turns:
            outcomes.append(outcome)
        else:
            raise TranscriptError(number, row)
        apart = False
    return Transcript(rows[0][2:].strip(), tuple(outcomes), tuple(turns))


def _append(turns: list[Line], line: Line, apart: bool) -> None:
    """Add a line, or join it to the message that it continues."""
    last = turns[-1] if turns else None
    if last is not None and not apart and last.mouth == line.mouth and line.mouth in ("said", "bot"):
        turns[-1] = Line(line.mouth, f"{last.text}\n{line.text}")
    else:
        turns.append(line)


def _line(row: str) -> Line | None:
    mark, rest = row[:2], row[2:]
    match mark:
        case "> " | ">":
            return _person(rest)
        case "< " | "<":
            return Line("bot", rest)
        case "  " if rest.startswith("[") and rest.endswith("]"):
            return Line("buttons", labels=tuple(rest[1:-1].split("] [")))
        case "~ " if _PASSED.fullmatch(rest):
            return Line("passed", rest)
        case "! ":
            found = _ACTION.fullmatch(rest)
            values = _values(found[2]) if found else None
            return None if found is None or values is None else Line("action", found[1], values=values)
    return None


def _person(text: str) -> Line:
    if text.startswith("\\"):
        return Line("said", text[1:])
    if len(text) > 2 and text[0] == "[" and text[-1] == "]":
        return Line("pressed", text[1:-1])
    return Line("said", text)


def _outcome(row: str) -> Outcome | None:
    found = _OUTCOME.fullmatch(row)
    values = _values(found[3]) if found else None
    return None if found is None or values is None else Outcome(found[1], found[2], values)


def _values(text: str) -> dict[str, str] | None:
    """The `key=value` pairs, or None when something else stands there."""
    values: dict[str, str] = {}
    at = 0
    text = text.rstrip(" ")
    while at < len(text):
        found = _VALUE.match(text, at)
        value = _unquoted(found[2]) if found else None
        if found is None or value is None:
            return None
        values[found[1]] = value
        at = found.end()
    return values


def _unquoted(value: str) -> str | None:
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return None


# --- writing -----------------------------------------------------------------------------------


def render(transcript: Transcript) -> str:
    """Write a transcript, so that `parse` reads the same again. Ends with a newline."""
    rows = [f"# {transcript.title}"]
    rows += [f"{o.action}: {o.outcome}{_pairs(o.values)}" for o in transcript.outcomes]
    rows.append("")
    before: Mouth | None = None
    for line in transcript.turns:
        if line.mouth == before and before in ("said", "bot"):
            rows.append("")
        rows += _rows(line)
        before = line.mouth
    return "\n".join(rows).rstrip("\n") + "\n"


def _rows(line: Line) -> Iterator[str]:
    match line.mouth:
        case "said":
            yield from _marked(">", (_escaped(row) for row in line.text.split("\n")))
        case "bot":
            yield from _marked("<", line.text.split("\n"))
        case "pressed":
            yield f"> [{line.text}]"
        case "buttons":
            yield "  " + " ".join(f"[{label}]" for label in line.labels)
        case "action":
            yield f"! {line.text}{_pairs(line.values)}"
        case "passed":
            yield f"~ {line.text}"


def _marked(mark: str, rows: Iterable[str]) -> Iterator[str]:
    for row in rows:
        yield f"{mark} {row}" if row else mark


def _escaped(row: str) -> str:
    looks_pressed = len(row) > 2 and row[0] == "[" and row[-1] == "]"
    return f"\\{row}" if looks_pressed or row.startswith("\\") else row


def _pairs(values: Mapping[str, str]) -> str:
    return "".join(f" {key}={_quoted(value)}" for key, value in values.items())


def _quoted(value: str) -> str:
    return value if _BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False)
