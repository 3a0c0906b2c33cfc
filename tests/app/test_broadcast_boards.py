"""A broadcast in a place that everybody reads: once, after the ramp, held by the approval, and taken back."""

from __future__ import annotations

import time
from pathlib import Path

from bots.settings import Settings
from core.conversation.library import Library
from tests.app.harness import settled
from tests.app.newsroom import FORM, Newsroom, newsroom, reached


def _posts(room: Newsroom) -> list[str]:
    return [one.text for one in room.board.messages(by_bot=True) if "公告编号" in one.text]


async def test_it_is_posted_once_when_the_ramp_is_behind_it_and_taken_back(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, hold=3600.0) as room:
        kept = await room.approved(f'{FORM}post: ["{room.board.id}"]\n')
        await room.until("running")
        assert any(str(room.board.id) in one.text for one in room.group.messages(by_bot=True)), "it is told"
        broadcasts = room.service.store.broadcasts
        await broadcasts.stage("upgrade", kept.version, 2, time.time())
        await reached(room, 2)
        assert not _posts(room)
        await broadcasts.stage("upgrade", kept.version, 3, time.time())
        await room.until("finished")
        (post,) = _posts(room)
        assert post.startswith("网络升级 今晚暂停充值")
        assert not room.board.last().labels, "nobody can leave for somebody else"
        assert await room.outcomes() == {"sent": len(room.people) + 1}

        await room.approved(
            f'{FORM}corrects: upgrade\npost: ["{room.board.id}"]\n'.replace(
                "broadcast: upgrade", "broadcast: fix"
            )
            .replace("今晚", "明晚")
            .replace("audience: {everybody: true}\n", ""),
            "fix",
        )
        await broadcasts.stage("fix", 1, 3, time.time())
        await room.until("running", "finished", name="fix")
        await broadcasts.stage("fix", 1, 3, time.time())
        await room.until("finished", name="fix")
        (post,) = _posts(room)
        assert "明晚" in post, "in its place"

        await room.office.recall("upgrade", "bob", room.staff.code("bob"))
        room.service.worker.poke()
        await settled(room.stand_in, room.service)
        assert not _posts(room)


async def test_only_a_configured_board_and_group(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=1) as room:
        for more in ('post: ["-5"]', f'post: ["{room.board.id}"]\nmention: "7"', 'mention: "7"'):
            faults = room.office.read("f.yaml", f"{FORM}{more}\n").faults
            assert [fault.code for fault in faults] == ["MISSING" if more[0] == "m" else "UNKNOWN"]
