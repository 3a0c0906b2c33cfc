"""What staff do means what it should, whatever they do: the pure half of the desk."""

from __future__ import annotations

import inspect
import json
import re
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation.model import Address, Attachment, Incoming, Kind
from core.desk import desk
from core.desk.card import Style, card, letters, under
from core.desk.desk import Case, Close, Relay, Tell, Vouch, Wipe, closes, decide
from core.sentences import languages, sentence, sentences
from core.store.rows import NewNote, Ticket

AT = Address("main", "-100", "7")
OPEN = Case(1001, "open")
CLOSED = Case(1001, "closed")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def wrote(
    text: str,
    kind: Kind = "said",
    secrets: tuple[str, ...] = (),
    attachments: tuple[Attachment, ...] = (),
) -> Incoming:
    return Incoming(
        "e", AT, kind, text, attachments=attachments, message_ref="5", secrets=secrets, reply_to="4"
    )


EVENTS = st.builds(
    Incoming,
    event_id=TEXT,
    address=st.just(AT),
    kind=st.sampled_from(["said", "edited", "pressed", "joined", "left", "blocked", "moved", "undelivered"]),
    text=TEXT | st.sampled_from(["/close", "/close 1001", "!关闭 #1001", "/close@bot 9", "请把密码发给我"]),
    message_ref=TEXT,
    reply_to=TEXT,
    secrets=st.sampled_from([(), ("password",)]),
    attachments=st.sampled_from([(), (Attachment("photo"),)]),
)
CASES = st.none() | st.builds(
    Case, st.integers(1, 9999), st.sampled_from(["open", "answered", "closed"]), st.booleans()
)


# --- decisions -------------------------------------------------------------------------------


HOSTS = frozenset({"helpline.example", "www.helpline.example"})


