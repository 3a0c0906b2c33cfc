"""A broadcast where everybody can read it: one post in each board that it names, of the approved texts. Pure.

It is a delivery like any other, to a chat without a person: it is checked against the approval when it leaves, waits
in a pause, counts in the report, and can be recalled.
"""

from __future__ import annotations

from core.broadcast.content import Content, Post
from core.conversation.delivery import Deliver
from core.conversation.model import Address, Message
from core.runtime.effects import low_row
from core.store.broadcasts import Kept
from core.store.rows import NewEffect


def shown(content: Content, post: Post) -> Message:
    """What stands in a board: the text and its links. No button answers there, for nobody is spoken to."""
    message = content.messages[post.language]
    links = tuple(choice for choice in message.choices if choice.url)
    return message._replace(choices=links, mention=post.mention)


def public(content: Content, channel: str, chat: str) -> Message:
    """What stands in this board.

    Raises:
        StopIteration: the content names no such board.
    """
    return shown(content, next(one for one in content.posts if (one.channel, one.chat) == (channel, chat)))


def row(kept: Kept, slot: str, post: Post, instead: str, now: float) -> NewEffect:
    """Its row in the outbox. `instead`: the message whose place it takes."""
    address = Address(post.channel, post.chat, "")
    key = f"b:{kept.name}:{kept.version}:{slot}:{post.channel}|{post.chat}|"
    return low_row(key, address, Deliver(instead), now)


def places(content: Content) -> str:
    """Where it is posted and whom it calls, in a line for whoever approves; "" when nowhere."""
    return ", ".join(
        f"{one.channel} {one.chat} ({one.language})" + (f" @{one.mention}" if one.mention else "")
        for one in content.posts
    )
