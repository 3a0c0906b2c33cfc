"""What the sections are made of: values that a type alone does not describe, such as a time zone or a pattern.

What is wrong is one of pydantic's errors under a name of ours, for which `config_file` has a sentence.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Section(BaseModel):
    """A section refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (LookupError, ValueError, OSError):  # no such file, one outside of the folder, a folder
        raise PydanticCustomError("zone", "no time zone") from None
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("pattern", "no pattern: {error}", {"error": str(error)}) from None
    return value


def _cron(value: str) -> str:
    try:
        CronSim(value, datetime(2000, 1, 1))
    except CronSimError as error:
        raise PydanticCustomError("cron", "no cron text: {error}", {"error": str(error)}) from None
    if len(value.split()) != 5:
        raise PydanticCustomError("cron", "no cron text: {error}", {"error": "5 fields"})
    return value


Zone = Annotated[str, AfterValidator(_zone)]
"""A name such as Asia/Shanghai."""
Pattern = Annotated[str, AfterValidator(_pattern)]
"""A regular expression."""
Cron = Annotated[str, AfterValidator(_cron)]
"""Cron text of five fields."""
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day, HH:MM."""
ChannelName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
"""It stands in every stored address, before a separator."""


def twice(name: str) -> PydanticCustomError:
    """The error for a name that may be there only once."""
    return PydanticCustomError("twice", "{name} is there twice", {"name": name})
