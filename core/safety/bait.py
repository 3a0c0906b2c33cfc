"""A scammer's bait: a real phrase or key of a wallet that shows money, posted for people who want to take it.

Whoever pays in the fee to move that money loses it. What gives a bait away is what stands around the phrase: it is
offered, or somebody "does not know how" to move a sum. A person who really lost access may write like that too, so
the answer helps both.
"""

from __future__ import annotations

import re
from typing import Final

BAIT: Final = "bait_seed"
_SUM: Final = re.compile(
    r"[$￥¥€]\s?\d[\d,.]{2,}|\d[\d,.]{2,}\s{0,2}(?:k\s?)?(?:usdt?|usdc|trx|u(?![a-z])|刀|美元|美金|万|dollars?|\$)"
    r"|\d[\d.,]{0,12}\s{0,2}(?:btc|eth|bnb|sol|xrp|个比特币|个以太)"
)
_GIVEN: Final = re.compile(
    r"free|giv(?:e|ing) ?away|airdrop|take it|yours|you can have|i (?:don'?t|do not) (?:need|use) (?:it|this)|share (?:it )?(?:with|half)"
    r"|first come|whoever|anyone can|good ?bye crypto|leaving crypto|i'?m (?:quitting|done)"
    r"|免费|送给|白送|赠送|送你|送您|谁要|归谁|先到先得|拿去|不玩了|退圈|空投|平分|分你一半|见者有份"
)
_UNABLE: Final = re.compile(
    r"how (?:can|do|to|could|should) (?:i )?(?:i )?(?:transfer|withdraw|move|send|cash)|(?:can|could) (?:you|someone|anyone)[^.?!\n]{0,24}(?:transfer|withdraw|move)"
    r"|help me (?:to )?(?:transfer|withdraw|move|cash)|(?:不会|不知道怎么|怎么|帮我|帮忙)[^，。！？\n]{0,6}(?:转出|提出|提现|转走|取出|转到)"
)


def is_bait(low: str) -> bool:
    """Whether a lower-case text that holds a phrase or a key offers it: it is given away, or a sum waits for
    whoever knows how to move it."""
    given, unable = _GIVEN.search(low), _UNABLE.search(low)
    return bool(_SUM.search(low) and (given or unable)) or bool(given and unable)
