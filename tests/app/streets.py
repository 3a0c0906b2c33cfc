"""What is sighted in public, whatever the platform: a scam, a question about it, and staff who are there at any hour."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bots.settings import Settings
from core.config import Desk, StaffChat
from core.runtime.hours import DAYS
from tests.app.harness import ROOT

SCAM = "专业追款团队，不成功不收费，私聊我"
ASKED = f"有人私聊我说：{SCAM}。这是不是骗子？"
GRADE = "可疑"


def house(channel: str, chat: object) -> Settings:
    """Staff in one chat, at any hour."""
    staff = (StaffChat(channel=channel, chat=str(chat)),)
    return Settings(flows=ROOT / "flows", desk=Desk(days=DAYS, opens="00:00", closes="00:00", staff=staff))


def nothing_failed(folder: Path) -> None:
    """Every row was performed."""
    (path,) = folder.glob("helpline.db")
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM effect").fetchone() > (1,)
        assert db.execute("SELECT key, error FROM effect WHERE status <> 'done'").fetchall() == []
