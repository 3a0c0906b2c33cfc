"""What the faces look at in groups: names are compared and forgotten, only codes go on.

The official list and the scam lists are read here once more, when their files change: a face lives before and after
the service's own, and asks nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bots.settings import Settings
from core.errors import ConfigError
from core.safety.files import believe
from core.safety.lists import NAME, BrokenLists, Lists, open_lists
from core.safety.official import Official
from core.safety.verify import Known
from core.safety.watch import seen

Look = Callable[[Sequence[str], str, str], tuple[str, ...]]
"""(names, the platform's number, text) -> codes of what is wrong; none for most."""


def watching(settings: Settings) -> Look:
    """A look with the lists as they are on disk at that moment."""
    own = settings.official
    kept: dict[Path, tuple[int, Official | Lists | None]] = {}

    def fresh(path: Path, read: Callable[[], Official | Lists | None]) -> Official | Lists | None:
        try:
            stamp = path.stat().st_mtime_ns
        except OSError:
            return None
        if path not in kept or kept[path][0] != stamp:
            try:
                kept[path] = (stamp, read())
            except (ConfigError, BrokenLists, OSError):
                kept[path] = (stamp, None)
        return kept[path][1]

    def look(names: Sequence[str], number: str, text: str) -> tuple[str, ...]:
        official = fresh(own.file, lambda: believe(own.file, own.keys, own.signatures).official)
        lists = fresh(settings.data / NAME, lambda: open_lists(settings.data))
        known = Known(
            official if isinstance(official, Official) else None,
            lists if isinstance(lists, Lists) else Lists(),
        )
        return seen(names, number, text, known, time.time())

    return look
