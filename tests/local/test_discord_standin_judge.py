"""The judge and the checks themselves: they find what is wrong, and nothing that anybody sends breaks them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.local import discord_checks as checks
from bots.local.discord import Exchange
from bots.local.discord_commands import check_commands
from bots.local.discord_objects import numbered, walk
from bots.local.discord_wire import FormErrors, Ids
from tests.local.discord_openapi import OpenApiJudge, needs_file

GOOD = Exchange("create_dm", "POST", "/users/@me/channels", {}, {"recipient_id": 7}, 200, {})
CHANNEL: dict[str, Any] = {"id": "1", "type": 1, "flags": 0, "recipients": []}


@needs_file
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answer": CHANNEL}, ""),
        ({"answer": CHANNEL | {"recipients": [{"id": "1"}]}}, "is a required property"),
        ({"answer": CHANNEL | {"id": 1}}, "is not of type 'string'"),
        ({"answer": CHANNEL, "body": {"recipient_id": []}}, "request"),
        ({"answer": CHANNEL, "operation": "send_dm"}, "knows no send_dm"),
        ({"status": 302}, "no answer 302"),
        ({"status": 400, "answer": {"message": "x", "code": 1}}, ""),
        ({"status": 400, "answer": {"message": "x"}}, "'code' is a required property"),
        (
            {"status": 400, "answer": {"message": "x", "code": 1, "errors": {"a": {"_errors": [{}]}}}},
            "errors.a",
        ),
    ],
)
def test_what_does_not_fit_is_told(change: dict[str, Any], said: str) -> None:
    judge = OpenApiJudge()
    judge.check(replace(GOOD, **change))
    assert said in "\n".join(judge.violations)
    assert bool(judge.violations) == bool(said)


leaves = st.none() | st.booleans() | st.integers(-1, 20) | st.floats(allow_nan=False) | st.text(max_size=5)
names = st.sampled_from(["type", "id", "text", "custom_id", "_errors"])
loose: st.SearchStrategy[Any] = (
    leaves | st.lists(leaves, max_size=2) | st.dictionaries(names, leaves, max_size=2)
)


def shape(*plain: str, **known: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of these fields, each sometimes of quite another kind."""
    fields = dict.fromkeys(plain, loose) | {name: one | loose for name, one in known.items()}
    return st.fixed_dictionaries({}, optional=fields)


def some(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(one | loose, max_size=3)


component: st.SearchStrategy[Any] = st.deferred(
    lambda: shape(
        *(
            "id",
            "custom_id",
            "label",
            "style",
            "url",
            "emoji",
            "placeholder",
            "value",
            "min_length",
            "content",
        ),
        type=st.sampled_from([1, 2, 3, 4, 5, 9, 10, 14, 17, 18]),
        options=some(shape("label", "value", "description")),
        components=some(component),
        component=component,
        accessory=component,
    )
)
embed = shape(
    "title", "description", footer=shape("text"), author=shape("name"), fields=some(shape("name", "value"))
)
body = shape(
    *("content", "nonce", "title", "custom_id"),
    flags=st.sampled_from([64, 1 << 15]),
    embeds=some(embed),
    components=some(component),
    allowed_mentions=shape("parse", "users", "roles"),
)
command = shape(
    *("name", "type", "description", "name_localizations", "description_localizations"),
    options=some(shape("name", "type", "description", "name_localizations")),
)


@given(body)
def test_a_body_of_any_shape_is_judged_and_shown_when_good(given_body: dict[str, Any]) -> None:
    checks.modal(FormErrors(), given_body, ())
    errors = FormErrors()
    checks.message(errors, given_body)
    if not errors.tree:
        ids = [one["id"] for one in walk(numbered(given_body.get("components") or []))]
        assert len(set(ids)) == len(ids)


@given(some(command))
def test_commands_of_any_shape_are_judged(commands: list[Any]) -> None:
    errors = FormErrors()
    check_commands(errors, checks.count(errors, (), commands, 100))
    if not errors.tree:
        assert all(1 <= len(one["name"]) <= 32 for one in commands)


@given(st.lists(st.floats(0, 2e9), min_size=2, max_size=50))
def test_ids_rise_whatever_the_clock_does(times: list[float]) -> None:
    left = [1.5e9 + one for one in times]
    ids = Ids(lambda: left.pop())
    made = [ids.new() for _ in times]
    assert made == sorted(set(made))
