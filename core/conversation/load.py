"""Sources -> flows. Everything that can be read is read, and everything that is wrong is told at once.

`draft` builds the best flow it can with the places of its parts: the checker's rules look at that.
`load_flow` gives a flow only when nothing at all was wrong with the reading of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256

from core.conversation.document import Place, Table, Text, places, read
from core.conversation.flow import Flow, Words
from core.conversation.layout import Fault
from core.conversation.schema import FLOW_KEYS, blank, read_flow
from core.conversation.sheet import Sheet, shown
from core.conversation.texts import Template, TextError, parse

COMMON = "common"
"""The folder with the house's texts; it is no flow."""
FLOW_FILE = "flow.yaml"
SUFFIX = ".yaml"
_HARMLESS = frozenset({"FOLDER", "NAME", "NUMBER", "UNKNOWN", "ENCODING", "HASH"})
"""Faults of reading after which a step is still all there."""
BROKEN = parse("…")
"""Stands where a text is broken: the text is there, and its own fault is told."""


@dataclass(slots=True)
class Draft:
    """What could be read of one folder, and what was wrong with it. `flow` is whole only without faults."""

    folder: str
    flow: Flow
    faults: list[Fault] = field(default_factory=list)
    places: dict[tuple[str, ...], Place] = field(default_factory=dict)
    """A path such as ("flow", "steps", "warn", "say") or ("zh", "texts", "warn") -> where it stands."""
    sources: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """(language, text key) -> what was written there: one text, or one for each plural form."""
    unread: set[str] = field(default_factory=set)
    """Files (without .yaml) that are absent or unreadable: rules about their content keep silent."""

    def at(self, *path: str) -> Place:
        """The place of a path, or of the nearest part above it that exists."""
        stem = path[0] if path else "flow"
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return f"{self.folder}/{stem}{SUFFIX}", 1, 1

    @property
    def whole(self) -> bool:
        """Whether every step of flow.yaml could be read, so that its ways and its uses are all known."""
        file = f"{self.folder}/{FLOW_FILE}"
        return not any(fault.file == file and fault.code not in _HARMLESS for fault in self.faults)

    def fault(self, at: Place, code: str, variant: str = "", **holes: str) -> Fault:
        """A fault at a place; it is not added."""
        return Fault(*at, code, holes, variant)


def load_flow(
    folder: str, sources: Mapping[str, str], languages: Sequence[str]
) -> tuple[Flow | None, list[Fault]]:
    """The flow of one folder, or None and every fault of its writing. Never raises."""
    found = draft(folder, sources, languages)
    return (None if found.faults else found.flow), found.faults


def load_common(
    sources: Mapping[str, str], languages: Sequence[str]
) -> tuple[Mapping[str, Words] | None, list[Fault]]:
    """The house's texts, language -> words, or None and every fault of their writing. Never raises."""
    found = draft(COMMON, sources, languages)
    return (None if found.faults else found.flow.words), found.faults


def content_hash(sources: Mapping[str, str]) -> str:
    """SHA-256 over the sorted names and contents of the YAML files; line endings do not count."""
    digest = sha256()
    for name in sorted(sources):
        if name.endswith(SUFFIX):
            content = sources[name].removeprefix("\ufeff").replace("\r\n", "\n")
            raw = content.encode("utf-8", "surrogatepass")
            digest.update(f"{name}\0{len(raw)}\0".encode())
            digest.update(raw)
    return digest.hexdigest()


def draft(folder: str, sources: Mapping[str, str], languages: Sequence[str]) -> Draft:
    """Read everything that can be read of one folder. Never raises; faults are in the order of the files.

    Nobody changes a draft: the checker and the library share it, and a reload reads only what is new.
    """
    return _draft(folder, tuple(sorted(sources.items())), tuple(languages))


@lru_cache(maxsize=32)
def _draft(folder: str, files: tuple[tuple[str, str], ...], languages: tuple[str, ...]) -> Draft:
    sources = dict(files)
    found = Draft(folder, blank(folder))
    expected = [language + SUFFIX for language in languages]
    if folder != COMMON:
        expected.insert(0, FLOW_FILE)
        sheet = _open(found, sources, "flow", FLOW_KEYS)
        found.flow = read_flow(folder, sheet) if sheet else found.flow
    words = {language: _words(found, sources, language) for language in languages}
    found.flow = replace(found.flow, words=words, hash=content_hash(sources))
    for name in sources:
        if name.endswith(SUFFIX) and name not in expected:
            at = (f"{folder}/{name}", 1, 1)
            found.faults.append(found.fault(at, "UNKNOWN", "file", key=name, allowed=shown(expected)))
    found.faults.sort(key=lambda fault: fault.order)
    return found


def _open(found: Draft, sources: Mapping[str, str], stem: str, allowed: Sequence[str]) -> Sheet | None:
    """The mapping of one file; a fault and None when it is absent or none."""
    file = f"{found.folder}/{stem}{SUFFIX}"
    if stem + SUFFIX not in sources:
        found.unread.add(stem)
        code = "MISSING" if stem + SUFFIX == FLOW_FILE else "LANG"
        found.faults.append(Fault(file, 1, 1, code, {"key": stem + SUFFIX}, "file"))
        return None
    tree, faults = read(file, sources[stem + SUFFIX], prose=stem + SUFFIX != FLOW_FILE)
    found.faults += faults
    found.places.update(places(tree, stem))
    if isinstance(tree, Table):
        return Sheet(tree, found.faults, allowed)
    if tree is not None or not faults:
        found.faults.append(Fault(file, 1, 1, "SHAPE", {"key": stem + SUFFIX}, "table"))
    found.unread.add(stem)
    return None


def _words(found: Draft, sources: Mapping[str, str], language: str) -> Words:
    """All that one language file holds."""
    allowed = ("phrases", "texts", "choices") + (("words",) if found.folder == COMMON else ())
    sheet = _open(found, sources, language, allowed)
    if sheet is None:
        return Words({}, {})
    spoken, texts = sheet.table("words"), sheet.table("texts")
    words = {name: spoken.texts(name) for name in spoken} if spoken else {}
    templates = {key: _template(found, language, key, texts) for key in texts} if texts else {}
    return Words(templates, sheet.pairs("choices"), sheet.texts("phrases"), words)


def _template(found: Draft, language: str, key: str, texts: Sheet) -> Template:
    """One text, or the plural forms of one. A broken one counts as present, with no holes."""
    node = texts.node(key)
    plural = isinstance(node, Table) and "count" in node.entries
    source = texts.pairs(key) if plural else texts.text(key)
    if isinstance(source, str):
        found.sources[language, key] = (source,)
        if not source:
            if isinstance(node, Text):
                texts.fault(texts.place(key), "EMPTY", "text", key=key)
            return BROKEN
    else:
        found.sources[language, key] = tuple(form for name, form in source.items() if name != "count")
    try:
        return parse(source)
    except TextError as error:
        texts.fault(texts.value_place(key), "MARKUP", "", **{**error.holes, "key": key, "reason": error.code})
        return BROKEN
