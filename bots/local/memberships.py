"""How people and the bot come and go: blocking, groups, the bot's role in them, the move to a supergroup."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from bots.local.people import Chat, Json, Person

if TYPE_CHECKING:
    from bots.local.telegram_updates import UpdateQueue

_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


class Memberships:
    """The part of the world about who is where. `World` supplies the people, the chats and the clock."""

    now: Callable[[], float]
    updates: UpdateQueue
    bot: Json
    chats: dict[int, Chat]
    _groups_made: int

    @abstractmethod
    def person(self, who: Person | int | str) -> Person:
        """The person meant by `who`."""

    @abstractmethod
    def private(self, who: Person | int | str) -> Chat:
        """The private chat of a person with the bot."""

    @abstractmethod
    def _put(self, chat: Chat, sender: Json, fields: Json, *, by_bot: bool) -> Json: ...

    def block(self, who: Person | int | str) -> None:
        """Somebody blocks the bot (nothing happens when they had)."""
        person = self.person(who)
        if not person.blocked:
            person.blocked = True
            self._change(self.private(person), person, "member", "kicked")

    def unblock(self, who: Person | int | str) -> None:
        """Somebody lets the bot write again (nothing happens when it might)."""
        person = self.person(who)
        if person.blocked:
            person.blocked = False
            self._change(self.private(person), person, "kicked", "member")

    def deactivate(self, who: Person | int | str) -> None:
        """Somebody deletes their account. The platform tells the bot nothing."""
        self.person(who).deactivated = True

    def group(
        self,
        title: str,
        *members: Person | int | str,
        supergroup: bool = False,
        administrator: bool = False,
        forum: bool = False,
    ) -> Chat:
        """A new group into which its first member brings the bot.

        Raises:
            ValueError: nobody is in it.
        """
        people = [self.person(who) for who in members]
        if not people:
            raise ValueError("a group needs a person who adds the bot")
        chat = self._new_group(title, supergroup=supergroup or forum, forum=forum)
        chat.members = {person.id for person in people}
        chat.bot_status = "left"
        self.set_bot_status(chat, people[0], "administrator" if administrator else "member")
        return chat

    def set_bot_status(self, chat: Chat, by: Person | int | str, status: str) -> None:
        """`by` makes the bot a member or administrator of a group, or kicks it; "left" is the bot's own leaving."""
        before, chat.bot_status = chat.bot_status, status
        if before != status:
            self._change(chat, self.person(by), before, status)

    def join(self, who: Person | int | str, chat: Chat, *, quiet: bool = False) -> None:
        """Somebody joins a group. `quiet`: no line in the group says so, as in large ones. An administrator hears of
        it in any case."""
        person = self.person(who)
        chat.members.add(person.id)
        if not quiet:
            line = self._put(chat, person.as_user(), {"new_chat_members": [person.as_user()]}, by_bot=False)
            if chat.bot_status not in ("left", "kicked"):
                self.updates.push("message", line)
        if chat.bot_status == "administrator":
            self._change(chat, person, "left", "member", about=person.as_user())

    def migrate(self, chat: Chat, by: Person | int | str) -> Chat:
        """A group becomes a supergroup with another id: the new chat. The old one refuses from now on.

        Raises:
            ValueError: the chat is not a basic group that still lives.
        """
        if chat.kind != "group" or chat.migrated_to:
            raise ValueError("only a basic group becomes a supergroup, once")
        new = self._new_group(str(chat.head["title"]), supergroup=True)
        new.members, new.bot_status = set(chat.members), chat.bot_status
        sender = self.person(by).as_user()
        for place, field, other in ((chat, "migrate_to_chat_id", new), (new, "migrate_from_chat_id", chat)):
            self.updates.push("message", self._put(place, sender, {field: other.id}, by_bot=False))
        chat.migrated_to = new.id
        return new

    def _new_group(self, title: str, *, supergroup: bool, forum: bool = False) -> Chat:
        self._groups_made += 1
        number = self._groups_made
        chat_id = -(1_002_000_000_000 + number) if supergroup else -(4_000_000_000 + number)
        kind = "supergroup" if supergroup else "group"
        head: Json = {"id": chat_id, "type": kind, "title": title} | ({"is_forum": True} if forum else {})
        chat = Chat(chat_id, kind, head, forum=forum)
        self.chats[chat_id] = chat
        return chat

    def _change(self, chat: Chat, by: Person, before: str, after: str, about: Json | None = None) -> None:
        """The membership of the bot changes, or of the user `about`."""
        who = about or self.bot
        change = {
            "chat": chat.as_chat(),
            "from": by.as_user(),
            "date": int(self.now()),
            "old_chat_member": self._member(who, before),
            "new_chat_member": self._member(who, after),
        }
        self.updates.push("chat_member" if about else "my_chat_member", change)
        chat.touch()

    @staticmethod
    def _member(user: Json, status: str) -> Json:
        member: Json = {"status": status, "user": user}
        if status == "kicked":
            member["until_date"] = 0
        if status == "administrator":
            member |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
        return member
