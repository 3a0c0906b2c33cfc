"""Actions: the clever part of a flow, in Python, beside its flow.yaml.

    @action("chain.look_up", deadline=8, gives=("confirmations", "need"))
    async def look_up(call: Call, transaction_id: str) -> Outcome[Literal["confirmed", "not_found"]]:
        ...

The parameters after `call` are the slots it takes; the return type declares its outcomes, which the checker
compares with the flow's. `call.key` is the same on each repetition: an action must be safe to repeat (law 11).
"""

from __future__ import annotations

import importlib.util
import inspect
import os
import stat
import sys
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from core.conversation.model import Address
from core.errors import ConfigError
from core.sentences import told

Name = TypeVar("Name", bound=str)
NOBODY = Address("", "", "")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Name]):
    """How an action ended, and the values that texts may show as holes."""

    name: Name
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """What an action is given beside its inputs.

    `key`: the same on each repetition of this very call. `services`: what the operator configured, by name
    (for example "chain"), see `runtime/service.py`. `now`: epoch seconds. `address`: who it is done for.
    """

    key: str
    services: Mapping[str, Any]
    now: float
    address: Address = NOBODY


@dataclass(frozen=True, slots=True)
class Action:
    """A registered action. `deadline` in seconds; past it the person is handed to a human."""

    name: str
    run: Callable[..., Awaitable[Outcome[Any]]]
    inputs: tuple[str, ...]
    outcomes: frozenset[str]
    gives: frozenset[str]
    deadline: float


def action(
    name: str, *, deadline: float = 10.0, gives: tuple[str, ...] = ()
) -> Callable[[Callable[..., Awaitable[Outcome[Any]]]], Action]:
    """Register an async function as an action.

    Raises:
        ConfigError: the function does not declare its outcomes as `Outcome[Literal[...]]`.
    """

    def register(run: Callable[..., Awaitable[Outcome[Any]]]) -> Action:
        outcomes = _outcomes(run)
        if not inspect.iscoroutinefunction(run) or not outcomes:
            raise ConfigError(told("actions.shape", name=name))
        inputs = tuple(inspect.signature(run).parameters)[1:]
        return Action(name, run, inputs, outcomes, frozenset(gives), deadline)

    return register


def _outcomes(run: Callable[..., Any]) -> frozenset[str]:
    declared = typing.get_type_hints(run).get("return")
    literal = typing.get_args(declared)
    return frozenset(typing.get_args(literal[0])) if literal else frozenset()


def load_actions(folder: Path) -> dict[str, Action]:
    """Every action in `<folder>/*/actions.py`.

    Raises:
        ConfigError: others may write there (whoever can write a file here runs code as the bot), two
            actions have one name, or a file cannot be imported.
    """
    found: dict[str, Action] = {}
    for path in sorted(folder.glob("*/actions.py")):
        for place in (folder, path.parent, path):
            _refuse_writable(place)
        for value in vars(_import(path)).values():
            if isinstance(value, Action):
                if found.get(value.name, value) is not value:
                    raise ConfigError(told("actions.twice", file=path, name=value.name))
                found[value.name] = value
    return found


def _refuse_writable(place: Path) -> None:
    status = place.stat()
    if status.st_mode & stat.S_IWOTH or status.st_uid not in (0, os.getuid()):
        raise ConfigError(told("actions.writable", place=place))


def _import(path: Path) -> object:
    name = f"flows.{path.parent.name}.actions"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError(told("actions.broken", file=path, why=""))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # so that its annotations can be resolved
    try:
        spec.loader.exec_module(module)
    except ConfigError:
        raise
    except Exception as error:
        raise ConfigError(
            told("actions.broken", file=path, why=f"{type(error).__name__}: {error}")
        ) from error
    return module
