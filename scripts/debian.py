"""Debian's packages without root: from the mirrors and with the signatures that this machine's apt trusts, unpacked
into a folder of our own. Shared by the scripts that fetch tools of the tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


class NotHere(Exception):
    """Why a tool cannot be had; the message is the reason."""


def run(*command: str, seconds: float = 900) -> str:
    """What a command prints.

    Raises:
        NotHere: it cannot be run, fails or takes too long.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    except (OSError, subprocess.SubprocessError) as error:
        raise NotHere(f"{command[0]}: {type(error).__name__}") from None
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.startswith("E:")]
        raise NotHere(lines[0] if lines else f"{command[0]} ended with {done.returncode}")
    return done.stdout


def apt(home: Path, *words: str, more: Mapping[str, str] | None = None) -> str:
    """apt-get with a state and a cache below `home`, so that it needs no root and changes nothing of the machine."""
    state = home / "apt"
    for part in ("lists/partial", "archives/partial"):
        (state / part).mkdir(parents=True, exist_ok=True)
    own = {
        "Dir::State::lists": f"{state}/lists",
        "Dir::Cache": str(state),
        "Debug::NoLocking": "true",
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        **(more or {}),
    }
    return run("apt-get", "-q", "-y", *[f"-o{key}={value}" for key, value in own.items()], *words)


def fetch(home: Path, wanted: tuple[str, ...], more: Mapping[str, str] | None = None) -> None:
    """Download packages with what they need, and unpack them beside each other into `home`/root.

    `packages.txt` then says which builds came.

    Raises:
        NotHere: with the reason.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise NotHere("this machine has no apt-get")
    apt(home, "update", more=more)
    apt(home, "install", "--no-install-recommends", "--download-only", "--reinstall", *wanted, more=more)
    packages = sorted((home / "apt" / "archives").glob("*.deb"))
    for package in packages:
        run("dpkg", "-x", str(package), str(home / "root"))
    (home / "packages.txt").write_text("".join(f"{package.name}\n" for package in packages), "utf-8")
    shutil.rmtree(home / "apt")
