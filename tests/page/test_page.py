"""The page in a real browser, with the real bot behind it: both looks, both languages, hands, eyes and ears."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, StorageState, expect

from bots.local.discord import TOKEN as DISCORD_TOKEN
from bots.local.page.words import words
from bots.local.telegram import TOKEN as TELEGRAM_TOKEN
from tests.page.conftest import PATIENCE

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


def said_by_bot(page: Page, phone: str = "a") -> Locator:
    """The bot's messages on a phone."""
    return page.locator(f"#{phone}-log .bubble:not(.mine)")


def say(page: Page, text: str, phone: str = "a") -> Locator:
    """Write on a phone: the bot's answer to it."""
    before = said_by_bot(page, phone).count()
    page.locator(f"#{phone}-text").fill(text)
    page.locator(f"#{phone}-text").press("Enter")
    answer = said_by_bot(page, phone).nth(before)
    answer.wait_for()
    return answer


def look(page: Page, value: str) -> None:
    """Choose a language or a theme: the page is a new one then, and what is done earlier is done on the old one."""
    with page.expect_navigation():
        page.locator(f".looks button[value={value}]").click()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_speaks_both_languages(page: Page, language: str) -> None:
    look(page, language)
    expect(page.locator("html")).to_have_attribute("lang", words(language)["lang"])
    expect(page.locator("h1")).to_have_text(words(language)["title"])
    for name in ("lab", "flow", "staff", "wire"):
        expect(page.get_by_role("heading", name=words(language)[name], exact=True)).to_be_visible()
    for phone in ("a", "b"):
        expect(page.locator(f"#{phone}-text")).to_have_attribute("placeholder", words(language)["write"])


@pytest.mark.parametrize("phone", ["a", "b"])
def test_a_conversation_with_buttons_and_its_place_in_the_flow(page: Page, phone: str) -> None:
    look(page, "zh")  # another test may have had people speak English
    say(page, "取消", phone)
    answer = say(page, "我的转账还没到账", phone)
    expect(answer).to_contain_text("交易哈希")
    page.locator(f"#flow-who input[value={phone}]").check(force=True)
    expect(page.locator("#flow .node.here")).to_have_count(1)
    expect(page.locator("#flow .crumbs code")).to_have_text("ask_id")
    before = said_by_bot(page, phone).count()
    answer.get_by_role("button", name="没有交易哈希").click()
    said_by_bot(page, phone).nth(before).wait_for()
    expect(page.locator("#flow .crumbs code")).to_have_text("ask_found")


def test_samples_go_to_the_chosen_phone(page: Page) -> None:
    say(page, "取消")
    say(page, "/tx")
    before = said_by_bot(page).count()
    page.locator(".try.confirmed").click()
    expect(said_by_bot(page).nth(before)).to_contain_text("demo-node")


def test_hostile_text_is_only_text(page: Page) -> None:
    attack = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1"> {{7*7}} \u202eevil\u202c'
    say(page, attack)
    mine = page.locator("#a-log .bubble.mine").last
    expect(mine.locator(".text")).to_contain_text("<script>window.hacked=1</script>")
    expect(mine.locator(".text")).to_contain_text("{{7*7}}")
    assert page.locator("#a-log script, #a-log img:not(.picture)").count() == 0
    assert page.evaluate("() => 'hacked' in window") is False
    assert mine.locator(".text").evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"
    assert mine.locator("a").count() == 0


def test_a_right_to_left_text_stands_on_its_own(page: Page) -> None:
    say(page, "שלום עולם")
    text = page.locator("#a-log .bubble.mine").last.locator(".text")
    assert text.get_attribute("dir") == "auto"
    assert text.evaluate("e => getComputedStyle(e).direction") == "rtl"


def test_everything_by_keyboard(page: Page) -> None:
    look(page, "zh")
    page.goto(page.url)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#a-text")).to_be_focused()
    before = said_by_bot(page).count()
    page.keyboard.type("菜单")
    page.keyboard.press("Enter")
    answer = said_by_bot(page).nth(before)
    answer.wait_for()
    expect(page.locator("#a-text")).to_have_value("")
    # a menu is navigated in place
    answer.get_by_role("button", name="登录不了、找回密码").press("Enter")
    expect(answer).to_contain_text("您遇到的是哪一种情况")


