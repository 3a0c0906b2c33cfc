"""The commands of `helpline incident`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bots.commands.office import By, Config, Json

incident_app = typer.Typer(
    no_args_is_help=True, help="出事时大家先看到的横幅 · what everybody reads first while something is wrong"
)
Name = Annotated[str, typer.Argument(help="文字的名字 · the name of its text")]


@incident_app.command("open")
def incident_open(
    by: By,
    name: Name = "",
    file: Annotated[
        Path | None,
        typer.Option("--file", help="新写的文字，另一个人批准后启用 · a new text; somebody else approves it"),
    ] = None,
    config: Config = None,
) -> None:
    """启用一段已获批的文字，或提交新的 · Open an approved text, or hand in a new one."""
    from bots.commands.incident import begin

    if not name and file is None:
        raise typer.BadParameter("NAME / --file")
    raise typer.Exit(begin(config, name, file, by))


@incident_app.command("list")
def incident_list(as_json: Json = False, config: Config = None) -> None:
    """正在进行的和已结束的 · Those that are open, and those that were."""
    from bots.commands.incident import listing

    raise typer.Exit(listing(config, as_json))


@incident_app.command("update")
def incident_update(
    name: Name,
    to: Annotated[str, typer.Option("--to", help="改用的文字 · the text to show instead")],
    by: By,
    config: Config = None,
) -> None:
    """换一段已获批的文字，大家会再看到一次 · Show another approved text; everybody reads it once more."""
    from bots.commands.incident import update

    raise typer.Exit(update(config, name, to, by))


@incident_app.command("close")
def incident_close(name: Name, by: By, config: Config = None) -> None:
    """结束，并通知看过横幅的人 · End it, and tell those who read its banner."""
    from bots.commands.incident import close

    raise typer.Exit(close(config, name, by))


@incident_app.command("answer")
def incident_answer(
    name: Name,
    file: Annotated[Path, typer.Option("--file", help="YAML：每种语言一段 · a text for each language")],
    by: By,
    config: Config = None,
) -> None:
    """一次答复这次事故的全部工单 · One answer for all its cases."""
    from bots.commands.incident import answer

    raise typer.Exit(answer(config, name, file, by))
