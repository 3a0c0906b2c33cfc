"""Rules for AutoMod, by which Discord itself stops scams and look-alikes of our names before anybody sees them.

Law of this file: a rule is ours by its name, and no other is touched. Of ours only what a rule looks for and does is
written; whom it spares, and whether it is switched on, is the server's own business once it is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import discord

from bots.discord.errors import CAUGHT, describe, translate
from bots.discord.settings import WORDS
from bots.discord.visit import ask, visiting
from bots.sentences import sayer
from bots.settings import Settings
from core.errors import Blocked, Refused
from core.safety.filters import called, disguised, joined_hosts, joined_names, offers, phrases
from core.safety.official import Official

Json = dict[str, Any]
State = Literal["create", "update", "same", "off", "created", "updated", "full", "refused", "unseen"]
TALK, PEOPLE = "Helpline: scams", "Helpline: look-alikes"
"""The names of our rules: never translated, for they are how we know them again."""
KEYWORD, PROFILE = 1, 6
MOST = {KEYWORD: 6, PROFILE: 1}
"""Rules of a kind in a server."""
SAID, CHANGED = 1, 2
"""What a rule listens to: messages, members who come or change."""
BLOCK_MESSAGE, BLOCK_PERSON = 1, 4
KEYWORDS, PATTERNS, SPARED = 1000, 10, 100
LONGEST, LONGEST_PATTERN, LONGEST_NOTE = 60, 260, 150
_LISTS = ("keyword_filter", "regex_patterns", "allow_list")
_RULES = "/guilds/{guild_id}/auto-moderation/rules"


@dataclass(frozen=True, slots=True)
class Step:
    """What is, or was, to be done about one rule in one server. `reason`: why it was refused, or why its support
    channel, which then stands in the place of the server, could not be looked at."""

    server: str
    rule: str
    state: State
    keywords: int = 0
    patterns: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`problem`: why Discord could not be asked at all."""

    steps: tuple[Step, ...] = ()
    problem: str = ""

    @property
    def healthy(self) -> bool:
        """Whether nothing stood in the way."""
        return not self.problem and all(
            step.state not in ("full", "refused", "unseen") for step in self.steps
        )

    def as_json(self) -> dict[str, object]:
        """For other programs."""
        return asdict(self) | {"healthy": self.healthy}


def rules(official: Official, languages: Sequence[str]) -> list[Json]:
    """Our two rules, as they are created."""
    ours = official.ours
    note = " / ".join(sayer(WORDS, [code])("automod_blocked") for code in languages)[:LONGEST_NOTE]
    spared = (*ours.domains, *(handle.name for handle in official.handles))
    return [
        {
            "name": TALK,
            "event_type": SAID,
            "trigger_type": KEYWORD,
            "actions": [{"type": BLOCK_MESSAGE, "metadata": {"custom_message": note}}],
            "trigger_metadata": {
                "keyword_filter": _anywhere((*phrases(), *joined_hosts(ours)), KEYWORDS),
                "regex_patterns": [*offers(LONGEST_PATTERN), *disguised(ours, LONGEST_PATTERN)][:PATTERNS],
                "allow_list": _anywhere(map(str.lower, spared), SPARED),
            },
        },
        {
            "name": PEOPLE,
            "event_type": CHANGED,
            "trigger_type": PROFILE,
            "actions": [{"type": BLOCK_PERSON, "metadata": {}}],
            "trigger_metadata": {
                "keyword_filter": _anywhere(joined_names(ours), KEYWORDS),
                "regex_patterns": list(called(ours, LONGEST_PATTERN))[:PATTERNS],
                "allow_list": [],
            },
        },
    ]


def _anywhere(texts: Iterable[str], most: int) -> list[str]:
    """As keywords that are found inside of words, too; those that are too long are left out."""
    found = dict.fromkeys(f"*{text}*" for text in texts)
    return [one for one in found if len(one) <= LONGEST][:most]