def test_a_small_screen_shows_everything_in_one_column(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    for part in ("#phone-a", "#phone-b", ".panel.lab", ".panel.flow", ".panel.staff", ".panel.wire"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["height"] > 80


def test_dark_by_the_system_and_by_hand(page: Page) -> None:
    def brightness() -> int:
        found: int = page.evaluate(
            "() => Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
        )
        return found

    assert brightness() > 200
    page.emulate_media(color_scheme="dark")
    assert brightness() < 60
    look(page, "light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert brightness() > 200


NAMELESS = """() => [...document.querySelectorAll('button, a, input:not([type=hidden]), textarea, select, [role]')].filter(e =>
  !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || (e.labels && e.labels.length) || e.textContent.trim())
  && !['group', 'status'].includes(e.getAttribute('role'))).map(e => e.outerHTML)"""
TWICE = """() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at); }"""
DANGLING = """() => [...document.querySelectorAll('[aria-labelledby], label[for]')].filter(e =>
  !document.getElementById(e.getAttribute('aria-labelledby') || e.getAttribute('for'))).map(e => e.outerHTML)"""
FAINT = """() => {
  const light = c => { const v = c / 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const of = ([r, g, b]) => .2126 * light(r) + .7152 * light(g) + .0722 * light(b);
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e); const v = rgb(c.backgroundColor);
    if (c.backgroundImage !== 'none') return null; if (v.length === 3 || v[3] === 1) return v; } return [255, 255, 255]; };
  return [...document.querySelectorAll('h1, h2, h3, .head p, .fact, .text, .try, .chip, .switch button, small')].filter(e => {
    const back = behind(e), front = rgb(getComputedStyle(e).color); if (!back || front.length > 3) return false;
    const [a, b] = [of(front), of(back)].sort((x, y) => y - x); return (a + .05) / (b + .05) < 4.3;
  }).map(e => `${e.className} ${e.textContent.trim().slice(0, 20)}`); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_names_labels_and_contrast(page: Page, scheme: str) -> None:
    look(page, scheme)
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(TWICE) == []
    assert page.evaluate(DANGLING) == []
    assert page.evaluate(FAINT) == []
    assert page.locator("h1").count() == page.locator("main").count() == 1
    for log in page.get_by_role("log").all():
        assert log.get_attribute("aria-live") == "polite"


def test_the_wire_log_shows_calls_and_no_token(page: Page) -> None:
    say(page, "菜单")
    say(page, "菜单", "b")
    expect(page.locator("#wire-log .call code").filter(has_text="sendMessage").first).to_be_attached()
    expect(page.locator("#wire-log .call.discord").first).to_be_attached()
    text = page.content()
    for token in (TELEGRAM_TOKEN, DISCORD_TOKEN):
        assert token not in text


def test_a_reply_of_the_staff_reaches_the_person(page: Page) -> None:
    say(page, "取消")
    cards = page.locator("#staff-log .bubble:not(.mine)")
    before = cards.count()
    say(page, "人工")
    card = cards.nth(before)  # an older one is another person's, or a ticket that is closed
    card.wait_for()
    card.locator(".reply").click()
    page.locator("#staff-text").fill("您好，我来看一下。")
    page.keyboard.press("Enter")
    expect(said_by_bot(page).last).to_contain_text("您好，我来看一下。")
    say(page, "菜单")


def test_three_questions_are_one_form_on_discord(page: Page) -> None:
    say(page, "取消", "b")
    say(page, "/reset", "b")
    for label in ("忘记密码", "都用不了", "一次填完"):
        page.locator("#b-log").get_by_role("button", name=label).last.click()
    fields = page.locator("#b-bar .form input")
    for number, answer in enumerate(("上个月中旬", "一部安卓手机", "这个月 5 号")):
        fields.nth(number).fill(answer)
    page.locator("#b-bar .form button").click()
    expect(page.locator("#b-bar .form")).to_have_count(0)
    expect(said_by_bot(page, "b").last).to_contain_text("已转给人工客服")
    expect(page.locator("#staff-log .bubble").last).to_contain_text("一部安卓手机")


STATES = """() => { window.states = []; new MutationObserver(() => {
  const dot = document.querySelector('#state .dot'); if (dot) states.push(...dot.classList);
}).observe(document.body, {subtree: true, childList: true, attributes: true}); }"""
"""Keeps every state of the bot that the page showed: a dead one is started again soon, whoever looks late."""


def test_the_bot_is_really_killed_and_goes_on_where_it_was(page: Page) -> None:
    say(page, "取消")
    say(page, "/tx")
    pid = page.locator("#state .fact").first.inner_text()
    page.evaluate(STATES)
    page.locator(".try.kill").click()
    expect(page.locator("#toast")).to_have_text(words("zh")["done.kill"])
    page.wait_for_function("() => states.includes('dead')")
    before = said_by_bot(page).count()
    page.locator(".try.confirmed").click()
    expect(page.locator("#state .dot.ready")).to_be_attached()
    assert page.locator("#state .fact").first.inner_text() != pid
    expect(said_by_bot(page).nth(before)).to_contain_text("demo-node")


def test_pressing_twice_counts_once(page: Page) -> None:
    say(page, "取消")
    say(page, "/tx")
    before = said_by_bot(page).count()
    page.locator(".try.twice").click()
    expect(said_by_bot(page).nth(before)).to_contain_text("可以在这里找到")
    expect(said_by_bot(page).nth(before + 1)).to_contain_text("已经过期")
    page.locator("#flow-who input[value=a]").check(force=True)
    expect(page.locator("#flow .crumbs code")).to_have_text("ask_found")


def test_a_person_who_blocked_the_bot_can_let_it_write_again(page: Page) -> None:
    page.locator(".try.block").click()
    bar = page.locator("#a-bar .blocked")
    bar.wait_for()
    bar.get_by_role("button").click()
    expect(bar).to_have_count(0)
    say(page, "菜单")


def test_a_second_browser_sees_what_happened_before(
    page: Page, context: BrowserContext, known: tuple[str, StorageState]
) -> None:
    say(page, "菜单")
    other = context.new_page()
    other.goto(known[0])
    expect(said_by_bot(page)).to_have_count(said_by_bot(other).count())  # which was drawn later
    say(other, "帮助")
    expect(said_by_bot(page)).to_have_count(said_by_bot(other).count())


@pytest.mark.parametrize("phone", ["a", "b"])
def test_a_picture_is_seen(page: Page, phone: str) -> None:
    look(page, "zh")
    say(page, "/site", phone)
    shown = page.locator(f"#{phone}-log img.picture").last
    expect(shown).to_be_visible()
    page.wait_for_function("image => image.naturalWidth === 330", arg=shown.element_handle())
    expect(shown).to_have_attribute(
        "alt", "图片" if phone == "a" else "官网 https://helpline.example 的二维码"
    )
