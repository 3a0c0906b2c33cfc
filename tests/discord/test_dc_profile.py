"""What people find on Discord before they write: commands and the card; and what `helpline doctor` tells of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from discord import app_commands
from pydantic import SecretStr

from bots.discord import face
from bots.discord.commands import GIVEN, HOUSE, commands, locales
from bots.discord.doctor import NEEDED, examine, sentences
from bots.discord.face import card
from bots.discord.gateway import intents
from bots.discord.read import CHAT_INPUT, ON_MESSAGE, ON_PERSON, OPEN
from bots.local.discord import DiscordStandIn
from bots.local.discord_people import Permission
from bots.sentences import sentences as words
from bots.settings import Discord, Secrets, Settings
from core.config import Store
from core.config_file import load_settings
from core.conversation.library import Library
from core.errors import ConfigError, Halted
from core.store.open import open_store
from tests.discord.conftest import PATIENT, Inbox, Until, sign
from tests.postgres import Server

FOLDER = Path(face.__file__).parent / "words"


def test_every_flow_with_a_command_and_the_house_have_one(library: Library) -> None:
    made = commands(library)
    names = [one["name"] for one in made]
    assert set(HOUSE) <= set(names)
    assert {flow.command for flow in library.flows.values() if flow.command} <= set(names)
    assert len(names) == len(set(names)) <= 100
    for one in made:
        if one["type"] != CHAT_INPUT:
            continue
        told = one["description_localizations"]
        assert {"zh-CN", "zh-TW", "en-US", "en-GB"} <= set(told)
        assert all(1 <= len(text) <= 100 for text in told.values())


def test_people_and_messages_are_checked_from_their_menus_wherever_the_person_is(library: Library) -> None:
    made = commands(library)
    menus = {one["type"]: one for one in made if one["type"] != CHAT_INPUT}
    assert menus[ON_PERSON]["name"] == "核验此人"
    assert menus[ON_PERSON]["name_localizations"]["en-US"] == "Verify this person"
    assert menus[ON_MESSAGE]["name"] == "举报此消息为诈骗"
    assert menus[ON_MESSAGE]["name_localizations"]["en-GB"] == "Report as scam"
    verify = next(one for one in made if one["name"] == "verify")
    anywhere = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True).to_array()
    by_all = app_commands.AppInstallationType(guild=True, user=True).to_array()
    for one in (*menus.values(), verify):
        assert one["contexts"] == anywhere
        assert one["integration_types"] == by_all
    assert [option["name"] for option in verify["options"]] == [GIVEN]
    assert "options" not in next(one for one in made if one["name"] == "human")


def test_a_language_is_every_locale_of_it() -> None:
    assert locales("zh") == ["zh-CN", "zh-TW"]
    assert set(locales("en")) == {"en-US", "en-GB"}


def test_the_card_leads_into_every_flow_of_the_menu_and_to_a_human(library: Library) -> None:
    made = card(library, "https://helpline.example")
    routes = [one["custom_id"] for row in made["components"] for one in row["components"]]
    assert f"{OPEN}flow_tx" in routes
    assert routes[-1] == f"{OPEN}human"
    assert len(made["components"]) <= 5
    assert "<https://helpline.example>" in made["content"]


def test_no_intent_is_privileged_that_the_operator_does_not_want() -> None:
    for servers in (True, False):
        given = {name for name, on in intents(servers=servers) if on}
        assert given == {"guilds", "dm_messages"} | ({"guild_messages"} if servers else set())
    content = {name for name, on in intents(servers=False, content=True) if on}
    assert content == {
        "guilds", "dm_messages", "guild_messages", "message_content", "auto_moderation_execution",
    }  # fmt: skip


@pytest.mark.parametrize("wanted", ["members_intent", "message_content_intent"])
async def test_an_intent_that_is_not_granted_is_said_in_one_sentence(
    stand_in: DiscordStandIn, inbox: Inbox, library: Library, tmp_path: Path, wanted: str
) -> None:
    own = Discord.model_validate({"api_url": stand_in.url, wanted: True})
    secrets = Secrets().model_copy(update={"discord_token": SecretStr(stand_in.token)})
    channel = face.make(Settings(data=tmp_path, discord=own), secrets, sign, library)
    assert channel is not None
    with pytest.raises(Halted, match=f"4014.*{wanted}"):
        await asyncio.wait_for(channel.run(inbox), PATIENT)
    await channel.close()


def test_the_operators_sentences_are_the_same_in_each_language() -> None:
    zh, en = words(FOLDER, "zh"), words(FOLDER, "en")
    assert zh.keys() == en.keys()
    for key in zh:
        assert sorted(part.split("}")[0] for part in zh[key].split("{")[1:]) == sorted(
            part.split("}")[0] for part in en[key].split("{")[1:]
        ), key


async def test_commands_are_written_once_and_not_again(
    stand_in: DiscordStandIn, inbox: Inbox, until: Until, library: Library, tmp_path: Path
) -> None:
    writes: list[str] = []
    stand_in.on_exchange = lambda exchange: writes.append(exchange.operation)
    settings = Settings(data=tmp_path, discord=Discord(api_url=stand_in.url))
    secrets = Secrets().model_copy(update={"discord_token": SecretStr(stand_in.token)})
    for _ in range(2):
        channel = face.make(settings, secrets, sign, library)
        assert channel is not None
        task = asyncio.create_task(channel.run(inbox))
        await stand_in.gateway.until_listening(PATIENT)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await channel.close()
        await stand_in.gateway.until_alone(PATIENT)
    assert [one for one in writes if one == "bulk_set_application_commands"] == [
        "bulk_set_application_commands"
    ]


def test_without_a_token_there_is_no_channel(library: Library) -> None:
    assert (
        face.make(Settings(), Secrets().model_copy(update={"discord_token": SecretStr("")}), sign, library)
        is None
    )


async def test_the_doctor_finds_what_is_missing(stand_in: DiscordStandIn, tmp_path: Path) -> None:
    support = stand_in.world.support
    own = Discord(api_url=stand_in.url, support_channels=(str(support.id), "999999999999999999"))
    settings = Settings(data=tmp_path, discord=own)
    stand_in.world.deny(support, Permission.READ_MESSAGE_HISTORY)
    found = await examine(settings, stand_in.token)
    assert found.places[0].missing == ("read_message_history",)
    assert found.places[1].problem
    assert not found.healthy
    assert f"permissions={NEEDED.value}" in found.invite
    assert "applications.commands" in found.invite
    lines = "\n".join(sentences(found, ["zh"]))
    assert "缺少权限 read_message_history。" in lines
    assert "view_channel" in lines
    assert stand_in.token not in lines
    stand_in.world.allow(support, Permission.READ_MESSAGE_HISTORY)
    assert (await examine(settings.model_copy(update={"discord": own.model_copy(
        update={"support_channels": (str(support.id),)})}), stand_in.token)).healthy  # fmt: skip


async def test_the_doctor_tells_who_holds_which_shard(
    stand_in: DiscordStandIn, tmp_path: Path, postgres: Server
) -> None:
    stand_in.starts.shards, stand_in.starts.used = 2, 3
    url = postgres.fresh()
    settings = Settings(data=tmp_path, store=Store(url=url), discord=Discord(api_url=stand_in.url, shards=2))
    store = await open_store(url)
    number = await store.workers.join("host:7:x", 9e12)
    await store.parts.join("discord-main", number, 2, adopt=False)
    await store.parts.claim("discord-main", number, 1)
    found = await examine(settings, stand_in.token)
    assert (found.shards, found.advised, found.starts, found.holders) == (2, 2, (997, 1000), ("host:7:x", ""))
    lines = sentences(found, ["zh"])
    assert "分片数：2（discord.shards）；Discord 建议 2。" in lines
    assert "今天还能新建的会话：997，总数 1000。" in lines
    assert "分片 0：由 host:7:x 持有。" in lines
    assert any(line.startswith("分片 1：无人持有。") for line in lines)
    await store.close()
    away = settings.model_copy(update={"store": Store(url=url.replace("/t", "/gone_t"))})
    found = await examine(away, stand_in.token)
    assert found.holders == ()
    assert any(line.startswith("无法得知各分片由谁持有：") for line in sentences(found, ["zh"]))


async def test_the_doctor_without_a_token_or_with_a_wrong_one(stand_in: DiscordStandIn) -> None:
    settings = Settings(discord=Discord(api_url=stand_in.url))
    assert sentences(await examine(settings, ""), ["en"])[0].startswith("DISCORD_TOKEN is not set")
    wrong = await examine(settings, "a.b.c")
    assert wrong.problem
    assert not wrong.healthy


def test_a_discord_token_in_the_configuration_is_refused(tmp_path: Path) -> None:
    token = "A" * 26 + "." + "b" * 6 + "." + "c" * 38
    for text in (f"discord:\n  name: {token}\n", "discord:\n  token: x\n"):
        (tmp_path / "config.yaml").write_text(text, "utf-8")
        with pytest.raises(ConfigError) as caught:
            load_settings(Settings, tmp_path / "config.yaml", "en")
        assert token not in str(caught.value)


def test_support_channels_may_stand_without_quotes(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("discord:\n  support_channels: [1234567890123456789]\n", "utf-8")
    settings = load_settings(Settings, tmp_path / "config.yaml", "en")
    assert settings.discord.support_channels == ("1234567890123456789",)
