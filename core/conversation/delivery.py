"""The effect of one delivery: what is sent stands in no row of the outbox, but in the approved version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send this person their text of a broadcast, in place of the message `instead` where one is named.

    The row's key says which broadcast. The text is looked up when it leaves, so that nothing but what is approved at
    that moment can be sent.
    """

    instead: str = ""
