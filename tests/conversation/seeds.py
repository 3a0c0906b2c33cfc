"""The seeded faults, one or more for each rule, and the sentences on which the rule about secrets stands or falls."""

from __future__ import annotations

from tests.conversation.samples import FLOW

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
    ("MISSING", F, "start: {command: tx, menu: title}", "start: {}"),
    ("MISSING", F, FLOW[FLOW.index("steps:") :], "steps: {}\n"),
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
    ("FORM", F, "    reads: transaction_id\n", "    reads: transaction_id\n    joins: next\n"),
    ("FORM", F, "    tries: 2\n", "    tries: 2\n    joins: next\n"),
    ("UNKNOWN.value", F, "    reads: transaction_id\n", "    reads: transaction_id\n    joins: all\n"),
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
ALSO = {
    "NAME": {"UNREACHABLE"},
    "NAME.end": {"UNREACHABLE"},
    "MISSING.start": {"UNUSED"},
    "READER.none": {"UNUSED"},
    "OPTIONS": {"UNUSED"},
}
"""Codes that a seed brings along by its own nature."""

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
把您的12位助记词按顺序写下来发过来
请提供谷歌验证器上的六位数字
能否说一下您的支付密码
为了恢复账户，我们需要您的私钥
Give me the code from your authenticator app
Please confirm your PIN
请您出示短信验证码
将私钥粘贴在下方
请把登陆密码发一下
请问您的助记词是哪几个单词
请告知客服您的交易密码
请直接回复您的谷歌验证码
把钱包的恢复短语发送至本聊天
请发送您的keystore文件和密码
Kindly forward the SMS code you just got
Please type your seed words below
Share your wallet's private key with our agent
Tell us the one-time password
Can you send a screenshot of your recovery phrase?
To verify your identity, reply with your password
Provide your 24-word backup phrase
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
骗子常常冒充客服，要求您提供助记词。
私钥一旦泄露，请立即转移资产。
开启双重验证后，登录时需要输入验证码。
请勿把验证码告诉自称客服的人。
任何索要密码的人都不是我们的员工。
助记词是恢复钱包的唯一凭证，请抄写在纸上。
如果您已经把验证码给了别人，请马上冻结账户。
您的密码是否已经泄露？
我们的员工永远不会问您的密码。
更换手机后，请先关闭旧的双重验证。
请发送转账的交易哈希，不要发送私钥。
验证码有效期为 5 分钟。
Do you still have access to your authenticator app?
If you already shared your password, change it now.
Anyone asking for your seed phrase is a scammer.
Your password must have at least 12 characters.
We do not need your password to help you.
Please send the transaction hash, never your private key.
No code by text message
""".splitlines()
