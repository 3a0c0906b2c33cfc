"""Does a host or a name pass itself off as ours? Only our own names are compared: guarding everybody's brand
at once is what makes such checks cry wolf.

Law of this file: what is ours was asked before (`official`), so whatever is asked here is not ours. Each answer is
the code of a reason: other_ending, homoglyph, typo, glued, inside, name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from rapidfuzz.distance import OSA, JaroWinkler

from core.safety.hosts import Host, host_of, shown
from core.safety.skeleton import key, listed, skeleton

LIKE = 88.0
"""Of 100, from which a name is told: in 11,043 ordinary names 2 reach it, of 3,000 imitations all do."""
_APART = re.compile(r"[\W_]+|(?<=\D)(?=\d)|(?<=\d)(?=\D)")
_DIGITS = re.compile(r"\d+")
_HAN = re.compile("[\u3400-\u9fff]")
SHORT = 5
"""A name with fewer letters is one edit away from too many others: it is compared with its ending only."""
LONGEST_WORD = 13
"""Letters of a word that lures."""
LONG = 7
"""A name with so many letters does not stand in another one by chance."""


@dataclass(frozen=True)
class Ours:
    """Our own names: `domains` as registered, `names` as people write them (of the house, its staff, its handles)."""

    domains: tuple[str, ...]
    brands: tuple[str, ...]
    names: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> dict[str, str]:
        """key -> brand: what stands before the ending of each domain, and the brands themselves."""
        labels = [host.label for domain in self.domains if (host := host_of(domain))]
        return {key(name): name for name in (*labels, *self.brands) if len(key(name)) > 1}

    @cached_property
    def endings(self) -> frozenset[str]:
        """What stands behind our names in our domains."""
        return frozenset(key(part) for domain in self.domains for part in domain.split(".")[1:])

    @cached_property
    def name_keys(self) -> tuple[tuple[str, str], ...]:
        """(key, name) of all that a person or an account may be called."""
        return tuple((key(name), name) for name in dict.fromkeys((*self.names, *self.brands)) if key(name))


@dataclass(frozen=True, slots=True)
class Like:
    """`why`: the code of the reason; `ours`: what is imitated."""

    why: str
    ours: str


def like_host(host: Host, ours: Ours) -> Like | None:
    """Whether a host that is not ours looks like ours. 10 us or so for a handful of names."""
    if host.ip:
        return None
    seen = shown(host.name)
    if found := _near_whole(host, ours):
        return found
    label = shown(host.label)
    for own, brand in ours.keys.items():
        if key(label) == own:
            return Like("other_ending" if skeleton(label) == label == label.lower() else "homoglyph", brand)
        if len(own) >= SHORT and _near(label, brand):
            return Like("typo", brand)
        if _HAN.search(brand) and brand in seen:
            return Like("inside", brand)
    return _inside(host, seen, ours)


def _near_whole(host: Host, ours: Ours) -> Like | None:
    """Against the whole domain, its ending included: the only safe way to compare short names."""
    registered = shown(host.own)
    for domain in ours.domains:
        if key(registered) == key(domain):
            return Like("homoglyph", domain)
        if _near(registered, domain):
            return Like("typo", domain)
    return None


def _near(one: str, other: str) -> bool:
    """Whether at most one edit lies between two names, as they are written or as they look."""
    pairs = ((skeleton(one), skeleton(other)), (key(one), key(other)))
    return any(abs(len(a) - len(b)) <= 1 and OSA.distance(a, b, score_cutoff=1) <= 1 for a, b in pairs)


def _inside(host: Host, seen: str, ours: Ours) -> Like | None:
    """Our name as a word of its own anywhere in the host, or glued to words that lure."""
    words = [word for word in _APART.split(skeleton(seen)) if word][:-1]
    labels = [key(label) for label in seen.split(".")[:-1]]
    for own, brand in ours.keys.items():
        if any(key(word) == own or _misspelt(word, own, brand) for word in words):
            return Like("inside", brand)
        enough = SHORT if host.free else LONG
        if len(own) >= enough and any(own in label for label in labels):
            return Like("inside", brand)
        if any(_glued(label, own, ours) for label in labels):
            return Like("glued", brand)
    return None


def _misspelt(word: str, own: str, brand: str) -> bool:
    """Whether a word is our long name with one slip behind its first letter."""
    return len(own) >= LONG and key(word)[:1] == own[:1] and _near(word, brand)


def _glued(label: str, own: str, ours: Ours) -> bool:
    """Whether a label is our name and around it nothing but words that lure, our endings and digits."""
    at = label.find(own)
    if at < 0 or len(own) < 3 or label == own:
        return False
    words = _words("lures") | ours.endings
    return all(_lures(part, words) for part in (label[:at], label[at + len(own) :]))


def _lures(text: str, words: frozenset[str]) -> bool:
    """Whether a text can be cut into these words and digits; linear in its length."""
    reached = {0}
    for start in range(len(text)):
        if start not in reached:
            continue
        if text[start].isdigit():
            reached.add(start + 1)
        for size in range(1, LONGEST_WORD + 1):
            if text[start : start + size] in words:
                reached.add(start + size)
    return len(text) in reached


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(map(key, listed(name)))


def like_name(name: str, ours: Ours) -> Like | None:
    """Whether what a person or an account is called looks like us, however it is written."""
    for form in dict.fromkeys((name, _DIGITS.sub("", name))):
        if (made := key(form)) and (found := _like_key(made, ours)):
            return found
    return None


def _like_key(made: str, ours: Ours) -> Like | None:
    for own, whole in ours.name_keys:
        if made == own or _score(made, own) >= LIKE:
            return Like("name" if made == own else "typo", whole)
        at = made.find(own)
        if at >= 0 and len(own) > 1 and _lures(made[:at] + made[at + len(own) :], _words("lures")):
            return Like("glued", whole)
    if len(made) > 1 and not made.isdigit() and _lures(made, _words("staff")):
        return Like("staff", "")
    return None


def _score(name: str, own: str) -> float:
    """0 to 100: the best of two measures, for a short name only the stricter one."""
    if _HAN.search(own):  # one character more or less is another person
        return 0.0
    edits = 100 * OSA.normalized_similarity(name, own)
    return max(edits, 97 * JaroWinkler.similarity(name, own)) if len(own) >= SHORT else edits
