"""Which files are clips, by their first bytes and by their names."""

from __future__ import annotations

from enum import StrEnum
from typing import IO

from blurkit.picture.animations import MOVING_KINDS
from blurkit.picture.formats import sniff

CLIP_SUFFIX = ".mp4"
"""Extension of every clip that is written."""

CLIP_SUFFIXES = (".mp4", ".m4v", ".mov", ".3gp", ".webm", ".mkv", ".avi")
"""Extensions of clips; what one holds is told by its content all the same."""


class Container(StrEnum):
    """A container of clips, by the name of its demuxer in FFmpeg; a file is opened as nothing else."""

    MP4 = "mov"
    MATROSKA = "matroska"
    AVI = "avi"
    GIF = "gif"
    WEBP = "webp"
    PNG = "png"


_QUICKTIME = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


def sniff_clip(head: bytes) -> Container | None:
    """Return the container of a clip from its first 64 bytes; None if it is no clip.

    Whether a GIF, WebP or PNG moves, they do not tell; see `animations.moves`.
    """
    kind = sniff(head)
    if kind in MOVING_KINDS:
        return Container(kind.value)
    if head[4:8] in _QUICKTIME and kind is None:
        return Container.MP4
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return Container.MATROSKA
    return Container.AVI if head[:4] == b"RIFF" and head[8:12] == b"AVI " else None


def is_whole(file: IO[bytes], kind: Container) -> bool:
    """Whether a clip's file is as long as its own outermost frame says; its position is at the beginning afterwards."""
    end = file.seek(0, 2)
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    match kind:
        case Container.AVI | Container.WEBP:
            return 8 + int.from_bytes(head[4:8], "little") <= end
        case Container.MATROSKA:
            about = _vint(head, 4)
            if about is None or head[sum(about) : sum(about) + 4] != b"\x18\x53\x80\x67":
                return True  # what is laid out otherwise is left to the decoder
            content = _vint(head, sum(about) + 4)
            return content is None or sum(content) <= end
        case Container.GIF:
            file.seek(max(0, end - 1))
            last = file.read(1)
            file.seek(0)
            return last == b";"
        case Container.PNG:
            return _has_end(file, end)
        case Container.MP4:
            at = 0
            while at + 8 <= end:
                file.seek(at)
                size = file.read(16)
                long = int.from_bytes(size[:4]) == 1
                at += max(int.from_bytes(size[8:16] if long else size[:4]), 8) if size[:4] != b"\0\0\0\0" else end - at
            file.seek(0)
            return at == end


def _has_end(file: IO[bytes], end: int) -> bool:
    """Whether a PNG's last chunk is there; its position is at the beginning afterwards."""
    at, kind = 8, b""
    while kind != b"IEND" and at + 12 <= end:
        file.seek(at)
        head = file.read(8)
        at, kind = at + 12 + int.from_bytes(head[:4]), head[4:]
    file.seek(0)
    return kind == b"IEND" and at <= end


def _vint(data: bytes, at: int) -> tuple[int, int] | None:
    """Return where an element of Matroska begins whose size stands at a place, and that size; None if it is open."""
    if at >= len(data) or not data[at]:
        return None
    width = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + width]) - (1 << (7 * width))
    return None if value == (1 << (7 * width)) - 1 else (at + width, value)
