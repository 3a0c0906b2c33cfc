"""Rules about words: every text in every language, with the same holes, used, short enough, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from core.conversation.facts import Facts
from core.conversation.flow import Ask, Say
from core.conversation.fold import fold
from core.conversation.forms import FIELD, together
from core.conversation.layout import Fault
from core.conversation.load import BROKEN, COMMON, Draft
from core.conversation.sheet import near, shown

LABEL_LIMIT, TEXT_LIMIT, TITLE_LIMIT = 40, 2000, 60
"""Characters of a button, a text, and a phrase or the name of an owner."""
COMMAND_LIMIT = 100
"""Characters of a command's description, the smallest limit of all platforms."""
FEWEST_PHRASES = 3
COMMAND_TEXT = "command"
"""The text that describes a flow's command; a flow with a command must have it."""
LESSON = "lesson."
"""How the keys of a lesson's texts and buttons begin."""
_folded = lru_cache(maxsize=8192)(fold)
"""Every phrase is compared in several rules; converting Chinese is what costs."""
_MARKS = ("**", "`", "](", "{", "}")


def used_texts(draft: Draft) -> dict[str, tuple[str, ...]]:
    """Text key -> the path of the first place in flow.yaml that uses it."""
    used: dict[str, tuple[str, ...]] = {}
    if draft.flow.menu:
        used[draft.flow.menu] = ("flow", "start", "menu")
    if draft.flow.command:  # what the platform's list of commands says about it
        used[COMMAND_TEXT] = ("flow", "start", "command")
    for step in draft.flow.steps.values():
        if isinstance(step, Say | Ask) and step.text:
            used.setdefault(
                step.text, ("flow", "steps", step.name, "say" if isinstance(step, Say) else "ask")
            )
        if isinstance(step, Say) and step.alt:
            used.setdefault(step.alt, ("flow", "steps", step.name, "alt"))
    for lesson in draft.flow.lessons.values():
        used |= dict.fromkeys(lesson.texts, ("flow", "lessons", lesson.name))
    return used


def used_choices(draft: Draft) -> dict[str, tuple[str, ...]]:
    """Choice name -> the path of the first question that offers it."""
    used: dict[str, tuple[str, ...]] = {}
    for step in draft.flow.steps.values():
        for name in step.choices if isinstance(step, Ask) else ():
            used.setdefault(name, ("flow", "steps", step.name, "choices", name))
        for ask in together(draft.flow, step) if isinstance(step, Ask) else ():
            used.setdefault(f"{ask.text}{FIELD}", ("flow", "steps", ask.name, "ask"))
    for lesson in draft.flow.lessons.values():
        used |= dict.fromkeys(lesson.choices, ("flow", "lessons", lesson.name))
    return used


