"""The files of a Discord message: those that come with a request, those it keeps, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bots.local import discord_checks as checks
from bots.local.discord_wire import ApiError, Call, FormErrors, Json

LARGEST_FILE = 10 * 1024 * 1024
MOST_FILES, LONGEST_DESCRIPTION = 10, 1024
TOO_LARGE = (413, 40005, "Request entity too large")
Keep = Callable[[str, bytes, str], Json]
"""(name, bytes, kind) -> the attachment that a message shows."""


def attached(call: Call, body: Json, before: list[Json], keep: Keep) -> list[Json]:
    """The attachments of a message after a request: without a list those of `before` stay and the new ones come;
    with one, only what it names.

    Raises:
        ApiError: 400 or 413, what is wrong with them.
    """
    errors = FormErrors()
    listed = checks.count(errors, ("attachments",), body.get("attachments"), MOST_FILES)
    old = {str(one["id"]): one for one in before}
    for number, one in enumerate(listed):
        checks.text(
            errors, ("attachments", number, "description"), one.get("description"), LONGEST_DESCRIPTION
        )
        if str(one.get("id")) not in old and f"files[{one.get('id')}]" not in call.files:
            said = "Attachment data cannot be found"  # wording unverified
            errors.add(("attachments", number, "id"), "ATTACHMENT_NOT_FOUND", said)
    errors.refuse()
    if any(len(upload.data) > LARGEST_FILE for upload in call.files.values()):
        raise ApiError(*TOO_LARGE)
    stays = [one for number, one in old.items() if number in {str(each.get("id")) for each in listed}]
    return (stays if "attachments" in body else list(before)) + _new(call, listed, keep)


def _new(call: Call, listed: list[Json], keep: Keep) -> list[Json]:
    described: dict[str, Any] = {f"files[{one.get('id')}]": one for one in listed}
    made = []
    for field, upload in call.files.items():
        about = described.get(field, {})
        one = keep(about.get("filename") or upload.name, upload.data, upload.mime)
        made.append(one | ({"description": about["description"]} if about.get("description") else {}))
    return made
