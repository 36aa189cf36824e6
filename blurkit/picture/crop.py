"""The part of a HEIF or AVIF that viewers show where the file only notes a crop (`clap`)."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import NamedTuple

from blurkit.errors import UnsupportedFormat
from blurkit.picture.heifitems import Heif, boxes


class Crop(NamedTuple):
    """A part of a picture as stored, in whole pixels: half-open."""

    left: int
    """First column."""
    top: int
    """First row."""
    right: int
    """Column after the last."""
    bottom: int
    """Row after the last."""


def crop_of(data: bytes, size: tuple[int, int]) -> Crop | None:
    """Return the part of the main picture that is shown; None if that is all of it.

    Sides that fall between pixels move inward: nothing that was cut off comes back.

    Args:
        data: The whole file.
        size: Width and height as stored.

    Raises:
        UnreadablePhoto: The file is damaged.
        UnsupportedFormat: It notes a crop that cannot be.

    Source: ISO/IEC 14496-12, 12.1.4.3
    """
    (meta,) = [box for box in boxes(data, 0, len(data)) if box.type == b"meta"] or (None,)
    if meta is None:
        return None
    heif = Heif.read(data, meta)
    noted = [data[box.payload : box.end] for box in heif.properties_of(heif.primary) if box.type == b"clap"]
    if not noted:
        return None
    try:
        numbers = struct.unpack(">4IiIiI", noted[0])
        width, height, right, down = (Fraction(*numbers[i : i + 2]) for i in (0, 2, 4, 6))
    except (struct.error, ZeroDivisionError) as fault:
        raise _impossible() from fault
    left, top = right + (size[0] - width) / 2, down + (size[1] - height) / 2
    crop = Crop(math.ceil(left), math.ceil(top), math.floor(left + width), math.floor(top + height))
    inside = 0 <= crop.left < crop.right <= size[0] and 0 <= crop.top < crop.bottom <= size[1]
    if len(noted) > 1 or not inside:
        raise _impossible()
    return crop


def _impossible() -> UnsupportedFormat:
    return UnsupportedFormat("a crop that cannot be", hint="export it as JPEG")
