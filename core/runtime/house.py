"""What the configuration alone says of the house: what every text may use, and where the store is."""

from __future__ import annotations

from core.config import Settings
from core.conversation.offers import ASSETS
from core.errors import ConfigError
from core.runtime.hours import hours
from core.sentences import told
from core.store.open import SQLITE, file_of, is_shared


def house_holes(settings: Settings) -> dict[str, str]:
    """What every text may use, and the skills behind 人工 and 紧急."""
    return {
        "official_site": settings.security.official_site,
        "password_length": str(settings.security.password_length),
        "zone": settings.desk.zone,
        ASSETS: " ".join(settings.preferences.assets),
        **{f"hours.{code}": hours(settings.desk, code) for code in settings.languages},
        "desk": settings.desk.default_skill,
        "desk_emergency": settings.desk.emergency_skill,
    }


def store_url(settings: Settings) -> str:
    """The address of the configured store.

    Raises:
        ConfigError: another kind of store is named.
    """
    url = settings.store.url
    if not url:
        return f"{SQLITE}{settings.data / 'helpline.db'}"
    if not is_shared(url) and file_of(url) is None:
        raise ConfigError(told("service.url", scheme=url.partition(":")[0]))
    return url
