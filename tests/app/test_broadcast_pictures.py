"""A broadcast with a picture from end to end: seen by whoever approves, uploaded once, corrected, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.local.faults import RESET
from bots.local.people import Chat, Shown
from bots.settings import Settings
from core.broadcast.papers import Declined
from core.conversation.library import Library
from core.store.broadcasts import Kept
from core.store.sql.store import SqlStore
from tests.app.harness import settled
from tests.app.newsroom import PICTURED, Newsroom, newsroom, plan
from tests.pictures import jpeg, qr

FIX = PICTURED.replace("broadcast: upgrade", "broadcast: fix").replace("今晚", "明晚")
FIX = FIX.replace("audience: {everybody: true}\n", "corrects: upgrade\n")
OTHER = qr("https://helpline.example/other")


def photos(room: Newsroom, place: Chat) -> list[tuple[bytes, Shown]]:
    """(bytes, message) of each photo that a chat shows."""
    found = []
    for one in place.messages(by_bot=True):
        sizes = one.message.get("photo")
        stored = room.stand_in.world.files.get(sizes[-1]["file_id"]) if sizes else None
        found += [(stored.data, one)] if stored else []
    return found


async def test_what_was_approved_is_what_everybody_sees_and_can_be_corrected_and_recalled(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library) as room:
        chats = [room.stand_in.world.private(person) for person in room.people]
        await room.approved(f'{PICTURED}post: ["{room.board.id}"]\n')
        await room.until("finished")
        assert {photos(room, chat)[0][0] for chat in chats} == {plan("plan.png")}
        assert all(photos(room, chat)[0][1].text.startswith("网络升级 今晚") for chat in chats)
        assert all(photos(room, chat)[0][1].labels == ["退订"] for chat in chats)
        reviewed = [one.text[:4] for data, one in photos(room, room.group) if data == plan("plan.png")]
        assert reviewed.count("【zh】") == reviewed.count("【en】") == 2, "in review, and as the canary"
        assert [data for data, _ in photos(room, room.board)] == [plan("plan.png")]
        uploads = {one.message["photo"][-1]["file_id"] for chat in chats for _, one in photos(room, chat)}
        assert len(uploads) == 1

        kept, asker = await room.office.find("upgrade"), room.people[0]
        room.stand_in.world.say(asker, f"/verify {kept.code[:4]}-{kept.code[4:]}")
        await settled(room.stand_in, room.service)
        data, answer = photos(room, chats[0])[-1]
        assert (data, "网络升级 今晚" in answer.text) == (plan("plan.png"), True), (
            "who asks sees the genuine one"
        )
        room.stand_in.world.chats[chats[0].id].remove(answer)

        await room.approved(FIX, "fix", lambda _: OTHER)
        await room.until("finished", name="fix")
        for chat in chats:
            ((data, shown),) = photos(room, chat)
            assert (data, "明晚" in shown.text) == (OTHER, True), "both, in their place"

        await room.approved(
            FIX.partition("picture:")[0].replace("broadcast: fix", "broadcast: again"), "again"
        )
        await room.until("finished", name="again")
        assert not any(photos(room, chat) for chat in chats)
        assert [len(room.heard(person)) for person in room.people] == [1] * len(room.people)

        made, old = await room.office.recall("upgrade", "bob", room.staff.code("bob"))
        assert (made, old) == (2 * len(room.people) + 1, 0), (
            "each message once: the photos, the post, and what was said in their place"
        )
        room.service.worker.poke()
        await settled(room.stand_in, room.service)
        assert not any(room.heard(person) for person in room.people)


async def test_another_picture_is_another_hash_and_changed_bytes_are_never_sent(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=3) as room:
        first = await room.office.draft("f.yaml", PICTURED, "ada", plan)
        assert isinstance(first, Kept)
        second = await room.office.draft("f.yaml", PICTURED, "ada", lambda _: OTHER)
        assert isinstance(second, Kept)
        await room.office.submit("upgrade", "ada", room.staff.code("ada"))
        with pytest.raises(Declined, match="not what you have seen"):
            await room.office.approve("upgrade", first.hash, "bob", room.staff.code("bob"))
        store = room.service.store
        assert isinstance(store, SqlStore)
        await store.database.write(lambda db: db.execute("UPDATE picture SET body = 'AAAA'").rowcount)
        with pytest.raises(Declined, match=r"Faults of upgrade: 1\."):
            await room.office.approve("upgrade", second.hash, "bob", room.staff.code("bob"))


async def test_a_photo_whose_answer_is_lost_is_one_uncertain_person_and_nobody_gets_it_twice(
    tmp_path: Path, settings: Settings, library: Library
) -> None:
    async with newsroom(tmp_path, settings, library, people=30, hold=3600.0) as room:
        kept = await room.approved(PICTURED, files=lambda _: jpeg(640, 480))
        await room.until("running")
        room.stand_in.faults.queue("sendPhoto", RESET)
        await room.service.store.broadcasts.stage("upgrade", kept.version, 3, 0.0)
        await room.until("finished")
        assert await room.outcomes() == {"sent": 29, "uncertain": 1}
        assert {len(room.heard(person)) for person in room.people} == {1}
