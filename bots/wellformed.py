"""Text that every store and every wire accepts: no NUL, no half of a surrogate pair, nothing else changed."""

from __future__ import annotations

_REPLACEMENT = "\ufffd"


def wellformed(text: str) -> str:
    """The same text with NUL and lone surrogates replaced, one UTF-16 unit by one unit (offsets stay right)."""
    if "\0" in text:
        text = text.replace("\0", _REPLACEMENT)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        # A pair of escapes that belong together becomes its character; a half alone is replaced.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part that a platform means by an offset and a length in UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
