"""Keys of programs: bot tokens and API keys, by the form that their makers gave them or by a label; wallet files.

A form is enough where it cannot be anything else ("ghp_", "AKIA"); a mere row of letters and digits counts only
behind a word such as "API key".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core.safety.found import Found

TOKEN, API, KEYSTORE = "bot_token", "api_key", "keystore"
SHORTEST: Final = 16
"""No token is shorter: shorter texts need not be searched."""
_LONG: Final = re.compile(r"[A-Za-z0-9_\-]{16}")
"""Every one of these holds such a piece: told quickly for the texts that hold none."""
_TOKENS: Final = re.compile(
    r"(?<!\d)\d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"
    r"|(?<![A-Za-z0-9_-])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])"
    r"|(?<=/webhooks/)\d{17,20}/[A-Za-z0-9_-]{50,90}|(?<=slack\.com/services/)T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,32}"
)
_FORMS: Final = re.compile(
    r"(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,80}|github_pat_[A-Za-z0-9_]{40,100}|glpat-[A-Za-z0-9_-]{20,40}"
    r"|sk-[A-Za-z0-9_-]{32,180}|(?:AKIA|ASIA)[A-Z0-9]{16}|xox[abeoprs]-[A-Za-z0-9-]{20,200}|AIza[A-Za-z0-9_-]{35}"
    r"|(?:sk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,100}|eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1000}"
    r"|npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{30,40}|SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{40,46}|dop_v1_[a-f0-9]{64}"
    r"|shpat_[a-fA-F0-9]{32}|ya29\.[A-Za-z0-9_-]{40,200}|pypi-[A-Za-z0-9_-]{50,250}|xapp-[A-Za-z0-9-]{40,200})"
    r"(?![A-Za-z0-9_-])"
)
_LABEL: Final = re.compile(
    r"(?:api[\s_-]{0,2}(?:key|secret|密[钥鑰]|token|令牌)|(?:access|secret|auth|bearer|session|refresh)[\s_-]{0,2}(?:key|token)"
    r"|(?<![a-z])(?:apikey|secretkey|passphrase|tokens?|bearer|authorization)(?![a-z])|令牌|[密私秘][钥鑰匙]"
    r"|(?<![a-z])(?:client_|app_|consumer_|api的)?secret(?=[\s\"']{0,3}(?:[:=]|是|为|is)))"
)
_SHORT_LABEL: Final = re.compile(
    r"(?:api|secret|key|ak|sk)(?![a-z])(?=[\s\"':=“「`*(是为→-])|私密|[密私秘][钥鑰匙]"
)
"""Words that name a key only of a value that can be nothing else."""
_OTHER_KEY: Final = re.compile(r"(?:[a-z]|(?:public|pub|tx|cache) )\Z")
_ABOUT_API: Final = re.compile(r"(?<![a-z])(?:api|secret)|[密私秘][钥鑰匙]")
_VALUE: Final = re.compile(
    r"[^\S\n]{0,3}[\"'“”「`*]{0,3}(?:是|为|為|is|[:=]|->|→)?[\s\"'“”「`*]{0,4}(?:bearer\s)?([A-Za-z0-9][A-Za-z0-9_+/=.\-]{15,255})"
)
_CIPHER: Final = re.compile(r"ciphertext\\?[\"']?\s{0,4}:\s{0,4}\\?[\"']?([0-9a-f]{32,512})")
_ENCODED: Final = re.compile(r"[\"']encoded\\?[\"']\s{0,4}:\s{0,4}\\?[\"']([a-z0-9+/=]{64,8192})")
_VAULT: Final = re.compile(r"[\"']data\\?[\"']\s{0,4}:\s{0,4}\\?[\"']([a-z0-9+/=]{40,8192})")
_ADDRESS: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]{30,44}|[1-9A-HJ-NP-Za-km-z]{86,88}")
"""An address or a signature of some chain."""
_HEX: Final = re.compile(r"0[xX][0-9a-fA-F]+")
"""A transaction or an address."""


def find(text: str, low: str) -> Iterator[Found]:
    """The tokens, API keys and wallet files in a plain text; `low` is the same text in lower case."""
    if not _LONG.search(text):
        return
    for match in _TOKENS.finditer(text):
        yield Found(*match.span(), TOKEN, True)
    for match in _FORMS.finditer(text):
        yield Found(*match.span(), API, True)
    for label in _LABEL.finditer(low):
        value = _VALUE.match(text, label.end())
        if value and _is_key(value.group(1)):
            yield Found(*value.span(1), API)
    alone = not _ABOUT_API.search(low)
    for label in _SHORT_LABEL.finditer(low):
        other = _OTHER_KEY.search(low[max(0, label.start() - 8) : label.start()])
        value = None if other else _VALUE.match(text, label.end())
        if value and _is_long_key(value.group(1), label.group(), alone=alone):
            yield Found(*value.span(1), API)
    for match in _CIPHER.finditer(low):
        yield Found(*match.span(1), KEYSTORE)
    if "encoding" in low:
        for match in _ENCODED.finditer(low):
            yield Found(*match.span(1), KEYSTORE)
    if "salt" in low and '"iv' in low.replace("\\", ""):
        for match in _VAULT.finditer(low):
            yield Found(*match.span(1), KEYSTORE)


def _is_long_key(value: str, label: str, *, alone: bool) -> bool:
    """Small letters, capitals and digits, as many as in no name (a "secret" may be of one case); where nothing else is
    told of an interface, none that may be an address."""
    if len(value) < 30 or not _is_key(value):
        return False
    if value in (value.lower(), value.upper()):
        return label == "secret"
    return not (alone and _ADDRESS.fullmatch(value))


def _is_key(value: str) -> bool:
    """Letters and digits mixed as no word or address mixes them."""
    if value.lower().startswith(("http", "www.")) or _HEX.fullmatch(value):
        return False
    letters = sum(letter.isalpha() for letter in value)
    digits = sum(letter.isdigit() for letter in value)
    return letters >= 4 and digits >= 2 and value.count(".") <= 2
