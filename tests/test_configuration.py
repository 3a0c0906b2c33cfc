"""The configuration: every setting by file and by variable, and every mistake in it one sentence in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, JsonValue

from bots.settings import Settings
from core.config_file import load_settings
from core.errors import ConfigError

Where = tuple[str, ...]
SCHEMAS_OWN = (
    "Input should",
    "String should",
    "Tuple should",
    "Value error",
    "Field required",
    "Input is",
    "Unable to",
    "List should",
    "Dictionary should",
    "Value should",
)
"""How pydantic itself would begin; half of our readers would not understand it."""
ODD: tuple[JsonValue, ...] = (
    None,
    True,
    -1,
    1.5,
    10**12,
    "",
    "~ ~",
    [],
    [[]],
    ["~ ~"],
    {},
    {"~": {}},
    {"~ ~": "~ ~"},
)


def leaves(kind: type[BaseModel], above: Where = ()) -> Iterator[Where]:
    """Where each setting stands."""
    for name, field in kind.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from leaves(field.annotation, (*above, name))
        else:
            yield (*above, name)


LEAVES = list(leaves(Settings))


def at(settings: Settings, where: Where) -> object:
    value: object = settings
    for name in where:
        value = getattr(value, name)
    return value


def mistake(folder: Path, text: str, language: str) -> str:
    """What is said about a file that holds one mistake."""
    file = folder / "config.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(Settings, file, language)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "key", "zh", "en"),
    [
        ("desk: {opens: 22:00}", "desk.opens", "加英文双引号", "in double quotes"),
        ('desk: {opens: "25:00"}', "desk.opens", "格式不对", "right form"),
        ("desk: {zone: Mars/Base}", "desk.zone", "没有这个时区", "no such time zone"),
        ("desk: {zone: Asia}", "desk.zone", "没有这个时区", "no such time zone"),
        ("desk: {zone: ../etc/passwd}", "desk.zone", "没有这个时区", "no such time zone"),
        ("desk: {days: [mo]}", "desk.days.0", "只能是：mon, tue, wed", "one of: mon, tue, wed"),
        ("desk: {default_skill: nobody}", "desk", "没有“nobody”", 'no "nobody"'),
        ("desk: {staff: [{channel: c, chat: 1, skill: nobody}]}", "desk", "没有“nobody”", 'no "nobody"'),
        ("desk: {closed: [friday]}", "desk.closed.0", "应当是日期", "should be a date"),
        ("telegram: 5", "telegram", "键: 值", "key: value"),
        ('telegram: {name: ""}', "telegram.name", "格式不对", "right form"),
        ("telegram: {name: a|b}", "telegram.name", "格式不对", "right form"),
        ("telegram: {name: discord-main}", "", "“discord-main”重复了", "there twice"),
        ("telegram: {poll_seconds: 0}", "telegram.poll_seconds", "不能小于 1", "less than 1"),
        ("telegram: {rates: {chat_every: -1}}", "telegram.rates.chat_every", "不能小于 0", "less than 0"),
        ("store: {keep_events_days: 0}", "store.keep_events_days", "大于 0", "more than 0"),
        (
            "security: {official_site: https://elsewhere.example}",
            "security",
            "official_hosts",
            "official_hosts",
        ),
        ("security: {official_site: http://helpline.example}", "security", "https://", "https://"),
        ("transactions: {internal_ids: ['[(']}", "transactions.internal_ids.0", "正则", "regular expression"),
        ("education: {schedule: '61 * * * *'}", "education.schedule", "cron", "cron"),
        ("education: {schedule: '* * * * * *'}", "education.schedule", "五段", "five fields"),
        ("preferences: {coins: [BTC, btc]}", "preferences", "“btc”重复了", "there twice"),
        ("languages: []", "languages", "至少要有 1 项", "at least 1"),
        ("data: 5", "data", "一段文字", "a text"),
    ],
)
def test_a_wrong_value_is_told_in_the_readers_language(
    tmp_path: Path, text: str, key: str, zh: str, en: str
) -> None:
    for language, expected in (("zh", zh), ("en", en)):
        said = mistake(tmp_path, text, language)
        assert said.count("\n") == 0
        assert key in said
        assert expected in said
        assert not any(words in said for words in SCHEMAS_OWN)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("desk:\n  opens: '09:00'\n  opens: '10:00'\n", 3),
        ("desk: {}\ntelegram: {}\ndesk: {}\n", 3),
        ("desk:\n  closed: [2026-13-01]\n", 2),
        ("a: [\n", 2),
        ("- a\n", 1),
        ("\tdesk: 1\n", 1),
        ("[" * 3000 + "]" * 3000, 1),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    assert f"第 {line} 行" in mistake(tmp_path, text, "zh")
    assert f"ine {line}" in mistake(tmp_path, text, "en")


@pytest.mark.parametrize("where", LEAVES, ids=".".join)
def test_whatever_stands_in_a_setting_is_told_in_our_own_words(where: Where) -> None:
    for odd in ODD:
        values: Any = odd
        for name in reversed(where):
            values = {name: values}
        try:
            Settings(**values)
        except ValueError:
            said = _said(values)
            assert not any(words in said for words in SCHEMAS_OWN), (odd, said)


def _said(values: dict[str, Any]) -> str:
    class Given(Settings):
        def __init__(self) -> None:
            super().__init__(**values)

    with pytest.raises(ConfigError) as caught:
        load_settings(Given, None, "zh")
    return str(caught.value)


@pytest.mark.parametrize("where", LEAVES, ids=".".join)
def test_every_setting_is_a_variable(where: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "HELPLINE_" + "__".join(where).upper()
    monkeypatch.setenv(name, "~~")
    try:
        settings = load_settings(Settings, None, "en")
    except ConfigError as error:
        said = str(error)
        assert name in said or where[0] in said
        assert not any(words in said for words in SCHEMAS_OWN), said
    else:
        assert at(settings, where) != at(Settings.model_construct(), where)


def test_a_list_and_a_mapping_are_json_in_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPLINE_DESK__SKILLS", json.dumps(["account", "security", "cards"]))
    monkeypatch.setenv("HELPLINE_DESK__NAMES", json.dumps({"telegram-main:1": "小明"}))
    desk = load_settings(Settings, None, "en").desk
    assert desk.skills == ("account", "security", "cards")
    assert desk.names == {"telegram-main:1": "小明"}
    monkeypatch.setenv("HELPLINE_DESK__SKILLS", "account,trading")
    with pytest.raises(ConfigError, match=r"^HELPLINE_DESK__SKILLS：.*列表.*JSON"):
        load_settings(Settings, None, "zh")


def test_a_variable_that_is_no_setting_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("languages: [zh, en]\n", "utf-8")
    for name in ("HELPLINE_DESK__OPNS", "HELPLINE_STROE__URL"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "x")
            with pytest.raises(ConfigError, match=f"^{name}: there is no setting"):
                load_settings(Settings, file, "en")
    for name in ("HELPLINE_LANG", "HELPLINE_CONFIG", "HELPLINE_PYTHON", "HELPLINE_SECRETS__ROUTE_KEY"):
        monkeypatch.setenv(name, "x")
    load_settings(Settings, file, "en")
