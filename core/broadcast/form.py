"""The file of a broadcast -> its content, with every fault at once and its place. Pure.

broadcast: upgrade_2026_12        # its name
class: notice                     # critical | security | notice | market | education
audience: {everybody: true}       # or: platform, language, topic, assets, zone, seen_days, open_cases, attribute
when: now                         # or "2026-12-01 10:00", or cron: "0 10 * * 1"
zone: Asia/Shanghai               # left out: everybody's own wall
texts:
  zh: ...
  en: ...
buttons: [{url: "https://...", zh: ..., en: ...}]          # see buttons.py
picture: {file: ..., zh: ..., en: ...}                     # see illustration.py
post: ["1234..."]                 # boards where it is posted for everybody, out of those that are configured
mention: "5678..."                # the one group that is called there
series: first_steps               # a lesson of a series, with `number`, `every` (days) and `at`; see `drip.py`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from core.broadcast.buttons import Buttons, read_buttons
from core.broadcast.content import INCIDENT, KINDS, Content, Incident, Kind, Part, Plan, Post, Rule
from core.broadcast.form_audience import read_audience
from core.broadcast.form_incident import OTHERS, read_incident
from core.broadcast.illustration import Illustration, no_files, read_picture
from core.broadcast.words import DRIP, NOW, daily, is_cron, is_wall, is_zone, words_of
from core.conversation.document import Fault, Node, Place, Table, Text, read
from core.conversation.model import Choice, Message, Rich
from core.conversation.picture import Fetch
from core.conversation.texts import Template, TextError, parse

SERIES = ("series", "number", "every", "at")
"""The keys of a lesson of a series."""
NO_SERIES = ("when", "zone", "cron", "corrects", "follows", "post", "mention")
"""Those that it cannot have."""
KEYS = (
    "broadcast", "class", "reason", "audience", "corrects", "follows", "incident", "when", "zone", "cron", "hours",
    "texts", "buttons", "picture", "post", "mention", *SERIES,
)  # fmt: skip
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class House:
    """What a form may refer to. `holes`: what every text may use. `frame`: language -> (what stands under each text,
    the button that ends it), given the code. `boards`: where it may be posted. `groups`: channel -> whom a post may
    call there. `assets`: what people can say they hold. `subjects`: what an incident may be about."""

    languages: Sequence[str]
    channels: Sequence[str]
    topics: Sequence[str]
    holes: Mapping[str, Mapping[str, str]]
    frame: Callable[[str, str], tuple[Rich, Choice]]
    boards: Sequence[Post] = ()
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    assets: Sequence[str] = ()
    subjects: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A file that was read: its content as far as it goes, the texts with their places, and what has to be mended."""

    content: Content | None
    texts: Mapping[str, tuple[str, Place]]
    faults: Sequence[Fault]
    at: Place = ("", 1, 1)
    picture: bytes = b""


def read_form(file: str, source: str, code: str, house: House, fetch: Fetch = no_files) -> Form:
    """Never raises. `fetch` reads the picture's file."""
    root, faults = read(file, source, prose=True)
    if not isinstance(root, Table):
        return Form(None, {}, faults or [Fault(file, 1, 1, "SHAPE", {"key": "-"}, "table")])
    reader = _Reader(file, root, list(faults), code, house, fetch)
    content = reader.content()
    return Form(None if reader.faults else content, reader.texts, reader.faults, root.at, reader.shown.data)


