"""A tour: a small script that is played on the page of a running demo, through the same phones that a person uses.

# 说明 · a remark                      A> 忘记密码        somebody writes on phone A (or B)
staff> 您好                            the staff answer the newest card
A press 没有交易哈希                    the newest button with this label
A< 交易哈希                             wait until the bot has said this since A's last act (else the tour fails)
staff< 工单                             the same in the staff's group
sample confirming A                    a sample hash or link of the page
fault 429 | outage                     what the page's buttons do; also: twice A, block A, node down
kill                                   kill -9 of the bot; the tour goes on when it is back
language en · theme dark               how pictures are taken from here on
wait 2 · shot NAME                     seconds; a picture, where there is a browser
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bots.local.page.lab import HASHES, LINKS
from bots.local.page.phone import Bubble, Phone, PhoneError
from bots.local.page.server import Page

PATIENCE = 180.0
"""Seconds after which what is waited for does not come any more."""
TYPING = 0.07
"""Seconds a character."""
READING = 1.2
_PHONE = r"(?P<phone>A|B|staff)"
_ACT = re.compile(rf"{_PHONE} ?(?P<verb>>|<|press) ?(?P<rest>.+)")
_DO = re.compile(r"(?P<verb>[a-z]+)(?: +(?P<rest>.+))?")


class TourError(Exception):
    """A line that cannot be read or did not come true: its number, and the code of an operator's sentence."""

    def __init__(self, line: int, code: str, what: str) -> None:
        super().__init__(f"{line}: {code} {what}")
        self.line = line
        self.code = code
        self.what = what


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a tour."""

    line: int
    verb: str
    phone: str = ""
    rest: str = ""


class Camera(Protocol):
    """Takes the pictures."""

    async def look(self, **how: str) -> None:
        """Use this language or theme from now on."""

    async def shoot(self, name: str) -> None:
        """Take one."""


def read(text: str) -> list[Step]:
    """The steps of a script.

    Raises:
        TourError: a line is none.
    """
    return [
        _step(number, line.strip())
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _step(number: int, line: str) -> Step:
    if act := _ACT.fullmatch(line):
        return Step(number, act["verb"], act["phone"].lower(), act["rest"])
    known = Tour.VERBS
    if (do := _DO.fullmatch(line)) and do["verb"] in known:
        return Step(number, do["verb"], "", do["rest"] or "")
    raise TourError(number, "tour.unknown", line)


class Tour:
    """Plays steps. `told` hears each line before it is done; `fast` leaves out the time that a person takes."""

    VERBS = ("sample", "fault", "twice", "block", "node", "kill", "language", "theme", "wait", "shot")

    def __init__(self, page: Page, camera: Camera, *, fast: bool, told: Callable[[Step], None]) -> None:
        self._page = page
        self._camera = camera
        self._fast = fast
        self._told = told
        self._since = dict.fromkeys(page.phones, 0)
        self._verbs: dict[str, Callable[[Step], Awaitable[None]]] = {
            ">": self._say,
            "<": self._hear,
            "press": self._press,
            "kill": self._kill,
            "wait": lambda step: self._take(float(step.rest)),
            "shot": lambda step: self._camera.shoot(step.rest),
            "language": lambda step: self._look(language=step.rest),
            "theme": lambda step: self._look(theme=step.rest),
        }

    async def play(self, steps: Sequence[Step]) -> None:
        """All of them, in order.

        Raises:
            TourError: one did not come true.
        """
        for step in steps:
            self._told(step)
            try:
                await self._verbs.get(step.verb, self._trouble)(step)
            except (PhoneError, LookupError, ValueError) as error:
                raise TourError(step.line, "tour.refused", str(error)) from None
            except TimeoutError:
                raise TourError(step.line, "tour.waited", step.rest) from None

    async def _say(self, step: Step) -> None:
        await self._take(len(step.rest) * TYPING)
        phone = self._at(step.phone)
        card = next((one.id for one in reversed(phone.bubbles()) if not one.mine), 0)
        phone.say(step.rest, card if step.phone == "staff" else 0)

    async def _hear(self, step: Step) -> None:
        since, phone = self._since[step.phone], self._page.phones[step.phone]
        await self._until(phone, lambda: any(_says(one, step.rest) for one in phone.bubbles(since)))
        await self._take(READING)

    async def _press(self, step: Step) -> None:
        phone = self._page.phones[step.phone]
        await self._until(phone, lambda: bool(_buttons(phone, step.rest)))
        await self._take(READING)
        newest = _buttons(phone, step.rest)[-1]
        self._at(step.phone).press(*newest)

    async def _kill(self, step: Step) -> None:
        bot = self._page.demo.bot
        bot.ready.clear()
        self._page.lab.kill()
        async with asyncio.timeout(PATIENCE):
            await bot.ready.wait()

    async def _trouble(self, step: Step) -> None:
        what, _, phone = step.rest.rpartition(" ")
        key = phone.lower() if phone.lower() in self._page.phones else "a"
        match step.verb, step.rest:
            case "fault", "429":
                self._page.lab.slow_down()
            case "fault", "outage":
                self._page.lab.outage()
            case "twice", _:
                self._at(key).press_twice()
            case "block", _:
                self._at(key).block(not self._page.phones[key].blocked)
            case "node", state:
                self._page.lab.set_node(state)
            case "sample", _:
                self._at(key).say({**HASHES, **LINKS}[what or step.rest])
            case _:
                raise LookupError(step.rest)

    def _at(self, key: str) -> Phone:
        """A phone that is about to be used: what the bot says from here on is its answer."""
        phone = self._page.phones[key]
        self._since[key] = phone.version
        if key != "staff":
            self._page.latest = key
        return phone

    async def _look(self, **how: str) -> None:
        await self._camera.look(**how)

    async def _until(self, phone: Phone, wanted: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not wanted():
                await phone.changed(phone.version, PATIENCE)

    async def _take(self, seconds: float) -> None:
        if not self._fast:
            await asyncio.sleep(seconds)


def _says(bubble: Bubble, part: str) -> bool:
    return not bubble.mine and not bubble.deleted and part in "".join(piece.text for piece in bubble.pieces)


def _buttons(phone: Phone, label: str) -> list[tuple[int, str]]:
    return [
        (bubble.id, button.press)
        for bubble in phone.bubbles()
        for row in bubble.rows
        for button in row
        if button.label == label and button.press and not bubble.deleted
    ]
