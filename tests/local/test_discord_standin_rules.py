"""What the platform refuses, told at the field where the fault is; and that what is just right goes through."""

from __future__ import annotations

from typing import Any

import pytest

from bots.local.discord import DiscordStandIn
from tests.local.discord_clients import BAD_LENGTH, NEEDED, TOO_LONG, Caller, Json


def button(number: int = 0, **fields: Any) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": f"id{number}"} | fields


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def rows(*components: Json) -> Json:
    return {"components": [row(*components)]}


def menu(**fields: Any) -> Json:
    return {"type": 3, "custom_id": "m", "options": [{"label": "a", "value": "a"}]} | fields


REFUSED: list[tuple[str, Json, str, str]] = [
    ("content", {"content": "字" * 2001}, "content", TOO_LONG),
    ("content is a number", {"content": 7}, "content", "STRING_TYPE_CONVERT"),
    ("nonce", {"content": "x", "nonce": "n" * 26}, "nonce", TOO_LONG),
    ("six rows", {"components": [row(button(n)) for n in range(6)]}, "components", TOO_LONG),
    ("six buttons", rows(*map(button, range(6))), "components.0.components", BAD_LENGTH),
    ("an empty row", rows(), "components.0.components", BAD_LENGTH),
    ("a button outside a row", {"components": [button()]}, "components.0.type", "BASE_TYPE_CHOICES"),
    ("label", rows(button(label="字" * 81)), "components.0.components.0.label", TOO_LONG),
    ("no label", rows(button(label="")), "components.0.components.0.label", NEEDED),
    ("custom_id", rows(button(custom_id="i" * 101)), "components.0.components.0.custom_id", BAD_LENGTH),
    ("no custom_id", rows(button(custom_id=None)), "components.0.components.0.custom_id", NEEDED),
    ("the same custom_id twice", rows(button(), button()), "components", "COMPONENT_CUSTOM_ID_DUPLICATED"),
    ("style", rows(button(style=9)), "components.0.components.0.style", "BASE_TYPE_CHOICES"),
    (
        "a link without address",
        rows(button(style=5, custom_id=None)),
        "components.0.components.0.url",
        NEEDED,
    ),
    (
        "a link of another scheme",
        rows(button(style=5, custom_id=None, url="ftp://x.example")),
        "components.0.components.0.url",
        "URL_TYPE_INVALID_SCHEME",
    ),
    (
        "both a link and an id",
        rows(button(style=5, url="https://x.example")),
        "components.0.components.0",
        "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
    ),
    (
        "a menu beside a button",
        rows(menu(), button()),
        "components.0.components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    (
        "26 choices",
        rows(menu(options=[{"label": "a", "value": str(n)} for n in range(26)])),
        "components.0.components.0.options",
        BAD_LENGTH,
    ),
    (
        "the same choice twice",
        rows(menu(options=[{"label": "a", "value": "a"}] * 2)),
        "components.0.components.0.options.1.value",
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
    ("embed title", {"embeds": [{"title": "字" * 257}]}, "embeds.0.title", TOO_LONG),
    ("embed description", {"embeds": [{"description": "字" * 4097}]}, "embeds.0.description", TOO_LONG),
    ("eleven embeds", {"embeds": [{"title": "x"}] * 11}, "embeds", TOO_LONG),
    (
        "embeds together",
        {"embeds": [{"description": "字" * 3001}, {"description": "字" * 3000}]},
        "embeds",
        "MAX_EMBED_SIZE_EXCEEDED",
    ),
    (
        "an embed's field without value",
        {"embeds": [{"fields": [{"name": "x"}]}]},
        "embeds.0.fields.0.value",
        NEEDED,
    ),
    (
        "mentions",
        {"content": "x", "allowed_mentions": {"parse": ["all"]}},
        "allowed_mentions.parse.0",
        "BASE_TYPE_CHOICES",
    ),
    (
        "content beside new components",
        {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "y"}]},
        "content",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    (
        "new components without their flag",
        {"components": [{"type": 10, "content": "y"}]},
        "components.0.type",
        "BASE_TYPE_CHOICES",
    ),
]


