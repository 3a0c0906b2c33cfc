"""Ports that nobody takes between the moment in which they are chosen and the one in which somebody listens: they lie
below those from which the system gives one to whoever asks for any, and each test process begins somewhere else."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

LOWEST, MANY, APART = 20_000, 12_000, 97
_numbers = count(os.getpid() * APART)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    while True:
        port = LOWEST + next(_numbers) % MANY
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@contextmanager
def kept(port: int) -> Iterator[None]:
    """Nobody listens on this port meanwhile, and nobody else is given it."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", port))
        yield
