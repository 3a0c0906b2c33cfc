"""A reference that begins with "@" names a row of the outbox: it is replaced by the message that the row became."""

from __future__ import annotations

from core.conversation.model import Edit, Erase, Send
from core.store.rooms import Desk

ROW = "@"


def refers(effect: Send | Edit | Erase) -> bool:
    """Whether it names a row of the outbox."""
    return (effect.reply_to if isinstance(effect, Send) else effect.ref).startswith(ROW)


async def referred(effect: Send | Edit | Erase, desk: Desk) -> Send | Edit | Erase:
    """With the messages in place of the rows that it refers to. What was never sent cannot be edited or
    replied to: then it is said anew, and there is nothing of it to erase."""
    match effect:
        case Send(message, reply_to) if reply_to.startswith(ROW):
            return Send(message, await desk.sent(reply_to.removeprefix(ROW)))
        case Edit(ref, message) if ref.startswith(ROW):
            sent = await desk.sent(ref.removeprefix(ROW))
            return Edit(sent, message) if sent else Send(message)
        case Erase(ref, ours) if ref.startswith(ROW):
            return Erase(await desk.sent(ref.removeprefix(ROW)), ours)
    return effect
