"""What operators are told: in their own language, and in one sentence, whoever else the bot talks to."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bots.commands.chat import chat
from bots.discord.channel import DiscordChannel
from bots.discord.settings import Settings as DiscordSettings
from bots.settings import Settings
from bots.telegram.channel import TelegramChannel
from core.config import Desk
from core.config_safety import OfficialList
from core.errors import ConfigError
from core.runtime.genuine import Genuine
from core.runtime.seal import Seal
from core.store.rooms import Store
from tests.conftest import ROOT

LANGUAGES = [("zh", "令牌"), ("en", "token")]


def sign(*_: object) -> str:
    return "r"


@pytest.mark.parametrize(("language", "word"), LANGUAGES)
def test_a_face_tells_the_operator_in_their_language(
    monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("HELPLINE_LANG", language)
    with pytest.raises(ConfigError, match=word):
        TelegramChannel("tg", "no token", sign)
    for people in (["zh", "en"], ["en", "zh"]):
        with pytest.raises(ConfigError, match=word):
            DiscordChannel("dc", "no token", sign, Seal(b"k" * 32), DiscordSettings(languages=people))


@pytest.mark.parametrize(("language", "word"), [("zh", "演示"), ("en", "demo")])
async def test_a_warning_about_the_list_is_in_the_operators_language_and_not_the_staffs(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    language: str,
    word: str,
) -> None:
    monkeypatch.setenv("HELPLINE_LANG", language)
    for staff in ("zh", "en"):
        caplog.clear()
        own = OfficialList(file=ROOT / "official.yaml")
        with caplog.at_level(logging.WARNING):
            await Genuine(store, Settings(official=own, desk=Desk(staff_language=staff))).load(1.0)
        assert word in caplog.text


@pytest.mark.parametrize(("language", "words"), [("zh", "不能读写"), ("en", "cannot be read or written")])
def test_a_data_folder_that_cannot_be_made_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    words: str,
) -> None:
    monkeypatch.setenv("HELPLINE_LANG", language)
    (tmp_path / "file").write_text("somebody else's")
    for data in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("HELPLINE_DATA", str(data))
        assert chat(None, "zh", None, "") == 2
        told = capsys.readouterr().err
        assert str(data) in told
        assert words in told
        assert told.count("\n") == 1


def test_whoever_reads_along_may_go_at_any_time() -> None:
    """`helpline flows draw | head -1`: no word of it."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "bots", "flows", "draw"]
    done = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 1
