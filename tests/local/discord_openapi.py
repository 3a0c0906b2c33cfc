"""Discord's own OpenAPI file as a judge of every exchange between a bot and the stand-in.

Turn it on in any test: `stand_in.on_exchange = judge.check`. `violations` stays empty when every accepted request
and every answer fits the file. A refused request may be wrong on purpose; its refusal has to fit all the same.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bots.local.discord import Exchange

SPEC_FILE = Path(__file__).resolve().parents[2] / "../shared/data/platform-specs/discord_openapi.json"

needs_file = pytest.mark.skipif(
    not SPEC_FILE.exists(), reason="Discord's OpenAPI file (shared/data/platform-specs) is not here"
)


class OpenApiJudge:
    """Checks exchanges and keeps what did not fit. Without the shared folder it only counts them."""

    def __init__(self) -> None:
        self.seen: list[Exchange] = []
        self.violations: list[str] = []

    def check(self, exchange: Exchange) -> None:
        """Judge one exchange; fits `DiscordStandIn.on_exchange`."""
        self.seen.append(exchange)
        if not SPEC_FILE.exists():
            return
        where = f"{exchange.method} {exchange.route}"
        known = spec()["paths"].get(exchange.route, {}).get(exchange.method.lower())
        if known is None or known["operationId"] != exchange.operation:
            self.violations.append(f"{where}: the file knows no {exchange.operation} there")
            return
        if exchange.status < 400 and exchange.body is not None:
            body = known.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            self._judge(f"{where} request", body, exchange.body, request=True)
        answers = known["responses"]
        wanted = answers.get(str(exchange.status)) or (answers["4XX"] if exchange.status >= 400 else None)
        if wanted is None:
            self.violations.append(f"{where}: no answer {exchange.status} in the file")
            return
        schema = wanted.get("content", {}).get("application/json", {}).get("schema")
        if "$ref" in wanted:
            schema = _at(wanted["$ref"])["content"]["application/json"]["schema"]
        if schema is None and exchange.answer is None:
            return
        self._judge(f"{where} answer {exchange.status}", schema, exchange.answer, request=False)

    def assert_clean(self) -> None:
        """Fail with everything that did not fit."""
        assert not self.violations, "\n".join(self.violations)

    def _judge(self, where: str, schema: Any, value: Any, *, request: bool) -> None:
        if schema is None:
            self.violations.append(f"{where}: nothing is expected, {str(value)[:100]} came")
            return
        found = faults(request, json.dumps(schema), json.dumps(value))
        self.violations += [f"{where}: {one}" for one in found]


def _deepest(error: Any) -> Any:
    """The most telling error inside a "none of these fits"."""
    while error.context:
        # The alternative that fits furthest; a wrong constant only says that it is another alternative.
        error = max(
            error.context, key=lambda one: (one.validator not in ("enum", "const"), len(one.absolute_path))
        )
    return error


@cache
def spec() -> Any:
    """The file."""
    return json.loads(SPEC_FILE.read_text("utf-8"))


@cache
def faults(request: bool, schema: str, value: str) -> list[str]:
    """What is wrong with a value; the same answers come in nearly every test."""
    found = map(_deepest, validator(request, schema).iter_errors(json.loads(value)))
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message[:300]}" for one in found]


@cache
def validator(request: bool, schema: str) -> Draft202012Validator:
    """A validator of one schema of the file, where the file is right.

    It says that the codes inside an error tree are numbers; the documents' own examples and the platform write
    words. Requests may write ids as numbers, as discord.py does.
    """
    components = copy.copy(spec()["components"])
    inner = copy.deepcopy(components["schemas"]["InnerErrors"])
    inner["properties"]["_errors"]["items"] = {"$ref": "#/components/schemas/WordedError"}
    text = {"type": "string"}
    worded = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {"code": text, "message": text},
    }
    components["schemas"] = components["schemas"] | {"InnerErrors": inner, "WordedError": worded}
    if request:
        components["schemas"]["SnowflakeType"] = {"type": ["string", "integer"]}
    return Draft202012Validator({"components": components, **json.loads(schema)})


def _at(pointer: str) -> Any:
    node = spec()
    for part in pointer.removeprefix("#/").split("/"):
        node = node[part]
    return node
