"""The same secrets on Discord, through the real discord.py: wherever a person can put one there, nothing is kept of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from bots.local.discord import DiscordStandIn
from bots.local.discord_automod import stop
from bots.local.discord_clicks import Click
from bots.local.discord_limits import UNLIMITED
from bots.local.discord_people import Channel, Modal, Permission, Person, Shown
from bots.local.discord_sessions import GUILD_MEMBERS, MESSAGE_CONTENT
from bots.local.people import Json
from tests.app.discord_driver import ANSWER, FORM
from tests.app.planted import DICTATED, HEX, PASTED, SAID, counted, found_nowhere
from tests.app.processes import PATIENT, ROOT, Nursery, Process, environment, settled_process
from tests.app.talkers import before
from tests.ports import free_port

SCAM = "专业追款团队，不成功不收费，私聊我"
EVERYWHERE = (*SAID.values(), HEX, f"0x{HEX.upper()}", f"this {HEX[:63]} here")


class Town:
    """A server that a bot in another process watches with all that it may see, and its people's direct chats."""

    def __init__(self, stand_in: DiscordStandIn, folder: Path) -> None:
        self.stand_in, self.world, self._folder = stand_in, stand_in.world, folder
        self.world.privileged = MESSAGE_CONTENT | GUILD_MEMBERS
        self.world.guild.roles[self.world.guild.bot_role] |= Permission.MANAGE_GUILD
        self.street, self.staff = self.world.support, self.world.add_channel("staff")
        self.port = free_port()

    def environment(self) -> dict[str, str]:
        """Of the bot: both privileged intents, a staff's chat, every log line."""
        staff = {"channel": "discord-main", "chat": str(self.staff.id)}
        own = {
            "OFFICIAL__FILE": str(ROOT / "official.yaml"), "LOG_LEVEL": "DEBUG", "HEALTH__PORT": str(self.port), "DESK__STAFF": json.dumps([staff]),
            "DISCORD__MEMBERS_INTENT": "true", "DISCORD__MESSAGE_CONTENT_INTENT": "true",
            "DISCORD__SUPPORT_CHANNELS": json.dumps([str(self.street.id)]),
        }  # fmt: skip
        named = {f"HELPLINE_{name}": value for name, value in own.items()}
        return environment(None, self._folder, **before(self.stand_in), **named)

    async def settled(self) -> None:
        """All that happened so far has been heard, for what was said after it is answered, and has had its effect."""
        person = self.world.add_person("小明")
        before = self.world.dm(person).version
        self.world.say(person, "/start")
        await self.world.dm(person).reply(before, PATIENT)
        await settled_process(None, self._folder / "helpline.db")

    def file(self, name: str, text: str) -> Json:
        """A small text file in the platform's own store."""
        store = self.stand_in.url.removesuffix("/api/v10")
        return self.world.attachment(name, kind="text/plain", data=text.encode(), store=store)

    def speak(self, text: str) -> Person:
        """One secret in all that can be said, in private and among others."""
        world = self.world
        person = world.add_person(text, username=text[:32])
        shown = world.say(person, text)
        world.say(person, "这是什么？", reply_to=shown)
        world.forward(person, shown)
        world.edit(shown, f"edited {text}")
        world.say(person, f"see {text}", attachments=[self.file(f"{text}.txt", text)])
        aloud = world.say(person, f"{SCAM}，{text}", self.street)
        world.mention(person, self.street, text)
        world.say(person, f"<@{world.bot['id']}> 这是真的吗？", self.street, reply_to=aloud)
        world.edit(aloud, f"{SCAM}！{text}")
        stop(world, person, self.street, f"{SCAM} {text}", text)
        for name in (text[:32], f"Helpline Support {text}"):
            world.rename(person, name)
        world.choose(person, "举报此消息为诈骗", shown)
        world.choose(person, "举报此消息为诈骗", aloud)
        world.choose(person, "核验此人", person, self.street)
        for command in ("verify", "tx"):
            world.slash(person, command, {"text": text})
            world.slash(person, command, {"text": text}, self.street)
        return person

    def inject(self, text: str, person: Person) -> None:
        """One secret in what no client sends."""
        user, odd = person.as_user(), str(self.world.ids.new())
        direct = str(self.world.dm(person).id)
        head: Json = {"id": odd, "token": "aW50", "channel_id": direct, "locale": text, "user": user}
        nick = {"guild_id": str(self.street.guild.id if self.street.guild else 0), "user": user, "nick": text}
        menu = {"component_type": 3, "custom_id": text, "values": [text]}
        events: list[tuple[str, Json]] = [
            ("MESSAGE_CREATE", {"id": odd, "channel_id": direct, "author": user, "content": [text]}),
            ("MESSAGE_CREATE", {"id": text, "channel_id": text, "author": user, "content": text}),
            ("MESSAGE_CREATE", {"id": odd, "author": {"id": text}, "embeds": [[text, {text: text}]]}),
            ("MESSAGE_UPDATE", {"id": odd, "channel_id": direct, "author": user, "edited_timestamp": text, "content": text}),
            ("INTERACTION_CREATE", head | {"type": 2, "data": {"type": 1, "name": text, "options": [text]}}),
            ("INTERACTION_CREATE", head | {"type": 3, "data": menu, "message": {"id": odd}}),
            ("INTERACTION_CREATE", head | {"type": 3, "data": menu, "message": text}),
            ("INTERACTION_CREATE", head | {"type": 5, "data": {"custom_id": text, "components": text}}),
            ("GUILD_MEMBER_ADD", nick),
            ("GUILD_MEMBER_UPDATE", nick | {"nick": f"Helpline 官方客服 {text}"}),
        ]  # fmt: skip
        for name, data in events:
            self.world.sessions.publish(name, data)

    def paste(self, text: str) -> None:
        """One secret where people paste it."""
        person = self.world.add_person("Lily", locale="en-GB")
        shown = self.world.say(person, text)
        self.world.edit(shown, f"edited {text}")
        self.world.forward(person, shown)
        self.world.say(person, "", attachments=[self.file("backup.txt", text)])
        self.world.slash(person, "verify", {"text": text})

    def dictate(self) -> None:
        """A phrase in pieces of four words, from one person."""
        person = self.world.add_person("Ann", locale="en-GB")
        for at in range(0, len(DICTATED), 4):
            self.world.say(person, " ".join(DICTATED[at : at + 4]))

    async def write(self, texts: Sequence[str]) -> None:
        """Each in the form that is opened to answer in a server, and in a field of one with several."""
        people = [self.world.add_person(f"p{number}") for number, _ in enumerate(texts)]
        for person in people:
            self.world.slash(person, "reset", channel=self.street)
        for label in ("忘记密码", "都用不了"):
            for person in people:
                await self._press(person, label)
        for label in (ANSWER, FORM[0]):
            for person, text in zip(people, texts, strict=True):
                await self._press(person, label)
                form = await self._opened(person)
                self.world.submit(person, dict.fromkeys(form.labels, text))
        for person, text in zip(people, texts, strict=True):  # and under a name that nobody signed
            source = self.world.shown(person)[-1]
            field = {"type": 4, "id": 1, "custom_id": "said", "required": True}
            rows: list[Json] = [{"type": 18, "id": 2, "label": "x", "component": field}]
            person.modal = Modal(f"fill:{text}"[:100], "x", rows, self.street, source)
            self.world.submit(person, {"x": text})
            self.world.press(person, source.id, text[:100], stale=True)

    async def _opened(self, person: Person) -> Modal:
        """The form before somebody, as soon as there is one."""
        await self.street.until(lambda _: person.modal, PATIENT)
        assert person.modal is not None
        return person.modal

    async def _press(self, person: Person, label: str) -> Click:
        """The newest button of that label, as soon as the person sees one."""

        def offered(_: Channel) -> Shown | None:
            seen = reversed(self.world.shown(person))
            return next((one for one in seen if label in one.labels), None)

        return self.world.press(person, await self.street.until(offered, PATIENT), label)


