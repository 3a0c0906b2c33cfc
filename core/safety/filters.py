"""What a filter that a platform runs itself can be told of our knowledge: phrases, joined names, patterns. Pure.

Such a filter compares characters before anybody sees the message, and accuses without looking twice. Law of this
file: it is told only what no honest person writes, a victim who asks least of all, and no phrase or joined name that
our own check does not tell, too.
The patterns use only what every dialect of regular expressions without look-around has in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.safety.lookalike import SHORT, Ours, like_name
from core.safety.skeleton import alike, key, lines, listed

SHORTEST_LURE = 4
"""Letters of a word glued to our name: shorter ones stand in honest words by chance."""
_DIGITS = {"o": "0", "l": "1", "i": "1", "e": "3", "s": "5", "b": "8"}
_CHOICES = (8, 6, 4, 3, 2, 1)
"""Look-alikes a letter, the most that fit."""
_GAP = r"[^。！？!?\n]{0,24}"
_OFFERS = (
    rf"(?:追回|追款|挽回|解冻|出金|被骗|回款){_GAP}(?:私聊我|私信我|加我(?:微信|飞机|电报|[vV]|[qQ])|联系我(?:们)?(?:飞机|电报|微信))",
    rf"(?:私聊我|私信我|加我(?:微信|飞机|电报|[vV]|[qQ])){_GAP}(?:追回|追款|挽回|解冻|出金|回款|返利|稳赚)",
    r"(?i)\b(?:recover|retrieve|restore|reclaim)(?:ing)? (?:all )?your (?:lost |stolen |hacked )?(?:funds?|crypto|bitcoin|btc|wallet|money|assets?|usdt|account)\b[^\n]{0,90}\b(?:dm|inbox|message|text|contact|whatsapp|write)\b",
    r"(?i)\b(?:dm|inbox|whatsapp)\b[^\n]{0,40}\b(?:for|to get) (?:\w+ ){0,2}(?:recovery|refund|your money back)\b",
    r"(?i)\b(?:dm|inbox|message|text|whatsapp|write) (?:me|us|him|her|@\w+)\b[^\n]{0,60}\b(?:recover|retrieve|restore|reclaim|get back) (?:all )?your\b",
)
"""Who offers to get money back, and where to write to them, as they say it of themselves."""


def offers(longest: int) -> tuple[str, ...]:
    """Patterns of a scammer's offer in their own voice, never of what a victim tells of it."""
    return tuple(pattern for pattern in _OFFERS if len(pattern) <= longest)


def phrases() -> tuple[str, ...]:
    """What only a scam says, in the order of the file."""
    return lines("phrases")


def joined_hosts(ours: Ours) -> Iterator[str]:
    """Our longer names glued to a word that lures, as hosts and accounts are called."""
    lures = sorted(word for word in listed("lures") if word.isascii() and len(word) >= SHORTEST_LURE)
    for name in _latin(own.name for own in ours.labels):
        if len(name) >= SHORT:
            for lure in lures:
                yield from (f"{name}-{lure}", f"{lure}-{name}", f"{name}{lure}")


def joined_names(ours: Ours) -> Iterator[str]:
    """What a person calls themselves who passes for our staff: one of our names and a word of theirs."""
    for name in dict.fromkeys((*ours.brands, *ours.names)):
        for word in sorted(listed("staff")):
            for gap in ("", " ", "_"):
                both = f"{name}{gap}{word}".lower(), f"{word}{gap}{name}".lower()
                yield from (one for one in both if like_name(one, ours))


def disguised(ours: Ours, longest: int) -> Iterator[str]:
    """A pattern for each Latin name of ours: written with one look-alike letter, never as it is written itself."""
    for name in _latin(own.name for own in ours.labels):
        made = (_one_odd(name, choices) for choices in _CHOICES)
        yield from [pattern for pattern in made if len(pattern) <= longest][:1]


def called(ours: Ours, longest: int) -> Iterator[str]:
    """A pattern for each name of ours: a person called so, with whatever letters, signs or digits around it."""
    for _, name in ours.name_keys:
        made = (rf"(?i)^[\W_]*{_any(name, choices)}[\W_\d]*$" for choices in _CHOICES)
        yield from [pattern for pattern in made if len(pattern) <= longest][:1]


def _latin(names: Iterable[str]) -> list[str]:
    return [name.lower() for name in names if name.isascii() and name.isalnum() and len(key(name)) > 2]


def _one_odd(name: str, choices: int) -> str:
    ways = []
    for at, letter in enumerate(name):
        if odd := _alike(letter, choices):
            ways.append(f"{name[:at]}[{odd}]{name[at + 1 :]}")
    return rf"(?i)\b(?:{'|'.join(ways)})\b"


def _any(name: str, choices: int) -> str:
    parts = []
    for letter in name.lower():
        if not letter.isalnum():
            parts.append(r"[\W_]*")
        elif odd := _alike(letter, choices):
            parts.append(f"[{letter}{odd}]")
        else:
            parts.append(re.escape(letter))
    return "".join(parts)


def _alike(letter: str, choices: int) -> str:
    return (_DIGITS.get(letter, "") + alike(letter))[:choices]
