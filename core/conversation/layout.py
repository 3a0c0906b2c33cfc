"""What YAML would swallow without a word: found in the raw lines, before any parser sees them.

A tab or a full-width space as indentation, a full-width colon after a key, a ` #` that cuts a text, characters
that nobody can see. Each becomes a fault, and each is mended in memory, so that one glance shows every other
fault of the file too. What is mended here is only ever checked, never loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: where it is (line and column count from 1), which rule, and what its sentence needs.

    `variant` picks among the sentences of one code, such as the explanations of YAML.
    """

    file: str
    line: int
    column: int
    code: str
    holes: Mapping[str, str] = field(default_factory=dict)
    variant: str = ""

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sorts faults as a reader meets them."""
        return self.file, self.line, self.column, self.code, self.variant


_PLAIN = re.compile(
    r"[\t\n -~\u00a0-\u00ac\u00ae-\u0600\u2010-\u2027\u202f-\u205f\u2e80-\u3163\u3165-\ud7ff\uf900-\ufaff"
    r"\uff00-\uff9f\uffa1-\uffef]*"
)
"""What nearly every line consists of: told in one step that nothing in it is hidden."""
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ufeff\uffa0\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_KEY_AND_VALUE = re.compile(r"""((?:- +)*)(?:("[^"]*"|'[^']*'|[^\s#"'\[\]{},&*!|>%@`][^:]*):(?= |$))?(.*)$""")
_WIDE_COLON = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)\s*：")
_WORD = re.compile(r"[A-Za-z0-9_.\-/]+")
_PICTURE = re.compile(r"[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")


def unseen(text: str) -> tuple[int, str] | None:
    """The first invisible or control character of a text as (index, variant), or None."""
    if _PLAIN.fullmatch(text):
        return None
    for found in _UNSEEN.finditer(text):
        at, char = found.start(), found.group()
        if char == "\u200d" and at and _PICTURE.match(text[at - 1]):
            continue  # joins the parts of one emoji
        if "\ud800" <= char <= "\udfff":
            return at, "bytes"
        return at, "control" if char < "\xa0" else "unseen"
    return None


def scan(file: str, source: str, *, prose: bool) -> tuple[list[Fault], str]:
    """The faults of the raw lines, and the source with them mended.

    `prose` says that plain values are sentences, so that every comment behind one is suspect. Bytes that were
    no UTF-8 are expected as lone surrogates (decode with `errors="surrogateescape"`).
    """
    return _Scan(file, prose).run(source)


class _Scan:
    """One pass over the lines, knowing which of them merely continue a text."""

    def __init__(self, file: str, prose: bool) -> None:
        self.file = file
        self.prose = prose
        self.faults: list[Fault] = []
        self.line = 0
        self.text_kind = ""  # "", plain, block, bracket, or the quote that closes it
        self.text_indent = 0
        self.depth = 0  # brackets that are open
        self.clean = False
        self.indents: dict[str, int] = {}
        self.last = (0, False)  # indent of the line before, and whether it opens something

    def run(self, source: str) -> tuple[list[Fault], str]:
        if source.startswith("\ufeff"):
            self.faults.append(Fault(self.file, 1, 1, "ENCODING", {}, "bom"))
            source = source[1:]
        self.clean = _PLAIN.fullmatch(source) is not None
        mended = []
        for self.line, raw in enumerate(source.split("\n"), 1):
            line = self._visible(raw.removesuffix("\r"))
            mended.append(self._one(line) if line.strip() else line)
        return self.faults, "\n".join(mended)

    def _add(self, column: int, code: str, **holes: str) -> None:
        self.faults.append(Fault(self.file, self.line, column + 1, code, holes))

    def _visible(self, line: str) -> str:
        found = None if self.clean else unseen(line)
        if found is None:
            return line
        at, variant = found
        holes = {"code": f"U+{ord(line[at]):04X}"}
        self.faults.append(Fault(self.file, self.line, at + 1, "ENCODING", holes, variant))
        return _UNSEEN.sub("", line)

    def _one(self, line: str) -> str:
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if self._continues(indent):
            return self._more_text(line, body, indent)
        self.text_kind = ""
        if body[0] == "#":
            return line
        if body[0].isspace():
            line, body, indent = self._straighten(line)
        else:
            self.indents[line[:indent]] = indent
        found = _WIDE_COLON.match(body)
        if found:
            self._add(indent + found.end() - 1, "FWCOLON", key=found.group(1))
            body = f"{found.group(1)}: {body[found.end() :].lstrip()}"
        return " " * indent + self._value(body, indent)

    def _continues(self, indent: int) -> bool:
        if self.text_kind in ("'", '"', "bracket"):
            return True
        return bool(self.text_kind) and indent > self.text_indent

    def _more_text(self, line: str, body: str, indent: int) -> str:
        if self.text_kind in ("'", '"'):
            if self.text_kind in body:
                self.text_kind = ""
        elif self.text_kind == "bracket":
            self._count(body)
        elif self.text_kind == "plain":
            if body[0] == "\t":
                self._add(indent, "TAB")
                return self._straighten(line, quiet=True)[0]
            if self.prose:
                return self._uncut(line, 0)
        return line

    def _straighten(self, line: str, *, quiet: bool = False) -> tuple[str, str, int]:
        """Replace an odd indentation by the one that its neighbours suggest."""
        body = line.lstrip()
        prefix = line[: len(line) - len(body)]
        if not quiet:
            code = "TAB" if "\t" in prefix else "FWSPACE"
            self._add(len(prefix) - len(prefix.lstrip(" ")), code)
        before, opens = self.last
        indent = self.indents.setdefault(prefix, before + 2 if opens else before)
        return " " * indent + body, body, indent

    def _value(self, body: str, indent: int) -> str:
        """Look at the value of a line: what it opens, and whether a comment cuts it."""
        matched = _KEY_AND_VALUE.match(body)
        dashes, key, value = matched.groups() if matched else ("", None, body)
        value_at = len(body) - len(value.lstrip())
        value = value.strip()
        self.last = (indent + len(dashes), not value or value.startswith("#"))
        if not value or value[0] == "#":
            return body
        self.text_indent = indent + (len(dashes) if key else max(0, len(dashes) - 1))
        if value[0] in "|>":
            self.text_kind = "block"
        elif value[0] in "\"'":
            closed = value.find(value[0], 1) > 0
            self.text_kind = "" if closed else value[0]
        elif value[0] in "{[" and not self._is_cut(value):
            self.depth = 0
            self._count(value)
        else:
            self.text_kind = "plain"
            if self.prose or not _WORD.fullmatch(value.split(" #")[0].strip()):
                return self._uncut(body, value_at, indent)
        return body

    def _count(self, body: str) -> None:
        """Keep count of the brackets; as long as one is open, the next line belongs to it."""
        body = body.split(" #")[0]
        self.depth += sum(map(body.count, "[{")) - sum(map(body.count, "]}"))
        self.text_kind = "bracket" if self.depth > 0 else ""

    @staticmethod
    def _is_cut(value: str) -> bool:
        """A bracket that a comment keeps from closing, such as `[菜单, 主 #菜单]`."""
        head, _, tail = value.partition(" #")
        return value[0] == "[" and "]" in tail and "]" not in head and len(head) > 1

    def _uncut(self, line: str, start: int, shift: int = 0) -> str:
        at = line.find(" #", start)
        if at < 0:
            return line
        self._add(shift + at + 1, "HASH", kept=line[start:at].strip()[:40], lost=line[at + 1 :].strip()[:40])
        return f"{line[:at]} ＃{line[at + 2 :]}"
