"""A small fine world for the tests of the checker: one flow, the house's texts, and the facts around them."""

from __future__ import annotations

from core.conversation.facts import ActionFacts, Facts

FLOW = """\
flow: deposit
version: 3
owner: trading
start: {command: tx, menu: title}       # a comment behind plain names is harmless
steps:
  warn:       {say: never_share, next: ask_id}
  ask_id:
    ask: transaction_id
    reads: transaction_id
    choices: {no_id: find_id}
    tries: 3
    give_up: person
    next: look_up
  find_id:    {say: where_to_find, next: ask_id}
  look_up:
    do: chain.look_up
    with: [transaction_id]
    outcomes:
      confirmed: confirmed
      pending: later
      source_down: person
  confirmed:  {say: confirmed, next: solved}
  later:      {wait: 30m, next: solved}
  solved:
    ask: solved
    choices: {"yes": end, "no": person}
    tries: 2
    give_up: end
  person:     {hand_over: trading, urgency: emergency}
"""
ZH = """\
phrases:
  - 我的转账还没到账
  - 充值没到账
  - 查询交易状态
texts:
  title: 查交易
  command: 查询一笔交易到哪一步了
  never_share: "请注意：官方客服绝不会向您索要**私钥**、助记词或验证码。"
  transaction_id: 请把**交易哈希**（TxID）发给我。
  where_to_find: |
    在官网的提现记录里可以找到，
    见[帮助中心](https://help.example.com/txid)。
  confirmed: 这笔交易已在链上确认，确认数为 {confirmations:number}。
  solved: 您的问题解决了吗？
choices:
  no_id: 没有交易哈希
  "yes": 解决了
  "no": 没有
"""
EN = """\
phrases:
  - my transfer has not arrived
  - deposit missing
  - check a transaction
texts:
  title: Check a transaction
  command: See where a transaction is
  never_share: "Please note: official support will never ask for your **private key**, seed phrase or codes."
  transaction_id: Please send me the **transaction hash** (TxID).
  where_to_find: |
    You find it in the withdrawal history on the official site,
    see the [help centre](https://help.example.com/txid).
  confirmed: {count: confirmations, one: "{confirmations} confirmation.", other: "{confirmations} confirmations."}
  solved: Is your problem solved?
choices:
  no_id: I have no hash
  "yes": Solved
  "no": Not solved
"""
COMMON_ZH = """\
texts:
  greeting: 您好，这里是官方客服。
choices:
  menu: 主菜单
words:
  menu: [菜单, 主菜单]
  human: [人工]
"""
COMMON_EN = """\
texts:
  greeting: Hello, this is official support.
choices:
  menu: Menu
words:
  menu: [menu]
  human: [human, agent]
"""
LANGUAGES = ("zh", "en")
ACTION = ActionFacts(
    ("transaction_id",), frozenset({"confirmed", "pending", "source_down"}), frozenset({"confirmations"})
)
FACTS = Facts(
    languages=LANGUAGES,
    actions={"chain.look_up": ACTION, "desk.freeze": ActionFacts((), frozenset({"done"}))},
    readers=frozenset({"transaction_id", "anything"}),
    skills=frozenset({"trading", "security"}),
    official_hosts=frozenset({"help.example.com", "example.com"}),
    common_texts=frozenset({"greeting"}),
    common_choices=frozenset({"menu"}),
    common_words=frozenset({"menu", "human"}),
    holes=frozenset({"official_site"}),
)


def world() -> dict[str, dict[str, str]]:
    """A fresh copy of the fine world: folder -> file -> text."""
    return {
        "deposit": {"flow.yaml": FLOW, "zh.yaml": ZH, "en.yaml": EN},
        "common": {"zh.yaml": COMMON_ZH, "en.yaml": COMMON_EN},
    }
