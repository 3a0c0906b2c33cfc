"""Does a host or a name pass itself off as ours? Only our own names are compared: guarding everybody's brand
at once is what makes such checks cry wolf.

Law of this file: what is ours was asked before (`official`), so whatever is asked here is not ours. Each answer is
the code of a reason: other_ending, homoglyph, typo, glued, inside, name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from core.safety.hosts import Host, host_of, shown
from core.safety.skeleton import key, keys, listed, skeleton

LIKE = 88.0
"""Of 100, from which a name is told: in 11,043 ordinary names 2 reach it, of 3,000 imitations all do."""
_APART = re.compile(r"[\W_]+|(?<=\D)(?=\d)|(?<=\d)(?=\D)")
_DIGITS = re.compile(r"\d+")
_MARKS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d{2,}|\d$")
"""Digits that are a number ("bonus2026"), not a letter of another shape ("b0nus")."""
_HAN = re.compile("[\u3400-\u9fff]")
SHORT = 5
"""A name with fewer letters is one edit away from too many others: it is compared with its ending only."""
LONGEST_WORD = 13
"""Letters of a word that lures."""
LONG = 7
"""A name with so many letters does not stand in another one by chance."""


Words = Mapping[str, tuple[str, ...]]
"""Words by their first letter."""


class Form(NamedTuple):
    """A name as it is written, what it looks like, and its key."""

    name: str
    look: str
    key: str


@dataclass(frozen=True)
class Ours:
    """Our own names: `domains` as registered, `names` as people write them (of the house, its staff, its handles)."""

    domains: tuple[str, ...]
    brands: tuple[str, ...]
    names: tuple[str, ...] = ()

    @cached_property
    def labels(self) -> tuple[Form, ...]:
        """What stands before the ending of each domain, and the brands themselves: one of each key."""
        labels = [host.label for domain in self.domains if (host := host_of(domain))]
        brands = {key(name): name for name in (*labels, *self.brands) if len(key(name)) > 1}
        return tuple(Form(name, skeleton(name), own) for own, name in brands.items())

    @cached_property
    def wholes(self) -> tuple[Form, ...]:
        """Our domains, their endings included."""
        return tuple(Form(domain, skeleton(domain), key(domain)) for domain in self.domains)

    @cached_property
    def endings(self) -> frozenset[str]:
        """What stands behind our names in our domains."""
        return frozenset(key(part) for domain in self.domains for part in domain.split(".")[1:])

    @cached_property
    def name_keys(self) -> tuple[tuple[str, str], ...]:
        """(key, name) of all that a person or an account may be called: the first name of each key."""
        found: dict[str, str] = {}
        for name in (*self.names, *self.brands):
            found.setdefault(key(name), name)
        return tuple((own, name) for own, name in found.items() if own)


class Like(NamedTuple):
    """`why`: the code of the reason; `ours`: what is imitated."""

    why: str
    ours: str


class _Seen(NamedTuple):
    """A host as people see it: its registered part and what was chosen in that; the keys of its labels; its words and
    their keys. Neither labels nor words hold the last one, which is the ending."""

    text: str
    registered: Form
    label: Form
    labels: Sequence[str]
    words: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, host: Host) -> _Seen:
        """Of a host; every key is made in one go."""
        text, registered, label = shown(host.name), shown(host.own), shown(host.label)
        labels = text.split(".")[:-1]
        words = [word for word in _APART.split(skeleton(text)) if word][:-1]
        whole, chosen, *made = keys([registered, label, *labels, *words])
        return cls(
            text,
            Form(registered, skeleton(registered), whole),
            Form(label, skeleton(label), chosen),
            made[: len(labels)],
            list(zip(words, made[len(labels) :], strict=True)),
        )


def like_host(host: Host, ours: Ours) -> Like | None:
    """Whether a host that is not ours looks like ours. 10 us or so for a handful of names."""
    if host.ip:
        return None
    seen = _Seen.of(host)
    return _near_whole(seen, ours) or _near_label(seen, ours) or _inside(host, seen, ours)


def _near_whole(seen: _Seen, ours: Ours) -> Like | None:
    """Against the whole domain, its ending included: the only safe way to compare short names."""
    registered = seen.registered
    for domain in ours.wholes:
        if registered.key == domain.key:
            return Like("homoglyph", domain.name)
        if _near(registered, domain):
            return Like("typo", domain.name)
    return None


def _near_label(seen: _Seen, ours: Ours) -> Like | None:
    """Against our names alone, under whatever ending."""
    label = seen.label
    for own in ours.labels:
        if label.key == own.key:
            same = label.look == label.name == label.name.lower()
            return Like("other_ending" if same else "homoglyph", own.name)
        if len(own.key) >= SHORT and _near(label, own):
            return Like("typo", own.name)
        if own.name in seen.text and _HAN.search(own.name):
            return Like("inside", own.name)
    return None


def _inside(host: Host, seen: _Seen, ours: Ours) -> Like | None:
    """Our name as a word of its own anywhere in the host, or glued to words that lure."""
    enough = SHORT if host.free else LONG
    for own in ours.labels:
        for word, made in seen.words:
            if made == own.key or (made[:1] == own.key[:1] and _misspelt(word, made, own)):
                return Like("inside", own.name)
        held = [at for at, label in enumerate(seen.labels) if own.key in label]
        if held and (len(own.key) >= enough or any(_is_word(own.key, seen.text, at) for at in held)):
            return Like("inside", own.name)
        if held and any(_glued(label, own.key, ours) for label in _forms(seen, held)):
            return Like("glued", own.name)
    return None


def _is_word(own: str, text: str, at: int) -> bool:
    """Whether our name stands between the marks of a label, digits in its midst or in place of letters and all."""
    words = _MARKS.split(text.split(".")[at])
    return any(key(word) == own for word in words if not word.isdigit())


def _forms(seen: _Seen, held: Sequence[int]) -> Iterator[str]:
    """The keys of some labels, each as it is and without its numbers: in a key they have turned into letters."""
    labels = seen.text.split(".")
    for at in held:
        yield seen.labels[at]
        yield key(_NUMBER.sub("", labels[at]))


def _misspelt(word: str, made: str, own: Form) -> bool:
    """Whether a word is our long name with one slip behind its first letter."""
    return len(own.key) >= LONG and (_one_edit(skeleton(word), own.look) or _one_edit(made, own.key))


def _near(one: Form, other: Form) -> bool:
    """Whether at most one edit lies between two names, as they are written or as they look."""
    return _one_edit(one.look, other.look) or _one_edit(one.key, other.key)


def _one_edit(one: str, other: str) -> bool:
    return -1 <= len(one) - len(other) <= 1 and OSA.distance(one, other, score_cutoff=1) <= 1


def _glued(label: str, own: str, ours: Ours) -> bool:
    """Whether a label that holds our name is that and around it nothing but words that lure, our endings and digits."""
    at = label.find(own)
    if len(own) < 3 or at < 0 or label == own:
        return False
    words = _words("lures", ours.endings)
    return all(_lures(part, words) for part in (label[:at], label[at + len(own) :]))


def _lures(text: str, words: Words) -> bool:
    """Whether a text can be cut into these words and digits; linear in its length."""
    ahead = {0}
    for start in range(len(text)):
        if start in ahead:
            ahead.remove(start)
            if text[start].isdigit():
                ahead.add(start + 1)
            for word in words.get(text[start], ()):
                if text.startswith(word, start):
                    ahead.add(start + len(word))
        if not ahead:
            return False
    return len(text) in ahead


@cache
def _words(name: str, more: frozenset[str] = frozenset()) -> Words:
    """The keys of the words of a list that is shipped, and more keys."""
    found: dict[str, tuple[str, ...]] = {}
    for word in more.union(map(key, listed(name))):
        if 0 < len(word) <= LONGEST_WORD:
            found[word[0]] = (*found.get(word[0], ()), word)
    return found


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
    if 2 * min(len(name), len(own)) <= max(len(name), len(own)):  # no measure reaches 88 then
        return 0.0
    if not own.isascii() and _HAN.search(own):  # one character more or less is another person
        return 0.0
    edits = 100 * OSA.normalized_similarity(name, own)
    return max(edits, 97 * JaroWinkler.similarity(name, own)) if len(own) >= SHORT else edits
