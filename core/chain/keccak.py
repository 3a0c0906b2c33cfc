"""Keccak-256 as Ethereum uses it (the padding before SHA-3 was standardised), in plain Python.

It is needed for one thing: the checksum in the letter case of an EVM address. About a millisecond a hash.
"""

from __future__ import annotations

from typing import Final

_RATE: Final = 136
"""Bytes that are absorbed at a time: 200 minus twice the 32 bytes of the result."""
_LANE: Final = (1 << 64) - 1


def _constants() -> tuple[int, ...]:
    """The 24 round constants, from the feedback register of the specification."""
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for place in range(7):
            if register & 1:
                constant |= 1 << ((1 << place) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


def _rotations() -> tuple[tuple[int, int, int], ...]:
    """The walk of rho and pi: (from lane, to lane, turn) in the order x + 5 y."""
    x, y, walk = 1, 0, []
    for step in range(24):
        target = (y, (2 * x + 3 * y) % 5)
        walk.append((x + 5 * y, target[0] + 5 * target[1], (step + 1) * (step + 2) // 2 % 64))
        x, y = target
    return tuple(walk)


_ROUNDS: Final = _constants()
_WALK: Final = _rotations()


def _turn(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _LANE if by else lane


def _permute(state: list[int]) -> list[int]:
    """Keccak-f[1600]."""
    for constant in _ROUNDS:
        column = [state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] for x in range(5)]
        mixed = [column[(x - 1) % 5] ^ _turn(column[(x + 1) % 5], 1) for x in range(5)]
        state = [lane ^ mixed[at % 5] for at, lane in enumerate(state)]
        moved = [state[0]] * 25
        for source, target, by in _WALK:
            moved[target] = _turn(state[source], by)
        state = [
            moved[at] ^ (~moved[at - at % 5 + (at + 1) % 5] & _LANE & moved[at - at % 5 + (at + 2) % 5])
            for at in range(25)
        ]
        state[0] ^= constant
    return state


def keccak256(data: bytes) -> bytes:
    """The 32-byte Keccak-256 hash."""
    padded = bytearray(data) + bytes(_RATE - len(data) % _RATE)
    padded[len(data)] = 0x01
    padded[-1] |= 0x80
    state = [0] * 25
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            state[lane] ^= int.from_bytes(padded[start + lane * 8 : start + lane * 8 + 8], "little")
        state = _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])
