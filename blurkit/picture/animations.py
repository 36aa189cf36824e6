"""Whether a GIF, WebP or PNG moves: told from its structure, without decoding a picture."""

from __future__ import annotations

from typing import IO

from blurkit.records import ImageFormat

MOVING_KINDS = (ImageFormat.GIF, ImageFormat.WEBP, ImageFormat.PNG)
"""Formats whose animations are taken for clips."""

_MOVES = 0x02
"""Bit of a WebP's header that says that it is an animation."""


def moves(file: IO[bytes], kind: ImageFormat) -> bool:
    """Whether a file is an animation of two pictures or more.

    Args:
        file: Open for reading, at its beginning.
        kind: Its format.
    """
    if kind is ImageFormat.WEBP:
        head = file.read(21)
        return head[12:16] == b"VP8X" and len(head) == 21 and bool(head[20] & _MOVES)
    if kind is ImageFormat.PNG:
        return _is_told_to_move(file)
    return kind is ImageFormat.GIF and _has_two(file)


def _is_told_to_move(file: IO[bytes]) -> bool:
    """Whether a PNG says before its picture that it has two frames or more."""
    file.seek(8)
    while len(head := file.read(8)) == 8 and head[4:] not in (b"IDAT", b"IEND"):
        size = int.from_bytes(head[:4])
        if head[4:] == b"acTL":
            return int.from_bytes(file.read(4)) > 1
        file.seek(size + 4, 1)
    return False


def has_further_frames(png: bytes) -> bool:
    """Whether a PNG says before its picture that it moves, and holds a further frame: browsers show that one.

    Some decoders give up an animation that is damaged, and show its first picture, which may be another one.
    """
    at, is_told = 8, False
    while at + 8 <= len(png):
        size, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        if kind == b"fdAT":
            return is_told
        is_told = is_told or kind == b"acTL"
        if kind == b"IDAT" and not is_told:
            return False
        at += 12 + size
    return False


def _has_two(file: IO[bytes]) -> bool:
    """Whether a second picture begins in a GIF."""
    _skip_table(file, file.read(13)[10:11])
    pictures = 0
    while pictures < 2:
        match file.read(1):
            case b"\x21":
                file.read(1)
            case b"\x2c":
                pictures += 1
                _skip_table(file, file.read(9)[8:9])
                file.read(1)
            case _:
                return False
        while size := file.read(1):
            if size == b"\0":
                break
            file.seek(size[0], 1)
    return True


def _skip_table(file: IO[bytes], flags: bytes) -> None:
    """Skip the table of colours that follows, if there is one."""
    if flags and flags[0] & 0x80:
        file.seek(3 << ((flags[0] & 7) + 1), 1)
