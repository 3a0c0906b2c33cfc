"""What the bot needs on Telegram, and what to click where it is missing: `helpline doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from telegram.error import TelegramError

from bots.api_url import check_api_url
from bots.settings import Settings
from bots.telegram.errors import describe
from bots.telegram.request import OFFICIAL_API, AiohttpRequest, Limits
from bots.telegram.sentences import sayer, to_operator


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out. `missing` are keys of sentences that say what to click, `notes` of those about what is
    right. `problem` says why there is nothing more.
    """

    configured: bool
    id: str = ""
    username: str = ""
    host: str = ""
    waiting: int = 0
    failure: str = ""
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    problem: str = ""

    @property
    def healthy(self) -> bool:
        """Whether nothing is missing."""
        return self.configured and not self.problem and not self.missing

    def as_json(self) -> dict[str, object]:
        """For other programs."""
        return asdict(self) | {"healthy": self.healthy}


async def examine(settings: Settings, token: str) -> Findings:
    """Ask Telegram; two calls. Raises nothing but for a bad configuration.

    Raises:
        ConfigError: the API's address is unusable.
    """
    if not token:
        return Findings(configured=False)
    own = settings.telegram
    base = check_api_url(own.api_url, OFFICIAL_API, to_operator())
    request = AiohttpRequest(f"{base}/bot{token}", Limits(proxy=own.proxy))
    try:
        me = await request.raw("getMe", {})
        info = await request.raw("getWebhookInfo", {})
        return _found(settings, me, info)
    except TelegramError as error:
        return Findings(configured=True, problem=describe(error))
    except (LookupError, TypeError, AttributeError):
        return Findings(configured=True, problem="Invalid server response")
    finally:
        await request.shutdown()


def _found(settings: Settings, me: dict[str, Any], info: dict[str, Any]) -> Findings:
    url, wanted = str(info.get("url", "")), settings.telegram.webhook.url
    staff = any(chat.channel == settings.telegram.name for chat in settings.desk.staff)
    checks = [
        _webhook(url, wanted),
        ("privacy_off", False) if me.get("can_read_all_group_messages") else ("privacy", True),
        ("groups", True) if me.get("can_join_groups") else ("groups_off", not staff),
    ]
    failure = str(info.get("last_error_message", ""))[:200] if url else ""
    if failure and info.get("pending_update_count"):
        checks.append(("webhook_failed", False))
    return Findings(
        configured=True,
        id=str(me["id"]),
        username=str(me["username"]),
        host=url.partition("://")[2].partition("/")[0],
        waiting=int(info.get("pending_update_count", 0)),
        failure=failure,
        notes=tuple(key for key, right in checks if right and key != "groups_off"),
        missing=tuple(key for key, right in checks if not right),
    )


def _webhook(url: str, wanted: str) -> tuple[str, bool]:
    """(key of the sentence, whether it is right)."""
    if not wanted:
        return ("webhook_left", False) if url else ("polling", True)
    ours = url.startswith(f"{wanted.rstrip('/')}/")
    return ("webhook", True) if ours else ("webhook_other", False)


def sentences(found: Findings, languages: Sequence[str]) -> list[str]:
    """What was found, for the operator."""
    say = sayer(languages)
    if not found.configured:
        return [say("doctor_token")]
    if found.problem:
        return [say("doctor_failed", reason=found.problem)]
    holes = {"host": found.host or "–", "count": found.waiting, "reason": found.failure}
    lines = [say("doctor_bot", username=found.username, id=found.id)]
    return lines + [say(f"doctor_{key}", **holes) for key in (*found.notes, *found.missing)]
