"""The `helpline` command. Each command imports what it needs when it is called, so that `--help` is quick."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from bots.commands.incidents import incident_app
from bots.commands.office import Config, Json, audit_app, broadcast_app, people_app, staff_app
from bots.commands.safety import discord_app, lists_app, official_app

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Helpline：交易所与钱包的官方客服机器人 · the official support bot of an exchange or wallet",
)
flows_app = typer.Typer(no_args_is_help=True, help="查看流程 · look at the flows")
outbox_app = typer.Typer(
    invoke_without_command=True, help="查看并重试没有送达的内容 · what was not delivered, and retry"
)
store_app = typer.Typer(no_args_is_help=True, help="搬迁与备份数据库 · move and back up the database")
app.add_typer(flows_app, name="flows")
app.add_typer(store_app, name="store")
app.add_typer(outbox_app, name="outbox")
app.add_typer(broadcast_app, name="broadcast")
app.add_typer(incident_app, name="incident")
app.add_typer(people_app, name="people")
app.add_typer(staff_app, name="staff")
app.add_typer(audit_app, name="audit")
app.add_typer(official_app, name="official")
app.add_typer(lists_app, name="lists")
app.add_typer(discord_app, name="discord")


class Role(Enum):
    """What a process may do; see `core.config.Role`."""

    RECEIVE = "receive"
    WORK = "work"
    LEAD = "lead"


@app.command()
def run(
    leash: Annotated[bool, typer.Option("--leash", hidden=True)] = False,
    role: Annotated[
        list[Role] | None,
        typer.Option(help="此进程的分工，可重复；默认见 runtime.roles · what this process does, repeatable"),
    ] = None,
    config: Config = None,
) -> None:
    """运行机器人；没有令牌时启动本地演示 · Run the bot; without a token, the demo on loopback."""
    from bots.commands.run import run as command

    raise typer.Exit(command(config, leash, tuple(one.value for one in role or ())))


@app.command()
def demo(
    script: Annotated[Path, typer.Option(help="剧本文件 · the script, such as docs/tour.txt")],
    fast: Annotated[bool, typer.Option("--fast", help="不停顿 · without pauses")] = False,
    shots: Annotated[Path, typer.Option(help="图片放在哪里 · where pictures go")] = Path("."),
    config: Config = None,
) -> None:
    """按剧本自动演示一遍 · Play a tour on the demo's page."""
    from bots.commands.tour import tour as command

    raise typer.Exit(command(config, script, fast, shots))


@app.command()
def chat(
    lang: Annotated[str, typer.Option(help="zh | en")] = "",
    save: Annotated[Path | None, typer.Option(help="把对话存成文件 · record a transcript")] = None,
    through: Annotated[
        str, typer.Option(help="telegram：经由正在运行的演示 · through the running demo's Telegram")
    ] = "",
    config: Config = None,
) -> None:
    """在终端里对话 · Chat in this terminal."""
    from bots.commands.chat import chat as command

    raise typer.Exit(command(config, lang, save, through))


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="流程文件夹 · folder of flows")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """检查流程，一次列出全部问题 · Check the flows; every fault at once."""
    from bots.commands.flows import check as command

    raise typer.Exit(command(config, folder, as_json))


@app.command()
def reload(config: Config = None) -> None:
    """让正在运行的机器人换上新流程 · Tell the running bot to use the flows on disk."""
    from bots.commands.flows import reload as command

    raise typer.Exit(command(config))


@app.command()
def route(as_json: Json = False, config: Config = None) -> None:
    """逐行读入句子，说出它们通向哪个流程 · Read sentences, one a line: which flow each leads to."""
    from bots.commands.flows import route as command

    raise typer.Exit(command(config, as_json))


@flows_app.command("draw")
def draw(
    name: Annotated[str | None, typer.Argument(help="流程名 · flow")] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "",
    config: Config = None,
) -> None:
    """把流程画成 Mermaid 图 · Print a flow as a Mermaid diagram."""
    from bots.commands.flows import draw as command

    raise typer.Exit(command(config, name or "", lang))


