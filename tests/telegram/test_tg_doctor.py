"""`helpline doctor` about Telegram: what is right, and what to click where it is not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bots.commands.doctor import doctor
from bots.local.telegram import TelegramStandIn
from bots.settings import Settings, Telegram, Webhook
from bots.telegram.doctor import Findings, examine, sentences
from bots.telegram.request import AiohttpRequest
from core.config import Desk, StaffChat


def settings(stand_in: TelegramStandIn, url: str = "") -> Settings:
    return Settings(telegram=Telegram(api_url=stand_in.url, webhook=Webhook(url=url)))


async def test_a_bot_that_lacks_nothing(stand_in: TelegramStandIn) -> None:
    found = await examine(settings(stand_in), stand_in.token)
    assert found.healthy
    assert found.notes == ("polling", "privacy", "groups")
    assert stand_in.token not in "\n".join(sentences(found, ["zh"]))


async def test_what_is_to_be_clicked(stand_in: TelegramStandIn) -> None:
    stand_in.world.reads_groups = True
    request = AiohttpRequest(f"{stand_in.url}/bot{stand_in.token}")
    await request.raw("setWebhook", {"url": "https://thief.example/secret-path"})
    await request.shutdown()
    found = await examine(settings(stand_in), stand_in.token)
    assert found.missing == ("webhook_left", "privacy_off")
    said = "\n".join(sentences(found, ["en"]))
    assert "/setprivacy" in said
    assert "thief.example" in said
    assert "secret-path" not in said
    other = await examine(settings(stand_in, "https://ours.example"), stand_in.token)
    assert other.missing == ("webhook_other", "privacy_off")
    same = await examine(settings(stand_in, "https://thief.example"), stand_in.token)
    assert same.missing == ("privacy_off",)


async def test_a_group_for_staff_needs_a_bot_that_may_join(
    stand_in: TelegramStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_me = stand_in.profile.get_me
    methods = stand_in._methods
    monkeypatch.setitem(methods, "getme", lambda params: {**get_me(params), "can_join_groups": False})
    base = settings(stand_in)
    assert (await examine(base, stand_in.token)).healthy
    desk = Desk(staff=(StaffChat(channel=base.telegram.name, chat="-1"),))
    found = await examine(base.model_copy(update={"desk": desk}), stand_in.token)
    assert found.missing == ("groups_off",)


async def test_no_token_a_wrong_one_and_no_network(stand_in: TelegramStandIn) -> None:
    assert sentences(Findings(configured=False), ["en"])[0].startswith("TELEGRAM_TOKEN is not set")
    wrong = await examine(settings(stand_in), "123456:" + "x" * 35)
    assert wrong.problem
    await stand_in.stop()
    assert (await examine(settings(stand_in), stand_in.token)).problem
    await stand_in.start()


async def test_the_command_asks_both_and_fails_only_for_what_has_a_token(
    stand_in: TelegramStandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", stand_in.token)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    monkeypatch.setenv("HELPLINE_TELEGRAM__API_URL", stand_in.url)
    assert await asyncio.to_thread(doctor, None, True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["telegram"]["healthy"], found["discord"]["configured"]) == (True, False)
    stand_in.world.reads_groups = True
    assert await asyncio.to_thread(doctor, None, False) == 1
    assert "Telegram: Privacy mode is off" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"HELPLINE_RUNTIME__ROLES": '["work"]'}, "only with PostgreSQL"),
        ({"HELPLINE_STORE__URL": "mysql://x"}, "must begin with sqlite:/// or postgresql://"),
        ({"HELPLINE_STORE__URL": "postgresql://bot:hunter2@127.0.0.1:1/x"}, "cannot be reached"),
        ({"HELPLINE_TELEGRAM__WEBHOOK__URL": "https://bot.example.com/x"}, "TELEGRAM_WEBHOOK_SECRET"),
        ({"HELPLINE_FLOWS": "/nowhere"}, "/nowhere holds no flows"),
    ],
    ids=["roles", "no store", "no server", "no secret", "no flows"],
)
async def test_what_keeps_it_from_starting_is_said_before_it_is_started(
    stand_in: TelegramStandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    wrong: dict[str, str], sentence: str,
) -> None:  # fmt: skip
    given = {"TELEGRAM_TOKEN": stand_in.token, "HELPLINE_TELEGRAM__API_URL": stand_in.url}
    settings = {"HELPLINE_LANG": "en", "HELPLINE_LANGUAGES": '["en", "zh"]', "HELPLINE_DATA": str(tmp_path)}
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    for name, value in {**given, **settings, **wrong}.items():
        monkeypatch.setenv(name, value)
    assert await asyncio.to_thread(doctor, None, True) == 1
    [said] = json.loads(capsys.readouterr().out)["start"]
    assert sentence in said
    assert "hunter2" not in said
