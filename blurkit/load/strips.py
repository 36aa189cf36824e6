"""The samples of one page of a TIFF of 16 bits, or a big-endian one that Pillow does not open. Part of the load stage.

Pillow has no colours of 16 bits. So libtiff unpacks bytes, and what they stand for is said here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.errors import UnreadablePhoto, UnsupportedFormat
from blurkit.picture.packed import PACKINGS, Pieces, name_of, unpacked

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

OTHER_PACKING = "save it with LZW compression, or with none"
_APART = 2
_DIFFERENCES = 2
"""The predictor by which a sample is stored as its difference from the one to its left."""


def samples_of(page: Any, data: bytes) -> Samples:
    """Return the samples of a page, uint8 or uint16 of shape (H, W) or (H, W, C).

    Args:
        page: As tifffile describes it; its samples have 8 or 16 bits.
        data: The whole file.

    Raises:
        UnsupportedFormat: It is packed in another way.
        UnreadablePhoto: It is damaged.
    """
    packing, predictor = int(page.compression), int(page.predictor)
    if packing not in PACKINGS or predictor not in (1, _DIFFERENCES):
        raise UnsupportedFormat(f"TIFF of a rare kind with {name_of(packing)} compression", hint=OTHER_PACKING)
    width, height, planes = int(page.imagewidth), int(page.imagelength), int(page.samplesperpixel)
    is_apart = int(page.planarconfig) == _APART and planes > 1
    together = 1 if is_apart else planes
    kind = np.dtype(page.dtype).newbyteorder(page.parent.byteorder)
    pixel = together * kind.itemsize
    contents = [data[at : at + size] for at, size in zip(page.dataoffsets, page.databytecounts, strict=True)]
    tile = (int(page.tilewidth) * pixel, int(page.tilelength)) if page.is_tiled else None
    order = int(page.fillorder)
    count = planes if is_apart else 1
    each = len(contents) // count
    if not each or each * count != len(contents):
        raise UnreadablePhoto("the TIFF is damaged or cut off")
    found = []
    for number in range(count):
        pieces = Pieces(contents[number * each :][:each], width * pixel, height, tile, int(page.rowsperstrip))
        stored = unpacked(pieces, packing, order)
        samples = stored.view(kind).reshape(height, width, together).astype(kind.newbyteorder("="))
        if predictor == _DIFFERENCES:
            across = int(page.tilewidth) if page.is_tiled else width
            for left in range(0, width, across):
                part = samples[:, left : left + across]
                np.cumsum(part, axis=1, out=part, dtype=part.dtype)
        found.append(samples)
    whole = found[0] if len(found) == 1 else np.concatenate(found, axis=2)
    return whole[..., 0] if planes == 1 else whole