async def planted(town: Town, one: Process) -> bytes:
    """Everything in every place; what Prometheus is told after it."""
    await town.stand_in.gateway.until_listening(PATIENT)
    await town.settled()
    for text in EVERYWHERE:
        town.inject(text, town.speak(text))
    for text in PASTED.values():
        town.paste(text)
    town.dictate()
    await town.write(list(SAID.values()))
    await town.settled()
    assert one.running, one.said
    return await counted(town.port)


async def test_nothing_that_was_planted_is_found(tmp_path: Path, nursery: Nursery) -> None:
    async with DiscordStandIn(limits=UNLIMITED) as stand_in:
        stand_in.interactions.ack_window = PATIENT
        town = Town(stand_in, tmp_path)
        one = await nursery.start(town.environment(), tmp_path, "run")
        metrics = await planted(town, one)
        await one.kill()  # the log of the database stays as it is
        await stand_in.gateway.until_alone(PATIENT)
        again = await nursery.start(town.environment(), tmp_path, "run")
        await stand_in.gateway.until_listening(PATIENT)
        await town.settled()  # what was said before is read once more from the history
        await again.kill()
        answers = [click.token for click in stand_in.world.clicks.values()]
        assert any(shown.text for shown in town.staff.messages(by_bot=True)), "the staff were told of scams"
    found_nowhere(tmp_path, metrics, stand_in.token, *answers)
