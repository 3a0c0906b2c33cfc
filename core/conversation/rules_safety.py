"""Rules that keep people safe: no flow asks for a secret or stores one, and nothing links off the official list.

SECRET is a rule about words: in one clause, a verb of handing over and a secret, without a negation before them.
A question is read strictly (typing a code is handing it over); what is merely said may tell people to type
their code on the official page. Lists of sentences in the tests say what it finds and what it lets pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import lru_cache
from urllib.parse import urlsplit

from core.conversation.facts import Facts
from core.conversation.flow import Ask
from core.conversation.layout import Fault
from core.conversation.load import Draft
from core.safety.links import find as find_links

KNOWN = 4096
"""Texts of flows whose judgement is kept: at the next reload nearly all of them are the same."""
_SECRET = re.compile(
    r"私钥|私人密钥|密钥|助记词|助憶詞|助記詞|種子|私鑰|種子短語|种子短语|种子词|恢复短语|恢复词|备份短语|備份短語|密码|密碼|口令|验证码|驗證碼"
    r"|动态码|校验码|安全码|一次性代码|身份验证器的?代码|恢复码|备用码|备份码|恢复代码|(?:十二|二十四|12|24)\s?个?(?:单词|词|字)|个单词|单词"
    r"|卡背面|银行卡号|\b(?:seed|recovery|secret|backup|mnemonic) ?(?:phrases?|words?|keys?|codes?)\b"
    r"|\bmnemonics?\b|\bprivate[ -]?keys?\b|\bpass(?:word|code|phrase)s?\b|(?<![a-z])pin(?: ?codes?)?(?![a-z])|\botps?\b|\bcv[vc]\b"
    r"|\b(?:2fa|sms|mfa|google|verification|security|authenticat(?:or|ion)|one[- ]time|login|email) ?(?:codes?|tokens?|pins?)\b"
    r"|(?:验证器|短信)[^，。]{0,8}(?:数字|代码)|\bcodes?\b.{0,30}\b(?:authenticator|sms|text message|arrived|received|got)\b"
    r"|\b(?:numbers?|digits)\b.{0,30}\b(?:authenticator|sms|text message|on the back)\b|\bapi ?(?:secret|keys?)\b|\bkey files?\b"
    r"|keystore|\bcode\b.{0,20}\b(?:we|i) (?:just )?(?:text|send|sent)\b|\bkeystores?\b|\b(?:12|24|twelve|twenty-four)[- ]words?\b|\b(?:words? of your wallet|(?:first|second|next|last) word)\b|\bcard numbers?\b"
    r"|\bthe phrase\b|\byour (?:wallet's )?seed\b|\bseed of your\b|\b(?:6|six)[- ]digits?\b"
    r"|(?:二次|双重|两步|身份)验证(?:器)?(?:上|里|的|现在|显示|码)*(?:代码|数字|码)|[六6]位(?:数字|数|验证|代码)|验证短信|(?:短信|手机)[^，。]{0,6}那?串数字|[六6]位$",
    re.IGNORECASE,
)
_STEMS = (
    "私", "密", "助", "种", "種", "恢复", "备", "備", "口令", "验", "驗", "动态码", "安全码", "一次性", "短信", "词", "卡",
    "位", "双重", "两步", "seed", "phrase", "word", "key", "code", "mnemonic", "pin", "otp", "cv", "token", "digits", "number", "secret", "card",
)  # fmt: skip
"""Every secret above holds one of these: told quickly for the sentences that hold none."""
_GIVE = re.compile(
    r"发给|发来|发过来|发出来|传过来|说一下|说说|讲一下|需要(?:您|你)的|需要(?:您|你)提供|发送|发我|发一下|发到|發給|發送|提供|告诉|告知|告訴|回复|粘贴|贴到|贴上|上传"
    r"|提交|出示|报一下|报出|报上|说出|截图|拍照|拍下|念给|念一下|念出|给我|给客服|索要|索取|询问|交给|交出|分享|写下发|留下|转给|转发|附上|作为附件|逐个发|打出来"
    r"|打在|打给|打下|写在(?:这|下|对话)|写出来|写上|报给|报一报|念一念|念来|贴出|粘到|传上来|列给|共享|给我看|在(?:对话框|聊天|这里|这儿|此处|下面|下方)[^，。]{0,6}(?:写|打|输|填)"
    r"|(?:您|你)的[^，。]{0,8}(?:是什么|是多少|是哪)|显示的是|(?:以便|为了|用于|来)(?:核实|核验|解冻|同步|升级|解锁)|写给|念给|口述|拍清楚|私下发|写上|写出|填到|交回|抄给|发至|寄给|列出|配合.{0,4}念|发.{0,3}附件|共享屏幕|分享屏幕|把内容发"
    r"|\b(?:send|sends|sending|share|shares|sharing|tell|give|giving|provide|reply|paste|upload|submit|show|post|message (?:me|us)|forward"
    r"|hand|dm|what(?:'s| is| are) (?:your|the)|ask(?:s|ed|ing)? (?:you )?for|needs?(?: your| the)?(?! to)|type|leave|list|state|read"
    r"|let (?:us|me|the \w+|our \w+) (?:have|know)|dictate|e?mail (?:it|them|us|me|your|the)|drop|attach|entrust|spell|disclose|reveal|supply|is (?:needed|required)"
    r"|put in|fill in|take a picture|screenshot|scan)\b"
    r"|\bwrite\b.{0,30}\b(?:here|(?:for|to) (?:me|us))\b|\bwrite out\b|\b(?:may|can|could) i (?:have|get|see)\b|\b(?:i|we|us|team|agent|staff) (?:requires?|needs?|wants?)\b"
    r"|\bwhat (?:code|password|pin|words?|digits)\b|\bwhich (?:code|password|pin|words?|digits)\b|\bconfirm your\b.{0,20}\b(?:here|chat)\b",
    re.IGNORECASE,
)
_TYPE = re.compile(
    r"输入|填写|键入|填入|录入|填一下|填上|請輸入|輸入|请问|(?:您|你|第)[^，。]{0,12}(?:是什么|是多少)|还记得|记得"
    r"|\b(?:confirm|verify) your\b|\b(?:enter|input|key in|put in|do you remember|answer)\b",
    re.IGNORECASE,
)
_INPUT = re.compile(r"输入|填写|键入|填入|录入|輸入|\b(?:enter|input|key in|put in)\b", re.IGNORECASE)
_NOT = re.compile(
    r"不要|不会|不會|(?<!能)不能|不得|(?<!可)不可|不应|不用|不必|不需|无需|无须|绝不|絕不|从不|從不|永不|决不|切勿|请勿|請勿|勿|别|別|禁止|严禁|没有人|没人|无人|不看|不写|也不"
    r"|\b(?:never|not|no one|nobody|no|nor|neither|without|cannot|refuse|avoid|do(?:n't|nt)|won't|can't|mustn't|shouldn't|doesn't)\b|n[’']t\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:骗子|对方|他们)[^，。]{0,8}(?:说|讲|写道)\s*$|让人|叫人|\b(?:scammers?|they) (?:\w+ )?(?:say|write|claim)\b"
    r"|\btold (?:them|him|her|people)\b",
    re.IGNORECASE,
)
"""What follows is somebody else's words."""
_WARNS = re.compile(
    r"骗|诈|假冒|冒充|要(?:您|你)(?:交出|提供|发)[^，。]{0,16}的$|(?:索要|索取)[^，。]{0,12}的人|\b(?:scam(?:mer)?s?|fraud|fake|phishing|thie(?:f|ves))\b"
    r"|^\s*(?:谁|凡是|任何人|有人|对方|(?:如果|要是|若)(?:有人|对方)|whoever|any(?:one|body) (?:who|that|asking)|if (?:some|any)(?:one|body)|if they)",
    re.IGNORECASE,
)
_ANEW = re.compile(
    r"^\s*(?:请(?!勿|不)|請(?!勿|不)|但|而是|现在|只需|仅需|麻烦|please(?! do not| don't| never)|but\b|instead|just\b|now\b|then\b)"
    r"|发给我|给我们|\b(?:to|with) us\b|\btell us\b|\bsend us\b|\bsend me\b",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:点击|点按|点选|选择|按下|\b(?:tap|click|press|select|choose)\b)\s*(?:[“\"「『*`【]+[^”\"」』*`】]{0,30}[”\"」』*`】]+|(?:发送|获取)验证码)"
    r"|(?:发送|发|寄)(?:到|至|给)?了?(?:您|你)的?(?:绑定的?|注册的?)?(?:邮箱|手机|设备)"
    r"|(?:我们|系统|平台)(?:会|将|已|已经)?(?:向|给)?[^，。]{0,12}发送"
    r"|\b(?:we|system|site|page|app) (?:will |have |has |just )?(?:sends?|sent)\b|\b(?:sent|send) (?:you |it |a code )?to your\b"
    r"|(?:忘记|找回|重置|修改|更改|重设)(?:了|登录|支付|资金)*密码|\b(?:forgot(?:ten)?|reset|change|new|lost)(?: your| my| the)? password\b"
    r"|(?:遮住|遮盖|盖住|涂掉)[^，。]{0,20}|\b(?:cover|hide|mask|black out)\b[^,.]{0,40}",
    re.IGNORECASE,
)
_NOWHERE = re.compile(
    r"私钥|私鑰|助记词|助記詞|种子短语|恢复词|恢复短语|备份短语|单词|keystore|\b(?:seed|recovery|mnemonic)\b|private[ -]?key|\b(?:12|24)[ -]words?\b",
    re.IGNORECASE,
)
"""What opens a wallet is typed nowhere but in the wallet itself, whoever says so."""
_PLACE = re.compile(
    r"官网|官方(?!邮箱)|页面|网站|网页|应用|App|客户端|钱包里|登录页|登录时|登录后|设备上|\b(?:page|site|website|app|device|browser|screen)\b",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"我|客服|专员|技术|人员|这里|此处|下方|聊天|回复|邮箱|\b(?:me|us|our|here|chat|agent|support|reply|message|below|specialist|technician)\b",
    re.IGNORECASE,
)
"""Whoever asks, or where one is asked: an official page beside it makes it no better."""
_REFERS = re.compile(r"\b(?:it|them|these|those)\b|这里|下面|就行|按顺序|in order", re.IGNORECASE)
"""Words that stand for what the sentence before named."""
_SENTENCE = re.compile(r"[。！？!?；;\n]+|\.(?=\s|$)")
_CLAUSE = re.compile(r"[，,：:—]|\band then\b")
_SECRET_NAMES = re.compile(
    r"(?:^|_)(?:passwords?|passwd|pwd|passcode|passphrase|mnemonic|otp|cvv|pin|seed|seed_phrase|recovery_phrase|secret|keystore"
    r"|private_?key|secret_?key|(?:2fa|sms|verification|security|one_time|auth\w*)_code|mima|siyao|zhujici|yanzhengma)(?:_|$)"
)


def asks_for_secret(text: str, *, strict: bool) -> str:
    """The words with which a text asks for a secret; "" when it asks for none. `strict` is for questions."""
    text = text[:4000].replace("**", "").replace("`", "")
    named = False
    for sentence in _SENTENCE.split(text):
        lowered = sentence.lower()
        holds = any(stem in lowered for stem in _STEMS) and _SECRET.search(sentence) is not None
        if holds or (named and _REFERS.search(sentence)):
            found = _asked_in(sentence, strict=strict, named=not holds)
            if found:
                return found
        if sentence.strip():
            named = holds and not _NOT.search(sentence) and not _WARNS.search(sentence)
    return ""


def _asked_in(sentence: str, *, strict: bool, named: bool) -> str:
    """The clause of a sentence that asks. `named`: the secret stood in the sentence before."""
    refused = False
    for clause in _CLAUSE.split(_HARMLESS.sub(" ", sentence)):
        if _TOLD.search(clause):
            return ""
        if _ANEW.search(clause):
            refused = False
        asked = _TYPE if strict else _INPUT if _NOWHERE.search(clause) else None
        verb = _GIVE.search(clause) or (asked and not _PLACE.search(clause) and asked.search(clause)) or None
        if verb and _PLACE.search(clause) and not _HERE.search(clause):
            verb = None
        secret = _SECRET.search(clause)
        negation = _NOT.search(clause)
        warned = _WARNS.search(clause) or (negation and verb and negation.start() < verb.end())
        if negation and secret and 0 <= secret.start() - negation.end() <= 3:  # "no passwords"
            warned = negation
        if verb and (named or secret) and not refused and not warned:
            return clause.strip()[:60]
        if _WARNS.search(clause) or (negation and (verb or secret)):
            refused = True
    return ""


_asks = lru_cache(maxsize=KNOWN)(asks_for_secret)


def secrets(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """SECRET: no text and no button asks for a secret, and no slot is made to hold one."""
    asks = {step.text: step for step in draft.flow.steps.values() if isinstance(step, Ask)}
    quizzed = {f"lesson.{name}.question" for name in draft.flow.lessons}
    for (language, key), forms in draft.sources.items():
        for form in forms:
            found = _asks(form, strict=key in asks or key in quizzed)
            if found:
                yield draft.fault(draft.at(language, "texts", key), "SECRET", "", found=found)
                break
    for language, words in draft.flow.words.items():
        for name, label in words.choices.items():
            found = _asks(label, strict=False)
            if found:
                yield draft.fault(draft.at(language, "choices", name), "SECRET", "", found=found)
    for key, step in asks.items():
        if step.reads and (_SECRET_NAMES.search(key) or _SECRET_NAMES.search(step.reads)):
            yield draft.fault(draft.at("flow", "steps", step.name, "ask"), "SECRET", "slot", slot=key)


# --- links

_DOTTED = re.compile(r"[A-Za-z0-9]\.[A-Za-z0-9]|://")
"""Nothing without this is an address; nearly every text stops here."""
_LEADS = re.compile(r"[.@．。｡点點。\[(]|dot", re.IGNORECASE)
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{0,500})\)")
_BARE = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,10}://|www\.)[^\s，。；！？、（）()<>《》“”\"'`\]\[]{1,300}", re.IGNORECASE
)
_HOST = re.compile(
    r"(?<![\w.@/-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}"
    r"(?:com|net|org|io|app|xyz|me|info|co|cn|top|vip|finance|exchange|wallet|support|help|site|online|shop|club|pro|live"
    r"|link|gg|cc|tv|dev|ai|ru|win|fun|pw|hk|tw|us|uk|eu|sg|jp|ly|to|gl|su|tk|ml|ws|biz|space|store|tech|website|cash)"
    r"(?![a-z0-9-]|\.[a-z0-9])(?:/[^\s，。；！？、（）()]{0,200})?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]{1,64}@((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})", re.IGNORECASE)


