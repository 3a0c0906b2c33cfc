"""The ground truth of the Discord stand-in: everything that the bot really did, in order, whatever it was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bots.local.discord_clicks import Click
from bots.local.discord_people import Shown
from bots.local.discord_wire import Call
from bots.local.faults import Spoil

MESSAGE_ANSWER = 4


@dataclass(frozen=True, slots=True)
class Done:
    """One performed effect. `operation` is named as in the official document; `at` and `delay` in seconds.

    For an interaction `click` is its id, `answer` the callback's type and `delay` the time from the event to the
    callback; all three are 0 for the rest. `new` says that a message appeared.
    """

    at: float
    operation: str
    channel_id: int
    message_id: int
    text: str
    spoil: Spoil | None
    ephemeral: bool = False
    new: bool = False
    click: int = 0
    answer: int = 0
    delay: float = 0.0


class DiscordLedger:
    """Every message sent, changed or deleted and every interaction acknowledged."""

    def __init__(self) -> None:
        self._rows: list[Done] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Done]:
        return iter(self._rows)

    def note(self, call: Call, at: float, shown: Shown | None, click: Click | None = None) -> None:
        """Write down one performed effect, on a message where there is one."""
        answered = click is not None and call.operation == "create_interaction_response"
        self._rows.append(
            Done(
                at,
                call.operation,
                int(shown.message["channel_id"]) if shown else click.channel.id if click else 0,
                shown.id if shown else 0,
                shown.text if shown else "",
                call.spoil,
                shown.ephemeral if shown else False,
                call.operation in ("create_message", "execute_webhook")
                or (answered and click is not None and click.answer == MESSAGE_ANSWER),
                click.id if click else 0,
                click.answer if click and answered else 0,
                (click.delay or 0.0) if click and answered else 0.0,
            )
        )

    def of(self, operation: str) -> list[Done]:
        """The performed effects of one operation."""
        return [row for row in self._rows if row.operation == operation]

    def sent(self, channel_id: int | None = None) -> list[Done]:
        """The messages that really appeared, in one channel or in all. A repeated nonce adds none."""
        return [row for row in self._rows if row.new and channel_id in (None, row.channel_id)]

    def acknowledged(self) -> list[Done]:
        """The interactions that were acknowledged in time, each with its `delay` and `answer`."""
        return self.of("create_interaction_response")
