"""The files of the world and the parts of a message that are not text: photo, voice, sticker, place, poll.

`build` makes the fields of a message as the Bot API describes them; the bytes go to `Files`.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.conversation.picture import sides

Json = dict[str, Any]

LARGEST_DOWNLOAD = 20 * 1024 * 1024
LARGEST_UPLOAD = 50 * 1024 * 1024
LARGEST_PHOTO = 10 * 1024 * 1024

TINY_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
"""A whole PNG of one pixel."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the platform. `size` may be larger than `data`, to play a large file cheaply."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes
    size: int
    kind: str

    def head(self) -> Json:
        """The fields that every file object has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}


class Files:
    """Every file of the world by its id and by its download path."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, data: bytes, *, name: str = "", mime: str = "", size: int = 0) -> StoredFile:
        """Keep a file. `kind` is the message field it appears in, such as "document" or "photo"."""
        number = len(self._by_path)
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        suffix = name.rpartition(".")[2] if "." in name else (mimetypes.guess_extension(mime) or ".bin")[1:]
        stored = StoredFile(
            file_id=f"BQACAgUAAxkB{number:08d}{kind[:4]}",
            unique_id=f"AgAD{number:08d}",
            path=f"{kind}s/file_{number}.{suffix}",
            name=name,
            mime=mime,
            data=data,
            size=size or len(data),
            kind=kind,
        )
        self._by_id[stored.file_id] = self._by_path[stored.path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        """The file with this id."""
        return self._by_id.get(file_id)

    def forget(self, file_id: str) -> None:
        """The platform knows a file by this id no more."""
        del self._by_id[file_id]

    def at(self, path: str) -> StoredFile | None:
        """The file with this download path."""
        return self._by_path.get(path)


def document(stored: StoredFile) -> Json:
    """The field of a document."""
    head = stored.head() | {"mime_type": stored.mime}
    return {"document": head | ({"file_name": stored.name} if stored.name else {})}


def photo(stored: StoredFile) -> Json:
    """The field of a photo: one size; what is no PNG or JPEG is not measured."""
    _, width, height = sides(stored.data) or ("", 800, 600)
    return {"photo": [stored.head() | {"width": width, "height": height}]}


def _voice(stored: StoredFile) -> Json:
    return {"voice": stored.head() | {"duration": 3, "mime_type": "audio/ogg"}}


def _video(stored: StoredFile) -> Json:
    return {"video": stored.head() | {"width": 640, "height": 360, "duration": 3, "mime_type": "video/mp4"}}


def _audio(stored: StoredFile) -> Json:
    return {"audio": stored.head() | {"duration": 3, "mime_type": "audio/mpeg"}}


def _sticker(stored: StoredFile) -> Json:
    shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return {"sticker": stored.head() | shape | {"emoji": "👍"}}


_WITH_FILE: dict[str, tuple[str, Callable[[StoredFile], Json]]] = {
    "document": ("document.pdf", document),
    "photo": ("photo.png", photo),
    "voice": ("voice.oga", _voice),
    "video": ("video.mp4", _video),
    "audio": ("audio.mp3", _audio),
    "sticker": ("sticker.webp", _sticker),
}


def _poll() -> Json:
    options = [
        {"persistent_id": str(i), "text": text, "voter_count": 0} for i, text in enumerate(("是", "否"))
    ]
    flags = {
        "is_closed": False,
        "is_anonymous": True,
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }
    head: Json = {"id": "5000000001", "question": "?", "options": options, "total_voter_count": 0}
    return {"poll": head | flags | {"type": "regular"}}


_WITHOUT_FILE: dict[str, Callable[[], Json]] = {
    "location": lambda: {"location": {"latitude": 31.2304, "longitude": 121.4737}},
    "contact": lambda: {"contact": {"phone_number": "+10000000000", "first_name": "友人"}},
    "poll": _poll,
    "dice": lambda: {"dice": {"emoji": "🎲", "value": 4}},
}

KINDS = (*_WITH_FILE, *_WITHOUT_FILE)
"""What a person can send beside text."""


def build(files: Files, kind: str, *, data: bytes = b"", name: str = "", size: int = 0) -> Json:
    """The message fields of one attachment of `kind`; a file without `data` gets a tiny content.

    Raises:
        LookupError: there is no such kind.
    """
    if kind in _WITHOUT_FILE:
        return _WITHOUT_FILE[kind]()
    if kind not in _WITH_FILE:
        raise LookupError(f"no attachment {kind!r}; there are {', '.join(KINDS)}")
    usual_name, make = _WITH_FILE[kind]
    return make(files.add(kind, data or TINY_PNG, name=name or usual_name, size=size))
