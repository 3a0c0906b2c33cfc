"""From a template and its values to the file of a broadcast, as a person would have written it. Pure but for reading the texts.

The file is then read, linted and shown like anybody's: a value is escaped, so it can be no markup and no link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import yaml

from core.config_notices import Rule
from core.conversation import formats
from core.conversation.texts import plain
from core.errors import ConfigError
from core.sentences import told

OURS = Path(__file__).parent / "texts"
"""The texts that came along."""
TEXTS = (
    "upgrade", "upgrade_moved", "upgrade_over", "deposits", "deposits_late", "deposits_over", "outage",
    "outage_over", "price",
)  # fmt: skip
"""Every template, in every language."""
_HOLE = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")
_MARKUP = re.compile(r"[\\*`\[\](){}]")
Templates = Mapping[str, Mapping[str, str]]
"""Language -> name -> text."""
Format = Callable[[str, str, str], str]
"""(kind, value, language) -> how that language writes it."""


def templates(folder: Path | None, languages: Sequence[str]) -> Templates:
    """The texts of a folder.

    Raises:
        ConfigError: a file cannot be read, or a text is missing.
    """
    return {language: _read((folder or OURS) / f"{language}.yaml") for language in languages}


def _read(path: Path) -> Mapping[str, str]:
    try:
        found = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - text only
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = type(error).__name__
        raise ConfigError(told("config.unreadable", file=str(path), why=why)) from None
    missing = [name for name in TEXTS if not isinstance(found, dict) or not isinstance(found.get(name), str)]
    if missing:
        raise ConfigError(told("notices.missing", file=str(path), names=", ".join(missing)))
    return {name: found[name] for name in TEXTS}


def writer(zone: str) -> Format:
    """Formats for people of that zone."""
    return lambda kind, value, language: formats.show(kind, value, language, zone) if kind else value


def source(
    rule: Rule, name: str, text: str, values: Mapping[str, str], words: Templates, show: Format,
    link: tuple[str, str] | None = None,
) -> str:  # fmt: skip
    """The file of a broadcast. `link`: ("corrects" or "follows", the broadcast that it is about)."""
    whom = dict([link]) if link else {"audience": _plainly(rule.audience)}
    file = {
        "broadcast": name,
        "class": rule.sort,
        **({"reason": rule.reason} if rule.reason else {}),
        **whom,
        "when": "now",
        "hours": f"{rule.hours:g}",
        "texts": {language: _filled(of[text], values, language, show) for language, of in words.items()},
        **({"post": list(rule.post)} if rule.post else {}),
    }
    return yaml.safe_dump(file, allow_unicode=True, sort_keys=False, width=10_000)


def _plainly(audience: Mapping[str, str | tuple[str, ...]]) -> dict[str, str | list[str]]:
    return {key: one if isinstance(one, str) else list(one) for key, one in audience.items()}


def _filled(text: str, values: Mapping[str, str], language: str, show: Format) -> str:
    """Only our own values: what the house fills is left to whoever reads the file."""

    def value(found: re.Match[str]) -> str:
        given = values.get(found[1])
        if given is None:
            return found[0]
        return _MARKUP.sub(r"\\\g<0>", plain(show(found[2] or "", given, language)))

    return _HOLE.sub(value, text)


def called(rule: str, key: str, step: str) -> str:
    """The name of a draft."""
    return f"{rule}_{key}" + (f"_{step}" if step != "first" else "")


def moment(now: float) -> str:
    """What an occasion without a key of its own is called: when it began, in UTC."""
    return f"{datetime.fromtimestamp(now, UTC):%y%m%d_%H%M%S}"
