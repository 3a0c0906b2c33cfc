"""What stands on the command line for `helpline official`, `lists` and `discord automod`; the work is
in the files beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

official_app = typer.Typer(
    no_args_is_help=True, help="官方清单：签名与核对 · the signed list of what is official"
)
lists_app = typer.Typer(
    invoke_without_command=True, help="诈骗名单：查看与更新 · lists of scams: look, update"
)
discord_app = typer.Typer(no_args_is_help=True, help="Discord 服务器的设置 · settings of a Discord server")
automod_app = typer.Typer(no_args_is_help=True, help="Discord 自带的过滤 · Discord's own filter")
discord_app.add_typer(automod_app, name="automod")
Config = Annotated[
    Path | None,
    typer.Option("--config", help="配置文件，默认 ./config.yaml · configuration file"),
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


@lists_app.callback()
def lists(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """已载入的名单 · The lists that are loaded."""
    if context.invoked_subcommand is None:
        from bots.commands.verify import show

        raise typer.Exit(show(config, as_json))


@lists_app.command("update")
def lists_update(
    folder: Annotated[Path | None, typer.Option("--from", help="文件夹 · a folder of lists")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="大小异常也接受 · accept an odd size")] = False,
    config: Config = None,
) -> None:
    """更新名单，一次全部换上 · Fetch the lists and put them in place at once."""
    from bots.commands.verify import update as command

    raise typer.Exit(command(config, folder, accept))


@official_app.command("key")
def official_key(
    file: Annotated[Path, typer.Argument(help="私钥存到哪里 · where the private key goes")],
) -> None:
    """生成签名密钥，输出公钥 · Make a signing key, print its public half."""
    from bots.commands.official import key as command

    raise typer.Exit(command(file))


@official_app.command("sign")
def official_sign(
    private: Annotated[Path, typer.Option("--key", help="私钥文件 · the private key's file")],
    file: Annotated[Path | None, typer.Argument(help="清单 · the list")] = None,
    config: Config = None,
) -> None:
    """给清单签名；需要两个人各签一次 · Sign the list; two people have to."""
    from bots.commands.official import sign as command

    raise typer.Exit(command(config, file, private))


@official_app.command("check")
def official_check(
    file: Annotated[Path | None, typer.Argument(help="清单 · the list")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """核对签名、版本和有效期 · Whether the list may be believed."""
    from bots.commands.official import check as command

    raise typer.Exit(command(config, file, as_json))


@official_app.command("diff")
def official_diff(old: Path, new: Path) -> None:
    """两份清单的差别 · What changed between two lists."""
    from bots.commands.official import diff as command

    raise typer.Exit(command(old, new))


@official_app.command("qr")
def official_qr(
    out: Annotated[Path | None, typer.Option(help="存成图片 .png 或 .svg · save a picture")] = None,
    config: Config = None,
) -> None:
    """官网的二维码 · The official site as a QR code."""
    from bots.commands.official import qr as command

    raise typer.Exit(command(config, out))


@automod_app.command("apply")
def automod_apply(
    yes: Annotated[bool, typer.Option("--yes", help="真的写入 · really write")] = False,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """比对 AutoMod 规则，加 --yes 才写入 · Compare AutoMod's rules; with --yes, write them."""
    from bots.commands.automod import apply as command

    raise typer.Exit(command(config, as_json, yes))
