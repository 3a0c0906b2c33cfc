"""The file of a request to the Bot API: uploaded with it, or named by the id of an earlier one."""

from __future__ import annotations

from bots.local.attachments import Files, StoredFile
from bots.local.telegram_wire import ApiError, Params, bad_request
from core.conversation.picture import fits, sides

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
_ATTACHED = "attach://"


def taken(files: Files, params: Params, kind: str, limit: int) -> StoredFile:
    """The file in the field `kind`; an upload is kept.

    Raises:
        ApiError: 400 or 413, why it is none.
    """
    upload = params.upload(kind)
    if upload is None:
        return _known(files, params.text(kind), kind)
    if len(upload.data) > limit:
        raise ApiError(413, "Request Entity Too Large")
    if not upload.data:
        raise bad_request("file must be non-empty")
    if kind == "photo":
        _refuse_odd(upload.data)
    return files.add(kind, upload.data, name=upload.name, mime=upload.mime)


def _refuse_odd(data: bytes) -> None:
    found = sides(data)
    if found is None and (not data.startswith(_PICTURES) or data.startswith(_PICTURES[:2])):
        raise bad_request("IMAGE_PROCESS_FAILED")  # no picture, or not a whole one
    if found is not None and not fits(*found[1:]):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _known(files: Files, value: str, kind: str) -> StoredFile:
    if not value or value.startswith(_ATTACHED):
        raise bad_request(f"there is no {kind} in the request")
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")  # a loopback world fetches nothing
    stored = files.get(value)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {stored.kind.capitalize()} as {kind.capitalize()}")
    return stored
