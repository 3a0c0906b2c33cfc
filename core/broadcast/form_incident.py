"""The part of a broadcast's file that makes it the text of an incident. Pure.

incident:
  about: [transaction_status, Ethereum]   # flows and networks that it is about; left out: everything
  status: https://helpline.example/status # where people see how it goes on; left out: the official site
  opens: approved                         # left out: it lies ready, and one person opens it when it is needed
  banner: {zh: ..., en: ...}              # what stands before people's next answer; `texts` is what they get when it is over
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence

from core.broadcast.buttons import URL
from core.broadcast.content import Incident
from core.broadcast.words import words_of
from core.conversation.document import Node, Place, Table, Text

OTHERS = ("audience", "corrects", "follows", "when", "cron", "post", "mention")
"""What a file with an incident cannot have: it goes to those who were affected, when it is over."""
KEYS = ("about", "status", "opens", "banner")
APPROVED = "approved"
BANNER = 300
"""Characters of a banner: people came with a question of their own."""
MARKS = ("**", "`", "](", "{", "}", "\n")
"""A banner is one plain sentence or two."""
Faulty = Callable[..., None]
"""(place, code, variant, **holes)"""


def read_incident(
    node: Node,
    at: Place,
    languages: Sequence[str],
    subjects: Sequence[str],
    site: str,
    texts: MutableMapping[str, tuple[str, Place]],
    fault: Faulty,
) -> Incident:
    """The incident of a file. `texts` gets what has to be linted like any text."""
    if not isinstance(node, Table):
        fault(at, "SHAPE", "text", key="incident")
        return Incident({}, site)
    for key in node.entries:
        if key not in KEYS:
            fault(node.keys[key], "UNKNOWN", key=key, allowed=", ".join(KEYS))
    banner = dict(_banner(node.entries.get("banner"), at, languages, texts, fault))
    status, opens = (_text(node, key) for key in ("status", "opens"))
    if opens not in ("", APPROVED):
        fault(node.keys["opens"], "UNKNOWN", "value", key=f"opens: {opens}", allowed=APPROVED)
    if status and not URL.fullmatch(status):
        fault(node.keys["status"], "LINK", "https", url=status[:80])
    if status:
        texts[f"url status {node.at[1]}"] = (status, node.keys["status"])
    about = tuple(words_of(named)) if (named := node.entries.get("about")) else ()
    said = {"about": bool(about), "status": bool(status), "opens": bool(opens)}
    for key in (one for one in said if one in node.entries and not said[one]):  # left out, it would mean more
        fault(node.keys[key], "SHAPE", "text", key=key)
    for name in about:
        if name not in subjects:
            fault(node.keys["about"], "UNKNOWN", "value", key=f"about: {name}", allowed=", ".join(subjects))
    return Incident(banner, status or site, about, opens == APPROVED)


def _banner(
    node: Node | None,
    at: Place,
    languages: Sequence[str],
    texts: MutableMapping[str, tuple[str, Place]],
    fault: Faulty,
) -> Iterator[tuple[str, str]]:
    given = node.entries if isinstance(node, Table) else {}
    for language in languages:
        text = given.get(language)
        if not isinstance(text, Text) or not text.value.strip():
            fault(at, "UNTOLD", language=language)
            continue
        value = text.value.strip()
        texts[f"banner {language}"] = (value, text.at)
        if len(value) > BANNER or any(mark in value for mark in MARKS):
            fault(text.at, "BANNER", limit=str(BANNER))
        yield language, value


def _text(table: Table, key: str) -> str:
    node = table.entries.get(key)
    return node.value.strip() if isinstance(node, Text) else ""
