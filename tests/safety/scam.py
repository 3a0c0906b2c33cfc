"""A list of what is official, for tests: a short name, a long one, one in Chinese."""

from __future__ import annotations

from datetime import date

from core.safety.official import Agent, Handle, Official
from core.safety.verify import Known

NOW = 1_790_000_000.0
OFFICIAL = Official(
    "OKX",
    1,
    date(2999, 1, 1),
    "https://okx.com",
    names=("Binance", "MetaMask", "币安"),
    domains=("okx.com", "binance.com", "metamask.io"),
    handles=(Handle("telegram", "OKXBot", "5000001"), Handle("discord", "okx", "500000000000000001")),
    agents=(Agent("官方客服小美", {"telegram": "5000002"}),),
    mail=("support@okx.com", "@notice.okx.com"),
    phones=("+852 3000 1234",),
    apps=("com.okx.app", "123456789"),
    invites=("discord.gg/okx",),
    deposits=("0x52908400098527886e0f7030069857d2e4169ee7",),
)
KNOWN = Known(OFFICIAL)
