"""The Telegram face. Importing it first silences what its libraries would log: addresses that hold the token."""

import logging
import os

os.environ.setdefault("PTB_TIMEDELTA", "1")
for _library in ("telegram", "httpx", "httpcore"):
    # Below WARNING these write the whole URL (with the token) and the text of every message.
    logging.getLogger(_library).setLevel(logging.WARNING)
