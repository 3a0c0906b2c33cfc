"""The commands of those who speak for the house: `helpline staff`, `audit`, `broadcast` and `people`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option("--config", help="配置文件，默认 ./config.yaml · configuration file"),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]

broadcast_app = typer.Typer(
    no_args_is_help=True, help="由两个人负责的公告 · announcements that two people stand behind"
)
people_app = typer.Typer(no_args_is_help=True, help="用户的自定义属性 · what the operator knows of people")
staff_app = typer.Typer(
    invoke_without_command=True,
    help="员工名册与第二因素 · the people behind the house, and their second factors",
)
audit_app = typer.Typer(invoke_without_command=True, help="操作记录与核对 · what was done, and its proof")


@staff_app.callback()
def staff(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """名册、谁已绑定、配置里还没生效的改动 · The roster, who is enrolled, and what is not in force yet."""
    if context.invoked_subcommand is None:
        from bots.commands.staff import listing

        raise typer.Exit(listing(config, as_json))


By = Annotated[str, typer.Option("--as", help="以谁的身份 · who does this")]


@staff_app.command("enroll")
def enroll(name: str, by: By = "", config: Config = None) -> None:
    """绑定验证器，由另一位管理员确认 · Show the QR code for an authenticator; a second admin confirms it."""
    from bots.commands.staff import enroll as command

    raise typer.Exit(command(config, name, by))


@staff_app.command("accept")
def accept(by: By, config: Config = None) -> None:
    """同意配置里的名册，两个人都同意才生效 · Agree to the roster of the configuration; it takes two."""
    from bots.commands.staff import accept as command

    raise typer.Exit(command(config, by))


@staff_app.command("unlock")
def unlock(name: str, by: By, config: Config = None) -> None:
    """连错五次之后解锁 · Let somebody in again after five wrong codes."""
    from bots.commands.staff import unlock as command

    raise typer.Exit(command(config, name, by))


@audit_app.callback()
def audit(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """最近的操作 · What was done lately."""
    if context.invoked_subcommand is None:
        from bots.commands.audit import tail

        raise typer.Exit(tail(config, as_json))


@audit_app.command("verify")
def verify_audit(
    head: Annotated[str, typer.Option(help="曾发到客服群的链头 · a head that was posted to the staff")] = "",
    as_json: Json = False,
    config: Config = None,
) -> None:
    """核对整条记录有没有被改过 · Check that nobody changed the record."""
    from bots.commands.audit import verify as command

    raise typer.Exit(command(config, head, as_json))


@people_app.command("import")
def people_import(file: Path, config: Config = None) -> None:
    """导入 CSV：channel、person，以及每个属性一列 · Import a CSV: channel, person, and a column an attribute."""
    from bots.commands.broadcast_after import people as command

    raise typer.Exit(command(config, file))


Why = Annotated[str, typer.Option(help="原因 · the reason")]


Seen = Annotated[str, typer.Option("--hash", help="preview 显示的指纹 · the hash that preview showed")]


@broadcast_app.command("draft")
def broadcast_draft(file: Path, by: By, config: Config = None) -> None:
    """存为草稿；之前的批准作废 · Keep a file as a draft; whatever was approved before is void."""
    from bots.commands.broadcast import draft as command

    raise typer.Exit(command(config, file, by))


@broadcast_app.command("correct")
def broadcast_correct(name: str, file: Path, by: By, config: Config = None) -> None:
    """更正已发出的公告：改写每个人收到的那条 · A draft that, once approved, replaces what people got."""
    from bots.commands.broadcast import draft as command

    raise typer.Exit(command(config, file, by, name))


@broadcast_app.command("lessons")
def broadcast_lessons(by: By, config: Config = None) -> None:
    """把还没批准的安全课逐课提交审批 · Hand in every lesson that is not approved as it stands."""
    from bots.commands.broadcast import lessons as command

    raise typer.Exit(command(config, by))


@broadcast_app.command("series")
def broadcast_series(
    name: Annotated[str, typer.Argument()] = "", as_json: Json = False, config: Config = None
) -> None:
    """系列课程：每一课的状态、大家学到哪里、接下来五次 · Series: their lessons, how far people are, the next five times."""
    from bots.commands.series import listing

    raise typer.Exit(listing(config, name, as_json))


@broadcast_app.command("series-submit")
def broadcast_series_submit(folder: Path, by: By, config: Config = None) -> None:
    """把一个系列的文件夹提交审批，没改过的课不用重批 · Hand in a series; lessons that did not change stay approved."""
    from bots.commands.series import submit

    raise typer.Exit(submit(config, folder, by))


@broadcast_app.command("series-approve")
def broadcast_series_approve(name: str, by: By, seen: Seen, config: Config = None) -> None:
    """批准一个系列里等着的每一课 · Stand behind every lesson of a series that waits."""
    from bots.commands.series import approve

    raise typer.Exit(approve(config, name, by, seen))


@broadcast_app.command("lint")
def broadcast_lint(file: Path, as_json: Json = False, config: Config = None) -> None:
    """检查一份公告，一次列出全部问题 · Every fault of a file."""
    from bots.commands.broadcast import lint as command

    raise typer.Exit(command(config, file, as_json))


@broadcast_app.command("preview")
def broadcast_preview(name: str, as_json: Json = False, config: Config = None) -> None:
    """各平台各语言的样子、发给多少人、什么时候发 · As each platform draws it, whom it reaches, and when."""
    from bots.commands.broadcast import preview as command

    raise typer.Exit(command(config, name, as_json))


@broadcast_app.command("test")
def broadcast_test(name: str, by: By, config: Config = None) -> None:
    """发给自己看，带测试标记 · Send it to one's own chats, marked as a test."""
    from bots.commands.broadcast import test as command

    raise typer.Exit(command(config, name, by))


