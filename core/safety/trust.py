"""When a list is believed: two different pinned keys signed these very bytes, and it is not older than what was
believed before. Pure: whoever calls reads the files and remembers the highest version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from core.errors import ConfigError
from core.safety.official import Official, parse
from core.safety.signing import signers
from core.sentences import told


@dataclass(frozen=True, slots=True)
class Believed:
    """A list with who signed it and the fingerprint of its bytes."""

    official: Official
    digest: str
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Highest:
    """The highest version that was ever believed here, and the fingerprint of its bytes."""

    version: int
    digest: str


def admit(
    data: bytes, signatures: str, pinned: Sequence[str], need: int, highest: Highest | None = None
) -> Believed:
    """The list of these bytes.

    Raises:
        ConfigError: it is not signed by enough people, or older than one that was believed, or no list.
    """
    by = signers(data, signatures, pinned)
    if len(by) < need:
        raise ConfigError(told("official.unsigned", have=len(by), need=need))
    official, digest = parse(data), sha256(data).hexdigest()
    if highest is not None and official.version < highest.version:
        raise ConfigError(told("official.older", version=official.version, highest=highest.version))
    if highest is not None and official.version == highest.version and digest != highest.digest:
        raise ConfigError(told("official.same", version=official.version))
    return Believed(official, digest, by)


def difference(old: Official | None, new: Official) -> tuple[list[str], list[str]]:
    """(entries that came, entries that went) between two lists."""
    before = set(old.entries()) if old else set()
    after = set(new.entries())
    return sorted(after - before), sorted(before - after)