def languages(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """LANG, CHOICES, UNUSED: what a flow uses is there in every language, and nothing else is."""
    read = [language for language in facts.languages if language not in draft.unread]
    if draft.folder == COMMON:
        yield from _mirrored(draft, read)
        return
    if "flow" in draft.unread:
        return
    texts = {language: set(draft.flow.words[language].texts) for language in read}
    labels = {language: set(draft.flow.words[language].choices) for language in read}
    yield from _present(draft, "texts", texts, used_texts(draft), "LANG")
    yield from _present(draft, "choices", labels, used_choices(draft), "CHOICES")


def _present(
    draft: Draft, part: str, have: dict[str, set[str]], used: dict[str, tuple[str, ...]], nowhere: str
) -> Iterator[Fault]:
    anywhere: set[str] = set().union(*have.values())
    lost = [key for key in used if key not in anywhere]
    for key in lost if have else ():
        meant = near(key, anywhere - set(used))
        holes = {"key": key} | ({"near": meant} if meant else {})
        variant = "misspelt" if meant else "nowhere"
        yield draft.fault(draft.at(*used[key]), nowhere, variant, **holes)
    for language, keys in have.items():
        for key in used:
            if key in anywhere and key not in keys:
                yield draft.fault(draft.at(language, part), "LANG", part, key=key, language=language)
        whole = not lost and draft.whole
        listed = ("flow", "lessons") in draft.places  # a lesson that is not on the list is not taught yet
        drafts = LESSON if listed else ()
        for key in sorted(key for key in keys - set(used) if not key.startswith(drafts)) if whole else ():
            yield draft.fault(draft.at(language, part, key), "UNUSED", part, key=key)


def _mirrored(draft: Draft, read: Sequence[str]) -> Iterator[Fault]:
    """The house's texts: whatever one language has, every other has."""
    for part in ("texts", "choices"):
        have = {language: set(getattr(draft.flow.words[language], part)) for language in read}
        for language in read:
            for key in sorted(set().union(*have.values()) - have[language]):
                yield draft.fault(draft.at(language, part), "LANG", part, key=key, language=language)


def house(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """MISSING: every text, label and word that the engine uses is among the house's."""
    if draft.folder != COMMON:
        return
    read = [language for language in facts.languages if language not in draft.unread]
    needs = {"texts": facts.common_texts, "choices": facts.common_choices, "words": facts.common_words}
    for part, needed in needs.items():
        have = {language: set(getattr(draft.flow.words[language], part)) for language in read}
        for key in sorted(needed or ()):
            lacking = [language for language in read if key not in have[language]]
            if part != "words" and len(lacking) < len(read):
                continue  # there in one language: LANG tells it
            for language in lacking:
                yield draft.fault(draft.at(language, part), "MISSING", part, key=key)
    for language in read:
        for key, spoken in draft.flow.words[language].words.items():
            if not spoken:
                yield draft.fault(draft.at(language, "words", key), "EMPTY", "word", key=key)


def holes(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """PLACEHOLDER, GIVES: the same holes in every language; a label or a description has none."""
    shared: dict[str, tuple[str, frozenset[str]]] = {}
    for language, words in draft.flow.words.items():
        for key, template in words.texts.items():
            if template is BROKEN:
                continue
            first, expected = shared.setdefault(key, (language, template.holes))
            if template.holes != expected:
                told = {
                    "key": key,
                    "here": _braced(template.holes),
                    "there": _braced(expected),
                    "other": first,
                }
                yield draft.fault(draft.at(language, "texts", key), "PLACEHOLDER", **told)
        for part, key in (("menu", draft.flow.menu), ("command", COMMAND_TEXT)):
            shown_alone = words.texts.get(key) if draft.folder != COMMON else None
            for hole in sorted(shown_alone.holes) if shown_alone else ():
                yield draft.fault(draft.at(language, "texts", key), "GIVES", step=part, slot=hole, known="-")
        for key, template in words.texts.items():
            for hole in sorted(template.holes - facts.holes) if key.startswith(LESSON) else ():
                told = {"step": key, "slot": hole, "known": shown(sorted(facts.holes))}
                yield draft.fault(draft.at(language, "texts", key), "GIVES", **told)


def _braced(names: frozenset[str]) -> str:
    return shown([f"{{{name}}}" for name in sorted(names)])


def lengths(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """LENGTH: a button of 40, a text of 2,000, a command's description of 100, a phrase or an owner of 60."""
    limits = {COMMAND_TEXT: COMMAND_LIMIT, draft.flow.menu: LABEL_LIMIT} if draft.folder != COMMON else {}
    for (language, key), forms in draft.sources.items():
        limit = limits.get(key, TEXT_LIMIT)
        yield from _too_long(draft, (language, "texts", key), max(forms, key=len, default=""), limit)
    for language, words in draft.flow.words.items():
        for name, written in words.choices.items():
            yield from _too_long(draft, (language, "choices", name), written, LABEL_LIMIT)
        for number, phrase in enumerate(words.phrases):
            yield from _too_long(draft, (language, "phrases", str(number)), phrase, TITLE_LIMIT)
    yield from _too_long(draft, ("flow", "owner"), draft.flow.owner, TITLE_LIMIT)


def _too_long(draft: Draft, path: tuple[str, ...], written: str, limit: int) -> Iterator[Fault]:
    if len(written) > limit:
        yield draft.fault(draft.at(*path), "LENGTH", count=str(len(written)), limit=str(limit))


def labels(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """MARKUP, EMPTY: a button's label is plain text, and not empty."""
    for language, words in draft.flow.words.items():
        for name, label in words.choices.items():
            at = draft.at(language, "choices", name)
            mark = next((mark for mark in _MARKS if mark in label), "")
            if not label:
                yield draft.fault(at, "EMPTY", "text", key=name)
            elif mark:
                yield draft.fault(at, "MARKUP", "label", key=name, mark=mark)


def phrases(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """EMPTY, COLLIDE: enough phrases in every language, and none of them twice."""
    if draft.folder == COMMON:
        return
    for language, words in draft.flow.words.items():
        if language in draft.unread:
            continue
        if len(words.phrases) < FEWEST_PHRASES:
            told = {"language": language, "count": str(len(words.phrases)), "fewest": str(FEWEST_PHRASES)}
            yield draft.fault(draft.at(language, "phrases"), "EMPTY", "phrases", **told)
        seen: set[str] = set()
        for number, phrase in enumerate(words.phrases):
            at = draft.at(language, "phrases", str(number))
            if not _folded(phrase):
                yield draft.fault(at, "EMPTY", "text", key="phrases")
            elif _folded(phrase) in seen:
                yield draft.fault(at, "COLLIDE", "twice", phrase=phrase)
            seen.add(_folded(phrase))


RULES = (languages, house, holes, lengths, labels, phrases)


def collisions(drafts: Sequence[Draft], facts: Facts) -> Iterator[Fault]:
    """COLLIDE: a phrase, a command or a menu label belongs to one flow, and to none of the words for everywhere."""
    owners: dict[tuple[str, str], str] = {}
    for draft in drafts:
        for words in draft.flow.words.values():
            for name, spoken in words.words.items():
                owners.update({("phrase", _folded(word)): name for word in spoken})
    owners |= {("command", name): name for name in facts.common_words or ()}
    for draft in drafts:
        if draft.folder == COMMON:
            continue
        mine: dict[tuple[str, str], str] = {}
        for kind, written, at in _claims(draft):
            owner = owners.get((kind, _folded(written)))
            if owner is not None:
                yield Fault(*at, "COLLIDE", {"phrase": written, "owner": owner}, kind)
            mine[kind, _folded(written)] = draft.folder
        owners |= {claim: owner for claim, owner in mine.items() if claim not in owners}


def _claims(draft: Draft) -> Iterator[tuple[str, str, tuple[str, int, int]]]:
    """(kind, what is claimed, where) of one flow."""
    if draft.flow.command:
        yield "command", draft.flow.command, draft.at("flow", "start", "command")
    for language, words in draft.flow.words.items():
        for number, phrase in enumerate(words.phrases):
            yield "phrase", phrase, draft.at(language, "phrases", str(number))
        for label in draft.sources.get((language, draft.flow.menu), ()):
            yield "menu", label, draft.at(language, "texts", draft.flow.menu)
