"""Dirty GIFs and BMPs."""

import io
import struct
from functools import cache

from blurkit.metadata import Kind
from tests.metadata.expected import SECRET_PROFILE, XMP_KINDS
from tests.metadata.photos import (
    PLANTED,
    encode,
    image,
    thumbnail,
    xmp,
)


@cache
def gifs():
    """Return dirty GIFs."""
    plain = encode("GIF", "P")
    at = 13 + 3 * 256

    def sub_blocks(content):
        pieces = [content[i : i + 255] for i in range(0, len(content), 255)]
        return b"".join(bytes((len(piece),)) + piece for piece in pieces) + b"\0"

    def put(block, into=plain):
        return into[:at] + block + into[at:]

    magic = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    buffer = io.BytesIO()
    frames = [image("P", seed=2)]
    image("P").save(buffer, "GIF", save_all=True, append_images=frames, comment=PLANTED, loop=0)
    return {
        "comment": (put(b"\x21\xfe" + sub_blocks(PLANTED)), {Kind.COMMENT}),
        "application": (put(b"\x21\xff\x0bPRIVATE1234" + sub_blocks(PLANTED)), {Kind.OTHER}),
        "loop-longer": (put(b"\x21\xff\x0bNETSCAPE2.0" + sub_blocks(b"\1\0\0" + PLANTED)), {Kind.OTHER}),
        "xmp": (put(b"\x21\xff\x0bXMP DataXMP" + xmp() + magic), XMP_KINDS),
        "plain-text": (put(b"\x21\x01" + sub_blocks(bytes(12)) + sub_blocks(PLANTED)[:0]), {Kind.TEXT}),
        "unknown": (put(b"\x21\x77" + sub_blocks(PLANTED)), {Kind.OTHER}),
        "control-longer": (put(b"\x21\xf9" + sub_blocks(bytes(4) + PLANTED)), {Kind.OTHER}),
        "animation": (buffer.getvalue(), {Kind.FRAME, Kind.COMMENT}),
        "trailer": (plain + PLANTED, {Kind.TRAILER}),
        "picture": (plain + thumbnail(), {Kind.SECOND_IMAGE}),
    }


@cache
def bmps():
    """Return dirty BMPs."""
    plain = encode("BMP")
    start = 54
    gap = plain[:10] + struct.pack("<I", start + len(PLANTED)) + plain[14:start] + PLANTED + plain[start:]
    wide = (
        struct.pack("<I", 124)
        + plain[18:start]
        + bytes(16)
        + b"%s"
        + bytes(48)
        + struct.pack("<4I", 4, 124 + 96 * 64 * 3, 99, 0)
    )
    head = plain[:10] + struct.pack("<I", 14 + 124)
    return {
        "trailer": (plain + PLANTED, {Kind.TRAILER}),
        "padding": (plain + bytes(7), {Kind.PADDING}),
        "gap": (gap, {Kind.GAP}),
        "picture": (plain + thumbnail(), {Kind.SECOND_IMAGE}),
        "profile": (head + wide % b"DEBM" + plain[start:] + SECRET_PROFILE, {Kind.ICC_TEXT, Kind.TRAILER}),
        "path": (head + wide % b"KNIL" + plain[start:] + PLANTED, {Kind.ICC_TEXT, Kind.TRAILER}),
    }
