"""How a file says which way up its picture is: the EXIF tag that viewers obey, read and written alone.

Viewers obey it where it is one SHORT in the first directory, and look nowhere else (not in XMP, nor in texts of PNG).
"""

from __future__ import annotations

import struct

TAG, SHORT = 0x0112, 3

SIGNATURE = b"Exif\0\0"
"""What stands before the block in JPEG, and in some files of other formats."""

TURNED = range(2, 9)
"""Values that say something: mirrored, turned, or both."""


def orientation_of(block: bytes) -> int:
    """Return the orientation 1..8 that an EXIF block gives; 1 if it gives none.

    Args:
        block: With or without the signature.
    """
    tiff = block.removeprefix(SIGNATURE)
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, values, value = struct.unpack_from(order + "HHIH", tiff, entry)
            if tag == TAG:
                return value if (kind, values) == (SHORT, 1) and value in TURNED else 1
    except struct.error:
        pass
    return 1


def block_of(orientation: int) -> bytes:
    """Return an EXIF block, without its signature, that holds an orientation and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, TAG, SHORT, 1, orientation, 0, 0)


def is_only_orientation(block: bytes) -> bool:
    """Return whether a block is byte for byte what `block_of` writes."""
    return block in {block_of(orientation) for orientation in TURNED}
