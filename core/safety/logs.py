"""The second net: no secret reaches a log, whoever wrote the record.

A filter on the handler sees each record last, from our code and from every library. It writes the message out,
passes it and the traceback through the guard, and hides besides what is secret only in a log: tokens in URLs,
reply handles, labelled credentials, and 64-digit hex numbers, any of which could be a key.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import Final

from core.safety.guard import MASK, inspect

WITHHELD: Final = "a log line was withheld: it could not be made safe"
_LABELLED: Final = re.compile(
    r"((?:authorization|(?:[a-z]{1,16}_)?(?:token|handle|secret|api_key|apikey|credential|cookie|session|key))"
    r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:b['\"])?(?:bot |bearer |basic )?)([^\s\"',;)}\]&]{8,2048})",
    re.IGNORECASE,
)
_HEX: Final = re.compile(r"(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_BEARER: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{56,}={0,2}")
"""Unbroken text so long is a credential more often than anything worth reading."""
_UNICODE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u([0-9a-fA-F]{4})")
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def safe(text: str) -> str:
    """A text for a log: every secret masked, and all that could be a credential."""
    if "\\u" in text:  # JSON that was written as ASCII hides its characters from the guard
        text = _UNICODE.sub(lambda match: chr(int(match.group(1), 16)), text)
        text = text.encode("utf-8", "replace").decode("utf-8")
    text = inspect(text).text
    text = _LABELLED.sub(lambda match: match.group(1) + MASK, text)
    return _BEARER.sub(MASK, _HEX.sub(MASK, text))


class Redaction(logging.Filter):
    """Makes every record safe in place: message and arguments, exception, stack, and extra fields."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass; one that cannot be made safe loses its words."""
        try:
            _redact(record)
        except Exception:  # whatever a foreign __str__ raises, a log line must not stop the bot
            record.msg, record.args = WITHHELD, None
            record.exc_info = record.exc_text = record.stack_info = None
        return True


def install(handler: logging.Handler) -> logging.Handler:
    """Put the net before a handler (once). Do it to every handler of the root logger."""
    if not any(isinstance(known, Redaction) for known in handler.filters):
        handler.addFilter(Redaction())
    return handler


def _redact(record: logging.LogRecord) -> None:
    record.msg, record.args = safe(record.getMessage()), None
    if record.exc_info:
        record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        record.exc_info = None
    if record.exc_text:
        record.exc_text = safe(record.exc_text)
    if record.stack_info:
        record.stack_info = safe(record.stack_info)
    for name, value in list(vars(record).items()):
        if name not in _OWN and not isinstance(value, bool | int | float):
            setattr(record, name, safe(str(value)))
