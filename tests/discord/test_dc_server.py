"""In a server, through the real discord.py: mentions, the card, and what was missed without a session."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from bots.discord import catch_up
from bots.local.discord import DiscordStandIn, Exchange
from bots.local.faults import CLOSE_BEFORE, RESET, SLOW_DOWN, Fault
from core.conversation.model import Choice, Send
from tests.discord.conftest import PATIENT, Inbox, Start, Until, heard, message

pytestmark = pytest.mark.usefixtures("alice")


async def test_a_mention_is_answered_in_public_without_pinging_anybody(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    world = stand_in.world
    channel = await start(supports=[str(world.support.id)])
    said = world.mention("alice", world.support, "我的钱呢")
    address = await heard(inbox, until)
    assert inbox.stored[0].public
    assert inbox.texts == ["我的钱呢"]
    await channel.perform(address, Send(message("只在私聊里说", Choice("p", "打开", "open:flow_tx"))), "i1.0")
    shown = world.support.last()
    assert (shown.text, shown.ephemeral, shown.message["mentions"]) == ("只在私聊里说", False, [])
    assert shown.message["message_reference"]["message_id"] == str(said.id)
    world.press("alice", shown, "打开")
    await heard(inbox, until, 2)
    assert (inbox.texts[1], inbox.stored[1].public) == ("/start flow_tx", False)


async def test_the_card_is_there_once_and_comes_back(
    stand_in: DiscordStandIn, start: Start, until: Until
) -> None:
    support = stand_in.world.support
    for _ in range(2):
        await start(supports=[str(support.id)])
        await until(lambda: support.messages(by_bot=True))
    (card,) = support.messages(by_bot=True)
    stand_in.world.delete(card)
    await until(lambda: support.messages(by_bot=True))
    assert [one.text for one in support.messages(by_bot=True)] == ["card"]


# --- a lost session --------------------------------------------------------------------------


async def test_a_lost_session_misses_nothing(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    """Op 9 and a new session: what was said meanwhile, in private and in public, comes in once and in order."""
    world = stand_in.world
    people = [world.add_person(f"p{n}", username=f"p{n}") for n in range(8)]
    await start(supports=[str(world.support.id)])
    for person in people:
        world.say(person, "先")
    await until(lambda: len(inbox.stored) == len(people))
    inbox.people = [str(person.id) for person in reversed(people)]
    stand_in.gateway.lose_session()
    stand_in.gateway.drop()
    for text in ("一", "二", "三"):
        for person in people:
            world.say(person, text)
        world.mention("alice", world.support, text)
    await until(lambda: len(inbox.stored) == 4 * len(people) + 3)
    for person in (*people, world.person("alice")):
        mine = [event.text for event in inbox.stored if event.address.user == str(person.id)]
        assert mine == (["一", "二", "三"] if person not in people else ["先", "一", "二", "三"])


async def test_a_zombie_is_found_and_resumed_and_misses_nothing(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    """The connection stands, and nothing comes over it: no heartbeat is acknowledged and no event told."""
    stand_in.gateway.heartbeat_ms = 200
    channel = await start()
    stand_in.world.say("alice", "先")
    await until(lambda: inbox.texts == ["先"])
    stand_in.gateway.acks, stand_in.gateway.silent = False, True
    socket = channel._shards._shards[0]._ws
    assert socket is not None
    assert socket._keep_alive is not None
    socket._keep_alive.heartbeat_timeout = 1.0  # not before: a machine that stands still is no zombie
    for text in ("一", "二", "三"):
        stand_in.world.say("alice", text)
    await stand_in.gateway.until_alone(PATIENT)
    stand_in.gateway.acks, stand_in.gateway.silent = True, False
    await until(lambda: len(inbox.stored) == 4)
    assert inbox.texts == ["先", "一", "二", "三"]
    sessions = stand_in.world.sessions
    assert (sessions.identified, sessions.resumed) == (1, 1)


@pytest.mark.parametrize("fault", [RESET, CLOSE_BEFORE, SLOW_DOWN], ids=["reset", "closed", "slowed down"])
async def test_a_look_back_that_fails_is_repeated(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until, fault: Fault
) -> None:
    world = stand_in.world
    person = world.add_person("p", username="p")
    world.say(person, "meanwhile")
    inbox.people = [str(person.id)]
    stand_in.faults.queue("create_dm", fault)
    stand_in.faults.queue("list_messages", fault)
    await start()
    await until(lambda: inbox.stored)
    assert inbox.texts == ["meanwhile"]


async def test_the_support_channels_are_read_first_then_the_newest_people_at_a_capped_rate(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catch_up, "MESSAGES", 2)
    world, every = stand_in.world, 0.05
    people = [world.add_person(f"p{n}", username=f"p{n}") for n in range(3)]
    for number, person in enumerate(people):
        for _ in range(1 + 2 * number):
            world.say(person, "x")
    for _ in range(5):
        world.mention("alice", world.support, "y")
    inbox.people = [str(person.id) for person in reversed(people)]
    read: list[tuple[int, float]] = []

    def listen(exchange: Exchange) -> None:
        if exchange.operation == "list_messages" and exchange.answer:
            read.append((int(exchange.answer[0]["channel_id"]), time.monotonic()))

    stand_in.on_exchange = listen
    await start(supports=[str(world.support.id)], catch_up_every=every)
    await until(lambda: len(inbox.stored) == 5 + 1 + 3 + 5)
    await until(lambda: len(read) >= 3 + 3 + 2 + 1)
    places = [world.support.id, *(world.dm(person).id for person in reversed(people))]
    assert list(dict.fromkeys(place for place, _ in read)) == places
    assert all(later - earlier >= every for (_, earlier), (_, later) in pairwise(read))


async def test_whoever_writes_before_their_turn_is_read_at_once_and_their_order_stays(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until
) -> None:
    world = stand_in.world
    people = [world.add_person(f"p{n}", username=f"p{n}") for n in range(3)]
    for person in people:
        world.say(person, "一")
        world.say(person, "二")
    inbox.people = [str(person.id) for person in people]
    await start(catch_up_every=PATIENT)  # the turn of the second never comes
    for text in ("三", "四"):
        world.say(people[2], text)
    stranger = world.add_person("new", username="new")
    world.say(stranger, "五")
    await until(lambda: len(inbox.stored) == 2 + 4 + 1)
    assert [e.text for e in inbox.stored if e.address.user == str(people[2].id)] == ["一", "二", "三", "四"]


async def test_what_is_older_than_a_day_is_left(
    stand_in: DiscordStandIn, start: Start, inbox: Inbox, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, today = stand_in.world, lambda: time.time() + 25 * 3600
    world.mention("alice", world.support, "昨天")
    monkeypatch.setattr(world.ids, "_now", today)
    world.mention("alice", world.support, "今天")
    await start(now=today, supports=[str(world.support.id)])
    await until(lambda: inbox.stored)
    assert inbox.texts == ["今天"]
