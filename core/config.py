"""The configuration: `config.yaml`, overridden by HELPLINE_<SECTION>__<KEY>; secrets only from the environment.

Every key has a default, so an empty file is a valid configuration. Mistakes are told all at once, a sentence each.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core.config_environment import NESTED, PREFIX, Environment
from core.config_kinds import Clock, Cron, Pattern, Section, Zone, twice
from core.config_notices import Notices
from core.config_preferences import Preferences
from core.config_safety import OfficialList, ScamLists, Security

Role = Literal["receive", "work", "lead"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Store(Section):
    """Where everything is remembered."""

    url: str = Field("", repr=False)
    """sqlite:///PATH or postgresql://USER@HOST/NAME; empty: helpline.db in the data folder."""
    keep_events_days: float = Field(7, gt=0)
    keep_effects_days: float = Field(30, gt=0)


class StaffChat(Section):
    """A chat in which staff read and answer, for all tickets or only for those of a skill or an urgency."""

    channel: str
    chat: str = Field(min_length=1, coerce_numbers_to_str=True)
    thread: str = Field("", coerce_numbers_to_str=True)
    skill: str = ""
    urgency: Literal["", "normal", "emergency"] = ""


class Desk(Section):
    """Who takes over from the bot, and when."""

    skills: tuple[str, ...] = ("account", "trading", "security")
    default_skill: str = "account"
    emergency_skill: str = "security"
    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    opens: Clock = "09:00"
    closes: Clock = "18:00"
    zone: Zone = "Asia/Shanghai"
    closed: tuple[date, ...] = ()
    """Holidays, when nobody is there."""
    staff: tuple[StaffChat, ...] = ()
    """Without any, tickets wait in `helpline tickets`."""
    staff_language: str = ""
    """The language of the cards; empty: the first of `languages`."""
    names: dict[str, str] = Field(default_factory=dict)
    """What people call a staff member, by "channel:user"; others are A, B, C ..."""

    @model_validator(mode="after")
    def _somebody_has_each_skill(self) -> Self:
        """A ticket for a skill that nobody has would wait for ever."""
        for skill in (self.default_skill, self.emergency_skill, *(chat.skill for chat in self.staff)):
            if skill and skill not in self.skills:
                raise PydanticCustomError("skill", "no skill {name}", {"name": skill})
        return self


class Member(Section):
    """A person of the staff. What stands here is a wish: `helpline staff accept` by two admins makes it count."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    ids: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+:\S+$")], ...] = ()
    """All their ids, as "channel:user"."""
    roles: tuple[Literal["author", "approver", "admin"], ...] = ()


class ChainSource(Section):
    """Somebody who is asked about a network."""

    name: str = Field("node", min_length=1, max_length=40)
    kind: Literal["node", "esplora", "mempool.space"] = "node"
    """node: the node's own interface. The others are services for Bitcoin; the last one adds to the one before."""
    url: str
    """${NAME} in it is taken from the environment, so that a key or password stands in no file."""
    own: bool = False
    """Yours: no stranger learns there what people ask."""
    recent_only: bool = False
    """It keeps recent blocks only (a lite node): that it does not know something means nothing."""
    per_second: float = Field(10, gt=0)
    """Requests that its host bears."""


class ChainNetwork(Section):
    """One chain. What is left out follows from its family."""

    name: str = Field("Ethereum", min_length=1, max_length=40)
    family: Literal["bitcoin", "evm", "tron"] = "evm"
    chain_id: int = Field(0, ge=0)
    coin: str = ""
    credit: int | None = Field(None, ge=1)
    unlock: int | None = Field(None, ge=1)
    block_seconds: float | None = Field(None, gt=0)
    stale_seconds: float | None = Field(None, gt=0)
    stuck_minutes: float = Field(120, gt=0)
    grace_minutes: float = Field(30, ge=0)
    tokens: dict[str, str] = Field(default_factory=dict)
    """Contract -> symbol of what is listed there."""
    sources: tuple[ChainSource, ...] = Field(min_length=1)


