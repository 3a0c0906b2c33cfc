"""What PostgreSQL's errors mean to us, by SQLSTATE; no value of any row is in a sentence."""

from __future__ import annotations

import psycopg
from psycopg import errors

from core.errors import Conflict, StoreError
from core.sentences import told

AGAIN = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.UniqueViolation,  # of a row that another transaction made at the same time: now it is seen
    psycopg.DataError,  # a text with NUL: the next attempt is without
)
"""Errors after which the same transaction may pass at once."""

_CODES = {
    "53100": "store.full",
    "53": "store.busy",
    "40": "store.locked",
    "55": "store.locked",
    "57014": "store.locked",
    "25006": "store.readonly",
    "42501": "store.readonly",
    "28": "store.login",
    "3D": "store.no_database",
    "58": "store.disk_error",
    "XX": "store.damaged",
    "22": "store.refused",
    "23": "store.refused",
}


def is_lost(error: psycopg.Error) -> bool:
    """Whether the connection is gone: closed, reset, the server stopping or starting, a transaction that stood still."""
    state = error.sqlstate
    if state is None:
        return isinstance(error, psycopg.OperationalError)
    return state.startswith("08") or state in ("57P01", "57P02", "57P03", "57P05", "25P03")


def explained(error: psycopg.Error, *, connecting: bool = False) -> StoreError:
    """What went wrong, as one clear sentence for the operator."""
    state = error.sqlstate or ""
    name = state or type(error).__name__
    if isinstance(error, psycopg.DataError | psycopg.IntegrityError):
        return Conflict(told("store.refused", name=name))
    code = _CODES.get(state) or _CODES.get(state[:2])
    if code is None and (connecting or is_lost(error)):
        code = _refusal(error) if connecting else "store.unreachable"
    return StoreError(told(code or "store.other", name=name))


def _refusal(error: psycopg.Error) -> str:
    """Why a connection was refused; the library gives no SQLSTATE for it, only the server's words."""
    text = str(error)
    if "authentication failed" in text or "no password supplied" in text or "no pg_hba.conf entry" in text:
        return "store.login"
    if "role" in text and "does not exist" in text:
        return "store.login"
    if "database" in text and "does not exist" in text:
        return "store.no_database"
    if "too many" in text or "remaining connection slots" in text:
        return "store.busy"
    return "store.unreachable"
