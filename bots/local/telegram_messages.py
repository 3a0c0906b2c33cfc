"""The Bot API methods that people see: sends, edits, deletions, callback answers, files.

Each method checks the request first, then the chat, then the pace, and only then changes the world.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bots.local import attachments
from bots.local.attachments import LARGEST_DOWNLOAD, LARGEST_PHOTO, LARGEST_UPLOAD, StoredFile
from bots.local.people import Chat, Json, Notice, Shown
from bots.local.telegram_checks import checked_caption, checked_entities, checked_markup, checked_text
from bots.local.telegram_files import taken
from bots.local.telegram_limits import Flood
from bots.local.telegram_wire import ApiError, Params, bad_request, too_many
from bots.local.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_CAPTION = ("caption", "caption_entities")
DELETE_WINDOW = 48 * 3600
CALLBACK_TEXT = 200
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


class Messages:
    """The methods about messages, over one world. `callback_window` is in seconds (the real one is unverified)."""

    def __init__(self, world: World, flood: Flood, callback_window: float) -> None:
        self.world = world
        self.flood = flood
        self.callback_window = callback_window
        self.methods: dict[str, Callable[[Params], Any]] = {
            "sendmessage": self.send_message,
            "senddocument": self.send_document,
            "sendphoto": self.send_photo,
            "sendchataction": self.send_chat_action,
            "editmessagetext": self.edit_text,
            "editmessagecaption": self.edit_caption,
            "editmessagemedia": self.edit_media,
            "editmessagereplymarkup": self.edit_markup,
            "deletemessage": self.delete_message,
            "answercallbackquery": self.answer_callback,
            "getfile": self.get_file,
        }

    def send_message(self, params: Params) -> Json:
        """SendMessage."""
        text = checked_text(params)
        fields: Json = {"text": text}
        if entities := checked_entities(params, text):
            fields["entities"] = entities
        return self._post(params, fields)

    def send_document(self, params: Params) -> Json:
        """SendDocument."""
        return self._send_file(params, "document", LARGEST_UPLOAD, attachments.document)

    def send_photo(self, params: Params) -> Json:
        """SendPhoto."""
        return self._send_file(params, "photo", LARGEST_PHOTO, attachments.photo)

    def send_chat_action(self, params: Params) -> bool:
        """SendChatAction."""
        action = params.text("action")
        if action not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        self.open_chat(params).actions.append(action)
        return True

    def edit_text(self, params: Params) -> Json:
        """EditMessageText."""
        text = checked_text(params)
        entities = checked_entities(params, text)
        chat, shown = self._own_message(params)
        if "text" not in shown.message:
            raise bad_request("there is no text in the message to edit")
        fields: Json = {"text": text} | ({"entities": entities} if entities else {})
        return self._replace(params, chat, shown, fields, ("text", "entities"))

    def edit_caption(self, params: Params) -> Json:
        """EditMessageCaption."""
        caption = checked_caption(params)
        entities = checked_entities(params, caption, "caption_entities")
        chat, shown = self._own_message(params)
        if "text" in shown.message:
            raise bad_request("there is no caption in the message to edit")
        fields: Json = {"caption": caption} if caption else {}
        fields |= {"caption_entities": entities} if entities else {}
        return self._replace(params, chat, shown, fields, _CAPTION)

    def edit_media(self, params: Params) -> Json:
        """EditMessageMedia, of photos: in place of another one, or of a text."""
        media = params.data("media")
        if not isinstance(media, dict) or media.get("type") != "photo":
            raise bad_request("can't parse InputMedia")  # wording unverified
        chat, shown = self._own_message(params)
        inner = Params(media | {"photo": media.get("media")}, params.files)
        fields = self._captioned(inner, "photo", LARGEST_PHOTO, attachments.photo)
        return self._replace(params, chat, shown, fields, ("text", "entities", "photo", *_CAPTION))

    def edit_markup(self, params: Params) -> Json:
        """EditMessageReplyMarkup."""
        chat, shown = self._own_message(params)
        return self._replace(params, chat, shown, {}, ())

    def delete_message(self, params: Params) -> bool:
        """DeleteMessage: in private anything younger than 48 hours, in a group its own or, as administrator, all."""
        chat = self.open_chat(params)
        try:
            shown = self.world.shown(chat, self._message_id(params))
        except LookupError:
            raise bad_request("message to delete not found") from None
        may = not chat.is_group or shown.by_bot or chat.bot_status == "administrator"
        if not may or self.world.now() - shown.message["date"] > DELETE_WINDOW:
            raise bad_request("message can't be deleted")
        chat.remove(shown)
        return True

    def answer_callback(self, params: Params) -> bool:
        """AnswerCallbackQuery: once, and not too late."""
        text = params.text("text")
        if len(text) > CALLBACK_TEXT:
            raise bad_request("MESSAGE_TOO_LONG")  # wording unverified
        press = self.world.presses.get(params.text("callback_query_id"))
        if press is None or press.answered or self.world.now() - press.at > self.callback_window:
            raise bad_request(QUERY_TOO_OLD)
        press.answered = True
        chat = press.chat
        chat.notices.append(Notice(press.id, text, params.boolean("show_alert"), chat.touch()))
        return True

    def get_file(self, params: Params) -> Json:
        """GetFile: the path to download from."""
        file_id = params.text("file_id")
        stored = self.world.files.get(file_id)
        if stored is None:
            raise bad_request("invalid file_id" if file_id else "file_id not specified")
        if stored.size > LARGEST_DOWNLOAD:
            raise bad_request("file is too big")
        return stored.head() | {"file_path": stored.path}

    def open_chat(self, params: Params) -> Chat:
        """The chat of a request, which the bot may write to.

        Raises:
            ApiError: 400 or 403, why it may not.
        """
        text = params.text("chat_id")
        if not text:
            raise bad_request("chat_id is empty")
        try:
            number = int(text)
        except ValueError:
            raise bad_request("chat not found") from None
        chat = self.world.chats.get(number)
        if chat is None:
            if number in self.world.people:
                raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")  # unverified
            raise bad_request("chat not found")
        self._refuse_closed(chat)
        return chat

    @staticmethod
    def _refuse_closed(chat: Chat) -> None:
        person = chat.person
        if person is not None:
            if person.deactivated:
                raise ApiError(403, "Forbidden: user is deactivated")
            if person.blocked:
                raise ApiError(403, "Forbidden: bot was blocked by the user")
            if not person.started:
                raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")  # unverified
            return
        if chat.migrated_to:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, text, {"migrate_to_chat_id": chat.migrated_to})
        if chat.gone:
            raise ApiError(403, "Forbidden: the group chat was deleted")
        if chat.bot_status in ("kicked", "left"):
            what = "was kicked from" if chat.bot_status == "kicked" else "is not a member of"
            raise ApiError(403, f"Forbidden: bot {what} the {chat.kind} chat")

    def _post(self, params: Params, fields: Json) -> Json:
        markup = checked_markup(params)
        chat = self.open_chat(params)
        if params.integer("message_thread_id") and not chat.forum:
            raise bad_request("message thread not found")
        fields |= self._reply(params, chat)
        if markup:
            fields["reply_markup"] = markup
        if params.boolean("protect_content"):
            fields["has_protected_content"] = True
        self._pace(chat)
        return self.world.post(chat, fields)

    def _reply(self, params: Params, chat: Chat) -> Json:
        wanted = params.data("reply_parameters")
        if not wanted:
            return {}
        if not isinstance(wanted, dict) or not isinstance(wanted.get("message_id"), int):
            raise bad_request("can't parse reply parameters JSON object")  # wording unverified
        try:
            replied = self.world.shown(chat, wanted["message_id"])
        except LookupError:
            if wanted.get("allow_sending_without_reply"):
                return {}
            raise bad_request("message to be replied not found") from None
        # The API shows one level of replies only.
        return {"reply_to_message": {k: v for k, v in replied.message.items() if k != "reply_to_message"}}

    def _pace(self, chat: Chat) -> None:
        if wait := self.flood.admit(chat.id, chat.is_group, self.world.now()):
            raise too_many(wait)

    def _send_file(self, params: Params, kind: str, limit: int, draw: Callable[[StoredFile], Json]) -> Json:
        return self._post(params, self._captioned(params, kind, limit, draw))

    def _captioned(self, params: Params, kind: str, limit: int, draw: Callable[[StoredFile], Json]) -> Json:
        caption = checked_caption(params)
        entities = checked_entities(params, caption, "caption_entities")
        fields = draw(taken(self.world.files, params, kind, limit))
        return (
            fields
            | ({"caption": caption} if caption else {})
            | ({"caption_entities": entities} if entities else {})
        )

    @staticmethod
    def _message_id(params: Params) -> int:
        number = params.integer("message_id")
        if number <= 0:
            raise bad_request("message identifier is not specified")
        return number

    def _own_message(self, params: Params) -> tuple[Chat, Shown]:
        number = self._message_id(params)
        chat = self.open_chat(params)
        try:
            shown = self.world.shown(chat, number)
        except LookupError:
            raise bad_request("message to edit not found") from None
        if not shown.by_bot:
            raise bad_request("message can't be edited")
        return chat, shown

    def _replace(
        self, params: Params, chat: Chat, shown: Shown, fields: Json, parts: tuple[str, ...]
    ) -> Json:
        markup = checked_markup(params, inline_only=True)
        if markup:
            fields["reply_markup"] = markup
        parts = (*parts, "reply_markup")
        if all(shown.message.get(part) == fields.get(part) for part in parts):
            raise bad_request(NOT_MODIFIED)
        return self.world.replace(chat, shown, fields, parts)
