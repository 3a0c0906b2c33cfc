"""The official list and its signatures as files side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors import ConfigError
from core.safety.trust import Believed, Highest, admit
from core.sentences import told


def signatures_of(path: Path) -> Path:
    """The file of signatures of a list."""
    return path.with_name(path.name + ".sig")


def read_list(path: Path) -> tuple[bytes, str]:
    """(the bytes of a list, the text of its signatures, "" when there are none).

    Raises:
        ConfigError: the list cannot be read.
    """
    beside = signatures_of(path)
    try:
        return path.read_bytes(), beside.read_text("ascii", "replace") if beside.exists() else ""
    except OSError as error:
        raise ConfigError(told("official.unreadable", file=path, why=error.strerror)) from None


def believe(path: Path, pinned: Sequence[str], need: int, highest: Highest | None = None) -> Believed:
    """The list in a file, if it may be believed.

    Raises:
        ConfigError: it may not; see `admit`.
    """
    data, signatures = read_list(path)
    return admit(data, signatures, pinned, need, highest)
