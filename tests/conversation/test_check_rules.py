"""One seeded fault for each rule: the intended code, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.conversation.samples import COMMON_ZH, FACTS, FLOW, world

from core.conversation.check import check
from core.conversation.load import content_hash
from core.conversation.rules_safety import asks_for_secret
from core.sentences import as_json, languages, message, render, sentence, sentences

F, Z, E = "deposit/flow.yaml", "deposit/zh.yaml", "deposit/en.yaml"
STEP = "  person:     {hand_over: trading, urgency: emergency}\n"
SHARE = "您的问题解决了吗？"

SEEDED: list[tuple[str, str, str, str]] = [
    # code (and variant), file, what is there, what is typed instead
    ("TAB", F, "    tries: 3\n", "\ttries: 3\n"),
    ("TAB", Z, "  confirmed: 这", "\tconfirmed: 这"),
    ("FWSPACE", F, "    tries: 3\n", "　　tries: 3\n"),
    ("FWSPACE", Z, "  solved: ", "　solved: "),
    ("FWCOLON", F, "    reads: transaction_id", "    reads：transaction_id"),
    ("FWCOLON", F, "{say: where_to_find, next", "{say：where_to_find, next"),
    ("FWCOLON", Z, "  solved: 您", "  solved：您"),
    ("HASH", Z, "transaction_id: 请把", "transaction_id: 订单 #123 请把"),
    ("HASH", E, "  - deposit missing", "  - deposit #1 missing"),
    ("HASH", "common/zh.yaml", "[菜单, 主菜单]", "[菜单, 主 #菜单]"),
    ("DUPKEY", F, "    tries: 3\n", "    tries: 3\n    tries: 4\n"),
    ("DUPKEY", Z, "  solved: 您", "  solved: 好\n  solved: 您"),
    ("ANCHOR", Z, "  solved: 您", "  solved: &a 您"),
    ("ENCODING.bom", Z, "phrases:", "\ufeffphrases:"),
    ("ENCODING.bytes", Z, "您的问题", "您\udce4问题"),
    ("ENCODING.control", Z, "您的问题", "您的\x07问题"),
    ("ENCODING.unseen", Z, "您的问题", "您的\u200b问题"),
    ("ENCODING.unseen", Z, SHARE, '"您的\\u202e问题"'),
    ("YAML.colon", Z, "  solved: 您", "  solved: 注意: 您"),
    ("YAML.start", Z, "  solved: 您", "  solved: **您**"),
    ("YAML.start", Z, "  solved: 您", "  solved: @客服 您"),
    ("YAML.start", Z, "  solved: 您", "  solved: {name} 您"),
    ("YAML.quote", Z, "  solved: 您", '  solved: "您'),
    ("YAML.bracket", "common/zh.yaml", "[菜单, 主菜单]", "[菜单, 主菜单"),
    ("YAML.line", Z, "choices:\n", "choices\n"),
    ("YAML.indent", Z, "  solved: 您", " solved: 您"),
    ("YAML.documents", Z, "phrases:", "a: b\n---\nphrases:"),
    ("YAML.key", F, "owner: trading\n", "owner: trading\n? [x]\n: y\n"),
    ("MISSING", F, "owner: trading\n", ""),
    ("MISSING", F, "say: never_share, ", "say: , "),
    ("MISSING.start", F, "{command: tx, menu: title}", "{command: ''}"),
    ("MISSING.words", "common/zh.yaml", "  human: [人工]\n", ""),
    ("UNKNOWN", F, "owner: trading\n", "owner: trading\ncolour: red\n"),
    ("UNKNOWN.near", F, "owner: trading\n", "ownr: trading\n"),
    ("UNKNOWN.near", F, "    give_up: person", "    giveup: person"),
    ("UNKNOWN.near", Z, "choices:", "choises:"),
    ("UNKNOWN.value", F, "urgency: emergency", "urgency: now"),
    ("VERB", F, "{hand_over: trading, urgency: emergency}", "{}"),
    ("VERB.many", F, "{wait: 30m, next", "{wait: 30m, say: confirmed, next"),
    ("VERB.near", F, "{wait: 30m, next", "{wiat: 30m, next"),
    ("SHAPE.text", Z, SHARE, "[您]"),
    ("SHAPE.table", F, "{command: tx, menu: title}", "tx"),
    ("SHAPE.list", F, "[transaction_id]", "{transaction_id: x}"),
    ("FOLDER", F, "flow: deposit", "flow: deposits"),
    ("NAME", F, STEP, STEP + "  Step: {hand_over: trading}\n  b: {say: solved, next: Step}\n"),
    ("NAME.end", F, STEP, STEP + "  end: {hand_over: trading}\n"),
    ("NAME.command", F, "command: tx", "command: 查询"),
    ("NUMBER", F, "version: 3", "version: ３"),
    ("NUMBER", F, "tries: 2", "tries: two"),
    ("NUMBER", F, "tries: 2", "tries: 99"),
    ("NUMBER.wait", F, "wait: 30m", "wait: 30分钟"),
    ("NUMBER.wait", F, "wait: 30m", "wait: 999d"),
    ("ACTION", F, "chain.look_up", "weather.ask"),
    ("ACTION.near", F, "chain.look_up", "chain.lookup"),
    ("ARGS", F, "with: [transaction_id]", "with: [transaction]"),
    ("RESULTS.missing", F, "      source_down: person\n", ""),
    ("RESULTS.extra", F, "      source_down: person\n", "      source_down: person\n      other: person\n"),
    ("SKILL", F, "hand_over: trading", "hand_over: cooking"),
    ("READER", F, "reads: transaction_id", "reads: tea_leaves"),
    ("READER.none", F, '    choices: {"yes": end, "no": person}\n', ""),
    ("READER.next", F, "    tries: 2\n", "    tries: 2\n    next: person\n"),
    ("TARGET", F, "pending: later", "pending: xyz"),
    ("TARGET.near", F, "next: look_up", "next: lookup"),
    ("FALLOFF", F, "{say: where_to_find, next: ask_id}", "{say: where_to_find}"),
    ("FALLOFF.choice", F, "pending: later", "pending: "),
    ("UNREACHABLE", F, STEP, STEP + "  lost: {say: solved, next: end}\n"),
    ("TRAP", F, '{"yes": end, "no": person}\n    tries: 2\n    give_up: end', '{"yes": solved, "no": solved}\n    tries: 2\n    give_up: solved'),
    ("LOOP", F, "{say: confirmed, next: solved}", "{say: confirmed, next: look_up}"),
    ("UNSET", F, "give_up: person\n    next: look_up", "give_up: look_up\n    next: look_up"),
    ("CHOICES.nowhere", F, "{no_id: find_id}", "{no_id: find_id, zzz: person}"),
    ("CHOICES.misspelt", F, "{no_id: find_id}", "{no_idd: find_id}"),
    ("OPTIONS", F, '{"yes": end, "no": person}', "{}"),
    ("LANG.nowhere", F, "say: never_share", "say: zzz"),
    ("LANG.misspelt", F, "say: never_share", "say: never_shar"),
    ("LANG.texts", E, "  solved: Is your problem solved?\n", ""),
    ("LANG.choices", Z, "  no_id: 没有交易哈希\n", ""),
    ("LANG.texts", "common/en.yaml", "texts:\n", "texts:\n  bye: Bye.\n"),
    ("PLACEHOLDER", Z, "{confirmations:number}", "多"),
    ("LENGTH", Z, "解决了\n", "解决了" + "好" * 40 + "\n"),
    ("LENGTH", Z, SHARE, "好" * 2001),
    ("LENGTH", Z, "充值没到账", "充" * 61),
    ("SECRET", Z, "请把**交易哈希**（TxID）发给我。", "请输入您的密码。"),
    ("SECRET", Z, SHARE, "请把助记词发给我们。"),
    ("SECRET", E, "Is your problem solved?", "Please send us your seed phrase."),
    ("SECRET", Z, "没有交易哈希", "发送验证码给客服"),
    ("LINK", Z, "https://help.example.com/txid", "https://help.examp1e.com/txid"),
    ("LINK", Z, SHARE, "请访问 evil-help.com 领取。"),
    ("LINK", E, "Is your problem solved?", "Write to help@evil.com."),
    ("LINK", Z, SHARE, "https://example.com@evil.io/x"),
    ("LINK.https", Z, SHARE, "http://example.com 见。"),
    ("LINKTEXT", Z, "[帮助中心]", "[www.other.com]"),
    ("NOEXIT", F, "    give_up: person\n", ""),
    ("COLLIDE.twice", E, "  - deposit missing", "  - Check a transaction!\n  - deposit missing"),
    ("COLLIDE.phrase", Z, "充值没到账", "人工"),
    ("COLLIDE.command", F, "command: tx", "command: menu"),
    ("EMPTY.text", Z, SHARE, ""),
    ("EMPTY.text", Z, "解决了\n", "\n"),
    ("EMPTY.word", "common/zh.yaml", "[人工]", "[]"),
    ("EMPTY.phrases", Z, "  - 充值没到账\n", ""),
    ("MARKUP", Z, SHARE, "您的**问题解决了吗？"),
    ("MARKUP", Z, "{confirmations:number}", "{confirmations:speed}"),
    ("MARKUP.label", Z, "解决了\n", "**解决了**\n".replace("**解", '"**解').replace("了**", '了**"')),
    ("UNUSED.texts", Z, "  solved: 您", "  other: 好\n  solved: 您"),
    ("UNUSED.choices", Z, "choices:\n", "choices:\n  other: 好\n"),
]  # fmt: skip
ALSO = {"NAME": {"UNREACHABLE"}, "NAME.end": {"UNREACHABLE"}, "MISSING.start": {"UNUSED"}, "READER.none": {"UNUSED"}, "OPTIONS": {"UNUSED"}}
"""Codes that a seed brings along by its own nature."""


def codes(sources: dict[str, dict[str, str]]) -> list[str]:
    return [f"{fault.code}.{fault.variant}".strip(".") for fault in check(sources, FACTS)]


def test_the_fine_world_has_no_faults() -> None:
    assert check(world(), FACTS) == []


@pytest.mark.parametrize(("code", "file", "old", "new"), SEEDED, ids=lambda value: str(value)[:24])
def test_a_seeded_fault_is_told_and_nothing_else(code: str, file: str, old: str, new: str) -> None:
    folder, name = file.split("/")
    sources = world()
    assert old in sources[folder][name]
    sources[folder][name] = sources[folder][name].replace(old, new, 1)
    found = codes(sources)
    assert code in found
    assert {each.split(".")[0] for each in found} <= {code.split(".")[0]} | ALSO.get(code, set())


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MISSING.file", ("deposit", "flow.yaml", None)),
        ("LANG.file", ("deposit", "en.yaml", None)),
        ("UNKNOWN.file", ("deposit", "fr.yaml", "a: b\n")),
        ("MISSING.texts", ("common", "zh.yaml", COMMON_ZH.replace("greeting", "hi"))),
        ("SHAPE.table", ("deposit", "flow.yaml", "")),
    ],
)
def test_whole_files(code: str, change: tuple[str, str, str | None]) -> None:
    sources = world()
    folder, name, text = change
    if text is None:
        del sources[folder][name]
    else:
        sources[folder][name] = text
    if code == "MISSING.texts":
        sources[folder]["en.yaml"] = sources[folder]["en.yaml"].replace("greeting", "hi")
    assert codes(sources)[:1] == [code]
    assert len(set(codes(sources))) == 1


def test_a_button_name_must_fit_into_a_button() -> None:
    sources = world()
    for name in sources["deposit"]:
        sources["deposit"][name] = sources["deposit"][name].replace("no_id", "没有编号")
    assert codes(sources) == ["CALLBACK"]


def test_a_pause_without_a_human_behind_it() -> None:
    sources = world()
    sources["deposit"]["flow.yaml"] = FLOW.replace(STEP, "  person: {say: never_share, next: end}\n")
    assert codes(sources) == ["NOHUMAN", "NOHUMAN"]  # the question that does not simply end, and the pause


def test_an_input_that_no_step_fills() -> None:
    sources = world()
    sources["deposit"]["flow.yaml"] = FLOW.replace("ask: transaction_id", "ask: txid")
    for name in ("zh.yaml", "en.yaml"):
        sources["deposit"][name] = sources["deposit"][name].replace("  transaction_id:", "  txid:")
    assert codes(sources) == ["VAR"]


def test_a_label_shared_by_two_flows() -> None:
    sources = world()
    sources["second"] = {
        name: text.replace("deposit\n", "second\n").replace("tx,", "ty,").replace("\n  - ", "\n  - x")
        for name, text in world()["deposit"].items()
    }
    assert codes(sources) == ["COLLIDE.menu", "COLLIDE.menu"]


def test_changed_content_needs_a_higher_version() -> None:
    sources = world()
    right = replace(FACTS, stored={("deposit", 3): content_hash(sources["deposit"])})
    assert check(sources, right) == []
    wrong = replace(FACTS, stored={("deposit", 3): "0" * 64})
    assert [fault.code for fault in check(sources, wrong)] == ["VERSION"]
    assert check(sources, replace(FACTS, stored={("deposit", 2): "0" * 64})) == []


def test_a_slot_that_would_hold_a_secret() -> None:
    sources = world()
    more = "ask: my_password\n    reads: anything\n    next: end\n"
    sources["deposit"]["flow.yaml"] = FLOW.replace("ask: solved\n", more)
    for name in ("zh.yaml", "en.yaml"):
        sources["deposit"][name] = sources["deposit"][name].replace("  solved:", "  my_password:")
    assert codes(sources) == ["SECRET.slot"]


def test_all_faults_at_once_in_the_order_of_reading() -> None:
    sources = world()
    sources["deposit"]["flow.yaml"] = FLOW.replace("version: 3", "version: x").replace("hand_over: trading", "hand_over: x")
    sources["deposit"]["zh.yaml"] = sources["deposit"]["zh.yaml"].replace("  solved: ", "\tsolved: ")
    found = check(sources, FACTS)
    assert [fault.code for fault in found] == ["NUMBER", "SKILL", "TAB"]
    assert found == sorted(found, key=lambda fault: fault.order)


def test_facts_that_are_not_known_switch_rules_off() -> None:
    sources = world()
    sources["deposit"]["flow.yaml"] = FLOW.replace("hand_over: trading", "hand_over: x").replace("reads: t", "reads: xx")
    less = replace(FACTS, skills=None, readers=None, actions=None, official_hosts=None)
    assert check(sources, less) == []


# --- secrets: a rule about words stands or falls with its lists of sentences

ASKS = """\
请输入您的密码
请把助记词发给我
为了验证身份，请提供您的私钥
不要担心，请把助记词发给我们
您的验证码是多少？
请回复收到的短信验证码
请粘贴12个助记词
请上传 keystore 文件的截图，并提供密码
Please send us your seed phrase
Don't worry, please send me your private key
What is your password?
Enter your 2FA code
Please provide the verification code you received
To continue, paste your recovery phrase here
Reply with the one-time code
""".splitlines()
REMINDS = """\
请注意：官方客服绝不会向您索要私钥、助记词或验证码。
切勿把助记词、私钥或验证码告诉任何人。
请勿在聊天中发送密码，也不要发送验证码截图。
任何人向您索要验证码都是骗子，请不要提供。
您是忘记密码了，还是收不到验证码？
请点击“发送验证码”，然后在官网页面输入验证码。
验证码会发送到您的邮箱，请查收。
请把交易哈希发给我。
我们绝不会要求您提供私钥
Never share, post or send your seed phrase.
We will never ask for your password, private key or codes.
Please do not send us your password.
Have you forgotten your password?
We have sent a verification code to your email.
Tap "Forgot password" on the official page, then enter the code there.
No one from our team will ask you for your recovery phrase.
Please send me the transaction hash.
""".splitlines()


@pytest.mark.parametrize("text", ASKS)
def test_a_text_that_asks_for_a_secret(text: str) -> None:
    assert asks_for_secret(text, strict=True)


@pytest.mark.parametrize("text", REMINDS)
def test_a_text_that_warns_or_explains(text: str) -> None:
    assert asks_for_secret(text, strict=True) == ""


# --- the sentences


def test_every_language_has_the_same_sentences_with_the_same_holes() -> None:
    first, *others = (sentences(language) for language in languages())
    assert others
    for other in others:
        assert list(other) == list(first)
        for code, text in first.items():
            assert set(re.findall(r"\{[a-z_]+\}", text)) == set(re.findall(r"\{[a-z_]+\}", other[code])), code


def test_every_rule_was_seeded_and_every_sentence_has_a_rule() -> None:
    elsewhere = """CALLBACK NOHUMAN COLLIDE.menu VERSION SECRET.slot VAR MISSING.file LANG.file UNKNOWN.file
        MISSING.texts MISSING.choices YAML.other""".split()
    seeded = {code for code, *_ in SEEDED} | {"GIVES"} | set(elsewhere)
    written = {code.removeprefix("check.") for code in sentences("zh") if code.startswith("check.")}
    assert written == seeded
    assert len({code.split(".")[0] for code in written}) >= 34


@pytest.mark.parametrize(("code", "file", "old", "new"), SEEDED, ids=lambda value: str(value)[:24])
def test_every_fault_can_be_said(code: str, file: str, old: str, new: str) -> None:
    folder, name = file.split("/")
    sources = world()
    sources[folder][name] = sources[folder][name].replace(old, new, 1)
    for fault in check(sources, FACTS):
        for language in languages():
            assert "…" not in message(fault, language).replace("……", "")
            assert render(fault, language).startswith(f"{fault.file}:{fault.line}:{fault.column} {fault.code} ")
        assert as_json(fault)["code"] == fault.code


def test_a_hole_that_nothing_gives() -> None:
    sources = world()
    for name in ("zh.yaml", "en.yaml"):
        sources["deposit"][name] = sources["deposit"][name].replace("{confirmations", "{height")
        sources["deposit"][name] = sources["deposit"][name].replace("count: confirmations", "count: height")
    assert codes(sources) == ["GIVES", "GIVES"]


def test_an_unknown_sentence_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        sentence("check.NOTHING", languages()[0])
    with pytest.raises(KeyError):
        sentences("../zh")
