"""The lessons of the course, each approved once like any broadcast: what is approved is the text as it will be sent.

A lesson stands in the table of broadcasts under a name of its own and is never sent by the sender: its plan is the
course. When its text changes, its hash does, and it waits for a second person again.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.broadcast.content import COURSE, Content, Plan, Rule, digest, dump
from core.conversation import lessons
from core.conversation.engine import Engine
from core.store.broadcasts import Broadcasts

PREFIX = "lesson_"
LONGEST = 40


def contents(engine: Engine) -> Iterator[tuple[str, Content]]:
    """(the lesson's name, what two people stand behind) of every lesson, in the order of the course."""
    course = lessons.course(engine.library)
    for lesson in course[1] if course else ():
        drawn = {language: engine.lesson(language, lesson.name) for language in engine.library.languages}
        messages = {language: message for language, message in drawn.items() if message}
        name, rule = f"{PREFIX}{lesson.name}"[:LONGEST], Rule(topic=lesson.topic)
        yield lesson.name, Content(name, "education", messages, rule, Plan(COURSE))


async def approved(room: Broadcasts, engine: Engine) -> frozenset[str]:
    """The lessons that were approved as they stand now."""
    names = set()
    for name, content in contents(engine):
        kept = await room.find(content.name)
        if kept is not None and kept.state == "approved" and kept.hash == digest(dump(content)):
            names.add(name)
    return frozenset(names)
