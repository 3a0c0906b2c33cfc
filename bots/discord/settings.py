"""What may be tuned of one bot, what the platform can do, and where its words for the operator are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bots.discord.gateway import Patience
from bots.discord.shards import Count
from bots.watching import Look
from core.channel import Abilities

OFFICIAL = "https://discord.com"
ABILITIES = Abilities(
    text_limit=1900,
    text_unit="utf16",
    forms=True,
    per_second=45.0,
    chat_burst=5,
    chat_every=1.0,
    private_link="open:{payload}",
    alone=False,
    unasked=False,
    pictures=True,
)
WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be tuned. `supports` are the ids of support channels; `commands` what Discord should list;
    `card` the message kept in the support channels; `house` the texts that people see, key -> language -> text;
    `data` the folder where the cards are remembered. `servers`: what names us in a server is heard also where
    no card is kept (staff answer there).
    """

    api_url: str = f"{OFFICIAL}/api/v10"
    proxy: str = ""
    supports: Sequence[str] = ()
    servers: bool = False
    languages: Sequence[str] = ()
    commands: Sequence[dict[str, Any]] = ()
    card: dict[str, Any] | None = None
    house: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    data: Path = Path("data")
    abilities: Abilities = ABILITIES
    patience: Patience = field(default_factory=Patience)
    defer_after: float = 1.5
    catch_up_every: float = 0.25
    look: Look | None = None
    members: bool = False
    content: bool = False
    shards: Count = 1
    identify_every: float = 5.5
