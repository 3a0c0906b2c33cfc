"""The cases of an incident: what one card says of all of them, and what one answer to all of them may say. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set

from core.broadcast.lint import forbidden
from core.conversation.asks import asks_for_secret
from core.desk.desk import astray
from core.safety.guard import inspect
from core.store.incidents import Cases

LONGEST = 1500
"""Characters of an answer in one language: it has to fit into any platform's message."""
NEWEST = 10
Said = tuple[str, Mapping[str, str]]
"""(code, holes) of a sentence."""


def shown(name: str, cases: Cases, say: Callable[..., str]) -> str:
    """The card: how many, how many of them wait, and the newest."""
    newest = ", ".join(map(str, cases.newest))
    count, waiting = cases.count, cases.waiting
    return say("incident.cases", name=name, count=count, waiting=waiting, newest=newest)


def by_language(text: str, languages: Sequence[str]) -> dict[str, str]:
    """ "zh: … en: …", each at the beginning of a line, as a text for each language; {} when it is not of this form."""
    codes = "|".join(map(re.escape, languages))
    parts = re.split(rf"^[ \t]*({codes})[ \t]*[:：][ \t]*", text.strip(), flags=re.MULTILINE | re.IGNORECASE)
    if parts[0] or len(parts) < 3:
        return {}
    found: dict[str, str] = {}
    for code, said in zip(parts[1::2], parts[2::2], strict=True):
        language = next(one for one in languages if one.lower() == code.lower())
        if language in found:
            return {}
        found[language] = said.strip()
    return found


def fault_of(texts: Mapping[str, str], languages: Sequence[str], official: Set[str]) -> Said | None:
    """The first thing for which an answer is refused; None: it may go to everybody."""
    for language in languages:
        text = texts.get(language, "")
        if not text:
            return "incident.answer_missing", {"language": language}
        if len(text) > LONGEST:
            return "incident.answer_long", {"language": language, "limit": str(LONGEST)}
        if inspect(text).kinds:
            return "incident.answer_secret", {"language": language}
        if asked := asks_for_secret(text, strict=True):
            return "incident.answer_asks", {"found": asked}
        if scam := forbidden(text):
            return "incident.answer_forbidden", {"found": scam}
        if off := astray(text, frozenset(official)):
            return "incident.answer_link", {"found": off[:60]}
    return None
