"""Commands, filter rules and files: what the platform refuses of them, told at its place, and how they live and go."""

from __future__ import annotations

import io

import discord
import pytest

from bots.local.discord import DiscordStandIn
from bots.local.discord_files import LARGEST_FILE
from bots.local.discord_people import Permission
from tests.local.discord_clients import BAD_LENGTH, NEEDED, Caller, Json, Probe
from tests.local.discord_openapi import OpenApiJudge
from tests.pictures import jpeg, qr

COMMANDS: list[tuple[str, list[Json], str, str]] = [
    ("capitals", [{"name": "Tx", "description": "x"}], "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    ("a space", [{"name": "t x", "description": "x"}], "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    ("too long", [{"name": "t" * 33, "description": "x"}], "0.name", BAD_LENGTH),
    ("no description", [{"name": "tx"}], "0.description", NEEDED),
    ("description", [{"name": "tx", "description": "x" * 101}], "0.description", BAD_LENGTH),
    (
        "locale",
        [{"name": "tx", "description": "x", "name_localizations": {"zh": "查"}}],
        "0.name_localizations.zh",
        "ENUM_TYPE_COERCE",
    ),
    (
        "localized name",
        [{"name": "tx", "description": "x", "name_localizations": {"zh-CN": "查 询"}}],
        "0.name_localizations.zh-CN",
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
    (
        "twice",
        [{"name": "tx", "description": "x"}] * 2,
        "1.name",
        "APPLICATION_COMMANDS_DUPLICATE_NAME",
    ),
    (
        "an option without description",
        [{"name": "tx", "description": "x", "options": [{"type": 3, "name": "id"}]}],
        "0.options.0.description",
        NEEDED,
    ),
]


@pytest.mark.parametrize(
    ("body", "path", "code"), [one[1:] for one in COMMANDS], ids=[one[0] for one in COMMANDS]
)
async def test_a_wrong_command(
    platform: DiscordStandIn, call: Caller, body: list[Json], path: str, code: str
) -> None:
    app = platform.world.bot["id"]
    status, answer = await call("PUT", f"/applications/{app}/commands", body)
    assert (status, answer["code"]) == (400, 50035)
    node = answer["errors"]
    for part in path.split("."):
        node = node[part]
    assert node["_errors"][0]["code"] == code
    assert (await call("GET", f"/applications/{app}/commands"))[1] == []


async def test_commands_of_a_server_are_offered_there_only(platform: DiscordStandIn, call: Caller) -> None:
    world = platform.world
    app = world.bot["id"]
    here = f"/applications/{app}/guilds/{world.guild.id}/commands"
    await call("PUT", here, [{"name": "close", "description": "x"}])
    await call("PUT", f"/applications/{app}/commands", [{"name": "tx", "description": "x", "contexts": [1]}])
    assert [one["name"] for one in world.offered("alice", world.support)] == ["close"]
    assert [one["name"] for one in world.offered("alice", world.dm("alice"))] == ["tx"]
    assert (await call("GET", "/applications/1/commands"))[1]["code"] == 10002


RULE: Json = {
    "name": "r",
    "event_type": 1,
    "trigger_type": 1,
    "actions": [{"type": 1}],
    "trigger_metadata": {"keyword_filter": ["x"]},
}
NAMES = RULE | {"event_type": 2, "trigger_type": 6, "actions": [{"type": 4}]}
LISTS = "trigger_metadata"
RULES = "/guilds/{}/auto-moderation/rules"
BAD_RULES: list[tuple[Json, str]] = [
    (RULE | {"name": "n" * 101}, "name"),
    (RULE | {"trigger_type": 2}, "trigger_type"),
    (RULE | {"event_type": 2}, "event_type"),
    (RULE | {"actions": []}, "actions"),
    (RULE | {"actions": [{"type": 4}]}, "actions.0.type"),
    (NAMES | {"actions": [{"type": 1}]}, "actions.0.type"),
    (RULE | {LISTS: {"keyword_filter": ["x" * 61]}}, "trigger_metadata.keyword_filter.0"),
    (RULE | {LISTS: {"keyword_filter": ["x"] * 1001}}, "trigger_metadata.keyword_filter"),
    (RULE | {LISTS: {"regex_patterns": ["x" * 261]}}, "trigger_metadata.regex_patterns.0"),
    (RULE | {LISTS: {"regex_patterns": ["x"] * 11}}, "trigger_metadata.regex_patterns"),
    (RULE | {LISTS: {"allow_list": ["x"] * 101}}, "trigger_metadata.allow_list"),
]


@pytest.fixture
def rules(platform: DiscordStandIn) -> str:
    home = platform.world.guild
    home.roles[home.bot_role] |= Permission.MANAGE_GUILD
    return RULES.format(home.id)


async def test_rules_of_the_filter_are_refused_where_the_fault_is(call: Caller, rules: str) -> None:
    for body, where in BAD_RULES:
        status, answer = await call("POST", rules, body)
        assert (status, answer["code"]) == (400, 50035), where
        node = answer["errors"]
        for part in where.split("."):
            node = node[part]
        assert node["_errors"], where


async def test_rules_of_the_filter_live_change_and_go(
    call: Caller, rules: str, platform: DiscordStandIn
) -> None:
    assert await call("GET", rules) == (200, [])
    for number in range(6):
        assert (await call("POST", rules, RULE | {"name": str(number)}))[0] == 200
    assert (await call("POST", rules, RULE))[0] == 400
    status, made = await call("POST", rules, NAMES)
    assert (status, made["enabled"], made["exempt_roles"]) == (200, False, [])
    assert (await call("POST", rules, NAMES))[0] == 400
    one = f"{rules}/{made['id']}"
    assert (await call("PATCH", one, {"enabled": True}))[1]["enabled"]
    assert (await call("PATCH", one, {"trigger_type": 1, "event_type": 1}))[0] == 400
    assert (await call("GET", one))[1]["name"] == "r"
    assert (await call("GET", f"{rules}/1"))[1]["code"] == 10066
    home = platform.world.guild
    home.roles[home.bot_role] &= ~Permission.MANAGE_GUILD
    assert (await call("GET", rules))[1]["code"] == 50013


async def test_files_are_described_kept_and_refused(
    probe: Probe, platform: DiscordStandIn, judge: OpenApiJudge
) -> None:
    place = probe.get_partial_messageable(platform.world.support.id)

    def file(data: bytes = b"x", words: str = "") -> discord.File:
        return discord.File(io.BytesIO(data), "qr.png", description=words or None)

    sent = await place.send("文字", file=file(qr(), "二维码"))
    (first,) = sent.attachments
    assert (first.description, first.width, first.content_type) == ("二维码", 330, "image/png")
    both = await sent.edit(attachments=[first, file(jpeg(9, 9), "二")])
    assert [one.description for one in both.attachments] == ["二维码", "二"]
    kept = await sent.edit(content="别的字")
    assert [one.id for one in kept.attachments] == [one.id for one in both.attachments]
    assert (await sent.edit(attachments=[])).attachments == []
    with pytest.raises(discord.HTTPException) as long:
        await place.send(file=file(words="字" * 1025))
    assert long.value.code == 50035
    with pytest.raises(discord.HTTPException) as large:
        await place.send(file=file(bytes(LARGEST_FILE + 1)))
    assert large.value.code == 40005


async def test_a_file_that_is_named_but_not_sent(call: Caller, platform: DiscordStandIn) -> None:
    body = {"content": "x", "attachments": [{"id": 0, "filename": "qr.png"}]}
    status, answer = await call("POST", f"/channels/{platform.world.support.id}/messages", body)
    assert (status, list(answer["errors"]["attachments"])) == (400, ["0"])
