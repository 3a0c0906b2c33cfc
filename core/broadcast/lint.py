"""What a broadcast must not say, before anybody reads it for approval. Pure: a form in, faults out.

The rules of the flows hold here too: nothing asks for a secret, nothing links off the official list. Beyond them: no
word that only scams use, nothing longer than a platform takes, and no language without its text. What a picture says,
or where a code in it leads, nobody reads here: whoever approves it has it before them, and has to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set

from core.broadcast.form import Form
from core.channel import Abilities
from core.conversation.asks import asks_for_secret
from core.conversation.document import Fault, Place
from core.conversation.model import Message
from core.conversation.rules_safety import strangers
from core.conversation.texts import join, utf16

_SCAMS = re.compile(
    r"空投|保证收益|稳赚|翻倍|内部消息|最后机会|限时领取|钱包验证|验证钱包|同步钱包|@everyone|@here|<@&?\d+>"
    r"|\b(?:airdrop|giveaway|guaranteed (?:profit|return)s?|double your|validate your wallet|wallet validation|sync your wallet"
    r"|last chance|claim (?:now|your))\b",
    re.IGNORECASE,
)
"""What only scams say, and a mention of a whole server."""


_APART = re.compile(r"(?<=[\u3400-\u9fff])[ \t\u3000]+(?=[\u3400-\u9fff])")
"""Spaces between characters that are written without any: they split a word for a search, and for no reader."""


def lint(form: Form, hosts: Set[str], limits: Mapping[str, Abilities]) -> list[Fault]:
    """Every fault of the texts. `hosts`: what may be linked. `limits`: the channels that it may go to."""
    faults = list(form.faults)
    for text, at in form.texts.values():
        faults += _said(text, at, hosts)
    if form.content is not None:
        for language, message in form.content.messages.items():
            at, shown = form.texts[language][1], message.blocks[0].text.replace("](", "] (")
            faults += [
                *_said(shown, at, hosts),
                *_long(message, at, limits),
            ]  # marks hide no word
    once = {(fault.order, str(fault.holes)): fault for fault in faults}
    return sorted(once.values(), key=lambda fault: fault.order)


def forbidden(text: str) -> str:
    """The first words that an exchange's own notices never need; "" when there are none."""
    found = _SCAMS.search(text)
    return found.group() if found else ""


def untold(languages: Set[str], content_languages: Set[str], at: Place) -> list[Fault]:
    """Languages in which people of the audience read, and for which there is no text."""
    return [Fault(*at, "UNTOLD", {"language": one}) for one in sorted(languages - content_languages)]


def _said(text: str, at: Place, hosts: Set[str]) -> Iterator[Fault]:
    text = _APART.sub("", text)
    if found := asks_for_secret(text, strict=True):
        yield Fault(*at, "SECRET", {"found": found})
    if scam := forbidden(text):
        yield Fault(*at, "FORBIDDEN", {"found": scam})
    for code, variant, holes in strangers(text, hosts):
        yield Fault(*at, code, holes, variant)


def _long(message: Message, at: Place, limits: Mapping[str, Abilities]) -> Iterator[Fault]:
    text = join(message.blocks).text
    for channel, can in limits.items():
        size = utf16(text) if can.text_unit == "utf16" else len(text)
        under = can.caption_limit if message.picture and can.pictures else 0
        if size > (under or can.text_limit):
            holes = {"channel": channel, "count": str(size), "limit": str(under or can.text_limit)}
            yield Fault(*at, "LONG", holes, "caption" if under else "")
