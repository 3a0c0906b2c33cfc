"""Which site is yours? The whole bot answers with the address and its code, of the signed list and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.local.people import Shown
from bots.local.telegram import TelegramStandIn
from bots.local.telegram_limits import UNLIMITED
from bots.settings import Settings
from core.config_safety import OfficialList, Security
from core.safety.files import read_list
from core.safety.official import parse
from core.safety.qr import picture_of
from tests.app.harness import ROOT, in_process, settled

LIST = ROOT / "official.yaml"
ELSEWHERE = "https://elsewhere.example"


def house(file: Path = LIST) -> Settings:
    """The texts of the house name another site, so that it shows which one is told."""
    security = Security(official_site=ELSEWHERE, official_hosts=("elsewhere.example",))
    return Settings(flows=ROOT / "flows", official=OfficialList(file=file), security=security)


def photo(stand_in: TelegramStandIn, shown: Shown) -> bytes:
    stored = stand_in.world.files.get(shown.message["photo"][-1]["file_id"])
    return stored.data if stored else b""


@pytest.mark.parametrize("said", [("/site",), ("官网是哪个",), ("/verify", "[官网是哪个]")])
async def test_the_site_is_told_and_shown(tmp_path: Path, said: tuple[str, ...]) -> None:
    official = parse(read_list(LIST)[0])
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=7) as stand_in,
        in_process(stand_in, tmp_path, settings=house()) as service,
    ):
        chat = stand_in.world.private("小安")
        for text in said:
            if text.startswith("["):
                stand_in.world.press("小安", chat.last().id, text[1:-1])
            else:
                stand_in.world.say("小安", text)
            await settled(stand_in, service)
        assert official.site in chat.last().text
        assert ELSEWHERE not in chat.last().text
        assert photo(stand_in, chat.last()) == picture_of(official)


async def test_without_a_list_that_may_be_believed_nothing_is_shown(tmp_path: Path) -> None:
    (tmp_path / "official.yaml").write_bytes(LIST.read_bytes())
    async with (
        TelegramStandIn(limits=UNLIMITED, seed=7) as stand_in,
        in_process(stand_in, tmp_path, settings=house(tmp_path / "official.yaml")) as service,
    ):
        chat = stand_in.world.private("小安")
        stand_in.world.say("小安", "/site")
        await settled(stand_in, service)
        assert "photo" not in chat.last().message
        assert ELSEWHERE in chat.last().text
