"""The errors of Helpline, and what a sender does about each.

    HelplineError
      ConfigError            the configuration cannot be used: one sentence, says what to change
      StoreError             the database cannot be used: newer, foreign, locked, disk full
        Conflict             it works, but will never accept these rows: repeating them is no use
      DeliveryError          a channel could not perform an effect
        NotSent     SAFE       nothing reached the platform: repeat at once
        Unsure      AMBIGUOUS  it may have happened: repeat, counted as `maybe_sent`
        SlowDown    WAIT       the platform says when to come back, for one chat or for all
        Refused     PERMANENT  the platform will never accept this one
          Blocked   PERMANENT  the person blocked the bot or is gone: retire the subscriber
        Malformed   FIX        the rich form was refused: repeat once as plain text
        Moved       REWRITE    the chat has a new id: rewrite it and repeat
        Halted      STOP       the token is invalid or the platform bans us: stop and call a human
        Displaced   STOP       another process polls with our token: give up leadership
        Wedged      STOP       the connection is dead in a way that only a new process mends

The classes are those of `failures.md`: an error is classed by its cause, never by its type alone.
"""

from __future__ import annotations


class HelplineError(Exception):
    """Any error of ours. Its text is one clear sentence for the operator."""


class ConfigError(HelplineError):
    """The configuration cannot be used."""


class StoreError(HelplineError):
    """The database cannot be used."""


class Conflict(StoreError):
    """The database refuses these rows for good: done before, changed meanwhile, or against its rules."""


class DeliveryError(HelplineError):
    """A channel could not perform an effect."""


class NotSent(DeliveryError):
    """Nothing reached the platform; repeating is safe."""


class Unsure(DeliveryError):
    """The effect may have happened; repeating may double it."""


class SlowDown(DeliveryError):
    """Come back in `after` seconds. `everywhere` when the limit holds for the whole bot."""

    def __init__(self, after: float, *, everywhere: bool = False) -> None:
        super().__init__(f"slow down for {after:g} s")
        self.after = after
        self.everywhere = everywhere


class Refused(DeliveryError):
    """The platform will never accept this effect."""


class Blocked(Refused):
    """The person blocked the bot, or the account or chat is gone."""


class Malformed(DeliveryError):
    """The platform refused the rich form of a text; plain text may pass."""


class Moved(DeliveryError):
    """The chat has a new id."""

    def __init__(self, chat: str) -> None:
        super().__init__(f"the chat moved to {chat}")
        self.chat = chat


class Halted(DeliveryError):
    """The platform refuses the bot itself: stop everything and call a human."""


class Displaced(DeliveryError):
    """Another process uses our token."""


class Wedged(DeliveryError):
    """A platform is reached and never answers, and a new connection changed nothing: end this process, so that
    its supervisor starts another."""