Stranger = tuple[str, str, dict[str, str]]
"""(code, variant, holes) of a fault whose place the caller knows."""


def links(draft: Draft, facts: Facts) -> Iterator[Fault]:
    """LINK, LINKTEXT: every address is https and official, and no link shows another host than it opens."""
    for (language, key), forms in draft.sources.items():
        at = draft.at(language, "texts", key)
        for text in forms:
            yield from _links_of(draft, facts, at, text)
    for language, words in draft.flow.words.items():
        for name, label in words.choices.items():
            yield from _links_of(draft, facts, draft.at(language, "choices", name), label)


def _links_of(draft: Draft, facts: Facts, at: tuple[str, int, int], text: str) -> Iterator[Fault]:
    broken = any(
        fault.line == at[1] for fault in draft.faults if (fault.code, fault.file) == ("MARKUP", at[0])
    )
    for code, variant, holes in _strangers(text, facts.official_hosts, broken):
        yield draft.fault(at, code, variant, **holes)


@lru_cache(maxsize=KNOWN)
def _strangers(text: str, hosts: frozenset[str] | None, broken: bool) -> tuple[Stranger, ...]:
    return tuple(strangers(text, hosts, broken=broken))


def strangers(text: str, hosts: Set[str] | None, *, broken: bool = False) -> Iterator[Stranger]:
    """LINK, LINKTEXT of one text. `broken`: its marks are faulty, so that what its links open is not known."""
    if not _DOTTED.search(text):
        yield from _disguised(hosts, text)
        return
    for label, url in _LINK.findall(text):
        if not broken:
            yield from _address(hosts, url)
        shows = _HOST.search(label) or _BARE.search(label)
        if shows and _host(shows.group()) != _host(url):
            yield "LINKTEXT", "", {"shown": shows.group()[:60], "opens": _host(url)[:60]}
    rest = _LINK.sub(" ", text)
    for found in _BARE.findall(rest):
        yield from _address(hosts, found)
    rest = _BARE.sub(" ", rest)
    for found in [*_MAIL.findall(rest), *_HOST.findall(_MAIL.sub(" ", rest))]:
        yield from _official(hosts, found)
    yield from _disguised(hosts, _HOST.sub(" ", _MAIL.sub(" ", rest)))