@outbox_app.callback()
def outbox(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """没有送达的内容 · What was not delivered."""
    if context.invoked_subcommand is None:
        from bots.commands.outbox import listing

        raise typer.Exit(listing(config, as_json))


@outbox_app.command("retry")
def retry(key: str, config: Config = None) -> None:
    """再试一次 · Try one again."""
    from bots.commands.outbox import retry as command

    raise typer.Exit(command(config, key))


@store_app.command("move")
def store_move(
    to: Annotated[str, typer.Option("--to", help="新库的地址，须为空库 · the address of the new, empty one")],
    as_json: Json = False,
    config: Config = None,
) -> None:
    """把全部内容搬到另一个数据库 · Carry everything over into another database."""
    from bots.commands.store import move_store

    raise typer.Exit(move_store(config, to, as_json))


@store_app.command("backup")
def store_backup(
    to: Annotated[Path, typer.Option("--to", help="备份文件 · the file to write")],
    as_json: Json = False,
    config: Config = None,
) -> None:
    """备份成一个 SQLite 文件，不必停机 · One SQLite file with everything, also while the bot runs."""
    from bots.commands.store import backup_store

    raise typer.Exit(backup_store(config, to, as_json))


@app.command()
def verify(
    official: Annotated[
        Path | None, typer.Option("--official", help="另一份官方清单 · another list of what is official")
    ] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """逐行核验链接、账号、地址或整条消息 · Check links, handles, addresses or messages, one a line."""
    from bots.commands.verify import verify as command

    raise typer.Exit(command(config, official, as_json))


@app.command()
def tx(
    text: Annotated[str, typer.Argument(help="交易哈希或浏览器链接 · a transaction id or an explorer link")],
    to: Annotated[str, typer.Option(help="应付的地址 · the address that it should have paid")] = "",
    as_json: Json = False,
    config: Config = None,
) -> None:
    """查一笔交易：结论、依据、该谁行动 · Where a transaction is: verdict, evidence, who has to act."""
    from bots.commands.tx import tx as command

    raise typer.Exit(command(config, text, to, as_json))


@app.command()
def tickets(as_json: Json = False, config: Config = None) -> None:
    """等待人工的工单 · Tickets that wait for a human."""
    from bots.commands.outbox import tickets as command

    raise typer.Exit(command(config, as_json))


@app.command()
def education(as_json: Json = False, config: Config = None) -> None:
    """安全课：接下来的发送时间与订阅者 · The safety lessons: next times, subscribers, progress."""
    from bots.commands.education import education as command

    raise typer.Exit(command(config, as_json))


@app.command()
def notices(as_json: Json = False, config: Config = None) -> None:
    """会自动起草公告的规则：正在发生什么、写了哪些草稿 · The rules that draft broadcasts: what is open, what they wrote."""
    from bots.commands.notices import notices as command

    raise typer.Exit(command(config, as_json))


@app.command()
def doctor(as_json: Json = False, config: Config = None) -> None:
    """检查两个平台上的机器人，说明还要点哪里 · Both platforms: what is right, and what to click where it is not."""
    from bots.commands.doctor import doctor as command

    raise typer.Exit(command(config, as_json))


@app.command()
def guard(
    as_json: Json = False,
    store: Annotated[
        bool, typer.Option("--store", help="改为复查数据库里存下的内容 · look through what is stored instead")
    ] = False,
    config: Config = None,
) -> None:
    """逐行读入文字，说出里面有哪类机密，并遮住它 · Read texts, one a line: what secrets they hold, and mask them."""
    if store:
        from bots.commands.guard_store import look_through

        raise typer.Exit(look_through(config, as_json))
    from bots.commands.guard import guard as command

    raise typer.Exit(command(as_json))


def main() -> None:
    """Entry point."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


if __name__ == "__main__":
    main()
