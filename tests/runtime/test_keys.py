"""The key of a data folder: made once, whole and private, however many start at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from core.runtime.keys import kept


def test_those_who_start_at_once_have_one_key(tmp_path: Path) -> None:
    for number in range(20):
        path, start = tmp_path / f"{number}.key", Barrier(4)

        def make(path: Path = path, start: Barrier = start) -> bytes:
            start.wait()
            return kept(path)

        with ThreadPoolExecutor(4) as pool:
            found = {one.result() for one in [pool.submit(make) for _ in range(4)]}
        assert len(found) == 1
        assert len(found.pop()) == 32
        assert path.stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.iterdir())) == 20