def _disguised(hosts: Set[str] | None, text: str) -> Iterator[Stranger]:
    """What leads somewhere without looking like an address: "evil点com", full-width letters, other alphabets, IP
    numbers, a handle of a person or a bot."""
    if hosts is None or not _LEADS.search(text):
        return
    for item in find_links(text).items:
        host = item.host
        strange = host is None or ((host.real or host.ip) and host.name not in hosts)
        if strange and item.kind in ("host", "mail", "handle", "invite", "app"):
            yield "LINK", "", {"url": item.value[:80], "host": host.name[:80] if host else "-"}


def _address(hosts: Set[str] | None, url: str) -> Iterator[Stranger]:
    if "://" in url and not url.lower().startswith("https://"):
        yield "LINK", "https", {"url": url[:80]}
    else:
        yield from _official(hosts, url)


def _official(hosts: Set[str] | None, url: str) -> Iterator[Stranger]:
    host = _host(url)
    if hosts is not None and host not in hosts:
        yield "LINK", "", {"url": url[:80], "host": host[:80] or "-"}


def _host(url: str) -> str:
    """The host that a browser would open; "" when there is none, and for an address with a user part."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    return "" if "@" in parts.netloc else host.rstrip(".").lower()


RULES = (secrets, links)
"""Also for the house's texts."""
