"""One contender of benchmarks/discord.py in a process of its own: Helpline whole, or discord.py that keeps nothing.

It logs in at `--url`, answers `/menu` until its standard input ends, and then prints the CPU seconds that it used
since the line "go" and the interactions that it answered. Helpline keeps everything (inbox, conversation, outbox,
audit, with FULL durability) and runs on the loop that it ships with; the bare bot is what discord.py's documents
show, with orjson as in the same environment, and sends a text of the same length with the same number of buttons.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvloop
from pydantic import SecretStr

from bots.registry import faces
from bots.settings import Discord, Secrets, Sending, Settings
from core.runtime.service import open_service

UNPACED = Sending(per_second=0, chat_burst=0, chat_every=0)


async def _line() -> str:
    return await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


async def _measured() -> None:
    """Between "go" and the end of the input."""
    print(json.dumps({"ready": True}), flush=True)
    await _line()
    began = time.process_time()
    await _line()
    print(json.dumps({"cpu": time.process_time() - began}), flush=True)


async def helpline(url: str, token: str, folder: Path) -> None:
    """The whole service."""
    settings = Settings(data=folder, discord=Discord(api_url=url, rates=UNPACED))
    secrets = Secrets().model_copy(update={"discord_token": SecretStr(token)})
    service = await open_service(
        settings, secrets, lambda sign, library: faces(settings, secrets, sign, library), {}, time.time
    )
    running = asyncio.create_task(service.run())
    try:
        await _measured()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await service.store.close()


async def bare(url: str, token: str) -> None:
    """discord.py as its documents show it, with its command tree and a view that stays."""
    import discord
    import yarl
    from discord import app_commands
    from discord.gateway import DiscordWebSocket

    discord.http.Route.BASE = url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http:", "ws:").replace("/api/v10", "/gateway"))

    class Bare(discord.Client):
        """Puts its command up when it arrives."""

        async def setup_hook(self) -> None:
            await tree.sync()

    client = Bare(intents=discord.Intents(guilds=True, dm_messages=True), guild_ready_timeout=0.1)
    tree: Any = app_commands.CommandTree(client)

    async def menu(interaction: Any) -> None:
        view = discord.ui.View(timeout=None)
        for number in range(6):
            view.add_item(discord.ui.Button(label=f"按钮 {number}", custom_id=f"v1.{number}.choice.abcdefgh"))
        await interaction.response.send_message("您想办哪件事？可以按按钮，也可以直接打字告诉我。", view=view)

    tree.add_command(app_commands.Command(name="menu", description="menu", callback=menu))
    running = asyncio.create_task(client.start(token))
    try:
        await _measured()
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)


def main() -> None:
    """Read the arguments and run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("who", choices=["helpline", "bare"])
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    if given.who == "helpline":
        uvloop.run(helpline(given.url, given.token, given.folder))  # as `helpline run` does
    else:
        asyncio.run(bare(given.url, given.token))


if __name__ == "__main__":
    main()
