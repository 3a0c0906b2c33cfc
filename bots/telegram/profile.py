"""The bot's card: commands, name and descriptions in each language, set only where they differ from what is there.

Telegram limits how often a name may be set (hours of waiting), so every value is read before it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import telegram
from telegram.error import TelegramError

from bots.telegram.errors import translate
from core.errors import DeliveryError


@dataclass(frozen=True, slots=True)
class Card:
    """One language's part: commands as (name, description), the texts shown before the first message.

    An empty text or list is left as it is on the platform.
    """

    commands: tuple[tuple[str, str], ...] = ()
    name: str = ""
    short_description: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Language -> card. The first language is also shown to people of every other language."""

    cards: Mapping[str, Card] = field(default_factory=dict)


async def sync_profile(bot: telegram.Bot, profile: Profile) -> list[str]:
    """Bring the platform's card up to date; the changed parts, as "commands", "name.en", ...

    Raises:
        DeliveryError: as for any call; what was set before stays set, and repeating is safe.
    """
    changed: list[str] = []
    try:
        for code, card in _variants(profile):
            changed += [f"{part}.{code}" if code else part for part in await _sync_card(bot, card, code)]
    except TelegramError as error:
        raise translate(error) from None
    except (LookupError, AttributeError, TypeError, ValueError) as error:
        # The library builds objects of the answers and takes their shape for granted.
        raise DeliveryError(f"Invalid server response ({type(error).__name__})") from None
    return changed


def _variants(profile: Profile) -> Sequence[tuple[str | None, Card]]:
    """(Telegram's two-letter code, or None for everybody else, card)."""
    cards = [(language.split("-")[0], card) for language, card in profile.cards.items()]
    return [(None, cards[0][1]), *cards[1:]] if cards else []


async def _sync_card(bot: telegram.Bot, card: Card, code: str | None) -> list[str]:
    changed: list[str] = []
    if card.commands and await _commands(bot, code) != card.commands:
        await bot.set_my_commands(card.commands, language_code=code)
        changed.append("commands")
    if card.name and (await bot.get_my_name(language_code=code)).name != card.name:
        await bot.set_my_name(card.name, language_code=code)
        changed.append("name")
    short = card.short_description
    if short and (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)
        changed.append("short_description")
    if (
        card.description
        and (await bot.get_my_description(language_code=code)).description != card.description
    ):
        await bot.set_my_description(card.description, language_code=code)
        changed.append("description")
    return changed


async def _commands(bot: telegram.Bot, code: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((item.command, item.description) for item in await bot.get_my_commands(language_code=code))
