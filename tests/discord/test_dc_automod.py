"""`helpline discord automod apply` against the stand-in: written once, only ours, and explained where it may not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bots.__main__ import app
from bots.discord.automod import LONGEST_NOTE, PEOPLE, TALK, Outcome, apply, rules, sentences
from bots.discord.doctor import examine
from bots.discord.doctor import sentences as advice
from bots.local.discord import DiscordStandIn
from bots.local.discord_people import Permission
from bots.settings import Discord, Settings
from core.safety.official import parse
from tests.local.discord_openapi import OpenApiJudge

ROOT = Path(__file__).resolve().parents[2]
OFFICIAL = parse((ROOT / "official.yaml").read_bytes())
Json = dict[str, Any]
OTHERS: Json = {
    "name": "no insults",
    "event_type": 1,
    "trigger_type": 1,
    "actions": [{"type": 1, "metadata": {}}],
    "enabled": True,
    "trigger_metadata": {"keyword_filter": ["x"], "regex_patterns": [], "allow_list": []},
}


@pytest.fixture
def own(stand_in: DiscordStandIn) -> Settings:
    """The bot may manage the one server that has a support channel."""
    home = stand_in.world.guild
    home.roles[home.bot_role] |= Permission.MANAGE_GUILD
    channels = (str(stand_in.world.support.id),)
    return Settings(discord=Discord(api_url=stand_in.url, support_channels=channels))


def there(stand_in: DiscordStandIn) -> dict[str, Json]:
    return {rule["name"]: rule for rule in stand_in.world.guild.automod.values()}


def put(stand_in: DiscordStandIn, number: int, **fields: Any) -> None:
    head = {"id": str(number), "guild_id": str(stand_in.world.guild.id), "creator_id": "3"}
    spared: Json = {"exempt_roles": [], "exempt_channels": []}
    stand_in.world.guild.automod[number] = head | spared | OTHERS | fields


async def run(stand_in: DiscordStandIn, own: Settings, *, write: bool) -> list[str]:
    outcome = await apply(own, stand_in.token, OFFICIAL, write=write)
    assert sentences(outcome, ["en"], write=write)
    return [step.state for step in outcome.steps]


async def test_the_rules_are_written_once_and_only_when_they_differ(
    stand_in: DiscordStandIn, own: Settings
) -> None:
    judge = OpenApiJudge()
    stand_in.on_exchange = judge.check
    put(stand_in, 77)
    before = dict(stand_in.world.guild.automod[77])
    assert await run(stand_in, own, write=False) == ["create", "create"]
    assert set(there(stand_in)) == {"no insults"}
    assert await run(stand_in, own, write=True) == ["created", "created"]
    assert set(there(stand_in)) == {"no insults", TALK, PEOPLE}
    made = there(stand_in)
    assert all(made[name]["enabled"] for name in (TALK, PEOPLE))

    written = len([one for one in judge.seen if one.method != "GET"])
    assert await run(stand_in, own, write=True) == ["same", "same"]
    assert len([one for one in judge.seen if one.method != "GET"]) == written

    talk, people = made[TALK], made[PEOPLE]
    talk["trigger_metadata"]["keyword_filter"].pop()
    talk["exempt_roles"], people["enabled"] = ["5"], False
    assert await run(stand_in, own, write=False) == ["update", "off"]
    assert await run(stand_in, own, write=True) == ["updated", "off"]
    assert there(stand_in)[TALK]["exempt_roles"] == ["5"], "whom a rule spares is the server's business"
    assert not there(stand_in)[PEOPLE]["enabled"]
    assert await run(stand_in, own, write=True) == ["same", "off"]
    assert stand_in.world.guild.automod[77] == before
    judge.assert_clean()


async def test_a_profile_rule_of_others_is_left_alone_for_there_can_be_only_one(
    stand_in: DiscordStandIn, own: Settings
) -> None:
    put(stand_in, 77, name="names", event_type=2, trigger_type=6, actions=[{"type": 4, "metadata": {}}])
    outcome = await apply(own, stand_in.token, OFFICIAL, write=True)
    assert [step.state for step in outcome.steps] == ["created", "full"]
    assert not outcome.healthy
    assert set(there(stand_in)) == {TALK, "names"}
    assert "not ours" in sentences(outcome, ["en"], write=True)[-1]


async def test_without_the_permission_it_is_explained_here_and_by_the_doctor(
    stand_in: DiscordStandIn, own: Settings
) -> None:
    assert "automod" not in " ".join(advice(await examine(own, stand_in.token), ["en"]))
    stand_in.world.guild.roles[stand_in.world.guild.bot_role] &= ~Permission.MANAGE_GUILD
    outcome = await apply(own, stand_in.token, OFFICIAL, write=True)
    assert [step.state for step in outcome.steps] == ["refused"]
    assert "Manage Server" in sentences(outcome, ["en"], write=True)[0]
    assert "管理服务器" in sentences(outcome, ["zh"], write=True)[0]
    found = await examine(own, stand_in.token)
    assert found.healthy, "nothing else needs it"
    assert "helpline discord automod apply" in advice(found, ["en"])[-1]


async def test_no_server_and_no_answer_are_said(stand_in: DiscordStandIn, own: Settings) -> None:
    bare = own.model_copy(update={"discord": Discord(api_url=stand_in.url)})
    assert await run(stand_in, bare, write=True) == []
    outcome = await apply(own, "a.b.c", OFFICIAL, write=True)
    assert outcome.problem
    assert outcome.problem in sentences(outcome, ["zh"], write=True)[0]
    assert Outcome().healthy


async def test_a_channel_that_cannot_be_seen_holds_up_no_other(
    stand_in: DiscordStandIn, own: Settings
) -> None:
    channels = ("999", *own.discord.support_channels)
    both = own.model_copy(update={"discord": own.discord.model_copy(update={"support_channels": channels})})
    outcome = await apply(both, stand_in.token, OFFICIAL, write=True)
    assert [step.state for step in outcome.steps] == ["unseen", "created", "created"]
    assert not outcome.healthy
    assert "999" in sentences(outcome, ["en"], write=True)[0]


def test_the_note_is_whole_in_both_languages() -> None:
    note = rules(OFFICIAL, ["zh", "en"])[0]["actions"][0]["metadata"]["custom_message"]
    assert note.endswith("/verify.")
    assert len(note) < LONGEST_NOTE


def test_the_command_needs_a_token_and_a_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("HELPLINE_LANG", "en")
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    done = CliRunner().invoke(app, ["discord", "automod", "apply"])
    assert (done.exit_code, "DISCORD_TOKEN is not set" in done.output) == (1, True)
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")
    nowhere = tmp_path / "config.yaml"
    nowhere.write_text(json.dumps({"official": {"file": str(tmp_path / "none.yaml")}}))
    done = CliRunner().invoke(app, ["discord", "automod", "apply", "--config", str(nowhere)])
    assert (done.exit_code, "cannot be read" in done.output) == (2, True)
