"""The parts that coded pictures of a clip consist of: which of them decoding needs, and which can hold words."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from blurkit.metadata.base import Hidden, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.picture.mp4boxes import Samples

H264_NEEDED = {1, 5, 7, 8}
"""Slices and their parameters (ITU-T H.264, table 7-1)."""

HEVC_NEEDED = {*range(10), *range(16, 22), 32, 33, 34}
"""Likewise (ITU-T H.265, table 7-1)."""

AV1_NEEDED = {1, 2, 3, 4, 6, 7}
"""Sequence, time, frames and their tiles (AV1 specification, 6.2.2)."""

HEVC_PARAMETERS = {32, 33, 34}
"""What the description of an HEVC track holds."""


def find(file: IO[bytes], track: Samples) -> Iterator[Hidden]:
    """Yield what a picture track holds besides what decoding needs; VP9 has no place for more.

    Args:
        file: The clip, open for reading.
        track: Where its samples are.
    """
    look = {b"avc1": _h264, b"hvc1": _hevc, b"av01": _av1}.get(track.coding)
    if look is None:
        return
    for start, end in track.places:
        file.seek(start)
        sample = file.read(end - start)
        if not look(sample):
            yield Hidden(Kind.TEXT, "coded pictures", end - start, "words in the picture track", start)
            return


def hides_words(description: bytes, coding: bytes) -> bool:
    """Whether the description of how a track is coded holds more than decoding needs.

    Args:
        description: Content of its `hvcC` or `av1C`, or of another, which has no place for more.
        coding: Name of the coding.
    """
    if coding == b"av01":
        return not _av1(description[4:])
    if coding != b"hvc1":
        return False
    at = 23
    for _ in range(description[22] if len(description) > 22 else 0):
        if at >= len(description) or description[at] & 63 not in HEVC_PARAMETERS:
            return True
        number, at = int.from_bytes(description[at + 1 : at + 3]), at + 3
        for _ in range(number):
            at += 2 + int.from_bytes(description[at : at + 2])
    return at < len(description)


def _h264(sample: bytes) -> bool:
    return all(head & 31 in H264_NEEDED for head in _heads(sample))


def _hevc(sample: bytes) -> bool:
    return all(head >> 1 & 63 in HEVC_NEEDED for head in _heads(sample))


def _heads(sample: bytes) -> Iterator[int]:
    """Yield the first byte of each unit of H.264 or HEVC, before which its length stands."""
    at = 0
    while at + 5 <= len(sample):
        yield sample[at + 4]
        at += 4 + int.from_bytes(sample[at : at + 4])


def _av1(sample: bytes) -> bool:
    """Whether all units of AV1 are needed, and each says how long it is, but for the last."""
    at = 0
    while at < len(sample):
        head = sample[at]
        if head >> 3 & 15 not in AV1_NEEDED:
            return False
        at += 2 if head & 4 else 1
        if not head & 2:
            return True  # it goes to the end
        size = shift = 0
        while at < len(sample):
            byte = sample[at]
            size |= (byte & 127) << shift
            shift, at = shift + 7, at + 1
            if byte < 128:
                break
        at += size
    return at == len(sample)
