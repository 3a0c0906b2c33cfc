"""Commands, buttons, menus and forms through the unmodified discord.py."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands

from bots.local.discord import DiscordStandIn
from tests.local.discord_clients import PATIENCE, HeldClock, Probe, refused, running

pytestmark = pytest.mark.usefixtures("judge")

COMMAND: Any = {
    "name": "tx",
    "type": 1,
    "description": "Where is my transfer?",
    "name_localizations": {"zh-CN": "查转账"},
    "description_localizations": {"zh-CN": "我的转账在哪里？"},
    "options": [{"type": 3, "name": "id", "description": "TxID", "required": False, "max_length": 100}],
}


def view(*labels: str) -> discord.ui.View:
    buttons = discord.ui.View(timeout=None)
    for label in labels:
        buttons.add_item(discord.ui.Button(label=label, custom_id=f"id:{label}"))
    return buttons


def form(*labels: str) -> discord.ui.Modal:
    modal = discord.ui.Modal(title="表单", custom_id="form:1")
    for label in labels:
        modal.add_item(discord.ui.Label(text=label, component=discord.ui.TextInput(custom_id=f"id:{label}")))
    return modal


@pytest.fixture
async def synced(probe: Probe) -> Probe:
    assert probe.application_id is not None
    await probe.http.bulk_upsert_global_commands(probe.application_id, [COMMAND])
    return probe


async def shown_buttons(platform: DiscordStandIn, probe: Probe, *labels: str) -> discord.Message:
    platform.world.say("alice", "x")
    return await (await probe.message()).channel.send("choose", view=view(*labels))


async def test_a_synced_tree_is_used_in_the_persons_language(platform: DiscordStandIn, probe: Probe) -> None:
    class Words(app_commands.Translator):
        async def translate(self, string: Any, locale: discord.Locale, context: Any) -> str | None:
            return "查转账" if locale is discord.Locale.chinese and str(string) == "tx" else None

    async def tx(interaction: discord.Interaction[Any], id: str = "") -> None:
        await interaction.response.send_message(f"{id} {interaction.locale}")

    with pytest.raises(LookupError, match="no command"):
        platform.world.slash("alice", "tx")
    await probe.tree.set_translator(Words())
    probe.tree.add_command(app_commands.Command(name="tx", description="Where?", callback=tx))
    (made,) = await probe.tree.sync()
    assert made.name_localizations == {discord.Locale.chinese: "查转账"}
    click = platform.world.slash("alice", "查转账", {"id": "0x1"}, platform.world.support)
    shown = await platform.world.support.reply(0, PATIENCE)
    assert (shown.text, click.answer) == ("0x1 zh-CN", 4)
    assert click.delay is not None
    (again,) = await probe.tree.sync()
    assert again.id == made.id
    assert [one.name for one in await probe.tree.fetch_commands()] == ["tx"]


async def test_what_a_client_does_not_let_through(platform: DiscordStandIn, synced: Probe) -> None:
    world = platform.world
    with pytest.raises(ValueError, match="of another type"):
        world.slash("alice", "tx", {"id": 7})
    with pytest.raises(ValueError, match="wrong length"):
        world.slash("alice", "tx", {"id": "x" * 101})
    with pytest.raises(ValueError, match="has no amount"):
        world.slash("alice", "tx", {"amount": "x"})
    eve = world.add_person("Eve", member=False)
    with pytest.raises(LookupError, match="is not in channel"):
        world.slash(eve, "tx", channel=world.support)
    world.slash(eve, "tx")
    assert (await synced.interaction()).user.id == eve.id


async def test_an_event_in_a_server_and_one_in_private(platform: DiscordStandIn, synced: Probe) -> None:
    world = platform.world
    world.slash("alice", "tx", {"id": "0x1"}, world.support)
    there = await synced.interaction()
    assert isinstance(there.user, discord.Member)
    assert (there.guild_id, there.channel_id) == (world.guild.id, world.support.id)
    assert there.app_permissions.send_messages
    assert there.context.guild
    assert there.data is not None
    assert there.data.get("options") == [{"name": "id", "type": 3, "value": "0x1"}]
    world.slash("alice", "tx")
    here = await synced.interaction()
    assert isinstance(here.user, discord.User)
    assert here.guild_id is None
    assert here.context.dm_channel
    assert here.locale is discord.Locale.chinese


async def test_an_ephemeral_answer_is_seen_by_one_person(platform: DiscordStandIn, synced: Probe) -> None:
    world = platform.world
    bob = world.add_person("Bob", username="bob")
    world.slash("alice", "tx", channel=world.support)
    interaction = await synced.interaction()
    await interaction.response.send_message("只给您", ephemeral=True, view=view("Go"))
    (shown,) = world.shown("alice")
    assert (shown.text, shown.ephemeral, world.shown(bob)) == ("只给您", True, [])
    assert platform.ledger.sent()[0].ephemeral
    channel: Any = synced.get_channel(world.support.id)
    assert [one async for one in channel.history()] == []
    with refused(10008, 404):
        await channel.fetch_message(shown.id)
    with pytest.raises(LookupError, match="somebody else's"):
        world.press(bob, shown, "Go")
    world.press("alice", shown, "Go")
    assert (await synced.interaction()).message is not None
    await interaction.delete_original_response()
    assert world.shown("alice") == []


async def test_defer_then_the_answer_then_more(platform: DiscordStandIn, synced: Probe) -> None:
    world = platform.world
    click = world.slash("alice", "tx", channel=world.support)
    interaction = await synced.interaction()
    await interaction.response.defer(ephemeral=True, thinking=True)
    (waiting,) = world.shown("alice")
    assert (waiting.loading, waiting.ephemeral, waiting.text, click.answer) == (True, True, "", 5)
    first = await interaction.edit_original_response(content="一")
    again = await interaction.edit_original_response(content="一")
    assert first.id == again.id == waiting.id
    assert not waiting.loading
    assert (await interaction.original_response()).content == "一"
    second = await interaction.followup.send("二", ephemeral=True, wait=True)
    await second.edit(content="三")
    assert [one.text for one in world.shown("alice")] == ["一", "三"]
    await second.delete()
    assert [one.text for one in world.shown("alice")] == ["一"]


async def test_the_first_follow_up_fills_a_deferred_answer(platform: DiscordStandIn, synced: Probe) -> None:
    world = platform.world
    world.slash("alice", "tx", channel=world.support)
    interaction = await synced.interaction()
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.followup.send("一")
    await interaction.followup.send("二")
    assert [(one.text, one.ephemeral) for one in world.support.messages()] == [("一", True), ("二", False)]


async def test_a_button_changes_its_message(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    sent = await shown_buttons(platform, probe, "是", "否")
    click = world.press("alice", sent.id, "是")
    interaction = await probe.interaction()
    assert interaction.data is not None
    assert interaction.data.get("custom_id") == "id:是"
    await interaction.response.edit_message(content="done", view=None)
    assert world.find(sent.id).text == "done"
    assert world.find(sent.id).buttons == []
    assert click.answer == 7
    with pytest.raises(LookupError, match="no '是'"):
        world.press("alice", sent.id, "是")
    world.press("alice", sent.id, "id:是", stale=True)
    late = await probe.interaction()
    await late.response.defer()
    await late.edit_original_response(content="still done")
    await late.followup.send("new")
    assert [one.text for one in world.dm("alice").messages(by_bot=True)] == ["still done", "new"]


async def test_a_menu(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    world.say("alice", "x")
    menu: Any = discord.ui.Select(
        custom_id="topic", options=[discord.SelectOption(label="账户", value="account")], max_values=1
    )
    await (await probe.message()).channel.send("?", view=discord.ui.View().add_item(menu))
    world.select("alice", world.dm("alice").last(), "账户")
    interaction = await probe.interaction()
    assert interaction.data is not None
    assert interaction.data.get("values") == ["account"]
    with pytest.raises(ValueError, match="0 chosen"):
        world.select("alice", world.dm("alice").last())
    with pytest.raises(LookupError, match="has no"):
        world.select("alice", world.dm("alice").last(), "x")


async def test_a_form(platform: DiscordStandIn, probe: Probe) -> None:
    world = platform.world
    alice = world.person("alice")
    sent = await shown_buttons(platform, probe, "填表")
    world.press(alice, sent.id, "填表")
    await (await probe.interaction()).response.send_modal(form("哈希", "金额"))
    assert alice.modal is not None
    assert (alice.modal.title, alice.modal.labels) == ("表单", ["哈希", "金额"])
    with pytest.raises(ValueError, match="required"):
        world.submit(alice, {"哈希": "0x1"})
    with pytest.raises(LookupError, match="has no 地址"):
        world.submit(alice, {"哈希": "0x1", "金额": "2", "地址": "x"})
    click = world.submit(alice, {"哈希": "0x1", "id:金额": "2"})
    assert alice.modal is None
    answered = await probe.interaction()
    assert answered.type is discord.InteractionType.modal_submit
    data: Any = answered.data
    values = [row["component"]["value"] for row in data["components"]]
    assert (data["custom_id"], values) == ("form:1", ["0x1", "2"])
    await answered.response.edit_message(content="received", view=None)
    assert (world.find(sent.id).text, click.answer) == ("received", 7)
    with pytest.raises(LookupError, match="no form"):
        world.submit(alice, {})


async def test_a_form_can_be_closed(platform: DiscordStandIn, synced: Probe) -> None:
    alice = platform.world.person("alice")
    platform.world.slash(alice, "tx")
    await (await synced.interaction()).response.send_modal(form("哈希"))
    platform.world.dismiss(alice)
    assert alice.modal is None


async def test_too_late_is_unknown(platform: DiscordStandIn, synced: Probe, held_clock: HeldClock) -> None:
    click = platform.world.slash("alice", "tx")
    interaction = await synced.interaction()
    assert platform.world.failures("alice") == []
    held_clock.advance(3.1)
    with refused(10062, 404):
        await interaction.response.send_message("x")
    assert (click.answer, click.delay) == (0, None)
    assert platform.world.failures("alice") == [click]
    with refused(10015, 404):
        await interaction.followup.send("x")


async def test_one_answer_only(platform: DiscordStandIn, synced: Probe) -> None:
    platform.world.slash("alice", "tx")
    interaction = await synced.interaction()
    with refused(10015, 404):
        await interaction.edit_original_response(content="x")
    await interaction.response.send_message("一")
    interaction.response._response_type = None
    with refused(40060, 400):
        await interaction.response.send_message("二")
    assert len(platform.ledger.acknowledged()) == len(platform.ledger.sent()) == 1


async def test_the_token_lives_fifteen_minutes(
    platform: DiscordStandIn, synced: Probe, held_clock: HeldClock
) -> None:
    platform.world.slash("alice", "tx")
    interaction = await synced.interaction()
    await interaction.response.defer(thinking=True)
    held_clock.advance(899)
    await interaction.edit_original_response(content="just in time")
    held_clock.advance(2)
    for late in (interaction.edit_original_response(content="x"), interaction.followup.send("x")):
        with refused(50027, 401):
            await late


async def test_which_answers_fit_which_interaction(platform: DiscordStandIn, synced: Probe) -> None:
    platform.world.slash("alice", "tx")
    interaction = await synced.interaction()
    with refused(50035, 400):
        await answer_with(interaction, 6)
    await interaction.response.send_message("x")
    platform.world.press("alice", platform.world.dm("alice").last(), "gone", stale=True)
    pressed = await synced.interaction()
    with refused(50035, 400):
        await answer_with(pressed, 8)
    await answer_with(pressed, 6)


async def answer_with(interaction: discord.Interaction[Any], kind: int) -> None:
    adapter = discord.webhook.async_.async_context.get()
    params = discord.webhook.async_.interaction_response_params(kind)
    await adapter.create_interaction_response(
        interaction.id, interaction.token, session=interaction._session, params=params
    )


async def test_the_persistent_view_of_another_process_works(platform: DiscordStandIn, probe: Probe) -> None:
    sent = await shown_buttons(platform, probe, "Go")
    await probe.close()
    async with running(platform) as second:
        platform.world.press("alice", sent.id, "Go")
        await (await second.interaction()).response.send_message("from the second")
    assert platform.world.dm("alice").last().text == "from the second"
