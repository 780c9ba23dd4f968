"""Pictures without what they tell about their maker: position, time, device. The picture itself is not touched where that can be helped."""

import io
import struct

from PIL import Image, UnidentifiedImageError

MOST_PIXELS = 80_000_000
"""A picture of more would fill the memory of whoever opens it."""

_KEPT_PNG = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT"}  # fmt: skip
_SOI, _SOS, _EXIF = b"\xff\xd8", 0xDA, b"Exif\x00\x00"
_EOI = 0xD9
_IN_SCAN = {0x00, 0xFF, *range(0xD0, 0xD8)}
_TRAILER, _PLAYED = 0x3B, (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_PLAIN = {*range(0xD0, 0xD8), 0x01}
"""JPEG markers without a length."""


class NotAPicture(ValueError):
    """It starts like a picture and is none, or is a bomb."""


def cleaned(data: bytes, media_type: str) -> tuple[bytes, str]:
    """The picture without metadata, and its media type (HEIC becomes JPEG: few can open it). NotAPicture."""
    if media_type == "image/heic":
        return _from_heic(data), "image/jpeg"
    _measure(data)
    if media_type == "image/jpeg":
        return _jpeg(data), media_type
    if media_type == "image/png":
        return _png(data), media_type
    if media_type == "image/webp":
        return _webp(data), media_type
    return _gif(data), media_type


def _measure(data: bytes) -> None:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NotAPicture("it cannot be opened") from None
    if width * height > MOST_PIXELS:
        raise NotAPicture("it is too large to be opened")


def _jpeg(data: bytes) -> bytes:
    """Segments without APP1–APP13 and comments; which way up it is stays, in an Exif of twenty bytes. Pixels are not touched.

    It ends where the picture does: what stands behind it (a second picture with a position of its own, a film) goes too.
    """
    kept, orientation, at, pictured = bytearray(_SOI), 1, 2, False
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            raise NotAPicture("a broken JPEG")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _PLAIN:
            kept += data[at : at + 2]
            at += 2
            continue
        if marker == _EOI:
            break
        if at + 4 > len(data):
            break
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        segment = data[at : at + 2 + length]
        if marker == _SOS:
            # A picture may come in several scans, with tables between them.
            pictured, end = True, _end_of_scan(data, at + 2 + length)
            kept += data[at:end]
            at = end
            continue
        if marker == 0xE1 and segment[4:10] == _EXIF:
            orientation = _orientation(segment[10:])
        elif marker in (0xE0, 0xEE, 0xE2) or not (0xE1 <= marker <= 0xEF or marker == 0xFE):
            # JFIF, Adobe's colour transform and the colour profile belong to the picture.
            kept += segment
        at += 2 + length
    if not pictured:
        raise NotAPicture("a JPEG without a picture")
    if orientation != 1:
        kept[2:2] = _upright(orientation)
    return bytes(kept) + b"\xff\xd9"


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands that is neither a stuffed byte, a restart nor filling; the end of the data when there is none."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] not in _IN_SCAN:
            return at
        at += 1 if data[at + 1] == 0xFF else 2
    return len(data)


def _orientation(tiff: bytes) -> int:
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (start,) = struct.unpack(f"{order}I", tiff[4:8])
        (count,) = struct.unpack(f"{order}H", tiff[start : start + 2])
        for n in range(min(count, 200)):
            entry = tiff[start + 2 + 12 * n : start + 14 + 12 * n]
            tag, _, _, value = struct.unpack(f"{order}HHIH", entry[:10])
            if tag == 0x0112:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _upright(orientation: int) -> bytes:
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    body = _EXIF + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> bytes:
    kept, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, chunk = data[at + 4 : at + 8], data[at : at + 12 + length]
        if kind in _KEPT_PNG:
            kept += chunk
        at += 12 + length
        if kind == b"IEND":
            return bytes(kept)
    raise NotAPicture("a PNG without an end")


def _webp(data: bytes) -> bytes:
    kept, at = bytearray(), 12
    while at + 8 <= len(data):
        (length,) = struct.unpack("<I", data[at + 4 : at + 8])
        kind, chunk = data[at : at + 4], data[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            # The flags must not promise what is gone.
            chunk = chunk[:8] + bytes([chunk[8] & ~0b1100]) + chunk[9:]
        if kind not in (b"EXIF", b"XMP "):
            kept += chunk
        at += 8 + length + length % 2
    return b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + bytes(kept)


def _gif(data: bytes) -> bytes:
    """Without comments and what programs add, but for how often it is played."""
    if len(data) < 13:
        raise NotAPicture("a broken GIF")
    at = 13 + _colours(data[10])
    kept = bytearray(data[:at])
    while at < len(data) and data[at] != _TRAILER:
        start, drop = at, False
        if data[at] == 0x21:
            label = data[at + 1] if at + 1 < len(data) else 0
            drop = label in (0xFE, 0x01) or (label == 0xFF and data[at + 3 : at + 14] not in _PLAYED)
            at += 2
        elif data[at] == 0x2C and at + 10 <= len(data):
            at += 10 + _colours(data[at + 9]) + 1
        else:
            raise NotAPicture("a broken GIF")
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
        if not drop:
            kept += data[start:at]
    return bytes(kept) + bytes([_TRAILER])


def _colours(flags: int) -> int:
    """Bytes of the table of colours that a GIF's flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _from_heic(data: bytes) -> bytes:
    import pillow_heif

    try:
        heif = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
        if heif.size[0] * heif.size[1] > MOST_PIXELS:
            raise NotAPicture("it is too large to be opened")
        picture = heif.to_pillow().convert("RGB")
    except NotAPicture:
        raise
    except Exception:
        raise NotAPicture("it cannot be opened") from None
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()
