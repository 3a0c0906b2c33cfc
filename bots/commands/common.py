"""What every command needs: the settings, logs that hold no secret, and errors as one sentence."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from bots.settings import Settings
from core.config_file import load_settings
from core.conversation.texts import negotiate
from core.errors import ConfigError, HelplineError
from core.runtime.shelf import FlowFaults
from core.safety.logs import install
from core.sentences import operator_language, sentence

P = ParamSpec("P")
DEFAULT = Path("config.yaml")


def settings_of(config: Path | None) -> Settings:
    """The settings of the named file, of ./config.yaml, or the defaults.

    Raises:
        ConfigError: with a sentence for each mistake.
    """
    named = config or (Path(given) if (given := os.environ.get("HELPLINE_CONFIG")) else None)
    return load_settings(Settings, named or (DEFAULT if DEFAULT.exists() else None), operator_language())


def language_of(lang: str, settings: Settings) -> str:
    """The language that was asked for, else the operator's own where people are spoken to in it.

    Raises:
        ConfigError: nobody is spoken to in the one that was asked for.
    """
    if lang and lang not in settings.languages:
        known = ", ".join(settings.languages)
        raise ConfigError(sentence("chat.language", operator_language(), lang=lang, known=known))
    return negotiate(lang or operator_language(), settings.languages)


def start_logs(level: str) -> None:
    """Logs to standard error, through the filter that masks secrets."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    install(handler)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    hush()


def hush() -> None:
    """Libraries that would write down what people send, codes and all, or every step of their own."""
    logging.getLogger("discord").setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "apscheduler", "aiosqlite", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def say(text: str) -> None:
    """A line for the operator."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _unusable(error: OSError) -> str:
    """A file or folder that is not there, not ours or full, as one sentence; a mistake of ours has no file."""
    if error.errno == errno.ENOSPC:
        return sentence("file.full", operator_language())
    return sentence("file.unusable", operator_language(), file=error.filename, why=error.strerror)


def told(command: Callable[P, int]) -> Callable[P, int]:
    """An error of ours, or of a file, ends a command with its sentence and exit code 2; a key press ends it quietly."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return command(*args, **kwargs)
        except FlowFaults as error:
            from bots.commands.flows import show

            show(error.found, operator_language(), json_wanted=False)
            return 1
        except HelplineError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        except BrokenPipeError:  # whoever read along has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except OSError as error:
            if error.filename is None and error.errno != errno.ENOSPC:
                raise
            sys.stderr.write(_unusable(error) + "\n")
            return 2
        except KeyboardInterrupt:
            return 130

    return run
