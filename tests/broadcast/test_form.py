"""The file of a broadcast: every fault at once, and nothing that a scammer would want to get through."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from bots.commands.broadcast import beside
from core.broadcast.content import Post, digest, dump, load, picture_in
from core.broadcast.form import Form, House, read_form
from core.broadcast.lint import lint
from core.broadcast.papers import CARD, FINGERPRINT, fingerprint, new_code
from core.channel import Abilities
from core.conversation.model import Address, Choice, Rich
from core.conversation.picture import MOST_BYTES, Picture, measured
from core.conversation.route import Routes
from core.sentences import languages, message
from tests.pictures import png, qr

HOLES = {language: {"official_site": "https://helpline.example"} for language in ("zh", "en")}
HOUSE = House(
    ("zh", "en"),
    ("face",),
    ("scams",),
    HOLES,
    lambda language, code: (Rich(code), Choice("@unsubscribe", language)),
    (Post("face", "55", "zh"), Post("face", "56", "ja")),
    {"face": ("77",)},
)
HOSTS = frozenset({"helpline.example"})
GOOD = """\
broadcast: upgrade
class: security
reason: keys leaked
audience: {platform: [face], language: [zh, en], topic: scams, seen_days: 30, open_cases: true, attribute: tier=vip}
when: "2027-01-15 10:00"
zone: Asia/Shanghai
hours: 12
texts:
  zh: "**升级** 见 {official_site}"
  en: "**Upgrade**, see [our page](https://helpline.example/a)"
buttons:
  - {url: "https://helpline.example/b", zh: 看详情, en: Details}
