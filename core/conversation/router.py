"""From a free sentence to a flow, by the phrases that the flows ship, all languages together.

A sentence becomes features: stems of its words and pairs of them, pairs and single characters of its Chinese runs. Each
feature speaks for the flows whose phrases have it, the more the rarer it is and the fewer flows share it.
A flow's score is the mean of how much of the sentence speaks for it (`cover`) and how near its nearest
phrase is (`near`, a cosine), less where only one word speaks for it. What no phrase has counts against every
flow, after small typos are mended.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.conversation import idle
from core.conversation.fold import fold

LENGTH = 400
"""Code points of a sentence that are looked at."""
NEAREST = 3
"""How many flows are suggested at most."""

# Scores are in 0..1. These figures were fixed on the tuning part of the corpora, and only there.
SURE = 0.32
"""The least score that starts a flow."""
LEAD = 0.1
"""How far the best flow must then be ahead of the second one."""
NEAR = 0.05
"""The least score that suggests a flow."""
_SINGLE = 0.3
"""Weight of one Chinese character beside a pair: it finds a mistyped pair again."""
_IDLE = 0.15
_HALF_IDLE = 0.5
"""Weights of a feature that says nothing, and of a pair with one idle half."""
_BESIDE = 0.7
"""Weight of two words side by side, in that of a word: "my seed" and "support asks" tell what "seed" does not."""
_UNKNOWN = 1.8
"""Weight of an unknown feature, in weights of the heaviest known one: better ask than start the wrong flow."""
_THIN = 0.5
"""A score is halved when all known features together weigh this part of one unknown feature."""
_MENDED = 0.8
"""Weight of a word whose typo was mended."""

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_RUNS = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+(?:['’][^\\W_{_HAN}]+)*")
_CLITICS = ("'s", "'m", "'re", "'ve", "'ll", "'d")
_ENDINGS = ("ing", "ed", "al", "e")


@dataclass(frozen=True, slots=True)
class Ranking:
    """`sure` is the flow to start, or ""; `nearest` are up to three flows, best first."""

    sure: str
    nearest: tuple[str, ...]


class Router:
    """Immutable; made by `build`, once for a library."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._flows = tuple(sorted(flow for flow in phrases if phrases[flow]))
        pairs = [(flow, _features(phrase)) for flow in self._flows for phrase in phrases[flow]]
        self._owner = tuple(flow for flow, _ in pairs)
        found = Counter(name for _, features in pairs for name in features)
        self._rarity = {name: log(1 + len(pairs) / count) for name, count in found.items()}
        self._unknown = _UNKNOWN * max(self._rarity.values(), default=1.0)
        self._thin = _THIN * self._unknown
        self._words = [name for name in found if _mendable(name)]
        self._speaks = _shares(pairs)
        self._phrases: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, (_, features) in enumerate(pairs):
            length = sqrt(sum((weight * self._rarity[name]) ** 2 for name, weight in features.items()))
            for name, weight in features.items():
                self._phrases[name].append((number, weight * self._rarity[name] / length))

    @classmethod
    def build(cls, phrases: Mapping[str, Sequence[str]]) -> Router:
        """A router for these phrases: flow -> its sentences in all languages."""
        return _router(tuple((flow, tuple(spoken)) for flow, spoken in phrases.items()))

    def route(self, text: str) -> Ranking:
        """The flow that a sentence means. Never raises; linear in the length of the text, of which 400 code points count."""
        scores = self._scores(text)
        nearest = tuple(flow for flow, score in scores[:NEAREST] if score >= NEAR)
        second = scores[1][1] if len(scores) > 1 else 0.0
        sure = bool(nearest) and scores[0][1] >= SURE and scores[0][1] - second >= LEAD
        return Ranking(nearest[0] if sure else "", nearest)

    def _scores(self, text: str) -> list[tuple[str, float]]:
        """Flows with their scores, best first."""
        cover: dict[str, float] = dict.fromkeys(self._flows, 0.0)
        near = [0.0] * len(self._owner)
        total = square = known = 0.0
        for name, weight in self._known(text).items():
            mass = weight * self._rarity.get(name, self._unknown)
            total += mass
            square += mass * mass
            known += mass if name in self._rarity else 0.0
            for flow, share in self._speaks.get(name, ()):
                cover[flow] += mass * share
            for number, part in self._phrases.get(name, ()):
                near[number] += mass * part
        if not total:
            return []
        best: dict[str, float] = dict.fromkeys(self._flows, 0.0)
        for flow, likeness in zip(self._owner, near, strict=True):
            if likeness > best[flow]:
                best[flow] = likeness
        scores = []
        for flow in self._flows:
            likeness = (cover[flow] / total + best[flow] / sqrt(square)) / 2
            scores.append((flow, likeness * known / (known + self._thin)))
        return sorted(scores, key=lambda pair: (-pair[1], pair[0]))

    def _known(self, text: str) -> dict[str, float]:
        """The features of a text, with the typos of words that no phrase has mended."""
        known: dict[str, float] = {}
        for name, weight in _features(text).items():
            if name not in self._rarity:
                if " " in name:  # its words speak for themselves
                    continue
                if mended := self._mend(name):
                    name, weight = mended, weight * _MENDED
            known[name] = max(known.get(name, 0.0), weight)
        return known

    def _mend(self, word: str) -> str:
        """The known word that is one typo away (two for long words) and begins with the same letter, or ""."""
        if not _mendable(word):
            return ""
        far = 1 if len(word) < 8 else 2
        match = process.extractOne(word, self._words, scorer=OSA.distance, score_cutoff=far)
        return match[0] if match and match[0][0] == word[0] else ""


