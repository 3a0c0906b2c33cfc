"""What a person did, as the engine takes it: here, and only here, a signed route is verified."""

from __future__ import annotations

from core.conversation.forms import FORM
from core.conversation.model import Event, Incoming, Joined, Pressed, Said
from core.conversation.route import Routes


def event_of(incoming: Incoming, routes: Routes) -> Event:
    """The engine's event. A route that is forged or another person's has the visit -1."""
    if incoming.kind == "pressed":
        choice, visit = routes.verify(incoming.address, incoming.text) or ("", -1)
        return Pressed(choice, visit, incoming.message_ref, incoming.hurried)
    if incoming.kind == "joined":
        return Joined(incoming.public)
    return Said(
        incoming.text,
        incoming.message_ref,
        incoming.secrets,
        incoming.attachments[0].kind if incoming.attachments else "",
        incoming.kind == "edited",
        incoming.forwarded,
        incoming.public,
        _form(incoming, routes),
        incoming.hurried,
        incoming.quoted,
    )


def _form(incoming: Incoming, routes: Routes) -> int:
    """The visit of the form that was filled in: 0 when there was none."""
    if not incoming.form:
        return 0
    choice, visit = routes.verify(incoming.address, incoming.form) or ("", -1)
    return visit if choice == FORM else -1
