"""What is the terminal's own: a link stays in one piece, so that it can be opened and copied."""

from __future__ import annotations

import io

from rich.console import Console

from bots.terminal import ADDRESS, Terminal
from core.conversation.model import Message, Send
from core.conversation.texts import parse

SITE = "https://helpline.example/security/where-to-look"


async def test_a_link_is_not_torn_apart_in_a_narrow_terminal() -> None:
    told = io.StringIO()
    face = Terminal(lambda *_: "r", "zh", "t", Console(file=told, width=40, highlight=False))
    text = f"别的地方用了同一个密码，也要改，请到这里：{{site}}\n{'这一行没有网址。' * 8}\n\n最后一行"
    await face.perform(ADDRESS, Send(Message((parse(text).fill({"site": SITE}, "zh"),))), "k")
    lines = told.getvalue().split("\n")
    assert any(SITE in line for line in lines)
    assert max(len(line) for line in lines if SITE not in line) <= 20  # cells of 40, two for each character
    assert lines[-3:] == ["", "最后一行", ""]