class _Reader:
    """One pass over the tree."""

    def __init__(
        self, file: str, root: Table, faults: list[Fault], code: str, house: House, fetch: Fetch
    ) -> None:
        self.root = root
        self.faults = faults
        self.texts: dict[str, tuple[str, Place]] = {}
        self._file = file
        self._code = code
        self._house = house
        self.shown = self._illustration(fetch)

    def fault(self, at: Place, code: str, variant: str = "", **holes: str) -> None:
        self.faults.append(Fault(*at, code, holes, variant))

    def content(self) -> Content:
        self._only(self.root, KEYS)
        name, kind = self._text("broadcast"), self._text("class", "notice")
        if not NAME.fullmatch(name):
            self.fault(self._at("broadcast"), "NAME" if name else "MISSING", name=name, key="broadcast")
        if kind not in KINDS:
            self.fault(self._at("class"), "UNKNOWN", "value", key=kind, allowed=", ".join(KINDS))
            kind = "notice"
        sure: Kind = next(one for one in get_args(Kind) if one == kind)
        messages, reason = self._messages(), self._text("reason")
        posts = tuple(self._posts(messages))
        if (node := self.root.entries.get("incident")) is not None:
            incident = self._incident(node, messages)
            return Content(name, sure, messages, Rule(), Plan(INCIDENT), reason, self._code, (), incident)
        plan, part = self._plan(), self._part()
        return Content(name, sure, messages, self._rule(), plan, reason, self._code, posts, None, part)

    # --- parts

    def _illustration(self, fetch: Fetch) -> Illustration:
        if (table := self.root.entries.get("picture")) is None:
            return Illustration()
        found = read_picture(table, self._at("picture"), self._house.languages, fetch)
        self.faults += found.faults
        self.texts |= {f"picture {language}": told for language, told in found.words.items()}
        return found

    def _incident(self, node: Node, messages: Mapping[str, Message]) -> Incident:
        for key in OTHERS:
            if key in self.root.entries:
                self.fault(self._at(key), "ELSEWHERE", key=key)
        house, at = self._house, self._at("incident")
        for language in house.languages:
            if language not in messages:
                self.fault(self._at("texts"), "UNTOLD", language=language)
        site = house.holes[house.languages[0]].get("official_site", "")
        return read_incident(node, at, house.languages, house.subjects, site, self.texts, self.fault)

    def _rule(self) -> Rule:
        corrected, followed = self._text("corrects"), self._text("follows")
        table, house = self.root.entries.get("audience"), self._house
        if corrected and followed:
            self.fault(self._at("follows"), "UNKNOWN", key="follows", allowed="corrects")
        if table is None and (corrected or followed):
            return Rule(got=corrected) if corrected else Rule(follows=followed)
        if not isinstance(table, Table):
            self.fault(self._at("audience"), "AUDIENCE")
            return Rule()
        known = {
            "platform": house.channels,
            "language": house.languages,
            "topic": house.topics,
            "assets": house.assets,
        }
        rule = read_audience(table, self._at("audience"), known, self.fault)
        return replace(rule, got=corrected, follows=followed)

    def _posts(self, messages: Mapping[str, Message]) -> Iterator[Post]:
        """Where it is posted. Only what the operator has named may be posted in or called."""
        node = self.root.entries.get("post")
        wanted = list(dict.fromkeys(words_of(node))) if node is not None else []
        mention = self._text("mention")
        self._known("post", wanted, [one.chat for one in self._house.boards], "post")
        boards = [one for one in self._house.boards if one.chat in wanted]
        for board in boards:
            if board.language not in messages:
                self.fault(self._at("post"), "UNTOLD", language=board.language)
            if mention:
                self._known("mention", [mention], self._house.groups.get(board.channel, ()), "mention")
            yield replace(board, mention=mention)
        if mention and not boards:
            self.fault(self._at("mention"), "MISSING", key="post")

    def _part(self) -> Part | None:
        """Its place in a series, if it has one. A series has its own rhythm, and is for people, not for boards."""
        series = self._text("series")
        for key in NO_SERIES if series else SERIES:
            if key in self.root.entries:
                allowed = ", ".join(SERIES if series else NO_SERIES)
                self.fault(self._at(key), "UNKNOWN", key=key, allowed=allowed)
        if not series:
            return None
        if not NAME.fullmatch(series):
            self.fault(self._at("series"), "NAME", name=series)
        return Part(series, self._whole("number", 999), self._whole("every", 90))

    def _whole(self, key: str, most: int) -> int:
        value = self._text(key)
        if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= most:
            self.fault(self._at(key), "NUMBER", key=key, value=value or "–", most=str(most))
            return 1
        return int(value)

    def _plan(self) -> Plan:
        at, cron, zone = self._text("when", NOW), self._text("cron"), self._text("zone")
        hours, clock = self._text("hours", "24"), self._text("at")
        if "series" in self.root.entries:
            at, cron = DRIP, daily(clock)
            if not cron:
                self.fault(self._at("at"), "WHEN", "clock", value=clock or "–")
        if zone and not is_zone(zone):
            self.fault(self._at("zone"), "WHEN", "zone", value=zone)
            zone = "UTC"
        if cron and not is_cron(cron):
            self.fault(self._at("cron"), "WHEN", "cron", value=cron)
        if at != NOW and not (is_wall(at) or "series" in self.root.entries):
            self.fault(self._at("when"), "WHEN", value=at)
        if not re.fullmatch(r"\d{1,3}(\.\d)?", hours) or not 0 < float(hours) <= 168:
            self.fault(self._at("hours"), "NUMBER", key="hours", value=hours, most="168")
            hours = "24"
        return Plan("" if cron and at != DRIP else at, zone, cron, float(hours))

    def _messages(self) -> dict[str, Message]:
        table = self.root.entries.get("texts")
        if not isinstance(table, Table):
            self.fault(self._at("texts"), "MISSING", key="texts")
            return {}
        self._only(table, tuple(self._house.languages))
        languages = self._house.languages
        told = [language for language in languages if language in table.entries]
        buttons = read_buttons(self.root.entries.get("buttons"), self._at("buttons"), languages, told)
        self.faults += buttons.faults
        self.texts |= buttons.words
        messages = {}
        for language, node in table.entries.items():
            if not isinstance(node, Text):
                self.fault(node.at, "SHAPE", "text", key=language)
            elif language in languages:
                self.texts[language] = (node.value, node.at)
                if template := self._template(language, node):
                    messages[language] = self._message(language, template, buttons)
        return messages

    def _message(self, language: str, template: Template, buttons: Buttons) -> Message:
        holes = self._house.holes[language]
        below, way_out = self._house.frame(language, self._code)
        shown = self.shown.pictures.get(language)
        choices = (*buttons.choices(language), way_out)
        return Message((template.fill(holes, language), below), choices, picture=shown)

    def _template(self, language: str, node: Text) -> Template | None:
        try:
            template = parse(node.value)
        except TextError as error:
            holes = {"key": language, "reason": error.code, **error.holes}
            self.fault(node.at, "MARKUP", **holes)
            return None
        for hole in sorted(template.holes - set(self._house.holes[language])):
            self.fault(node.at, "HOLE", hole=hole, allowed=", ".join(sorted(self._house.holes[language])))
        return template

    # --- words

    def _text(self, key: str, default: str = "") -> str:
        node = self.root.entries.get(key)
        if node is None:
            return default
        if not isinstance(node, Text):
            self.fault(node.at, "SHAPE", "text", key=key)
            return default
        return node.value.strip()

    def _at(self, key: str) -> Place:
        return self.root.keys.get(key, (self._file, 1, 1))

    def _only(self, table: Table, allowed: Sequence[str]) -> None:
        for key in table.entries:
            if key not in allowed:
                self.fault(table.keys[key], "UNKNOWN", key=key, allowed=", ".join(allowed))

    def _known(self, key: str, words: Sequence[str], known: Sequence[str], place: str = "audience") -> None:
        for word in words:
            if word not in known:
                allowed = ", ".join(known) or "–"
                self.fault(self._at(place), "UNKNOWN", "value", key=f"{key}: {word}", allowed=allowed)
