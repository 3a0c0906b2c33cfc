"""docs/exchange-api.yaml as a judge of every exchange between the client and the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

FILE = Path(__file__).resolve().parents[2] / "docs" / "exchange-api.yaml"


class Contract:
    """Give `judge` to `Exchange.on_exchange`; `faults` stays empty while both sides keep the contract."""

    def __init__(self) -> None:
        self.document = yaml.safe_load(FILE.read_text("utf-8"))
        self.faults: list[str] = []
        self.seen: set[tuple[str, str, int]] = set()

    def judge(self, method: str, path: str, body: Any, status: int, answer: Any) -> None:
        operation = self.document["paths"].get(path, {}).get(method.lower())
        if operation is None:
            self.faults.append(f"{method} {path} is not in the contract")
            return
        self.seen.add((method, path, int(status)))
        responses = operation["responses"]
        response = responses.get(str(int(status)), responses["default"])
        self.faults += self._errors(self._resolved(response), answer)
        if body is not None and int(status) < 400:
            self.faults += self._errors(operation["requestBody"], body)

    def schema(self, name: str) -> Draft202012Validator:
        """The validator of one named schema."""
        root = {"$ref": f"#/components/schemas/{name}", "components": self.document["components"]}
        return Draft202012Validator(root)

    def _resolved(self, part: Any) -> Any:
        while "$ref" in part:
            found = self.document
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            part = found
        return part

    def _errors(self, holder: Any, value: Any) -> Iterator[str]:
        schema = dict(holder["content"]["application/json"]["schema"])
        schema["components"] = self.document["components"]
        for error in Draft202012Validator(schema).iter_errors(value):
            yield f"{error.json_path}: {error.message}"