@pytest.mark.parametrize(
    ("body", "path", "code"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
async def test_refused_at_its_field(
    platform: DiscordStandIn, call: Caller, body: Json, path: str, code: str
) -> None:
    status, answer = await call("POST", f"/channels/{platform.world.support.id}/messages", body)
    assert (status, answer["code"], answer["message"]) == (400, 50035, "Invalid Form Body")
    node = answer["errors"]
    for part in path.split("."):
        node = node[part]
    assert code in [one["code"] for one in node["_errors"]]
    assert platform.world.support.messages() == []


ACCEPTED: dict[str, Json] = {
    "the longest content": {"content": "😀" * 2000},
    "the most buttons": {"components": [row(*(button(5 * n + m) for m in range(5))) for n in range(5)]},
    "the longest label": rows(button(label="字" * 80, custom_id="i" * 100)),
    "a link": rows(button(style=5, custom_id=None, url="https://x.example")),
    "an emoji alone": rows(button(label=None, emoji={"name": "✅"})),
    "the longest embeds": {"embeds": [{"description": "字" * 3000}, {"description": "字" * 3000}]},
    "the most choices": rows(menu(options=[{"label": "a", "value": str(n)} for n in range(25)])),
    "new components": {
        "flags": 1 << 15,
        "components": [{"type": 17, "components": [{"type": 10, "content": "y"}, row(button())]}],
    },
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED.keys())
async def test_just_right_is_accepted(platform: DiscordStandIn, call: Caller, body: Json) -> None:
    status, answer = await call("POST", f"/channels/{platform.world.support.id}/messages", body)
    assert status == 200, answer
    assert platform.world.support.last().id == int(answer["id"])


async def test_every_component_has_a_number_of_its_own(platform: DiscordStandIn, call: Caller) -> None:
    body = rows(button(0), button(1, id=7), button(2))
    _, answer = await call("POST", f"/channels/{platform.world.support.id}/messages", body)
    numbers = [one["id"] for one in answer["components"][0]["components"]]
    assert [answer["components"][0]["id"], *numbers] == [1, 2, 7, 3]


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": None, "embeds": []}])
async def test_an_empty_message(platform: DiscordStandIn, call: Caller, body: Json) -> None:
    status, answer = await call("POST", f"/channels/{platform.world.support.id}/messages", body)
    assert (status, answer["code"]) == (400, 50006)


async def test_everything_wrong_is_told_at_once(platform: DiscordStandIn, call: Caller) -> None:
    body = {"content": "x" * 2001} | rows(button(label="x" * 81, style=9))
    _, answer = await call("POST", f"/channels/{platform.world.support.id}/messages", body)
    assert set(answer["errors"]) == {"content", "components"}
    assert set(answer["errors"]["components"]["0"]["components"]["0"]) == {"label", "style"}


def text_input(number: int = 0, **fields: Any) -> Json:
    return {"type": 4, "custom_id": f"t{number}", "style": 1} | fields


def labelled(component: Json, label: str = "x") -> Json:
    return {"type": 18, "label": label, "component": component}


FORMS: list[tuple[str, Json, str]] = [
    ("title", {"title": "字" * 46}, "data.title"),
    ("no title", {"title": ""}, "data.title"),
    ("six inputs", {"components": [labelled(text_input(n)) for n in range(6)]}, "data.components"),
    ("no input", {"components": []}, "data.components"),
    ("label", {"components": [labelled(text_input(), "字" * 46)]}, "data.components.0.label"),
    ("style", {"components": [labelled(text_input(style=3))]}, "data.components.0.component.style"),
    (
        "placeholder",
        {"components": [labelled(text_input(placeholder="x" * 101))]},
        "data.components.0.component.placeholder",
    ),
    ("a button", {"components": [labelled(button())]}, "data.components.0.component.type"),
    ("the same id twice", {"components": [labelled(text_input())] * 2}, "data.components"),
]


@pytest.mark.parametrize(("change", "path"), [one[1:] for one in FORMS], ids=[one[0] for one in FORMS])
async def test_a_wrong_form(platform: DiscordStandIn, call: Caller, change: Json, path: str) -> None:
    world = platform.world
    shown = world.post(world.dm("alice"), {"content": "x"})
    click = world.press("alice", shown, "x", stale=True)
    data = {"custom_id": "f", "title": "x", "components": [labelled(text_input())]}
    where = f"/interactions/{click.id}/{click.token}/callback"
    status, answer = await call("POST", where, {"type": 9, "data": data | change})
    assert (status, answer["code"]) == (400, 50035)
    node = answer["errors"]
    for part in path.split("."):
        node = node[part]
    assert node["_errors"]
    assert world.person("alice").modal is None
    status, _ = await call("POST", where + "?with_response=1", {"type": 9, "data": data})
    assert status == 200
    assert world.person("alice").modal is not None
