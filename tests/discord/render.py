"""Discord's markdown as its clients read it: what a content comes to look like. Written from the documented rules,
not from our own drawing, so that the two can disagree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

GAP = "\u200b"
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("escape", re.compile(r"\\([^0-9A-Za-z\s])")),
    ("code block", re.compile(r"```(?:[a-z0-9_+\-.#]*\n)?\n*([^\n][\s\S]*?)\n*```")),
    ("code", re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")),
    ("autolink", re.compile(r"<(https?://[^ >]+)>")),
    ("mention", re.compile(r"<(?:@[!&]?|#)\d+>|@everyone|@here")),
    ("command", re.compile(r"</[^:>]+:\d+>")),
    ("emoji", re.compile(r"<a?:\w+:\d+>")),
    ("time", re.compile(r"<t:-?\d+(?::[tTdDfFR])?>")),
    ("link", re.compile(r"\[((?:\\.|[^\[\]\\])+)\]\(<([^\s<>]+)>\)|\[((?:\\.|[^\[\]\\])+)\]\((https?://[^\s()]+)\)")),
    ("url", re.compile(r"(?:https?|steam|discord)://[^\s<]+[^<.,:;\"')\]\s]")),
    ("invite", re.compile(r"discord(?:app)?\.(?:gg|com|new|gift)\b", re.IGNORECASE)),
    ("bold", re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")),
    ("underline", re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")),
    ("italic", re.compile(r"\*(?=\S)((?:\\[\s\S]|[^*\\])+?)\*(?!\*)|\b_((?:\\[\s\S]|[^_\\])+?)_\b")),
    ("strike", re.compile(r"~~([\s\S]+?)~~(?!_)")),
    ("spoiler", re.compile(r"\|\|([\s\S]+?)\|\|")),
)  # fmt: skip
_LINE = (
    ("heading", re.compile(r" *#{1,3} +\S")),
    ("small", re.compile(r" *-# +\S")),
    ("quote", re.compile(r" *>(?:>>)? ")),
    ("list", re.compile(r"[ \t]*[-*+] +\S")),
)
_STARTS = frozenset("\\`<@[*_~|hHsSdD")


@dataclass
class Rendered:
    """The visible text; the marks as (kind, text, address); what else was found, which is never meant."""

    text: str = ""
    marks: list[tuple[str, str, str]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def render(content: str) -> Rendered:
    """What a client shows."""
    done = Rendered()
    _inline(content, done, begins=True)
    done.text = done.text.replace(GAP, "")
    return done


def _inline(content: str, done: Rendered, *, begins: bool) -> None:
    at = 0
    while at < len(content):
        if begins:
            done.others += [name for name, rule in _LINE if rule.match(content, at)]
        begins = content[at] == "\n"
        found = next(
            (
                (name, hit)
                for name, rule in _RULES
                if content[at] in _STARTS and (hit := rule.match(content, at))
            ),
            None,
        )
        if found is None:
            done.text += content[at]
            at += 1
            continue
        _take(*found, done)
        at = found[1].end()


def _take(name: str, hit: re.Match[str], done: Rendered) -> None:
    if name == "escape":
        done.text += hit[1]
        return
    before = len(done.text)
    match name:
        case "code":
            done.text += hit[2]
        case "autolink":
            done.text += hit[1]
        case "bold":
            _inline(hit[1], done, begins=False)
        case "link":
            _inline(hit[1] or hit[3], done, begins=False)
        case _:
            done.others.append(name)
            done.text += hit[0]
            return
    address = (hit[2] or hit[4]) if name == "link" else ""
    if name != "autolink":
        done.marks.append((name, done.text[before:].replace(GAP, ""), address or ""))
