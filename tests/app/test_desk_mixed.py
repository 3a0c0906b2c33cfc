"""The person on one platform, the staff on another: addresses are data, so nothing but the address differs.

Two bots of two stand-ins play the platforms. Working hours are shut here, so that the person hears when they open.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Secrets, Settings
from bots.telegram.channel import Settings as ChannelSettings
from bots.telegram.channel import TelegramChannel
from bots.telegram.polling import Patience
from core.channel import Channel, Sign
from core.config import Desk, StaffChat
from core.conversation.library import Library
from core.runtime.service import Service, open_service
from tests.app.harness import ROOT, settled

MONDAY_NOON = 1795406400.0
"""2026-11-23 12:00 in China."""


@asynccontextmanager
async def one_bot(
    tmp_path: Path, desk: Desk, here: TelegramStandIn, there: TelegramStandIn
) -> AsyncIterator[Service]:
    """A bot with an account on each of two platforms, on a Monday."""
    settings = Settings(flows=ROOT / "flows", data=tmp_path, desk=desk)

    def faces(sign: Sign, _library: Library) -> Sequence[Channel]:
        return [
            TelegramChannel(name, one.token, sign, ChannelSettings(one.url, patience=Patience(5, 0.05, 0.2)))
            for name, one in (("here", here), ("there", there))
        ]

    service = await open_service(settings, Secrets(), faces, {}, lambda: MONDAY_NOON)
    ready = asyncio.Event()
    running = asyncio.create_task(service.run(ready.set))
    try:
        await ready.wait()
        yield service
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await service.store.close()


async def test_a_person_here_and_staff_there(tmp_path: Path) -> None:
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=1) as here,
        TelegramStandIn(limits=UNLIMITED, seed=2) as there,
    ):
        person, agent = here.world.add_person("王小姐"), there.world.add_person("李雷")
        group = there.world.group("客服", agent, supergroup=True)
        chat = StaffChat(channel="there", chat=str(group.id))
        names = {f"there:{agent.id}": "小明"}
        desk = Desk(days=("tue",), staff=(chat,), staff_language="en", names=names)
        async with one_bot(tmp_path, desk, here, there) as service:
            here.world.say(person, "人工")
            await settled(here, service)
            heard = here.world.private(person)
            assert "按中国（上海）时间，同事在 2026年11月24日 09:00 UTC+8 回来" in heard.last().text
            card = group.last()
            assert card.text.startswith("Ticket 1001\n\nPerson 1 · account · Chinese")
            assert "Nov 24, 2026 09:00 UTC+8" in card.text

            said = there.world.say(agent, "您好", group, reply_to_message=card.message)
            there.world.updates.push("message", said.message)  # the platform tells it twice
            await settled(there, service)
            answers = [shown.text for shown in heard.messages(by_bot=True)][1:]
            assert answers == ["客服 小明（工单 1001）：您好"]

            here.world.say(person, "谢谢")
            await settled(here, service)
            assert group.last().text == "Person 1 (ticket 1001): 谢谢"
            assert group.last().message["reply_to_message"]["message_id"] == card.id
