"""A broadcast under kill -9."""

from __future__ import annotations

from pathlib import Path

from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.conversation.library import Library
from tests.app.newsroom import IN_FLIGHT, PICTURED, killed, newsroom, plan
from tests.app.processes import Nursery, looked_up


async def test_kill_9_in_the_middle_doubles_nothing_and_names_what_is_uncertain(
    tmp_path: Path, settings: Settings, library: Library, nursery: Nursery
) -> None:
    people, moments = 40, ("receipt 2", "receipt 1", "receipt 1")
    async with TelegramStandIn(limits=UNLIMITED, seed=3) as stand_in:
        async with newsroom(tmp_path, settings, library, people, 3600.0, stand_in) as room:
            await room.approved(PICTURED)
            await room.until("running")
        outcomes = await killed(stand_in, tmp_path, nursery, moments, "finished")
        got = {str(person.id): len(room.heard(person)) for person in room.people}
        shown = [
            one for person in room.people for one in stand_in.world.private(person).messages(by_bot=True)
        ]
        photos = {one.message["photo"][-1]["file_id"] for one in shown if "photo" in one.message}
        assert len(photos) <= len(moments) + 1, (
            "a process that begins anew knows what it uploaded, or uploads once"
        )
        kept = [stand_in.world.files.get(photo) for photo in photos]
        assert {one.data for one in kept if one} == {plan("plan.png")}
    uncertain = {who for who, outcome in outcomes.items() if outcome == "uncertain"}
    assert set(outcomes) == set(got)
    assert max(got.values()) == 1, "nobody gets it twice"
    assert {who for who, count in got.items() if not count} <= uncertain
    assert 1 <= len(uncertain) <= len(moments) * IN_FLIGHT // 2
    tally = dict(
        looked_up(
            tmp_path / "helpline.db", "SELECT outcome, SUM(people) FROM delivery_tally GROUP BY outcome"
        )
    )
    assert tally == {"sent": people - len(uncertain), "uncertain": len(uncertain)}
