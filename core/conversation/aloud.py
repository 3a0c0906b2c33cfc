"""What is said in a group, where all read it: nothing about an account, only the way into the private chat.

Whoever asks about a scam gets a grade besides. There nothing is looked up: only the turns of speech are judged, and
nothing is called safe.
"""

from __future__ import annotations

from core.conversation.answer import topic
from core.conversation.flow import Flow
from core.conversation.model import Choice, Said
from core.conversation.scene import Scene
from core.conversation.suspect import CHECK, asks
from core.safety.lures import WEAK, asks_about, turns

PAYLOAD = "flow_"
"""A start payload (deep link) that leads straight to a flow."""


def answer(scene: Scene, said: Said, link: str) -> None:
    """Somebody spoke to us. `link`: how the platform links to its private chat, "" when it has no such links."""
    grade = _grade(said.text, said.quoted)
    check = scene.library.flows.get(CHECK) if grade else None
    say(scene, grade or "private_only", link, topic(scene, said.text) or check)


def say(scene: Scene, text: str, link: str, flow: Flow | None = None) -> None:
    """Say a text of the house, with the way to talk about a flow in private under it."""
    scene.say(text)
    scene.choices = way(scene, link, flow)


def way(scene: Scene, link: str, flow: Flow | None = None) -> tuple[Choice, ...]:
    """The button into the private chat."""
    if not link:
        return ()
    url = link.replace("{payload}", PAYLOAD + flow.command if flow and flow.command else "menu")
    return (Choice("private_open", scene.door("private_open").label, url),)


def _grade(text: str, quoted: str) -> str:
    """The house's text for somebody who asks about a scam, "" for everybody else."""
    if any(code not in WEAK for code in (*turns(text), *turns(quoted))):
        return "asked_suspicious"
    if asks(text) or text.startswith(f"/{CHECK} ") or (quoted and asks_about(text)):
        return "asked_unknown"
    return ""
