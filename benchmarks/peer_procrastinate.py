"""`python -m benchmarks.peer_procrastinate URL JOBS`: no-op jobs of procrastinate with a lock a person, four workers.

Runs in an environment of its own with procrastinate's own connector and defaults. Prints one JSON line.
"""

# procrastinate is only in that environment.
# mypy: disable-error-code="import-not-found,unused-ignore,untyped-decorator"

from __future__ import annotations

import asyncio
import json
import sys
import time

import procrastinate

WORKERS = 4
DEEP = 5


async def run(url: str, jobs: int) -> float:
    """Jobs a second."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="nothing")
    async def nothing(person: int) -> None:
        """A job that does nothing."""

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for depth in range(DEEP):
            people = range(jobs // DEEP)
            await nothing.batch_defer_async(*({"person": f"{depth}"} for _ in people))
        began = time.perf_counter()
        workers = [app.run_worker_async(wait=False, concurrency=10) for _ in range(WORKERS)]
        await asyncio.gather(*workers)
        return jobs / (time.perf_counter() - began)


if __name__ == "__main__":
    print(json.dumps({"jobs_per_second": asyncio.run(run(sys.argv[1], int(sys.argv[2])))}))
