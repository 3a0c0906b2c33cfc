"""Nothing secret reaches a log: real records, real tracebacks, a real library at DEBUG."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from core.safety.guard import MASK
from core.safety.logs import WITHHELD, Redaction, install, safe

SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
HAN = "片 条 嗯 唐 口 弯 绳 妻 亩 肌 耳 幕"
TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz01234"
HANDLE = "aW50ZXJhY3Rpb246" + "Zx9-_kQ1" * 20
WIF = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn"
HEX = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
SECRETS = [SEED, HAN, TOKEN, HANDLE, WIF, HEX]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = install(logging.StreamHandler(stream))
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize("secret", SECRETS)
def test_message_arguments_and_extra_are_masked(written: io.StringIO, secret: str) -> None:
    log = logging.getLogger("a.library")
    log.info(secret)
    log.info("got %s from %r", secret, {"text": secret})
    log.debug(f"in one piece {secret!r}")
    log.info("with extra", extra={"update": {"text": secret}})
    assert secret not in written.getvalue()
    assert not {word for word in secret.split() if len(word) > 5} & set(written.getvalue().split())
    assert MASK in written.getvalue()


@pytest.mark.parametrize("secret", SECRETS)
def test_exceptions_and_their_causes_are_masked(written: io.StringIO, secret: str) -> None:
    log = logging.getLogger("a.library")
    try:
        try:
            int(secret)
        except ValueError as error:
            raise RuntimeError(f"cannot handle {secret}") from error
    except RuntimeError:
        log.exception("failed for %s", secret, stack_info=True)
    text = written.getvalue()
    assert "RuntimeError" in text
    assert "Traceback" in text
    assert secret not in text


def test_a_token_in_a_url_and_a_reply_handle_are_masked(written: io.StringIO) -> None:
    log = logging.getLogger("http.client")
    log.debug("POST https://api.example.org/bot%s/getUpdates", TOKEN)
    log.debug("POST https://example.org/interactions/1234/%s/callback", HANDLE)
    log.debug("Incoming(event_id='7', reply_handle='short-handle-1', text='hello')")
    log.debug("headers: {'Authorization': 'Bot abcdefgh.ijk.lmnop'}")
    text = written.getvalue()
    for secret in (TOKEN, HANDLE, "short-handle-1", "abcdefgh.ijk"):
        assert secret not in text
    assert "getUpdates" in text
    assert "text='hello'" in text


def test_json_that_was_written_as_ascii_is_masked() -> None:
    escaped = HAN.encode("unicode_escape").decode("ascii")
    assert escaped not in safe(f'{{"text": "{escaped}"}}')
    assert "\\u7247" not in safe(f'{{"text": "{escaped}"}}')


def test_a_record_that_cannot_be_formatted_is_withheld(
    written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("broken").info("%d %d", SEED)
    assert WITHHELD in written.getvalue()
    assert "sausage" not in written.getvalue() + capsys.readouterr().err


def test_ordinary_lines_stay_readable_and_install_is_safe_to_repeat() -> None:
    line = "turn committed: inbox 42, 3 effects, revision 7, 1.2 ms, flow transaction_status"
    assert safe(line) == line
    handler = install(install(logging.StreamHandler(io.StringIO())))
    assert sum(isinstance(one, Redaction) for one in handler.filters) == 1
