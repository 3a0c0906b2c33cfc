"""Readers turn what a person wrote into a slot's value, or say which house text explains what is wrong.

`build` is the one list of readers; a flow names one in `reads`. A new reader is one line in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.conversation.texts import plain

TEXT_LIMIT = 1000
"""Code points of a free text."""
PASTED = 4096
"""Code points of something pasted."""
SURE = ("transaction_id", "link")
"""Readers that take nothing by chance: what they read may begin a flow."""
BESIDE = 8
"""Letters that may stand beside a link that somebody just pasted."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,30})(?:\.[0-9]{1,30})?")
_NUMBERLIKE = re.compile(r"[+-]?[0-9][0-9.,]*")


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader made of a text: a value, or a complaint (the key of a house text, "reader.…") with its holes."""

    value: str = ""
    complaint: str = ""
    holes: Mapping[str, str] = field(default_factory=dict)


Reader = Callable[[str], Read]
"""Pure and linear in the length of the text; never raises."""

_COMPLAINTS: Mapping[str, str] = {
    "address": "reader.tx_is_address",
    "address_typo": "reader.tx_address_typo",
    "short": "reader.tx_length",
    "long": "reader.tx_length",
    "not_hex": "reader.tx_not_hex",
    "ellipsis": "reader.tx_ellipsis",
    "link_unknown_host": "reader.tx_unknown_link",
}


def build(
    hosts: Mapping[str, str] | None = None,
    internal: Sequence[str] = (),
    languages: Sequence[str] = (),
    assets: Sequence[str] = (),
) -> Mapping[str, Reader]:
    """Every reader by its name.

    hosts: block explorers whose links a person may paste, host -> chain.
    internal: patterns of the exchange's own order numbers, for transfers that never touch a chain.
    languages: those in which people name cities.
    assets: the coins and networks that people can say they hold.
    """
    return {
        "text": read_text,
        "pasted": read_pasted,
        "link": read_link,
        "number": read_number,
        "transaction_id": _transaction_reader(hosts or {}, internal),
        "zone": _zone_reader(languages),
        "zone_or_time": _zone_reader(languages, clocks=True),
        "assets": _assets_reader(assets),
    }


def read_text(text: str) -> Read:
    """Any free text that is not empty, up to 1,000 code points; its line breaks stay."""
    if len(text) > 4 * TEXT_LIMIT:
        return _too_long(len(text))
    value = "\n".join(map(plain, text.splitlines())).strip()
    if not value:
        return Read(complaint="reader.text_empty")
    return Read(value) if len(value) <= TEXT_LIMIT else _too_long(len(value))


def read_pasted(text: str) -> Read:
    """What somebody copied from elsewhere, up to 4,096 code points of it; hidden characters stay, for they tell."""
    value = text.strip()[:PASTED]
    return Read(value) if value else Read(complaint="reader.text_empty")


def read_link(text: str) -> Read:
    """A link, a host or an account with next to nothing beside it, as somebody pastes what they were sent."""
    from core.safety.links import find

    found = find(text[:PASTED])
    leads = any(item.kind in ("host", "handle", "invite") for item in found.items)
    if leads and sum(map(str.isalpha, found.rest)) <= BESIDE:
        return read_pasted(text)
    return Read(complaint="reader.text_empty")


def _too_long(have: int) -> Read:
    return Read(complaint="reader.text_long", holes={"have": str(have), "limit": str(TEXT_LIMIT)})


def read_number(text: str) -> Read:
    """The one number in a short text, without thousands separators: "约 １,２００.50 个" -> "1200.50"."""
    found = _NUMBERLIKE.findall(unicodedata.normalize("NFKC", text[:200]))
    if len(text) > 200 or len(found) != 1:
        return Read(complaint="reader.number")
    number = found[0].rstrip(".,")
    if not _NUMBER.fullmatch(number):
        return Read(complaint="reader.number")
    return Read(number.replace(",", "").removeprefix("+"))


def _transaction_reader(hosts: Mapping[str, str], internal: Sequence[str]) -> Reader:
    """Accepts a transaction hash, alone or inside an explorer's link, an internal order number, or the handle of
    digits that are kept in memory until it is clear what they are."""
    from core.chain.hexes import HANDLE
    from core.chain.recognise import recognise

    def read(text: str) -> Read:
        if handle := HANDLE.search(text):
            return Read(handle.group())
        found = recognise(text, hosts, internal)
        if found.kind == "hash":
            return Read(found.value)
        if found.kind == "internal":
            return Read("internal:" + found.value.removeprefix("internal:"))
        return Read(complaint=_COMPLAINTS.get(found.kind, "reader.tx_none"), holes=found.holes)

    return read


def _zone_reader(languages: Sequence[str], *, clocks: bool = False) -> Reader:
    """Accepts a city, an offset from UTC or a zone's name; the value is the zone's name. With `clocks` also what a
    clock shows there now: the value is then "at 14:30", and an action with a clock of its own reads it."""
    from core.conversation.zones import clock, zones

    found = zones(tuple(languages))

    def read(text: str) -> Read:
        name = found.find(text) or (clock(text) if clocks else "")
        return Read(name) if name else Read(complaint="reader.zone_or_time" if clocks else "reader.zone")

    return read


_BETWEEN = re.compile(r"[\s,，、;；/和]+")
_SPOKEN = {
    "比特币": "btc", "以太币": "eth", "以太": "eth", "泰达币": "usdt", "泰达": "usdt", "波场币": "trx",
    "比特币网络": "bitcoin", "以太坊": "ethereum", "波场": "tron", "ether": "eth", "tether": "usdt",
}  # fmt: skip


def _assets_reader(assets: Sequence[str]) -> Reader:
    """Accepts names out of the list, one or several; the value is these names as the list writes them."""
    known = {name.casefold(): name for name in assets}
    known |= {word: known[name] for word, name in _SPOKEN.items() if name in known and word not in known}

    def read(text: str) -> Read:
        words = [word for word in _BETWEEN.split(text[:TEXT_LIMIT].casefold()) if word]
        named = list(dict.fromkeys(known[word] for word in words if word in known))
        if words and all(word in known for word in words):
            return Read(" ".join(named))
        return Read(complaint="reader.assets", holes={"known": ", ".join(assets)})

    return read