"""


CAN = Abilities(text_limit=60)
PICTURE = GOOD + "picture: {file: a.png, zh: 时间表, en: Timetable}\n"
FILES = {
    "a.png": qr("a"),
    "b.png": qr("b"),
    "c.png": b"GIF89a",
    "d.png": png(2001, 100),
    "e.png": bytes(MOST_BYTES + 1),
}


def fetch(path: str) -> bytes:
    if path not in FILES:
        raise FileNotFoundError(path)
    return FILES[path]


def look(source: str, can: Abilities = CAN) -> Form:
    form = read_form("f.yaml", source, "CODE", HOUSE, fetch)
    return replace(form, faults=lint(form, HOSTS, {"face": can}))


def codes(source: str, can: Abilities = CAN) -> list[str]:
    faults = look(source, can).faults
    for fault in faults:  # each has its sentence, with every hole filled
        assert all("…" not in message(fault, language) for language in languages())
    return [f"{fault.code}.{fault.variant}".rstrip(".") for fault in faults]


def test_a_whole_form_becomes_a_content_that_is_written_in_one_way() -> None:
    form = look(GOOD)
    assert not form.faults
    assert form.content
    text = dump(form.content)
    assert load(text) == form.content
    assert dump(load(text)) == text
    assert form.content.messages["zh"].blocks[0].text == "升级 见 https://helpline.example"
    assert [choice.name for choice in form.content.messages["en"].choices] == ["link0", "@unsubscribe"]
    assert form.content.rule.attribute == ("tier", "vip")
    assert form.content.loud


@pytest.mark.parametrize(
    "edit",
    [
        ("升级", "升圾"),
        ("Details", "Detail"),
        ("/b", "/c"),
        ("zh, en]", "zh]"),
        ("10:00", "10:01"),
        ("keys leaked", "keys"),
        ("scams, ", "scams, everybody: true, "),
    ],
)
def test_whatever_is_edited_changes_the_hash(edit: tuple[str, str]) -> None:
    before, after = look(GOOD).content, look(GOOD.replace(*edit, 1)).content
    assert before
    assert after
    assert digest(dump(before)) != digest(dump(after))


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (("upgrade", "Up grade"), ["NAME"]),
        (("security", "urgent"), ["UNKNOWN.value"]),
        (("{platform: [face], language: [zh, en], topic: scams, seen_days: 30, open_cases: true, attribute: tier=vip}", "{}"), ["AUDIENCE"]),
        (("platform: [face]", "platform: [other]"), ["UNKNOWN.value"]),
        (("tier=vip", "tier"), ["AUDIENCE"]),
        (("seen_days: 30", "seen_days: ever"), ["NUMBER"]),
        (("open_cases: true", "open_cases: ture"), ["UNKNOWN.value"]),
        (("topic: scams", "topic: []"), ["SHAPE.text"]),
        (("topic: scams", "topic: [scams, scams]"), ["SHAPE.text"]),
        (("topic: scams", "topic: {a: b}"), ["SHAPE.text"]),
        (("topic: scams", "topic: "), ["UNKNOWN.value"]),
        (("topic: scams", "assets: []"), ["SHAPE.text"]),
        (("2027-01-15 10:00", "series"), ["WHEN"]),
        (("class: security", "class: security\ncorrects: a\nfollows: b"), ["UNKNOWN"]),
        (("2027-01-15 10:00", "tomorrow"), ["WHEN"]),
        (("Asia/Shanghai", "China"), ["WHEN.zone"]),
        (("when: \"2027-01-15 10:00\"", "cron: often"), ["WHEN.cron"]),
        (("hours: 12", "hours: 999"), ["NUMBER"]),
        (("{official_site}", "{secret_site}"), ["HOLE"]),
        (("**升级**", "**升级"), ["MARKUP"]),
        (("helpline.example/a", "helpl1ne.example/a"), ["LINK"]),
        (("[our page]", "[bank.com]"), ["LINK", "LINKTEXT"]),
        (("https://helpline.example/b", "http://helpline.example/b"), ["LINK.https"]),
        (("**升级** 见", "请把助记词发给我们，见"), ["SECRET"]),
        (("**升级** 见", "空投 见"), ["FORBIDDEN"]),
        (("**升级** 见", "空**投** 见"), ["FORBIDDEN"]),
        (("**升级** 见", "请把助 记 词发给我们，见"), ["SECRET"]),
        (("**Upgrade**", "evil**.com**"), ["LINK"]),
        (("[our page](https://helpline.example/a)", "[evil](https://helpline.example/a)`.com`"), ["LINK"]),
        (("**Upgrade**", "@everyone"), ["FORBIDDEN", "LINK.account"]),
        (("**Upgrade**", "x" * 70), ["LONG"]),
        ((", en: Details", ""), ["LANG.choices"]),
        (("  zh: \"", "  fr: \""), ["UNKNOWN"]),
        (("class: security", "class: security\nclas: a"), ["UNKNOWN"]),
    ],
)  # fmt: skip
def test_every_fault_has_its_code_and_its_sentence(edit: tuple[str, str], found: list[str]) -> None:
    assert edit[0] in GOOD
    assert codes(GOOD.replace(*edit, 1)) == found


def test_a_button_names_its_text_by_more_of_its_hash_than_anybody_can_find_twice() -> None:
    whole = digest("a")
    assert urlsafe_b64decode(fingerprint(whole) + "=" * (-FINGERPRINT % 4)).hex() == whole[:44]
    for what in {"discard", "open", "close", *(one for row in CARD.values() for one in row)}:
        choice = f"b.{what}.{new_code()}.{fingerprint(whole)}"
        address = Address("face", "5", "7")
        routes = Routes([b"key"])
        assert routes.verify(address, routes.sign(address, 0, choice)) == (choice, 0)


def test_all_faults_come_at_once_and_none_raises() -> None:
    assert len(codes("broadcast: x\ntexts: {zh: 空投, en: airdrop}\nwhen: soon\nbogus: 1\n")) == 5
    for source in ("", "- a", "\t", "texts: []", "broadcast: [a]\naudience: all\nbuttons: {}\n", "a: &b c"):
        assert codes(source)


def test_a_picture_that_no_file_can_be_is_a_fault_with_its_place() -> None:
    form = read_form("f.yaml", PICTURE.replace("a.png", '"a\\0b"'), "CODE", HOUSE, beside(Path("f.yaml")))
    assert "PICTURE" in {fault.code for fault in form.faults}


def test_a_post_and_whom_it_calls_are_part_of_what_is_approved() -> None:
    plain = look(GOOD).content
    form = look(f"{GOOD}post: [55]\nmention: 77\n")
    assert plain
    assert form.content
    assert form.content.posts == (Post("face", "55", "zh", "77"),)
    assert load(dump(form.content)) == form.content
    others = [look(f"{GOOD}post: [55]\n").content, plain]
    assert len({digest(dump(one)) for one in (form.content, *others) if one}) == 3
    assert "posts" not in dump(plain), "what was approved before there were posts keeps its hash"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("post: [57]", "UNKNOWN.value"),
        ("post: [56]", "UNTOLD"),
        ("post: [55]\nmention: 78", "UNKNOWN.value"),
        ("post: [55]\nmention: everyone", "UNKNOWN.value"),
        ("mention: 77", "MISSING"),
    ],
)
def test_a_post_goes_only_where_and_calls_only_whom_the_operator_named(more: str, code: str) -> None:
    assert codes(f"{GOOD}{more}\n") == [code]


def test_a_picture_is_part_of_what_is_approved_in_every_language() -> None:
    form = look(PICTURE)
    assert form.content
    assert form.picture == FILES["a.png"]
    shown = {language: one.picture for language, one in form.content.messages.items()}
    name = measured(FILES["a.png"]).name
    assert shown == {"zh": Picture(name, "时间表"), "en": Picture(name, "Timetable")}
    assert picture_in(form.content) == name
    assert load(dump(form.content)) == form.content
    plain = look(GOOD).content
    assert plain
    assert picture_in(plain) == ""
    changed = (PICTURE.replace("a.png", "b.png"), PICTURE.replace("时间表", "日程"))
    found = [form.content, plain, *(look(one).content for one in changed)]
    assert len({digest(dump(one)) for one in found if one}) == 4, "another file, another word: another hash"


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (("a.png", "nowhere.png"), ["PICTURE.file"]),
        (("file: a.png, ", ""), ["PICTURE.file"]),
        (("a.png", "c.png"), ["PICTURE.kind"]),
        (("a.png", "d.png"), ["PICTURE.sides"]),
        (("a.png", "e.png"), ["PICTURE.large"]),
        ((", en: Timetable", ""), ["PICTURE.alt"]),
        (("Timetable", "x" * 1001), ["PICTURE.long"]),
        (("zh: 时间表", "zh: 请把助记词发给我们"), ["SECRET"]),
        (("zh: 时间表", "zh: 空投"), ["FORBIDDEN"]),
        (("zh: 时间表", "zh: 见 https://evil.example"), ["LINK"]),
        (("zh: 时间表", "fr: plan, zh: 时间表"), ["UNKNOWN"]),
        (("{file: a.png, zh: 时间表, en: Timetable}", "a.png"), ["SHAPE.table"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_picture_has_its_sentence(edit: tuple[str, str], found: list[str]) -> None:
    assert edit[0] in PICTURE
    assert codes(PICTURE.replace(*edit, 1)) == found


def test_a_text_is_shorter_under_a_picture_where_the_platform_says_so() -> None:
    can = Abilities(text_limit=60, pictures=True, caption_limit=30)
    assert codes(PICTURE, can) == ["LONG.caption"], "only the longer one of the two texts"
    assert codes(GOOD, can) == []
    assert codes(PICTURE, Abilities(text_limit=60, pictures=True)) == []


BUTTONS = GOOD[: GOOD.index("buttons:")] + "buttons: "
OURS = '{url: "https://helpline.example/b", zh: 看详情, en: Details}'


@pytest.mark.parametrize(
    ("buttons", "found"),
    [
        (f"[{OURS}, {OURS}]", []),
        (f'[{{url: "https://evil.example/b", zh: 看, en: See}}, {OURS}]', ["LINK"]),
        (f'[{{url: "https://helpline.example/b", zh: 空投, en: See}}, {OURS}]', ["FORBIDDEN"]),
        (OURS, ["SHAPE.list"]),
        ("[a]", ["SHAPE.list"]),
        ("[{zh: 看, en: See}]", ["MISSING"]),
        ("[{url: [x], zh: 看, en: See}]", ["MISSING"]),
        ('[{url: "javascript:alert(1)", zh: 看, en: See}]', ["LINK.https"]),
        ('[{url: "helpline.example", zh: 看, en: See}]', ["LINK.https"]),
        ('[{url: "https://helpline.example/a b", zh: 看, en: See}]', ["LINK.https"]),
        ('[{url: "https://helpline.example@evil.example/", zh: 看, en: See}]', ["LINK"]),
        (f'[{{url: "https://helpline.example/{"x" * 600}", zh: 看, en: See}}]', ["LENGTH"]),
        (f'[{{url: "https://helpline.example/b", zh: {"长" * 41}, en: See}}]', ["LENGTH"]),
    ],
)
def test_every_button_opens_an_address_of_ours_wherever_it_stands(buttons: str, found: list[str]) -> None:
    assert codes(BUTTONS + buttons) == found


INCIDENT = """\
broadcast: slow
class: critical
incident:
  banner: {zh: 充值可能延迟。, en: Deposits may be late.}
texts: {zh: 恢复了, en: It is back}
"""


@pytest.mark.parametrize(
    "more", ["about: []", "about: {a: b}", "about: ", "status: [x]", "opens: [approved]"]
)
def test_what_an_incident_says_wrongly_means_no_more_than_it_says(more: str) -> None:
    assert codes(INCIDENT) == []
    found = codes(INCIDENT.replace("  banner", f"  {more}\n  banner"))
    assert "SHAPE.text" in found or "UNKNOWN.value" in found, "left out, it would be about everything"
