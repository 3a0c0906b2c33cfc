"""How scammers talk: the turns that the known kinds of fraud cannot do without. A text -> codes of reasons. Linear.

Each pattern is a pair of things in one clause (who pays for what, who writes to whom); a warning that names them
("we never ask ...") is none. What no rule knows is left to the model.

The rules read small letters. Those of alphabetic words begin with a word of their own: where none of all these words
stands, one pass tells that no rule can find anything. Those of `_PAIRED` are looked for where one of a few words stands and no Han.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from core.safety.plain import plain
from core.safety.skeleton import listed

LONGEST: Final = 1500
_SMALL: Final = str.maketrans(ascii_uppercase + "\u0130\u0131\u017f\u212a", ascii_lowercase + "iisk")
"""Every character that is taken for an ASCII letter where case is ignored."""
_GAP: Final = r"[^。！？!?\n]{0,16}?"
_ELSEWHERE: Final = "(?:" + "|".join(sorted(listed("elsewhere"))) + ")"
_FEE: Final = (
    r"(?:解冻[金费]|保证金|押金|税[金费款]?|个人所得税|手续费|矿工费|网络费|加速[费金]|验证[金费]|验资款?|激活[费金]?|流水|罚[金款]|诚信金|风险金|维护费"
    r"|通道费|开通费|升级费|立案费|材料费|工本费|启动金|服务费|改单费|邮费|定金|绑定费|解除费|订金|会员费|信用分|差额|人工费|gas ?费?|手续费用)"
)
_WORDS: Final = (
    r"(?:助记词|恢复词|恢复短语|密[钥码]短语|密钥|私钥|(?:12|24|十二|二十四) ?个(?:单词|词|助记词)|keystore|支付密码|交易密码|登录密码|付款密码|邮箱密码|短信验证码|谷歌验证码"
    r"|手机验证码|短信里的(?:数字|验证码)|验证码|六位数字|备用码|银行卡(?:号|背面)|seed ?phrase|recovery ?phrase|private ?key|secret ?phrase|12[- ]words?)"
)
Rules = tuple[tuple[str, Callable[[str], re.Match[str] | None]], ...]


def _rules(*pairs: tuple[str, str]) -> Rules:
    return tuple((code, re.compile(pattern).search) for code, pattern in pairs)


_HAN_RULES: Final = _rules(
    ("asks_secret", rf"(?:提供|发给|发来|发过来|发我|告诉|告知|提交|填写|填入|输入|导入|导出|上传|报一?下|念|拍|截图|截屏|核对|读出|读一下|写上|登记|回复|复制|凭|带上|绑定){_GAP}{_WORDS}"),
    ("asks_secret", rf"{_WORDS}{_GAP}(?:发给|发来|发过来|发我|发一份|告诉|给我|截图发|念给|报给|提交给|交给|填一下|读给)"),
    ("moves_away", rf"(?:加|联系|添加|找){_GAP}{_ELSEWHERE}(?!群主)"),
    ("moves_away", r"私聊我|私信我|私我|加我(?!好友看)|加v[：:信]|找我(?:登记|代|，|,|。|$)"),
    ("pay_first", rf"(?:缴纳|支付|交(?!易)|付|充值?|补齐?|补缴|转|打|存入?|收){_GAP}{_FEE}"),
    ("pay_first", r"(?:转|打|存|充|付|缴)(?:入|款|给|到|过来)?[^。！？!?\n]{0,14}?(?:才能|方可|即可|就能|后可|之后)(?:提现|提取|到账|出金|解[冻锁除封]|放款|退还|转出|放行|返还)"),
    ("recovers", r"(?:追回|追款|追损|回款|找回|拿回|追讨|挽回|恢复)[^。！？!?\n]{0,24}?(?:联系|找我|加我|私|黑客|团队|律师|成功率|不成功|收费|先付|费|专业|正规)"),
    ("recovers", r"(?:黑客|专业|律师|取证|维权|内部)[^。！？!?\n]{0,12}?(?:团队|人员|联盟|律所|公司)?[^。！？!?\n]{0,10}?(?:追回|追款|找回|拿回|追|解冻)"),
    ("doubles", r"(?:转|充|存|打|发送)[^。！？!?\n]{0,14}?(?:返|送|收到|翻)[^。！？!?\n]{0,8}?(?:倍|\d)|(?:双倍|翻倍|十倍|三倍)(?:返还|奖励|收益)?|稳赚|保本|包赔|稳定翻|日息|每[日天]返|躺赚"),
    ("validates", r"(?:验证|同步|连接|导入|授权|升级|激活|迁移|归集|重新授权)[^。！？!?\n]{0,8}?(?:钱包|节点)[^。！？!?\n]{0,24}?(?:领|链接|网址|页面|否则|清零|收益|空投|奖励|即可|完成|后)"),
    ("validates", r"(?:钱包|usdt|合约)[^。！？!?\n]{0,10}?(?:授权|签名|同步|重新验证)[^。！？!?\n]{0,16}?(?:领|收益|奖励|否则|即可|空投|到账|转出)"),
    ("remote", r"(?:共享|投|录)[^。！？!?\n]{0,6}?屏|屏幕共享|远程(?:软件|控制|协助|操作|帮|恢复)|向日葵|(?:识别码|设备代码)"),
    ("safe_account", r"(?:安全|监管|指定|托管|公安|中转|清洗|对公)(?:的)?(?:账户|帐户|户头|钱包|地址|冷钱包)"),
    ("moves_money", r"(?:转|打|存)(?:入|到|移|款|给|过来)?[^。！？!?\n]{0,24}?(?:验证|审核|核实|激活|对冲|证明|托管|同等|等额|同样金额)|(?:把|将)[^。！？!?\n]{0,6}?(?:币|资产|资金|余额|钱|[uU])[^。！？!?\n]{0,12}?(?:转|打)[^。！？!?\n]{0,4}?(?:到|给|入|过来|我)"),
    ("moves_money", r"先(?:转|打|付|款|币)[^。！？!?\n]{0,8}?(?:后|再)(?:打|转|付|款|币)|垫付[^。！？!?\n]{0,12}?(?:返|佣|提现)|返佣|刷单"),
    ("lures_to_link", r"(?:点|点击|点开|打开|进入|访问|扫)[^。！？!?\n]{0,12}?(?:链接|网址|网页|页面|二维码|这里|下方|此处|码)[^。！？!?\n]{0,16}?(?:登录|连接|验证|填|输入|导入|领|修改|更新|授权|绑定|处理|认证|同步)"),
    ("lures_to_link", r"(?:下载|安装)[^。！？!?\n]{0,10}?(?:apk|安装包|新版|测试版|会议软件)"),
    ("isolates", r"(?:不要|别|请勿)[^。！？!?\n]{0,6}?(?:告诉(?:家人|别人|任何人|银行|朋友)|联系(?:平台|其他|别的)|挂电话|找别的客服)|(?:不要|请勿|别)在[^。！？!?\n]{0,6}?(?:群里|这里)(?:说|发言|聊)"),
)  # fmt: skip
_HOLDINGS: Final = r"(?:funds?|assets?|coins?|balance|crypto|money|holdings|tokens?)\b"
_KIND: Final = (
    r"(?:verification|security|sms|one[- ]time|2fa|login|confirmation|authenticator|auth|(?:6|six)[- ]digit)"
)
_CODE: Final = rf"(?:{_KIND} (?:code|number)|otp|code|(?:6|six)[- ]digits?)"
_STAFF: Final = r"(?:admin|administrator|moderator|(?:customer|support) (?:care|service|agent|manager|desk|team)|security (?:team|department)|support)"
_MUST: Final = r"you (?:must|have to|need to|will have to|will need to|are required to)"
_DUE: Final = (
    r"(?:release|clearance|activation|unfreezing|unlock(?:ing)?|verification|validation|security|aml|processing|refundable|account)"
    r" (?:security )?(?:fee|deposit|payment|bond|charge)|(?:income |outstanding |withdrawal )?tax(?:es)?|gas deposit|gas fee|penalty|commission"
)
_TELLS: Final = r"(?<!to )(?<!\bi )(?<!we )(?<!he )(?<!hey )(?<!can )"
"""Before a verb that somebody else is told by, not one's own wish ("I want to contact ...")."""
_ROLE: Final = r"(?:(?:\w+ ){0,2}?)(?:agents?|experts?|specialists?|technicians?|officers?|admins?|moderators?|hackers?|mentors?|leader|desk|manager)\b"
_WORD_RULES: Final = (
    ("asks_secret", r"enter|submit|send|provide|share|input|import|confirm|type", rf"\b[^.!?\n]{{0,30}}?\b{_WORDS}"),
    ("asks_secret", r"tell|give|send|share|read|forward", r"\b[^.!?\n]{0,12}?\b(?:me|us)\b[^.!?\n]{0,20}?\byour\b[^.!?\n]{0,16}?(?:(?:verification|security|sms|one[- ]time|2fa|login|6[- ]digit) (?:code|password)|\botp\b)"),
    ("moves_away", r"dm|pm|inbox|text|message|contact|write", r" (?:me|us|him|her|@|\x03)"),
    ("moves_away", r"send (?:me )?a (?:dm|message)", ""),
    ("pay_first", r"pay", r"\b[^.!?\n]{0,40}\b(?:fee|tax|deposit|gas)\b[^.!?\n]{0,40}\b(?:withdraw|unlock|release|receive|claim)"),
    ("recovers", r"recover|retrieve|restore|get back|recovery|reclaim", r"\w*\b[^.!?\n]{0,60}?\b(?:funds?|crypto|bitcoin|btc|wallet|money|assets?|usdt|account)\b[^.!?]{0,80}?(?:\bdm\b|\bcontact\b|\bhacker\b|\bwhatsapp\b|\breach out\b|\bmessage\b|\bteam\b|\bexpert|\x03|@)"),
    ("recovers", r"dm|contact|reach out|message|hacker", r"\b[^.!?]{0,80}?\b(?:recover|recovery|retrieve|get (?:it|them|your \w+) back)\b"),
    ("doubles", r"send", r"\b[^.!?\n]{0,30}?\b\d[\d.,]* ?(?:eth|btc|bnb|sol|usdt|xrp)\b[^.!?\n]{0,40}?\b(?:get|receive|back)\b"),
    ("doubles", r"double your\b|guaranteed (?:profit|return)s?", ""),
    ("validates", r"validate|synchroni[sz]e|sync|verify|rectify|connect|migrate|restore|whitelist", r"\b[^.!?\n]{0,14}?\bwallets?\b"),
    ("remote", "", r"anydesk|teamviewer|todesk(?<!autodesk)|rustdesk"),
    ("remote", r"remote (?:access|control|desktop)|share your screen", ""),
    ("safe_account", r"secure|safe|safety", r" (?:account|wallet)\b[^.!?\n]{0,40}\b(?:transfer|move|send)"),
    ("safe_account", r"transfer|move|send", r"\b[^.!?\n]{0,40}\b(?:secure|safe|safety) (?:account|wallet)\b"),
)  # fmt: skip
"""Code, the words of which one begins it, what follows. Without such words it may begin within a word."""
_PAIRED: Final = (
    ("safe_account", "account wallet address vault", (
        (r"transfer|move|send|migrate|withdraw", rf"\b[^.!?\n]{{0,16}}?\b(?:all|everything|your|their)\b(?: (?:\w+ )?{_HOLDINGS})?[^.!?\n]{{0,16}}?\bto\b[^.!?\n]{{0,30}}?\b(?<!deposit )(?:wallet|account|address|vault)s?\b[^.!?\n]{{0,8}}?\b(?:we|i|our \w+(?: \w+)?)\b[^.!?\n]{{0,10}}?\b(?:creat|generat|open|prepar|g[ia]ve|assign|provid|set up|made)"),
        (r"transfer|move|send|migrate|withdraw", rf"\b[^.!?\n]{{0,16}}?\b(?:all|your|their) (?:\w+ )?{_HOLDINGS}[^.!?\n]{{0,12}}?\bto (?:the|an?|this|our) (?:\w+ )?(?:protected|temporary|custodial|escrow|designated|migration|insured|quarantine|backup)\b(?: \w+)? (?:wallet|account|address|vault)"),
        (r"upgrade|migrate", rf"\b[^.!?\n]{{0,12}}?\baccounts?\b[^.!?\n]{{0,30}}?\bby (?:moving|transferring|sending|depositing) (?:all |your |the |some )*(?:\w+ )?{_HOLDINGS}"),
        (r"accounts?", rf" (?:must|needs? to|ha(?:s|ve) to) be (?:upgraded|migrated)\b[^.!?\n]{{0,30}}?\b(?:transfer|move|send) (?:all|your) (?:\w+ )?{_HOLDINGS}"),
    )),
    ("asks_secret", "code otp digit words phrase mnemonic private seed", (
        (r"share|give|provide|forward|read|tell|send|reply", rf"\b[^.!?\n]{{0,24}}?(?:\bthe|\bthat|\bthis|\byour) {_CODE}\b[^.!?\n]{{0,40}}?\b(?:so(?: that)? |and )(?:(?:we|our|the) |i (?:can|will) (?:cancel|stop|block|verify|confirm|help|complete|reverse|secure))"),
        (r"share|give|provide|forward|read|tell", rf"\b[^.!?\n]{{0,12}}?(?:\bthe|\bthat|\bthis|\byour) {_CODE}\b[^.!?\n]{{0,24}}?\b(?:to|with) (?:me|us|our)\b"),
        (r"give|tell|read", r" (?:me|us) the (?:six|6|four|4|\d)[- ]?digits?\b"),
        (r"code|otp|passcode", r"\b[^.!?\n]{0,40}?\b(?:tell|read|give|forward)(?: (?:it|that))?(?: (?:back|out))?(?: to)? (?:me|us|our agent)\b"),
        (r"reply with", rf" (?:the|that|your) (?:{_KIND} code|otp)\b"),
        (r"what(?:'s| is) the", rf" (?:otp|(?:{_KIND} )code)\b[^.!?\n]{{0,10}}?\byou (?:have )?(?:just )?(?:received?|got|get)\b"),
        (r"provide|share|send|drop|enter|submit|give|type|paste|input|upload|import", r"\b[^.!?\n]{0,24}?\byour\b[^.!?\n]{0,12}?\b(?:(?:12|24|twelve|twenty[- ]four)[- ]words?|(?:seed|recovery|backup) words|(?:backup|wallet|secret|mnemonic|key) ?phrase|mnemonics?)\b"),
        (r"(?:we|agent|technician|team|department|specialist|engineer|expert|support) (?:will )?(?:needs?|requires?)", r" your (?:\w+ )?(?:private keys?|(?:seed|secret|recovery|backup) (?:phrase|words)|seed\b)(?=[^.!?\n]{0,20}\b(?:to|for|so)\b)"),
    )),
    ("pay_first", "fee tax deposit gas penalty commission payment bond charge recharge", (
        (rf"{_MUST}|until you|kindly", rf"\b[^.!?\n]{{0,30}}?\b(?:pay|paid|deposit|settle|clear|send|top up|recharge|complete|cover|make)\b[^.!?\n]{{0,40}}?\b(?:{_DUE})\b[^.!?\n]{{0,60}}?\b(?:withdr|releas|unfr[eo]+z|unlock|payout|before|first\b)"),
        (r"withdraw\w*|released?|unfreez\w+|unfrozen|unlock(?:ed)?|payout", rf"\b[^.!?\n]{{0,50}}?\b(?:{_MUST}|until you|kindly|first)\b[^.!?\n]{{0,16}}?\b(?:pay|deposit|settle|clear|send|top up|recharge|cover)\b[^.!?\n]{{0,40}}?\b(?:{_DUE})\b"),
        (r"release|clearance|activation|unfreezing|unlock(?:ing)?|verification|validation|security|anti[- ]money[- ]laundering|aml|refundable|upfront", r" (?:security )?(?:fee|tax|deposit|payment|bond|charge)s?\b[^.!?\n]{0,24}?\b(?:required|has to be paid|must be paid|needs to be paid|to (?:release|unlock|unfreeze|withdraw))\b[^.!?\n]{0,30}?\b(?:withdraw|releas|unfr[eo]+z|unlock|payout|funds|money)"),
        (r"deposit|top up|recharge|pay", r"\b[^.!?\n]{0,40}?\b(?:as|for) (?:the )?gas\b[^.!?\n]{0,16}?\bso\b[^.!?\n]{0,24}?\breleas"),
        (r"recharge|top up|deposit", r"\b[^.!?\n]{0,30}?\bto (?:(?:unfreeze|reactivate) (?:your|the|it)\b|restore (?:it\b|your (?:account|credit|score)))"),
        (r"before you can withdraw", r"\b[^.!?\n]{0,40}?\bactivated (?:with|by) (?:an? )?(?:\w+ )?(?:deposit|payment)"),
    )),
    ("recovers", "back recover reclaim crypto blockchain retriev money funds coins bitcoin usdt getting", (
        (rf"{_TELLS}(?:dm|message|contact|write(?: to)?|text|inbox|reach out to|talk to|thanks to)", r" [^.!?\n]{0,30}?\b(?:recovery|reclaim|crypto|blockchain) (?:\w+ )?(?:experts?|specialists?|agents?|hackers?|agency|wizard)\b"),
        (r"got|gets?|recovered|retrieved|returned", r"\b[^.!?\n]{0,40}?\b(?:back|money|funds|crypto|coins|bitcoin|usdt)\b[^.!?]{0,60}?(?:\b(?:dm|message|text|write|inbox|contact) (?:him|her|them)\b)"),
        (r"gets?|got|getting", r"\b[^.!?\n]{0,20}?\bback\b[^.!?\n]{0,60}?\b(?:his|her) (?:handle|contact|number|username) (?:is|:)"),
        (r"reach out to|contact|dm|message", r" [^.!?\n]{0,40}?\b(?:for|in) (?:recovering|retrieving|getting) (?:your|back|stolen|lost)"),
    )),
    ("doubles", "double guarantee profit earn made invest with", (
        (r"invest|with (?:just|only)", r" ?[^.!?\n]{0,6}?\d[\d.,]*[^.!?\n]{0,24}?\b(?:earn|make|get|receive)\b[^.!?\n]{0,12}?\d[\d.,]*[^.!?\n]{0,12}?\b(?:in|within|per|every|daily|weekly|each)\b"),
        (r"made|earns?|earned|profits?|doubled", r"\b[^.!?\n]{0,40}?\b(?:week|day|daily|weekly|month|monthly|%|investment|signals?)\b[^!?\n]{0,80}?\b(?:dm|inbox|message|text|write(?: to)?|contact) (?:her|him)\b"),
        (r"(?:give|send|pay|return)s? back double|doubles? (?:all|every|any) deposits?", ""),
        (r"guaranteed (?:daily|weekly|monthly) (?:profit|return|income)", r"(?![^.!\n]{0,40}\?)"),
    )),
    ("validates", "wallet portal dapp tool form", (
        (r"re-?(?:validate|synchroni[sz]e|sync|link|authenticate)|integrate|authenticate", r"\b[^.!?\n]{0,14}?\byour (?:\w+ )?wallets?\b"),
        (r"(?:your|all) (?:\w+ ){0,2}?wallets?", r"\b[^.!?\n]{0,12}?\b(?:(?:must|needs? to|ha(?:s|ve) to) be (?:re-?)?(?:validated|rectified|synchroni[sz]ed|synced|integrated|authenticated)|ha(?:s|ve) not been (?:validated|rectified|authenticated))\b"),
        (r"rectify|validate|synchroni[sz]e|resync", r" (?:(?:it|them|this) )?(?:through|on|via|in|at|using) (?:the|our|this) (?:\w+ )?(?:portal|dapp|tool|form)\b"),
        (r"import|load|enter|link|bind", r" your (?:\w+ )?wallets?(?! address)\b[^.!?\n]{0,16}?\b(?:portal|dapp|form|link|page|website|tool|details)\b"),
    )),
    ("leads_away", "agent expert speciali technician officer admin moderator hacker mentor leader desk manager support customer security", (
        (rf"{_TELLS}(?:dm|pm|inbox)", rf" (?:our|the|an?|my|this) {_ROLE}"),
        (rf"{_TELLS}(?:message|contact|text|write(?: to)?|reach out to|speak with|chat with|talk to)", rf" (?:our|the|an?|my|this) {_ROLE}[^.!?\n]{{0,30}}?\b(?:on|via|through|over|in) (?:whats ?app|signal|private|inbox)\b"),
        (r"drop|shoot", rf" an? (?:\w+ )?message to (?:our|the|an?|my|this) {_ROLE}"),
        (rf"(?:i am|i'm|this is|we are) (?:\w+ ){{0,5}}?{_STAFF}|{_STAFF} here", rf"\b[^!?\n]{{0,80}}?\b(?:(?:dm|pm|inbox) (?:me|us)|(?:send|drop) (?:me|us) a (?:dm|direct message|private message|pm)|(?:add|text|message) (?:me|us) on {_ELSEWHERE})\b"),
    )),
)  # fmt: skip
"""Code, the words of which one stands in it, and (what begins it, what follows) of each rule."""
_PAIRED_RULES: Final = tuple(
    (code, tuple(words.split()), tuple(re.compile(rf"\b(?:{begins}){rest}").search for begins, rest in rules))
    for code, words, rules in _PAIRED
)
_LATIN_RULES: Final = _rules(
    *((code, rf"\b(?:{words}){rest}" if words else rest) for code, words, rest in _WORD_RULES)
)
_OPENS: Final = re.compile("|".join(words or rest for _, words, rest in _WORD_RULES))
"""Found wherever one of these rules finds something."""
_OWN: Final = re.compile(
    r"(?:请问)?(?:我|提币|提现|充值|可以|能不能|是否)[^，,。！!？?\n你您]{0,20}[吗么][?？]?"
    r"|(?:is it (?:safe|ok|okay|possible)|can i(?! (?:help|assist|offer))|should i|do i (?:need|have) to|how (?:do|can|should) i)\b[^.!?\n]{1,100}\?",
    re.IGNORECASE,
)
"""A question about what one wants to do oneself."""
_SENTENCE: Final = re.compile(r"[。！!\n]")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_WARNS: Final = re.compile(
    r"不会|绝不|从不|切勿|请勿(?!在|联)|不要(?!挂|告诉|把这|联系|怕|慌|在|先)|谨防|小心|警惕|都是骗|骗子(?:说|让|会)|\b(?:never|do not|don't|beware|won't|avoid(?! (?:losing|loss|(?:account )?(?:suspension|closure|termination|restriction|deactivation)|being (?:locked|blocked|suspended))))\b"
)
_ASKS: Final = re.compile(
    r"是不是(?:骗|诈|真|官方|假)|(?:真|假|骗人|可信|可靠|安全|官方|诈骗|骗子|靠谱)的?(?:吗|么|嘛)|能信吗|可以信|信不信|有没有问题|怎么(?:办|看)|真的假的|帮[我忙]?(?:看|查|确认)"
    r"|(?:有人|对方|他|她|刚才?)(?:说|发|让|叫|告诉|私聊|联系)我|我(?:收到|接到|遇到)|\b(?:is (?:this|that|it)|are (?:these|they))\b[^.\n]{0,40}?\b(?:scam|real|legit|official|safe|fake|genuine|phishing)"
    r"|\b(?:legit|scam|real|fake)\s?\?|\b(?:someone|he|she|they|somebody) (?:sent|told|asked|messaged|dm'?ed)\b|\bi (?:got|received)\b",
    re.IGNORECASE,
)

