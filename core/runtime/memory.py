"""The garbage collector of a process that runs for months: what was loaded at the start is not looked at again.

A turn makes some hundred short-lived objects and hardly a cycle. With Python's own thresholds a tenth of all CPU
goes into looking through modules, flows and caches that are all still needed (measured with `perf`).
"""

from __future__ import annotations

import gc

YOUNG = 50_000
"""Objects made (and not freed) before the youngest are looked through; Python's own is 700."""


def settle_down() -> None:
    """To be called once, by the process's entry, when all modules are imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
