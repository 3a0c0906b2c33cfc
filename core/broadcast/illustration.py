"""The picture of a broadcast's file: which file it is, what it shows in each language, and whether everybody will see it.

picture: {file: upgrade.png, zh: 升级期间的时间表, en: Timetable of the upgrade}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.conversation.document import Fault, Node, Place, Table, Text
from core.conversation.picture import ALT_LIMIT, Fetch, Picture, PictureError, measured

CODE = "PICTURE"


@dataclass(frozen=True, slots=True)
class Illustration:
    """What was read: the bytes, the picture in each language as far as it goes, its words with their places."""

    data: bytes = b""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    words: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    faults: Sequence[Fault] = ()


def no_files(path: str) -> bytes:
    """Where files cannot be had."""
    raise FileNotFoundError(path)


def read_picture(table: Node, at: Place, languages: Sequence[str], fetch: Fetch) -> Illustration:
    """Never raises."""
    if not isinstance(table, Table):
        return Illustration(faults=[Fault(*at, "SHAPE", {"key": "picture"}, "table")])
    words = {
        language: (node.value.strip(), node.at)
        for language, node in table.entries.items()
        if language in languages and isinstance(node, Text)
    }
    faults = [*_unknown(table, ("file", *languages)), *_unworded(words, at, languages)]
    file = table.entries.get("file")
    path = file.value.strip() if isinstance(file, Text) else ""
    try:
        data = fetch(path)
        name = measured(data).name
    except (OSError, ValueError):  # no file has such a name
        faults.append(Fault(*at, CODE, {"file": path or "–"}, "file"))
        return Illustration(words=words, faults=faults)
    except PictureError as error:
        faults.append(Fault(*at, CODE, {"file": path, **error.holes}, error.code))
        return Illustration(words=words, faults=faults)
    pictures = {language: Picture(name, text) for language, (text, _) in words.items()}
    return Illustration(data, pictures, words, faults)


def _unknown(table: Table, allowed: Sequence[str]) -> Iterator[Fault]:
    for key in table.entries:
        if key not in allowed:
            yield Fault(*table.keys[key], "UNKNOWN", {"key": key, "allowed": ", ".join(allowed)})


def _unworded(words: Mapping[str, tuple[str, Place]], at: Place, languages: Sequence[str]) -> Iterator[Fault]:
    for language in languages:
        text, place = words.get(language, ("", at))
        if not text:
            yield Fault(*place, CODE, {"language": language}, "alt")
        elif len(text) > ALT_LIMIT:
            yield Fault(*place, CODE, {"count": str(len(text)), "limit": str(ALT_LIMIT)}, "long")
