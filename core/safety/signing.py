"""Signatures of the official list: Ed25519 over the bytes of the file, by two people at least.

A signature stands in a second file beside the list, a line each: the signer's public key and the signature, in
base64. Which keys count is pinned in the configuration; whoever can only write files cannot change what is official.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

_CONTEXT = b"helpline official list v1\n"
"""What is signed begins with this, so that a signature for anything else is none for a list."""
MOST = 16
"""Signatures that are looked at."""


def new_key(path: Path) -> str:
    """Make a private key in a file that only its owner may read; the public key in base64.

    Raises:
        OSError: there is a file already, or it cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(b64encode(raw).decode() + "\n")
    return public(key)


def public(key: Ed25519PrivateKey) -> str:
    """The public half, as it is pinned."""
    return b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def read_key(text: str) -> Ed25519PrivateKey:
    """A private key as `new_key` writes it.

    Raises:
        ValueError: it is none.
    """
    return Ed25519PrivateKey.from_private_bytes(b64decode(text.strip(), validate=True))


def signed(data: bytes, key: Ed25519PrivateKey) -> str:
    """The line for the file of signatures."""
    return f"{public(key)} {b64encode(key.sign(_CONTEXT + data)).decode()}"


def signers(data: bytes, signatures: str, pinned: Sequence[str]) -> tuple[str, ...]:
    """The pinned keys that really signed these bytes, each once. Never raises."""
    lines = [line.split() for line in signatures.splitlines() if line.strip()][:MOST]
    good = [line[0] for line in lines if len(line) == 2 and line[0] in pinned and _holds(data, *line)]
    return tuple(dict.fromkeys(good))


def _holds(data: bytes, key: str, signature: str) -> bool:
    try:
        verifier = Ed25519PublicKey.from_public_bytes(b64decode(key, validate=True))
        verifier.verify(b64decode(signature, validate=True), _CONTEXT + data)
    except (InvalidSignature, ValueError):
        return False
    return True
