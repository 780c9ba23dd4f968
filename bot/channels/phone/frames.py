"""AudioSocket's frames: kind (1 byte) | length (2 bytes, big-endian) | payload."""

HEADER = 3
END = 0x00
UUID = 0x01
DIGIT = 0x03
ERROR = 0xFF

RATES = {
    0x10: 8_000,
    0x11: 12_000,
    0x12: 16_000,
    0x13: 24_000,
    0x14: 32_000,
    0x15: 44_100,
    0x16: 48_000,
    0x17: 96_000,
    0x18: 192_000,
}
"""Kinds of sound and their Hz."""

GOODBYE = bytes(HEADER)
"""Gives the caller back to the dialplan."""


def frame(kind: int, payload: bytes) -> bytes:
    """One frame, to be written at once. The payload is at most 65,535 bytes; for sound at least one sample."""
    return header(kind, len(payload)) + payload


def header(kind: int, length: int) -> bytes:
    """The three bytes before a payload of `length`."""
    return bytes((kind, length >> 8, length & 0xFF))


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The whole frames in `data` as (kind, payload), and what is left of an unfinished one."""
    found: list[tuple[int, bytes]] = []
    at, end = 0, len(data)
    while end - at >= HEADER:
        begins = at + HEADER
        ends = begins + (data[at + 1] << 8 | data[at + 2])
        if ends > end:
            break
        found.append((data[at], data[begins:ends]))
        at = ends
    return found, data[at:]
