"""Samples of 16 bits as they are meant: planes apart, white as zero, clear tones, alpha that is multiplied already.

Part of the load stage. In: the bytes of a TIFF or PNG. Out: samples and their kind.
"""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.errors import UnsupportedFormat
from blurkit.load.strips import OTHER_PACKING, samples_of
from blurkit.picture.packed import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blurkit.records import Samples

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # its remarks are no lines of ours

FEWER_BITS = "save it with 8 bits"
BIG_ENDIAN = b"MM"
"""How a TIFF begins of which Pillow does not open some."""

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_ASSOCIATED = 1
_FLOATING = 3
_COMPRESSION = 259
_RARE = (*range(33003, 33006), 34661, 34712, 34887, 34927, 34933, 34934, 22610, 50001, 50002, 52546)
"""Ways to compress a TIFF that libtiff as built into Pillow does not know."""
_MOST = 65535


def read_tiff(data: bytes) -> tuple[Samples, str, int]:
    """Return the samples of the first page of a TIFF of 16 bits, their kind, and its orientation.

    Raises:
        UnsupportedFormat: They are of a rare kind.
    """
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page: Any = file.pages[0]
        kind, extra = int(page.photometric), tuple(int(each) for each in page.extrasamples)
        planes = int(page.samplesperpixel)
        turned = int(page.tags[274].value) if 274 in page.tags else 1
        if page.dtype is not None and np.dtype(page.dtype).kind == "i":
            raise UnsupportedFormat("TIFF with signed samples", hint=FEWER_BITS)
        if page.dtype != np.uint16:
            raise UnsupportedFormat(f"TIFF with {page.bitspersample} bits per sample", hint=FEWER_BITS)
        samples: Any = samples_of(page, data)
    colors = 3 if kind == _RGB else 1
    if kind not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB) or planes > colors + 1:
        raise UnsupportedFormat("TIFF with samples of a rare kind", hint=FEWER_BITS)
    if kind == _WHITE_IS_ZERO:
        samples = _MOST - samples
    if planes == colors:
        return np.ascontiguousarray(samples), "RGB;16" if kind == _RGB else "L;16", turned
    shades, alpha = samples[..., :colors], samples[..., colors:]
    if extra[:1] == (_ASSOCIATED,):
        divided = shades.astype(np.uint32) * _MOST // np.maximum(alpha, 1)
        shades = np.minimum(divided, _MOST).astype(np.uint16)
    if colors == 1:
        shades = np.repeat(shades, 3, axis=2)
    return np.concatenate([shades, alpha], axis=2), "RGBA;16", turned


def read_png(data: bytes, clear: bytes) -> tuple[Samples, str]:
    """Return the samples of a PNG of 16 bits.

    Args:
        data: The whole file.
        clear: The tone or colour that is clear, as its `tRNS` chunk gives it; empty for none.

    Raises:
        UnsupportedFormat: They are of a rare kind.
    """
    import cv2

    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None or samples.dtype != np.uint16:
        raise UnsupportedFormat("PNG with samples of a rare kind", hint=FEWER_BITS)
    if samples.ndim == 2:
        if len(clear) != 2:
            return samples, "L;16"
        alpha = np.where(samples == int.from_bytes(clear), 0, _MOST).astype(np.uint16)
        return np.stack([samples, samples, samples, alpha], axis=2), "RGBA;16"
    order = [2, 1, 0, 3][: samples.shape[2]]
    samples = samples[..., order]
    return samples, "RGBA;16" if samples.shape[2] == 4 else "RGB;16"


def refuse_rare_compression(tags: Mapping[int, Any]) -> None:
    """Refuse a TIFF whose compression no decoder here knows, by its name: it is not damaged.

    Args:
        tags: Its tags by number.

    Raises:
        UnsupportedFormat: It is compressed in such a way.
    """
    refusal = _refusal(int(tags.get(_COMPRESSION, 1)))
    if refusal is not None:
        raise refusal


def _refusal(packing: int) -> UnsupportedFormat | None:
    if packing not in _RARE:
        return None
    return UnsupportedFormat(f"TIFF with {name_of(packing)} compression", hint=OTHER_PACKING)


def kind_of_tiff(data: bytes) -> UnsupportedFormat | None:
    """Return what is to be said of a TIFF that no decoder opens because of its kind; None if it is damaged."""
    import tifffile

    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page: Any = file.pages[0]
            bits, is_floating = int(page.bitspersample), int(page.sampleformat) == _FLOATING
            refusal = _refusal(int(page.compression))
            photometric = getattr(page.photometric, "name", str(page.photometric))
            if not page.dataoffsets or not int(page.imagewidth) * int(page.imagelength) > 0:
                return None
    except Exception:  # any fault of it means that it cannot be read
        return None
    if refusal is not None:
        return refusal
    if is_floating:
        return UnsupportedFormat("TIFF with floating-point values", hint=FEWER_BITS)
    if bits not in (1, 2, 4, 8, 16):
        return UnsupportedFormat(f"TIFF with {bits} bits per sample", hint=FEWER_BITS)
    return UnsupportedFormat(f"TIFF of a rare kind ({photometric}, {bits} bits)", hint="save it as RGB with 8 bits")


def ordinary_tiff(data: bytes, max_megapixels: float) -> bytes:
    """Return a big-endian TIFF that Pillow does not open as an ordinary TIFF of its first page.

    Raises:
        UnsupportedFormat: It has several pages, or samples of a rare kind.
        DecompressionBombError: It has more megapixels than that.
    """
    import tifffile
    from PIL import Image

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page: Any = file.pages[0]
        if sum(not int(each.subfiletype) & 5 for each in file.pages) > 1:
            raise UnsupportedFormat("TIFF with several pages", hint="save each page as a file of its own")
        is_known = int(page.photometric) in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB)
        if not is_known or page.dtype not in (np.uint8, np.uint16):
            raise UnsupportedFormat("TIFF of a rare kind", hint="save it as RGB with 8 bits")
        if int(page.imagewidth) * int(page.imagelength) > max_megapixels * 1e6:
            raise Image.DecompressionBombError
        samples: Any = samples_of(page, data)
        options: dict[str, Any] = {"photometric": int(page.photometric), "planarconfig": "contig"}
        if page.extrasamples:
            options["extrasamples"] = tuple(int(each) for each in page.extrasamples)
        if 274 in page.tags:
            options["extratags"] = [(274, 3, 1, int(page.tags[274].value), True)]
        profile = page.tags[34675].value if 34675 in page.tags else None
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, samples, byteorder="<", metadata=None, software=False, iccprofile=profile, **options)
    return buffer.getvalue()