async def apply(settings: Settings, token: str, official: Official, *, write: bool) -> Outcome:
    """Compare the rules in every server with a support channel, and with `write` bring them up to date.

    Raises:
        ConfigError: the API's address is unusable.
    """
    wanted = rules(official, settings.languages)
    try:
        async with visiting(settings, token) as client:
            servers, steps = await _servers(client, settings.discord.support_channels)
            for server in servers:
                steps += await _in_server(client, server, wanted, write=write)
            return Outcome(tuple(steps))
    except CAUGHT as error:
        return Outcome(problem=describe(translate(error)))


async def _servers(client: discord.Client, channels: Iterable[str]) -> tuple[list[str], list[Step]]:
    """The servers of some channels, and what is to be said of those channels that cannot be seen."""
    servers, unseen = [], []
    for channel in channels:
        try:
            found = await ask(client, "GET", "/channels/{channel_id}", channel_id=channel)
            servers.append(str(found["guild_id"]))
        except CAUGHT as error:
            unseen.append(Step(channel, "", "unseen", reason=_refusal(error)))
    return list(dict.fromkeys(servers)), unseen


def _refusal(error: Exception) -> str:
    """Why something was refused; every other failure ends the visit."""
    if isinstance(error, KeyError):
        return "no channel of a server"
    failure = translate(error)
    if not isinstance(failure, Refused | Blocked):
        raise error
    return describe(failure)


async def _in_server(
    client: discord.Client, server: str, wanted: Sequence[Json], *, write: bool
) -> list[Step]:
    try:
        present = await ask(client, "GET", _RULES, guild_id=server) or []
        return [await _rule(client, server, rule, present, write=write) for rule in wanted]
    except CAUGHT as error:
        return [Step(server, "", "refused", reason=_refusal(error))]


async def _rule(
    client: discord.Client, server: str, rule: Json, present: Sequence[Json], *, write: bool
) -> Step:
    state, number = compare(rule, present)
    if write and state == "create":
        await ask(client, "POST", _RULES, rule | {"enabled": True}, guild_id=server)
        state = "created"
    elif write and state == "update":
        await ask(client, "PATCH", f"{_RULES}/{{rule_id}}", rule, guild_id=server, rule_id=number)
        state = "updated"
    lists = rule["trigger_metadata"]
    return Step(server, rule["name"], state, len(lists["keyword_filter"]), len(lists["regex_patterns"]))


def compare(rule: Json, present: Sequence[Mapping[str, Any]]) -> tuple[State, str]:
    """What is to be done about a rule of ours, and the number of the one that is there. Pure."""
    alike = [one for one in present if one["trigger_type"] == rule["trigger_type"]]
    for one in alike:
        if one["name"] == rule["name"]:
            if _meaning(one) != _meaning(rule):
                return "update", str(one["id"])
            return "same" if one["enabled"] else "off", str(one["id"])
    return ("full" if len(alike) >= MOST[rule["trigger_type"]] else "create"), ""


def _meaning(rule: Mapping[str, Any]) -> tuple[Any, ...]:
    """What is compared, in whatever order Discord tells it."""
    lists = [sorted(rule["trigger_metadata"].get(name) or []) for name in _LISTS]
    actions = [(one["type"], (one.get("metadata") or {}).get("custom_message")) for one in rule["actions"]]
    return rule["event_type"], sorted(actions, key=str), lists


def sentences(outcome: Outcome, languages: Sequence[str], *, write: bool) -> list[str]:
    """What was found or done, for the operator."""
    say = sayer(WORDS, languages)
    if outcome.problem:
        return [say("automod_failed", reason=outcome.problem)]
    if not outcome.steps:
        return [say("automod_none")]
    lines = []
    for step in outcome.steps:
        if step.state == "refused":
            lines.append(say("automod_refused", server=step.server, reason=step.reason))
        elif step.state == "unseen":
            lines.append(say("doctor_unknown", channel=step.server, reason=step.reason))
        else:
            state = say(f"automod_{step.state}")
            lines.append(say("automod_step", **asdict(step) | {"state": state}))
    waiting = any(step.state in ("create", "update") for step in outcome.steps)
    return [*lines, say("automod_dry")] if waiting and not write else lines
