"""A code on a platform with forms: whoever presses gets a form of their own, and what they type in it is stored nowhere."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.commands.common import hush
from bots.discord.inbound import translate
from bots.local.discord import DiscordStandIn
from bots.local.discord_limits import UNLIMITED
from bots.local.discord_people import Person
from bots.settings import Discord, Secrets, Settings
from core.actions import Action
from core.broadcast.office import Office
from core.config import Broadcast, Desk, StaffChat
from core.config import Member as Staff
from core.staff.personnel import Personnel
from core.store.broadcasts import Kept
from core.store.lessons import Subscription
from core.store.rooms import Store
from core.store.rows import AuditLine
from core.store.staff import StaffRow
from tests.app.discord_driver import OPEN, DiscordDriver, listen
from tests.app.newsroom import FORM
from tests.app.processes import PATIENT
from tests.app.stage import Stage, running
from tests.staff.house import code_of

MAIN = "discord-main"


@dataclass
class Room:
    """A bot with a staff channel, Ada and Bob in it with their apps, a reader, and a broadcast under review."""

    stand_in: DiscordStandIn
    stage: Stage
    office: Office
    bob: DiscordDriver
    secret: str
    reader: Person
    stranger: DiscordDriver

    async def press(self, who: DiscordDriver, label: str) -> None:
        """The button under the newest card."""
        cards = [one for one in self.stand_in.world.support.messages(by_bot=True) if label in one.labels]
        await who.answered(self.stand_in.world.press(who.person, cards[-1], label))

    def told(self, who: DiscordDriver) -> str:
        """The newest message that only this person sees."""
        return max((one for one in self.stand_in.world.shown(who.person)), key=lambda one: one.id).text


async def _in_force(store: Store, personnel: Personnel, members: Sequence[Staff]) -> dict[str, str]:
    """The roster of these two is agreed upon, and each has an app: its secret."""
    rows = [StaffRow(one.name, " ".join(one.ids), " ".join(one.roles)) for one in members]
    await store.staff.propose("h", "ada", _line())
    await store.staff.agree("h", "bob", rows, _line(), [])
    apps = {}
    for name, by in (("ada", "bob"), ("bob", "ada")):
        apps[name] = (await personnel.enroll(name, "")).secret
        await store.staff.confirm(name, by, _line())
    return apps


@asynccontextmanager
async def opened(folder: Path, settings: Settings, actions: dict[str, Action]) -> AsyncIterator[Room]:
    async with DiscordStandIn(limits=UNLIMITED) as stand_in:
        world = stand_in.world
        stand_in.interactions.ack_window = PATIENT
        people = {name: world.add_person(name, locale="zh-CN") for name in ("bob", "stranger", "reader")}
        for person in people.values():
            world.join(person, world.guild)
        members = (
            Staff(name="ada", ids=(f"{MAIN}:1",), roles=("author", "admin")),
            Staff(name="bob", ids=(f"{MAIN}:{people['bob'].id}",), roles=("approver", "admin")),
        )
        own = settings.model_copy(
            update={
                "data": folder,
                "discord": Discord(api_url=stand_in.url, rates=OPEN),
                "desk": Desk(staff=(StaffChat(channel=MAIN, chat=str(world.support.id)),)),
                "broadcast": Broadcast(hold_seconds=0, quiet_from="00:00", quiet_to="00:00"),
                "staff": members,
            }
        )
        secrets = Secrets().model_copy(update={"discord_token": SecretStr(stand_in.token)})
        stage = Stage(lambda: True)
        listen(stand_in, stage)
        async with running(stage, own, secrets, actions):
            await stand_in.gateway.until_listening(PATIENT)
            store = stage.service.store
            floor = stage.service.desk.staff._floor
            assert floor is not None
            apps = await _in_force(store, floor._personnel, members)
            reader = DiscordDriver(stage, stand_in, people["reader"], None)
            await reader.say("/start")
            wanted = Subscription(MAIN, str(people["reader"].id), "zh", "Asia/Shanghai", ("all",), 1.0)
            await store.lessons.subscribe(wanted)
            office = floor.office()
            assert isinstance(await office.draft("f.yaml", FORM, "ada"), Kept)
            await office.submit("upgrade", "ada", code_of(apps["ada"], time.time()))
            stage.service.worker.poke()
            await stage.settled()
            bob, stranger = (
                DiscordDriver(stage, stand_in, people[name], world.support) for name in ("bob", "stranger")
            )
            yield Room(stand_in, stage, office, bob, apps["bob"], people["reader"], stranger)


def _line() -> AuditLine:
    return AuditLine(1.0, "t", "t", "t")


async def test_a_code_goes_into_a_form_and_is_stored_nowhere(
    tmp_path: Path, settings: Settings, actions: dict[str, Action], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hush()
    async with opened(tmp_path, settings, actions) as room:
        await room.press(room.stranger, "批准")
        assert room.stranger.person.modal is None
        assert "不在已生效的名册里" in room.told(room.stranger)

        await room.press(room.bob, "批准")
        modal = room.bob.person.modal
        assert modal is not None
        assert modal.labels == ["验证器上的六位数字"]
        await room.bob.submit({modal.labels[0]: "31415926"})
        assert "验证码不对" in room.told(room.bob), "whatever stands in that form is taken for a code"
        assert (await room.office.find("upgrade")).state == "in_review"

        code = code_of(room.secret, time.time())
        await room.press(room.bob, "批准")
        modal = room.bob.person.modal
        assert modal is not None
        store = room.stage.service.store.staff
        await store.ask("bob", "open SOMETHING else", time.time())  # whoever has his session, while he types
        await room.bob.submit({modal.labels[0]: code})
        assert "另一件事" in room.told(room.bob)
        assert await store.asked("bob", 0.0) == "", "and neither is waited for"

        await room.press(room.bob, "批准")
        assert room.bob.person.modal is not None
        await room.bob.submit({room.bob.person.modal.labels[0]: f"{code[:3]} {code[3:]}"})
        assert "upgrade" in room.told(room.bob)
        kept = await room.office.find("upgrade")
        assert kept.approver == "bob"

        await room.stage.service.store.audit.append(_line())  # what is in memory is on disk now
        kinds = [path.read_bytes() for path in tmp_path.glob("helpline.db*")]
        for typed in (code, f"{code[:3]} {code[3:]}", "31415926"):
            assert not any(typed.encode() in content for content in kinds)
            assert typed not in caplog.text


async def test_a_forms_shape_that_nobody_knows_keeps_nothing_of_what_was_typed() -> None:
    typed = {
        "type": 5,
        "id": "7",
        "token": "t0ken",
        "data": {"custom_id": "fill:x", "components": [{"value": "314159"}]},
    }
    (event,) = translate("INTERACTION_CREATE", typed, MAIN, "1", lambda code, **_: code)
    assert event.kind == "unread"
    assert "314159" not in event.text
    assert "t0ken" not in event.text