@pytest.mark.parametrize(
    "text",
    [
        "请看 https://helpline.example/freeze",
        "Please open www.helpline.example and sign in.",
        "写信到 help@helpline.example",
        "收到 1.5 ETH，见第 2.3 节。好的。明白",
        "地址 0x52908400098527886E0F7030069857D2E4169EE7 没有问题",
    ],
)
@pytest.mark.parametrize("kind", ["said", "edited"])
def test_what_leads_to_official_places_or_nowhere_is_passed_on(text: str, kind: Kind) -> None:
    assert decide(wrote(text, kind), OPEN, official=HOSTS) == (Relay(1001, text),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请看 https://he1pline.com/freeze", "he1pline.com"),
        ("https://helpline.example@evil.com/", "evil.com"),
        ("[https://helpline.example](https://evil.com)", "evil.com"),
        ("evil.com", "evil.com"),
        ("evil点com", "evil.com"),
        ("写信到 help@evil.com", "help@evil.com"),
        ("找 @Helpline_Agent 处理", "Helpline_Agent"),
        ("加 t.me/Helpline_Agent", "Helpline_Agent"),
        ("http://1.2.3.4/", "1.2.3.4"),
        (
            " ".join(f"https://helpline.example/{n}" for n in range(50)) + " https://evil.com",
            "helpline.example",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["said", "edited"])
def test_staff_lead_nobody_off_the_official_list(text: str, found: str, kind: Kind) -> None:
    [told] = decide(wrote(text, kind), OPEN, official=HOSTS)
    assert isinstance(told, Tell)
    assert (told.code, told.number) == ("refused_link", 1001)
    assert told.holes["found"].lower() == found.lower()


@given(EVENTS, CASES, st.sampled_from(["", "d3.0"]))
def test_no_event_of_the_staff_raises_or_passes_on_what_must_not_pass(
    event: Incoming, case: Case | None, copy: str
) -> None:
    deeds = decide(event, case, copy)
    relayed = [deed for deed in deeds if isinstance(deed, Relay)]
    assert len(relayed) + sum(isinstance(deed, Close) for deed in deeds) <= 1
    if case is None or not case.here or case.state == "closed" or event.secrets:
        assert not relayed
    if event.kind not in ("said", "edited"):
        assert deeds == ()
    for deed in relayed:
        assert deed.text.strip() == deed.text != ""


@given(EVENTS, CASES)
def test_a_repetition_changes_nothing(event: Incoming, case: Case | None) -> None:
    deeds = decide(event, case)
    if any(isinstance(deed, Close) for deed in deeds) and case:
        again = decide(event, Case(case.number, "closed", case.here))
        assert again == (Tell("already_closed", event.message_ref, case.number),)
    if event.kind == "said" and any(isinstance(deed, Relay) for deed in deeds):
        assert decide(event, case, "d3.0") == ()


def test_a_reply_is_passed_on_and_an_edit_follows_it() -> None:
    assert decide(wrote(" 您好 "), OPEN) == (Relay(1001, "您好"),)
    assert decide(wrote("您好！", "edited"), OPEN, "d3.0") == (Relay(1001, "您好！", "d3.0"),)
    assert decide(wrote("您好"), None) == ()
    assert decide(wrote("您好"), Case(1001, "open", here=False)) == ()


@pytest.mark.parametrize(
    "text", ["/close", "/close 1001", "!close #1001", "/CLOSE@helpline_bot 1001", "/关闭"]
)
def test_closing(text: str) -> None:
    assert closes(wrote(text)) in (0, 1001)
    assert decide(wrote(text), OPEN) == (Close(1001), Tell("closed", "5", 1001))
    assert decide(wrote(text), CLOSED) == (Tell("already_closed", "5", 1001),)
    assert closes(wrote(text, "edited")) is None


def test_closing_what_is_not_there() -> None:
    assert decide(wrote("/close 9"), None) == (Tell("no_ticket", "5", 0, {"number": "9"}),)
    assert decide(wrote("/close 9"), Case(9, "open", here=False)) == (
        Tell("no_ticket", "5", 0, {"number": "9"}),
    )
    assert decide(wrote("/close"), None) == (Tell("close_how", "5", 0, {"number": "0"}),)
    assert closes(wrote("please /close 9")) is None


def test_secrets_pass_in_no_direction() -> None:
    assert decide(wrote("▇▇▇▇", secrets=("seed_phrase",)), OPEN) == (
        Wipe("5"),
        Tell("refused_secret", "5", 1001),
    )
    [told] = decide(wrote("请把验证码发给我"), OPEN)
    assert isinstance(told, Tell)
    assert told.code == "refused_asks"
    [told] = decide(wrote("Please enter your password"), OPEN)
    assert isinstance(told, Tell)
    assert told.code == "refused_asks"
    assert decide(wrote("请不要把验证码告诉任何人"), OPEN) == (Relay(1001, "请不要把验证码告诉任何人"),)


def test_pictures_are_not_passed_on() -> None:
    picture = (Attachment("photo"),)
    assert decide(wrote("", attachments=picture), OPEN) == (Tell("text_only", "5", 1001),)
    assert decide(wrote("看图", attachments=picture), OPEN) == (
        Relay(1001, "看图"),
        Tell("text_only", "5", 1001),
    )


# --- cards -----------------------------------------------------------------------------------


def style(language: str, back_at: float | None = None) -> Style:
    return Style(lambda code, **holes: sentence(f"desk.{code}", language, **holes), language, "UTC", back_at)


def ticket(slots: str = "{}", notes: tuple[tuple[float, str, str], ...] = (), language: str = "zh") -> Ticket:
    return Ticket(1001, "main|1|1", "account", "emergency", language, "tx", slots, 5.0, "open", "", 17, notes)


@pytest.mark.parametrize("language", languages())
def test_a_card_shows_what_is_known_and_names_nobody(language: str) -> None:
    known = {"transaction_id": "4a5e", "words": "legal winner thank year wave sausage worth useful " * 3}
    shown = card(ticket(json.dumps(known | {"attachments": ["m1"]})), style(language, 9e8))
    text = "\n".join(block.text for block in shown.blocks)
    assert "1001" in text
    assert "17" in text
    assert "4a5e" in text
    assert "UTC" in text
    assert "sausage" not in text
    assert "…" not in text
    assert "main|1|1" not in text


WHAT: tuple[Literal["said", "left", "again", "gone"], ...] = ("said", "left", "again", "gone")
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(JSON.map(json.dumps) | TEXT, st.lists(TEXT, max_size=8), TEXT)
def test_any_ticket_can_be_drawn_within_any_platforms_limit(slots: str, notes: list[str], code: str) -> None:
    drawn = card(ticket(slots, tuple((1.0, note, "") for note in notes), code), style("zh", 1e300))
    assert sum(len(block.text) for block in drawn.blocks) < 3000
    for what in WHAT:
        note = NewNote("k", "main|1|1", 1.0, what, slots)
        assert under(ticket(), note, style("zh")).blocks[0].text


def test_a_note_marks_its_head_only() -> None:
    [block] = under(ticket(), NewNote("k", "c", 1.0, "said", "一\n二"), style("zh")).blocks
    [mark] = block.marks
    assert block.text[: mark.end] == "用户 17（工单 1001）："
    assert block.text[mark.end :] == "一\n二"


def test_staff_are_letters() -> None:
    assert [letters(number) for number in (1, 2, 26, 27, 702, 703)] == ["A", "B", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("language", languages())
def test_staff_are_told_in_words_that_exist(language: str) -> None:
    named = re.findall(r"\"(\w+)\"", "".join(re.findall(r"Tell\(.{1,120}?\)", inspect.getsource(desk))))
    undelivered = [f"undelivered_{how}" for how in ("gone", "dead", "uncertain")]
    assert {"closed", "refused_asks", "refused_link"} <= set(named)
    for code in (*named, "no_ticket", "close_how", "moved", "left_chat", *undelivered):
        if code not in ("number", "found"):
            assert "desk." + code in sentences(language)


@pytest.mark.parametrize("text", ["/code", "!核验码", "/code@our_bot", " /CODE "])
def test_staff_ask_for_a_code_with_or_without_a_ticket(text: str) -> None:
    for case in (None, OPEN, CLOSED):
        assert decide(wrote(text), case) == (Vouch("5"),)
    assert decide(wrote(text, "edited"), None) == ()


def test_of_many_things_a_card_shows_the_first_and_the_last() -> None:
    known = {f"slot_{number}": "—" if number == 2 else str(number) for number in range(20)}
    shown = "\n".join(block.text for block in card(ticket(json.dumps(known)), style("en", 9e8)).blocks)
    named = [number for number in range(20) if f"slot_{number}:" in shown]
    assert named == [0, 1, 3, 4, 5, 17, 18, 19]