@broadcast_app.command("submit")
def broadcast_submit(name: str, by: By, config: Config = None) -> None:
    """提交审批 · Hand it in."""
    from bots.commands.broadcast import submit as command

    raise typer.Exit(command(config, name, by))


@broadcast_app.command("approve")
def broadcast_approve(
    name: str,
    by: By,
    seen: Seen,
    config: Config = None,
) -> None:
    """批准别人写的公告 · Stand behind somebody else's text, exactly as it was shown."""
    from bots.commands.broadcast import approve as command

    raise typer.Exit(command(config, name, by, seen))


@broadcast_app.command("return")
def broadcast_return(name: str, by: By, why: Why = "", config: Config = None) -> None:
    """退回给作者 · Return it to its author."""
    from bots.commands.broadcast import give_back as command

    raise typer.Exit(command(config, name, by, why))


@broadcast_app.command("pause")
def broadcast_pause(name: str, by: By, why: Why = "", config: Config = None) -> None:
    """暂停 · Hold it at once."""
    from bots.commands.broadcast import pause as command

    raise typer.Exit(command(config, name, by, why))


@broadcast_app.command("resume")
def broadcast_resume(name: str, by: By, config: Config = None) -> None:
    """继续 · Go on."""
    from bots.commands.broadcast import resume as command

    raise typer.Exit(command(config, name, by))


@broadcast_app.command("stop")
def broadcast_stop(name: str, by: By, why: Why = "", config: Config = None) -> None:
    """终止 · End it for good."""
    from bots.commands.broadcast import stop as command

    raise typer.Exit(command(config, name, by, why))


@broadcast_app.command("recall")
def broadcast_recall(name: str, by: By, config: Config = None) -> None:
    """终止并撤回已发出的 · End it, and delete what was sent."""
    from bots.commands.broadcast import recall as command

    raise typer.Exit(command(config, name, by))


@broadcast_app.command("status")
def broadcast_status(
    name: Annotated[str, typer.Argument()] = "",
    as_json: Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="进度条 · a progress bar")] = False,
    config: Config = None,
) -> None:
    """进展 · How far they are."""
    from bots.commands.broadcast_after import status as command

    raise typer.Exit(command(config, name, as_json, watch))


@broadcast_app.command("report")
def broadcast_report(
    name: str,
    out: Annotated[Path | None, typer.Option(help="写入的文件 · the file to write")] = None,
    config: Config = None,
) -> None:
    """每个收件人的结果（CSV）· How it went for each person, as CSV."""
    from bots.commands.broadcast_after import report as command

    raise typer.Exit(command(config, name, out))
