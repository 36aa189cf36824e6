"""An MP4 file with its index moved to the front, so that a website can show it at once, and no empty boxes."""

from __future__ import annotations

from typing import IO

from blurkit.errors import OutputNotWritable
from blurkit.picture.mp4boxes import chunk_starts, inside, read_box, top_boxes, walk, whole

LEFT_OUT = (b"udta", b"meta", b"iods")
"""What a muxer adds to the index and no player needs."""

BLOCK = 1 << 20
"""Bytes that are copied at once."""


def lay_out(made: IO[bytes], out: IO[bytes]) -> None:
    """Copy a finished file with its index in front.

    Args:
        made: The file, as the muxer left it: header, media, index.
        out: Where the new one is written.

    Raises:
        OutputNotWritable: It would be too long for its own index.
    """
    found = {box.type: box for box in top_boxes(made)}
    header, media, index = (found[kind] for kind in (b"ftyp", b"mdat", b"moov"))
    text = _without(read_box(made, index))
    head = read_box(made, header)
    text = _moved(text, len(head) + len(text) - media.start)
    out.write(head)
    out.write(text)
    made.seek(media.start)
    left = media.end - media.start
    while left:
        block = made.read(min(BLOCK, left))
        out.write(block)
        left -= len(block)
    out.flush()


def _without(text: bytes) -> bytes:
    """Return an index without the boxes that nobody needs."""
    root = whole(text)
    kept = b"".join(text[box.start : box.end] for box in inside(text, root) if box.type not in LEFT_OUT)
    return (len(kept) + 8).to_bytes(4) + b"moov" + kept


def _moved(text: bytes, by: int) -> bytes:
    """Return an index whose media lie so many bytes further back."""
    new = bytearray(text)
    for _, box in walk(text, whole(text)):
        if box.type in (b"stco", b"co64"):
            width = 8 if box.type == b"co64" else 4
            for number, start in enumerate(chunk_starts(text, box)):
                at = box.payload + 8 + number * width
                try:
                    new[at : at + width] = (start + by).to_bytes(width)
                except OverflowError as fault:
                    raise OutputNotWritable("the clip is too long for one file", hint="cut it in two") from fault
    return bytes(new)
