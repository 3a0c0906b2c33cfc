"""The Bot API methods about the bot itself: who it is, its commands, names and descriptions, its menu button."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from bots.local.telegram_wire import Json, Params, bad_request
from bots.local.world import World

MOST_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_TEXTS = {"name": 64, "description": 512, "short_description": 120}


class Profile:
    """What the bot says about itself. Every text exists once per language code, "" being everybody else's."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[str, dict[str, str]] = {name: {} for name in _TEXTS}
        self.menu_buttons: dict[int, Json] = {}
        self.methods: dict[str, Callable[[Params], Any]] = {
            "getme": self.get_me,
            "setmycommands": self.set_commands,
            "getmycommands": self.get_commands,
            "deletemycommands": self.delete_commands,
            "setchatmenubutton": self.set_menu_button,
            "getchatmenubutton": self.get_menu_button,
        }
        for name in _TEXTS:
            method = "my" + name.replace("_", "")
            self.methods["set" + method] = self._setter(name)
            self.methods["get" + method] = self._getter(name)

    def get_me(self, _params: Params) -> Json:
        """GetMe."""
        abilities = {
            "can_join_groups": True,
            "can_read_all_group_messages": self.world.reads_groups,
            "supports_inline_queries": False,
        }
        return self.world.bot | abilities

    def set_commands(self, params: Params) -> bool:
        """SetMyCommands."""
        given = params.data("commands")
        if not isinstance(given, list):
            raise bad_request("can't parse commands: expected an Array")  # wording unverified
        if len(given) > MOST_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")  # wording unverified
        key = self._scope(params), self._language(params)
        self.commands[key] = [self._command(one) for one in given]
        return True

    def get_commands(self, params: Params) -> list[Json]:
        """GetMyCommands: those of exactly this scope and language."""
        return self.commands.get((self._scope(params), self._language(params)), [])

    def delete_commands(self, params: Params) -> bool:
        """DeleteMyCommands."""
        self.commands.pop((self._scope(params), self._language(params)), None)
        return True

    def set_menu_button(self, params: Params) -> bool:
        """SetChatMenuButton."""
        button = params.data("menu_button") or {"type": "default"}
        if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
            raise bad_request("can't parse menu button: unsupported type")  # wording unverified
        self.menu_buttons[params.integer("chat_id")] = button
        return True

    def get_menu_button(self, params: Params) -> Json:
        """GetChatMenuButton."""
        usual = self.menu_buttons.get(0, {"type": "commands"})
        return self.menu_buttons.get(params.integer("chat_id"), usual)

    def _setter(self, name: str) -> Callable[[Params], bool]:
        def set_text(params: Params) -> bool:
            language, text = self._language(params), params.text(name)
            if len(text) > _TEXTS[name]:
                raise bad_request(f"bot {name.replace('_', ' ')} is too long")  # wording unverified
            if text:
                self.texts[name][language] = text
            else:
                self.texts[name].pop(language, None)
            return True

        return set_text

    def _getter(self, name: str) -> Callable[[Params], Json]:
        def get_text(params: Params) -> Json:
            known = self.texts[name]
            usual = known.get("", str(self.world.bot["first_name"]) if name == "name" else "")
            return {name: known.get(self._language(params), usual)}

        return get_text

    @staticmethod
    def _language(params: Params) -> str:
        code = params.text("language_code")
        if code and not re.fullmatch("[a-z]{2}", code):
            raise bad_request("invalid language code specified")  # wording unverified
        return code

    @staticmethod
    def _scope(params: Params) -> str:
        scope = params.data("scope") or {"type": "default"}
        needed = _SCOPES.get(str(scope.get("type"))) if isinstance(scope, dict) else None
        if needed is None or any(name not in scope for name in needed):
            raise bad_request("can't parse BotCommandScope: Unsupported type specified")
        return json.dumps(scope, sort_keys=True)

    @staticmethod
    def _command(one: Any) -> Json:
        if not isinstance(one, dict) or not _COMMAND.fullmatch(str(one.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")  # wording unverified
        return {"command": str(one["command"]).removeprefix("/"), "description": one["description"]}
