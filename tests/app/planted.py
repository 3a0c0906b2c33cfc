"""Secrets of every kind that the tests plant wherever a person can put one, and the search for what is left of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from mnemonic import Mnemonic

from core import base58

SEED = Mnemonic("english").to_mnemonic(bytes(range(16)))
HAN = Mnemonic("chinese_simplified").to_mnemonic(bytes(range(16, 32)))
WIF = base58.encode_checked(b"\x80" + bytes(range(32)) + b"\x01")
XPRV = base58.encode_checked(bytes.fromhex("0488ade4") + bytes(41) + b"\0" + bytes(range(1, 33)))
PASSWORD = "Zx9!kfP2qq-Wolke"
CODE = "58301947"
BOT = "7123456789:AAH" + "k3Jx9" * 6 + "Qz"
CARD = "4000 0012 3456 7899"
IDENTITY = "11010519491231002X"
API = "sk-proj-" + "Kx7" * 15
CIPHER = bytes(range(64, 96)).hex()
BACKUP = ["x7k2-m9qa", "p3w8-z5tr", "h6v1-c4yd"]
KEY = bytes(range(100, 132)).hex()
MONERO = (
    "pram cinder nostril roles rims value boil atom unjustly tavern kisses vowels cell locker sighting igloo"
)
DICTATED = Mnemonic("english").to_mnemonic(bytes(range(40, 72))).split()
SAID = {
    "seed": SEED,
    "seed in lines": SEED.replace(" ", "\n"),
    "seed in Chinese": f"我的助记词是 {HAN}",
    "wif": f"key {WIF}",
    "xprv": XPRV,
    "password": f"我的密码是 {PASSWORD}",
    "code": f"验证码：{CODE}",
    "token": f"token {BOT}",
}
PASTED = {
    "numbers": f"银行卡 {CARD}，身份证 {IDENTITY}",
    "keys": f"API key: {API}\nmy private key is 0x{KEY}",
    "wallet file": json.dumps({"crypto": {"ciphertext": CIPHER, "kdf": "scrypt"}, "version": 3}),
    "recovery codes": f"2FA backup codes: {' '.join(BACKUP)}",
    "another wallet": f"my 25 words: {MONERO}",
}
"""Put where people paste things; the others are put everywhere."""
HEX = bytes(range(7, 39)).hex()
"""It may be a transaction id; nobody but its owner can tell."""
PLANTED = [
    *(HEX, HEX.upper(), HEX[:63], SEED, " ".join(SEED.split()[:4]), HAN, WIF, XPRV, PASSWORD, CODE, BOT),
    *(CARD, IDENTITY, API, KEY, CIPHER, *BACKUP, " ".join(MONERO.split()[:4]), " ".join(DICTATED[4:8])),
]


def written(secret: str) -> list[bytes]:
    """The ways in which a text may lie in a file."""
    forms = {secret, secret.replace(" ", "\n"), secret.replace(" ", "\\n"), secret.replace(" ", "")}
    texts = [*forms, *(json.dumps(form)[1:-1] for form in forms)]
    return [text.encode(code) for text in texts for code in ("utf-8", "utf-16-le", "gb18030")]


async def counted(port: int) -> bytes:
    """What Prometheus is told."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        return await answer.read()


def found_nowhere(folder: Path, metrics: bytes, *bearers: str, handles: Sequence[str] = ()) -> None:
    """No byte of what was planted is in any file of this folder nor in the metrics, and none of these tokens; no
    `handles` of an answer in the logs.

    Raises:
        AssertionError: it names the file and how the secret begins.
    """
    assert b'helpline_secrets_found_total{kind="seed_phrase"}' in metrics
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert {"helpline.db", "helpline.db-wal"} <= files.keys()
    for name, data in (files | {"metrics": metrics}).items():
        for secret in PLANTED:
            for form in written(secret):
                assert form not in data, f"{name} holds {secret[:8]}…"
        for token in (*bearers, *(handles if name.endswith(".log") else ())):
            assert token.encode() not in data, f"{name} holds what is a secret between the platform and us"
