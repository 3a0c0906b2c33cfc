"""Whether a text of ours asks for a secret, told by its words: in one clause a request or a verb of handing over, and a
secret, without a negation or a warning before them, and nothing that one does with a secret of one's own.

A question is read strictly (typing a code is handing it over); what is merely said may tell people to type their code on
the official page. Lists of sentences in the tests say what it finds and what it lets pass.
"""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"私钥|私人密钥|密钥|助记词|助憶詞|助記詞|種子|私鑰|种子短语|种子词|恢复短语|恢复词|备份短语|備份短語|密码|密碼|口令|验证码|驗證碼"
    r"|动态码|校验码|安全码|一次性代码|身份验证器的?代码|恢复码|备用码|备份码|恢复代码|(?:十二|二十四|12|24)\s?个?(?:英文)?(?:单词|词|字)|个单词|单词"
    r"|卡背面|银行卡号|\b(?:seed|recovery|secret|backup|mnemonic) ?(?:phrases?|words?|keys?|codes?)\b"
    r"|\bmnemonics?\b|\bprivate[ -]?keys?\b|\bpass(?:word|code|phrase)s?\b|(?<![a-z])pin(?: ?codes?)?(?![a-z])|\botps?\b|\bcv[vc]\b"
    r"|\b(?:2fa|sms|mfa|google|verification|security|authenticat(?:or|ion)|one[- ]time|login|email) ?(?:codes?|tokens?|pins?)\b"
    r"|(?:验证器|短信)[^，。]{0,8}(?:数字|代码)|\bcodes?\b.{0,30}\b(?:authenticator|sms|text message|arrived|received|got)\b"
    r"|\b(?:numbers?|digits)\b.{0,30}\b(?:authenticator|sms|text message|on the back)\b|\bapi ?(?:secret|keys?)\b|\bkey files?\b"
    r"|keystore|\bcode\b.{0,20}\b(?:we|i) (?:just )?(?:text|send|sent)\b|\b(?:12|24|twelve|twenty-four)[- ]words?\b|\b(?:words? of your wallet|(?:first|second|next|last) word)\b|\bcard numbers?\b"
    r"|\b(?:the|your) phrase\b|\byour (?:wallet's )?seed\b|\bseed of your\b|\b(?:6|six)[- ]digits?\b"
    r"|(?:二次|双重|两步|身份)验证(?:器)?(?:上|里|的|现在|显示|码)*(?:代码|数字|码)|[六6]位(?:数字|数|验证|代码)|验证短信|(?:短信|手机)[^，。]{0,6}那?串数字|[六6]位$"
    r"|(?:那个|登录|校验|认证|手机上?的|短信里?的)码|[串些]词|个词|恢复卡|钱包文件|签名条|(?:卡|签名)[^，。]{0,6}(?:旁边|背面|后面)[^，。]{0,6}(?:数|位)|验证器?[^，。]{0,6}几|每?个词"
    r"|\b(?:backup|recovery|dozen|wallet|those|your) (?:words?|sheet|card)\b|\bword on your\b|\b(?:login|access|sign-in) codes?\b|\bcode (?:on|in|from) your\b"
    r"|\bdigits (?:from|of|in) (?:your|the)\b|\b(?:numbers|digits)\b.{0,30}\bcard\b|\bfile of your wallet\b|\bsignature strip\b|\b(?:the|that|your) (?:new )?code\b|(?:的|那个|个|新)码(?!头)|码是|短信[^，。]{0,8}(?:内容|数字)|谷歌验证"
    r"|\bauthenticator(?: app)? (?:shows?|says?|displays?|display)\b|\b(?:string|words|letters|phrase) (?:of \w+ )?(?:that|which)\b.{0,30}?\b(?:opens?|unlocks?|restores?)\b"
    r"|[三六四36]个?数字|(?:手机|短信|收到)[^，。]{0,8}[串组]?数字|[串组](?:字符|数字)|(?:卡|签名)[^，。]{0,8}(?:背后|背面|后面|旁边|签名)[^，。]{0,8}数字|备份[卡纸]|(?:恢复用|抄写|抄助记词)[^，。]{0,4}[纸卡]|(?:导出|备份)[^，。]{0,8}文件|json ?文件"
    r"|api[^，。]{0,6}(?:secret|密钥)|短信里的|\b(?:six|6|three|3|four|4) (?:numbers|digits)\b|\b(?:number|numbers|digits)\b.{0,16}\b(?:your phone|texted|text we|sms)\b|\bone-time (?:number|pin|digits)\b|\bsecret (?:part|words?)\b"
    r"|\bwords?\b.{0,12}\byour wallet\b|\bword list\b|\blist of words\b|\bword (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|number|\d{1,2})\b|\bjson file\b|\b(?:export|file)\b.{0,10}\bwallet (?:export|made|gave)|\bwallet'?s? (?:export|backup)(?: file)?\b"
    r"|\b(?:the|that) (?:sms|text)(?: message)? (?:you|we|that|which)\b|\b(?:verification|login|email|mail) code\b|\bcode (?:in|from) the mail\b",
    re.IGNORECASE,
)
_STEMS = (
    "私", "密", "助", "种", "種", "恢复", "备", "備", "口令", "码", "包", "名", "验", "驗", "动态码", "安全码", "一次性", "短信", "词", "卡",
    "位", "字", "双重", "两步", "seed", "phrase", "word", "key", "code", "mnemonic", "pin", "otp", "cv", "token", "digit", "number", "secret", "card", "sheet", "file", "export", "list", "backup", "sms", "text", "纸", "文件", "数字", "strip", "string", "letters", "authenticator",
)  # fmt: skip
"""Every secret above holds one of these: told quickly for the sentences that hold none."""
_GIVE = re.compile(
    r"贴过来|补发|传一[份下张]|传给|传来|拍张|照片传|打一遍|写一遍|给[^，。]{0,8}(?:试一下|看看)|分别是|发给|发来|发过来|发出来|传过来|说一下|说说|讲一下|需要(?:您|你)的|需要(?:您|你)提供|发送|发我|发一下|发到|發給|發送|提供|告诉|告知|告訴|回复|粘贴|贴到|贴上|上传"
    r"|提交|出示|报一下|报出|报上|说出|截图|拍照|拍下|念给|念一下|念出|给我|给客服|索要|索取|询问|交给|交出|分享|写下发|留下|转给|转发|附上|作为附件|逐个发|打出来"
    r"|打在|打给|打下|写在(?:这|下|对话)|写出来|写上|报给|报一报|念一念|念来|贴出|粘到|传上来|列给|共享|在(?:对话框|聊天|这里|这儿|此处|下面|下方)[^，。]{0,6}(?:写|打|输|填)"
    r"|(?:您|你)的[^，。]{0,8}(?:是什么|是多少|是哪)|显示的是|(?:看到|显示|收到|写|跳出来|跳到)[^，。]{0,4}是?(?:多少|几|什么|哪)|是哪几|具体是|分别是|内容是|(?:您|你)念|念我|我[帮替](?:您|你)(?:存|保管|收|输|填)|(?:以便|为了|用于|来)(?:核实|核验|解冻|同步|升级|解锁)|写给|口述|拍清楚|私下发|写出|填到|交回|抄给|发至|寄给|列出|配合.{0,4}念|发.{0,3}附件|把内容发|镜头|亮给|亮出|举到|举起|过目|看一[眼下]|抄(?:一份|进|到|录)|敲入|寄到|照着回|读给|说给|讲给|背给|背出|带上|打包"
    r"|\b(?:send|sends|sending|share|shares|sharing|tell|give|giving|provide|reply|paste|upload|submit|show|post|message (?:me|us)|forward"
    r"|hand|dm|what(?:'s| is| are) (?:your|the)|ask(?:s|ed|ing)? (?:you )?for|needs?(?: your| the)?(?! to)|type|leave|list|state|read"
    r"|let (?:us|me|the \w+|our \w+) (?:have|know)|dictate|e?mail (?:it|them|us|me|your|the)|drop|attach|entrust|spell|disclose|reveal|supply|is (?:needed|required)"
    r"|put in|fill in|take a picture|screenshot|scan|furnish|hand over|pass (?:it |them )?(?:on|along|over)|read (?:out|aloud)|speak|camera|lens)\b"
    r"|\bwrite\b.{0,50}\b(?:here|(?:for|to) (?:me|us)|(?:next|this|the) (?:message|chat|conversation|reply))\b|\b(?:tell|past|read|typ|upload|provid|show|forward|copy|spell)ing\b|\bwrite out\b|\b(?:may|can|could) i (?:have|get|see)\b|\b(?:i|we|us|team|agent|staff) (?:requires?|needs?|wants?)\b"
    r"|\bwhat is it\b|\bhow does it go\b|\bwhat does it say\b|\bcopy (?:it|them) out\b|\bwhich one$|\b(?:what|which) (?:code|password|passcode|passphrase|pin|words?|digits|numbers)\b(?! (?:rules|length|manager|policy|strength)| (?:do|did|would) you (?:want|wish|need|mean|lose|forget|change))|\bconfirm your\b.{0,20}\b(?:here|chat)\b",
    re.IGNORECASE,
)
_TYPE = re.compile(
    r"输入|填写|键入|填入|录入|填一下|填上|請輸入|輸入|请问|(?:您|你|第)[^，。]{0,12}(?:是什么|是多少)|还记得|记得"
    r"|\b(?:confirm|verify) your\b|\b(?:enter|input|key in|put in|do you remember|answer)\b",
    re.IGNORECASE,
)
_INPUT = re.compile(r"输入|填写|键入|填入|录入|輸入|\b(?:enter|input|key in|put in)\b", re.IGNORECASE)
_NOT = re.compile(
    r"(?<!要)不要|不会|不會|(?<!能)不能|不得|(?<!可)不可|不应|不用|不必|不需|无需|无须|绝不|絕不|从不|從不|永不|决不|切勿|请勿|請勿|勿|(?<![分区识類类差性个級级特])[别別](?!的)|禁止|严禁|没有人|没人|无人|不看|不写|也不"
    r"|\b(?:never|not|no one|nobody|no|nor|neither|without|cannot|refuse|avoid|do(?:n't|nt)|won't|can't|mustn't|shouldn't|doesn't)\b|n[’']t\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:骗子|对方|他们)[^，。]{0,8}(?:说|讲|写道)\s*$|(?:骗子|对方|他们|有人)[^，。]{0,2}(?:让|叫|要|问)(?:过)?(?:您|你)|让人|叫人|(?:向|问|找|跟)(?:您|你)要|\b(?:scammers?|they) (?:\w+ )?(?:say|write|claim)\b"
    r"|\b(?:message|caller|mail|email|page|site|person) (?:\w+ )?ask(?:s|ed)?\b|\btold (?:them|him|her|people)\b",
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
    r"|\bonly you (?:may|can)\b[^,.]*|只有(?:您|你)[^，。]*"
    r"|\b(?:when|whether|if) you (?:last |have |ever )?(?:changed?|reset|lost|forgot|used)\b[^,.]*"
    r"|(?:忘记|找回|重置|修改|更改|重设)(?:了|登录|支付|资金)*密码|\b(?:forgot(?:ten)?|reset|change|new|lost)(?: your| my| the)? password\b"
    r"|(?:遮住|遮盖|盖住|涂掉)[^，。]{0,20}|\b(?:cover|hide|mask|black out)\b[^,.]{0,40}",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"(?:告诉|发|给|透露|泄露|说|交)(?:给)?(?:过(?![来去])|了)(?:给)?(?:别人|他人|任何人|对方|骗子|谁|他们?)|(?:告诉|发|给|透露|泄露|交)(?:给)?过(?![来去])|(?:告诉|告知|通知|联系)(?:您的|你的)?(?:家人|银行|警方|警察|开户行)"
    r"|\b(?:did|have|has) (?:you|anyone|anybody|someone) (?:ever |already )?(?:tell|told|give|given|send|sent|share|shared|show|shown|type|typed|enter|entered)\b(?! (?:it |them )?(?:to |with )?(?:us|me)\b)"
    r"|\b(?:tell|inform|notify) (?:your|the) (?:bank|police|family|friends)\b[^,.]*",
    re.IGNORECASE,
)
"""What was given away to others, or is to be told to others: it stands for "leaked" below."""
_NOWHERE = re.compile(
    r"私钥|私鑰|助记词|助記詞|种子短语|恢复词|恢复短语|备份短语|单词|keystore|\b(?:seed|recovery|mnemonic)\b|private[ -]?key|\b(?:12|24)[ -]words?\b",
    re.IGNORECASE,
)
"""What opens a wallet is typed nowhere but in the wallet itself, whoever says so."""
_PLACE = re.compile(
    r"官网|官方(?!邮箱)|页面|网站|网页|应用|App|客户端|钱包里|登录页|登录时|登录后|设备上|\b(?:page|site|website|app|device|browser|screen|there)\b",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"我|屏幕共享|(?:共享|分享|打开)[^，。]{0,2}屏幕|客服|专员|技术|人员|这里|此处|下方|聊天|回复|邮箱|\bshar(?:e|ing) (?:your |the )?screen\b|\b(?:me|us|our|here|chat|agent|support|reply|message|below|specialist|technician)\b",
    re.IGNORECASE,
)
"""Whoever asks, or where one is asked: an official page beside it makes it no better."""
_ASKED = re.compile(
    r"请(?!问|勿)|让我|拿到|看到|直接|照着|团队|麻烦|烦请|劳驾|务必|得先|须先|就差|只差|还差|先把|把|替您|帮您|为您|我来|我们来|给我们|才能|方可"
    r"|\b(?:please|kindly|just|simply|go ahead|has to|must (?:see|have)|until you|as soon as|if (?:i|we)|(?:i|we|us|team|desk) (?:verif(?:y|ies)|checks?|compares?|sees?|gets?)|let (?:us|me|him|her|the|our)"
    r"|to (?:me|us|him|her|the \w+|our \w+)|your (?:answer|reply)|below|for (?:me|us))\b"
    r"|^\s*(?:then |now |and |first )?(?:copy|read|put|pop|key|enter|hold|snap|say|speak|dictate|write out|fetch|bring)\b",
    re.IGNORECASE,
)
"""A request of any kind: with a secret beside it and nothing of `_OWN` it wants the secret."""
_QUESTION = re.compile(
    r"^\s*(?:is|are) (?:your|the)\b|\bare$|是$|要不要|替您|帮您|好吗|行吗|一遍|什么|多少|几|哪|怎么|怎样|吗$|呢$|么$|能否|能不能|能看|可否|方便|可以|要不|说一|听|\b(?:what|which|how|where|may|can|could|would|shall|mind|do you|is it|any chance|might|who)\b",
    re.IGNORECASE,
)
_YOURS = re.compile(r"您|你|\byour?\b", re.IGNORECASE)
_OWN = re.compile(
    r"^\s*(?:助记词|私钥|密码|口令|验证码)是什么|原来的|背面的[^，。]{0,4}电话|修改|更改|改密码|改过|改动|重置|重设|忘|找回|换(?:新|了|手机|绑|密码|一个|成)|绑|开启|启用|打开[“「]|关闭|停用|删|作废|撤销|离线|(?:抄|写|记)(?:下来)?在[^，。]{0,6}纸|保管|收好|保存(?:好|在纸|下)|存好|存放|存在(?!哪|什么)|备份好|官网|官方"
    r"|泄露|泄漏|丢|被(?:盗|改|人|骗|锁|别|偷|看)|收到|收不到|没收|等(?:一|几|待|候)|有效|过期|不同|区别|至少|设置|设一|设定|什么是|意思|怎么办|怎么打开|别人|有没有|是否|是不是|谁(?:也|都|能|有)|管理器|通行|获取|相同|一样|安全课|(?:人|谁)知道|几个词|多少个|多久|哪一?[款种类]|想(?:要)?(?:改|换|查|找|重)|最安全|什么时候|什么用|做什么|够不够|强不强|用完"
    r"|\b(?:chang(?:e|es|ed|ing)|reset|forg[eo]t\w*|lost|lose|leak\w*|stolen|receiv\w*|arriv\w*|expire[ds]?|valid|rotate|revoke|delete|remove|disable|enable|turn (?:on|off)"
    r"|set (?:up|a)|bind|offline|on paper|in fact|keep|old|stor(?:e|es|ed|ing)|manager|official|sign-?in|unique|different|last (?:changed|used)|at least|characters|mean(?:s|t)?|differ\w*|happen\w*|anybody|anyone"
    r"|somebody|someone|passkey|asked|asks|^\s*did|how (?:many|long|often)|when did|what makes|which (?:\w+ )?(?:app|device|kind|type)|want to|difference|did (?:you|anyone|anybody) (?:give|tell|share|enter|lose)|what is a|^\s*have you|has any|new (?:one|code|password)|every|belongs?|again|cover|hide|in (?:the|your) app|got|used?|reuse)\b",
    re.IGNORECASE,
)
"""What is done with a secret of one's own, or what became of it: nobody is handed anything."""
_VALUE = re.compile(
    r"怎么写|完整的|(?:前|后|末|最后|开头)[一二三四五六八\d]{1,2}[位个]|第[一二三四五六七八九十\d]{1,3}个(?:助记词|词|单词|字)"
    r"|\b(?:last|first) (?:\w+ )?(?:characters|letters|digits|words)\b|\bhow many letters\b|\bspelled\b|\bwhat (?:passcode|password|passphrase|pin) (?:do|did) you (?:use|have|set)\b",
    re.IGNORECASE,
)
"""A part of a secret, or how it is written: whoever asks that wants the secret itself."""
_REFERS = re.compile(r"\b(?:it|them|these|those)\b|这里|下面|就行|按顺序|in order", re.IGNORECASE)
"""Words that stand for what the sentence before named."""
_SENTENCE = re.compile(r"[。！？!?；;\n]+|\.(?=\s|$)")
_CLAUSE = re.compile(r"[，,：:—]|\band then\b")


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
    refused = carried = False
    for clause in _CLAUSE.split(_HARMLESS.sub(" ", _GONE.sub(" leaked ", sentence))):
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
        put = _ASKED.search(clause) or ((strict or _YOURS.search(clause)) and _QUESTION.search(clause))
        wanted = (secret and put) or (carried and verb and (strict or _ASKED.search(clause)))
        if negation or _OWN.search(clause):
            wanted = None
        carried = (carried or secret is not None) and not negation and not refused
        if wanted and _PLACE.search(clause) and not _HERE.search(clause):
            wanted = None
        if strict and carried and not negation:
            wanted = wanted or _VALUE.search(clause)
        if ((verb and (named or secret)) or wanted) and not refused and not warned:
            return clause.strip()[:60]
        if _WARNS.search(clause) or (negation and (verb or secret)):
            refused = True
    return ""