class Transactions(Section):
    """What a pasted transaction id may look like, and who is asked about it."""

    networks: tuple[ChainNetwork, ...] = ()
    """Without any, the demo starts a small node of its own."""
    explorers: dict[str, str] = Field(default_factory=lambda: {"etherscan.io": "Ethereum"})
    internal_ids: tuple[Pattern, ...] = (r"[WD]\d{8,14}",)
    watch_days: float = Field(7, gt=0, le=30)
    """How long somebody is told about a transaction at most; then it is forgotten."""
    watches_each: int = Field(5, ge=1, le=100)
    """How many transactions one person may have watched at a time."""


class Exchange(Section):
    """The exchange's own ledger, see docs/exchange-api.md. Its key is the environment's."""

    url: str = ""
    """Empty: off."""
    key_id: str = Field("helpline", pattern=r"^[!-~]{1,64}$")
    deadline: float = Field(3, gt=0, le=10)


class Education(Section):
    """The lessons for those who asked for them."""

    schedule: Cron = "0 10 * * mon,thu"
    """Cron text of five fields, read on each subscriber's own wall."""
    latest_hours: float = Field(6, gt=0, le=24)
    trial: bool = False
    """For trying without a real token: every lesson counts as approved."""


class Broadcast(Section):
    """What two people approved goes out within these bounds."""

    week: int = Field(5, ge=0)
    """Broadcasts that one person gets in seven days; 0 for no bound."""
    quiet_from: Clock = "22:00"
    quiet_to: Clock = "08:00"
    hold_seconds: float = Field(300, ge=0)
    """How long staff, then 1 %, then 10 % have it before the next ones do."""


class Audit(Section):
    """The record of what was done."""

    post_hours: float = Field(24, gt=0)
    """How often the head of its chain is posted to the staff."""


class Runtime(Section):
    """The machine room."""

    roles: tuple[Role, ...] = Field(("receive", "work", "lead"), min_length=1)
    """What this process does. One that works on a file does everything."""
    in_flight: int = Field(64, ge=1, le=1000)
    person_burst: int = Field(20, ge=0)
    person_every: float = Field(1, gt=0)
    lease_seconds: float = Field(5, gt=0.1, le=300)


class Health(Section):
    """What a supervisor and Prometheus ask this process."""

    bind: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535)
    queue_seconds: float = Field(60, gt=0)


class Settings(BaseSettings):
    """What core needs. The faces add a section for each platform, see `bots/settings.py`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, extra="forbid", frozen=True
    )

    languages: tuple[str, ...] = Field(("zh", "en"), min_length=1)
    data: Path = Path("data")
    flows: Path = Path("flows")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    store: Store = Store()
    desk: Desk = Desk()
    staff: tuple[Member, ...] = ()
    security: Security = Security()
    official: OfficialList = OfficialList()
    lists: ScamLists = ScamLists()
    transactions: Transactions = Transactions()
    exchange: Exchange = Exchange()
    education: Education = Education()
    broadcast: Broadcast = Broadcast()
    notices: Notices = Notices()
    preferences: Preferences = Preferences()
    audit: Audit = Audit()
    runtime: Runtime = Runtime()
    health: Health = Health()

    @field_validator("staff")
    @classmethod
    def _one_person_each(cls, members: tuple[Member, ...]) -> tuple[Member, ...]:
        """Two names for one account would make one person two, and four eyes one pair."""
        seen: set[str] = set()
        for word in (word for one in members for word in (one.name, *one.ids)):
            if word in seen:
                raise twice(word)
            seen.add(word)
        return members

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return Environment(settings_cls), init_settings


class Secrets(BaseSettings):
    """What never stands in a file of the project."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    route_key: SecretStr = Field(SecretStr(""), validation_alias="HELPLINE_SECRETS__ROUTE_KEY")
    exchange_key: SecretStr = Field(SecretStr(""), validation_alias="HELPLINE_SECRETS__EXCHANGE_KEY")
    route_key_before: SecretStr = Field(SecretStr(""), validation_alias="HELPLINE_SECRETS__ROUTE_KEY_BEFORE")
    audit_key: SecretStr = Field(SecretStr(""), validation_alias="HELPLINE_SECRETS__AUDIT_KEY")
