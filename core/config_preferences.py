"""The section `preferences`: what people may choose from in /settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from core.config_kinds import twice

MOST = 16
"""Coins and networks on buttons; with what stands beside them, fewer than any platform allows."""
Asset = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,15}$")]


class Preferences(BaseModel):
    """The lists."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    coins: tuple[Asset, ...] = ("BTC", "ETH", "USDT", "USDC", "TRX")
    networks: tuple[Asset, ...] = ("Bitcoin", "Ethereum", "TRON")

    @property
    def assets(self) -> tuple[str, ...]:
        """All of them, in the order of their buttons."""
        return (*self.coins, *self.networks)

    @model_validator(mode="after")
    def _fit_on_buttons(self) -> Preferences:
        names = [name.casefold() for name in self.assets]
        if again := [name for name in self.assets if names.count(name.casefold()) > 1]:
            raise twice(again[-1])
        if len(names) > MOST:
            raise PydanticCustomError("too_long", "more than {max_length} names", {"max_length": MOST})
        return self
