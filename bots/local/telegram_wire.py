"""The Bot API's envelope: how a request's fields are read and how an answer or a refusal is written.

Fields come as query, form, multipart or JSON; whichever way, a field's value ends as text or as JSON data,
and `Params` reads both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

Json = dict[str, Any]

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


@dataclass
class ApiError(Exception):
    """A refusal: HTTP status, the description with its prefix, and `parameters` where the API has some."""

    code: int
    description: str
    parameters: Json = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} {self.description}"

    def body(self) -> bytes:
        """The JSON answer."""
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return json.dumps(answer).encode()


def bad_request(text: str) -> ApiError:
    """400 with the API's prefix."""
    return ApiError(400, f"Bad Request: {text}")


def too_many(retry_after: int) -> ApiError:
    """429 with `retry_after` in whole seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


class RawJson(str):
    """A result that is JSON text already."""

    __slots__ = ()


def success(result: Any) -> bytes:
    """The JSON answer with `result`."""
    text = result if isinstance(result, RawJson) else _encode(result)
    return f'{{"ok":true,"result":{text}}}'.encode()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    mime: str
    data: bytes


class Params:
    """The fields of one request. An empty value counts as absent, as in the real server."""

    __slots__ = ("fields", "files")

    def __init__(self, fields: Json, files: dict[str, Upload] | None = None) -> None:
        self.fields = fields
        self.files = files or {}

    def text(self, name: str) -> str:
        """The field as text, "" when absent."""
        value = self.fields.get(name)
        if isinstance(value, str):
            return value
        return "" if value is None else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """The field as a whole number.

        Raises:
            ApiError: 400, it is something else.
        """
        value = self.fields.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"field {name} must be an Integer") from None

    def boolean(self, name: str) -> bool:
        """The field as yes or no; absent is no."""
        return self.text(name).lower() in ("true", "yes", "1")

    def data(self, name: str) -> Any:
        """The field as JSON data, None when absent.

        Raises:
            ApiError: 400, the text is not JSON.
        """
        value = self.fields.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """The file of a field: sent under its name, or named by attach://."""
        if name in self.files:
            return self.files[name]
        text = self.text(name)
        return self.files.get(text[9:]) if text.startswith("attach://") else None

    def everything(self) -> Json:
        """Fields and files together, for whoever watches exchanges."""
        return {**self.fields, **self.files}


async def read_params(request: web.BaseRequest) -> Params:
    """The fields of a request: query string first, then the body in whichever form it came.

    Raises:
        ApiError: 400, the body is not UTF-8 or its JSON is not an object; 413, it is too large.
    """
    try:
        return await _read(request)
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None


async def _read(request: web.BaseRequest) -> Params:
    fields: Json = dict(request.query) if request.query_string else {}
    if request.method != "POST":
        return Params(fields)
    kind = request.content_type
    if kind == "application/x-www-form-urlencoded":
        fields.update(parse_qsl((await request.read()).decode(), keep_blank_values=True, errors="strict"))
    elif kind == "application/json":
        fields.update(_object(await request.read()))
    elif kind == "multipart/form-data":
        return await _multipart(request, fields)
    return Params(fields)


def _object(body: bytes) -> Json:
    try:
        value = json.loads(body.decode() or "{}")
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise bad_request("can't parse request: object expected")
    return value


async def _multipart(request: web.BaseRequest, fields: Json) -> Params:
    files: dict[str, Upload] = {}
    for name, part in (await request.post()).items():
        if isinstance(part, web.FileField):
            files[name] = Upload(part.filename, part.content_type, part.file.read())
        else:
            fields[name] = part if isinstance(part, str) else bytes(part).decode()
    return Params(fields, files)