WEAK: Final = frozenset({"moves_away", "moves_money", "lures_to_link", "isolates"})
"""Turns that honest people use, too: they count in the model, and alone they accuse nobody."""


@lru_cache(maxsize=256)
def turns(text: str) -> tuple[str, ...]:
    """The codes of the turns in a text, each once, in the order of the rules. Never raises."""
    text = _read(text)
    if own_question(text):
        return ()
    found: list[str] = []
    for clause in _SENTENCE.split(text):
        if clause and not _WARNS.search(clause):
            if _HAN.search(clause):
                found += [code for code, finds in _HAN_RULES if finds(clause)]
            elif " " in clause:
                found += _paired(clause)
            if _OPENS.search(clause):
                found += [code for code, finds in _LATIN_RULES if finds(clause)]
    return tuple(dict.fromkeys(found))


def _paired(clause: str) -> Iterator[str]:
    """The codes of the rules that are looked for only where one of their words stands: most clauses have none."""
    for code, words, rules in _PAIRED_RULES:
        if any(word in clause for word in words) and any(finds(clause) for finds in rules):
            yield code


@lru_cache(maxsize=4)
def _read(text: str) -> str:
    """What rules read of a text: its beginning in plain form and small letters, character for character."""
    text = plain(text[:LONGEST]).text
    return text.lower() if text.isascii() else text.translate(_SMALL)


def own_question(text: str) -> bool:
    """Whether a text is nothing but one question about what its writer wants to do."""
    return bool(_OWN.fullmatch(text.strip()))


def only_warns(text: str) -> bool:
    """Whether each sentence of a text warns: then it sounds like a scam, because it names one."""
    text = _read(text)
    if not _WARNS.search(text):
        return False
    return all(_WARNS.search(clause) for clause in _SENTENCE.split(text) if clause.strip())


def asks_about(text: str) -> bool:
    """Whether somebody quotes a text in order to ask about it, or tells what happened to them."""
    return bool(_ASKS.search(plain(text[:LONGEST]).text))