@lru_cache(maxsize=2)
def _router(phrases: tuple[tuple[str, tuple[str, ...]], ...]) -> Router:
    """Most reloads change texts and no phrase."""
    return Router(dict(phrases))


def _shares(pairs: Sequence[tuple[str, Mapping[str, float]]]) -> dict[str, tuple[tuple[str, float], ...]]:
    """Feature -> (flow, how much the feature is that flow's own, in 0..1). Flows with few phrases weigh the same."""
    sizes = Counter(flow for flow, _ in pairs)
    rates: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for flow, features in pairs:
        for name in features:
            rates[name][flow] += 1 / sizes[flow]
    return {
        name: tuple((flow, (rate / sum(own.values())) ** 2) for flow, rate in own.items())
        for name, own in rates.items()
    }


def _features(text: str) -> dict[str, float]:
    """Feature -> weight: word stems, Chinese characters and pairs of both."""
    features: dict[str, float] = {}
    before = ("", False)
    for run in _RUNS.findall(fold(text[:LENGTH])[:LENGTH]):
        if run[0] < "\u3400":
            stem, still = _stem(run), _bare(run) in idle.WORDS
            features[stem] = _IDLE if still else 1.0
            if before[0]:
                features[f"{before[0]} {stem}"] = _BESIDE * _weight(before[1], still)
            before = stem, still
            continue
        before = ("", False)
        for place, character in enumerate(run):
            still = character in idle.CHARACTERS
            features[character] = _SINGLE * _IDLE if still else _SINGLE
            if place + 1 < len(run):
                features[run[place : place + 2]] = _weight(still, run[place + 1] in idle.CHARACTERS)
    return features


def _weight(one: bool, other: bool) -> float:
    """The weight of a pair, by whether its halves are idle."""
    return (1.0, _HALF_IDLE, _IDLE)[one + other]


def _mendable(name: str) -> bool:
    return len(name) >= 5 and name.isalpha()


def _bare(word: str) -> str:
    return word.replace("'", "").replace("’", "")


def _stem(word: str) -> str:
    """A word without its commonest endings: "transfers", "transferred" -> "transfer". Light, and often wrong
    in the same way for the phrase and the sentence, which is all that matters."""
    word = word.replace("’", "'")
    for clitic in _CLITICS:
        word = word.removesuffix(clitic)
    word = word.replace("'", "")
    if len(word) > 3 and word.endswith("s"):
        word = word.removesuffix("s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (3 if len(ending) == 1 else 4):
            word = word.removesuffix(ending)
            break
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls"
    return word[:-1] if doubled else word
