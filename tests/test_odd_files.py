"""Files that every viewer opens and that Pillow shows otherwise, or not at all."""

import struct

import numpy as np
import pytest
from PIL import Image

from blurkit.encode import encode, prepare
from blurkit.errors import PhotoTooLarge, UnreadablePhoto
from blurkit.load import decode
from blurkit.settings import LoadSettings
from tests import pictures

LIMIT = LoadSettings()


def on_a_canvas(frame, size, place, **options):
    """Return a GIF of a frame on a larger canvas."""
    data = bytearray(pictures.saved(frame, "gif", optimize=False, **options))
    struct.pack_into("<HH", data, 6, *size)
    at = data.index(b"\x2c", 13 + 3 * 2 ** ((data[10] & 7) + 1))
    struct.pack_into("<HH", data, at + 1, *place)
    return bytes(data)


@pytest.mark.parametrize("colors", [3, 64, 256])
@pytest.mark.parametrize("options", [{}, {"transparency": 0}])
def test_beside_a_gifs_frame_nothing_is_shown(colors, options):
    frame = Image.fromarray(pictures.smooth("RGB", (60, 40))).quantize(colors)
    photo = decode(on_a_canvas(frame, (100, 70), (10, 20), **options), LIMIT)
    written = decode(encode(prepare(photo, photo.format)), LIMIT)
    for each in (photo, written):
        shown = np.asarray(pictures.opened(encode(prepare(each, each.format))).convert("RGBA"))
        beside = np.ones((70, 100), bool)
        beside[20:60, 10:70] = False
        assert not shown[..., 3][beside].any()
        wanted = np.asarray(frame.convert("RGB")).astype(int)
        apart = np.abs(shown[20:60, 10:70, :3] - wanted).max(axis=2)[shown[20:60, 10:70, 3] > 0]
        assert (apart > 0).mean() < (0.02 if colors == 256 else 1e-9)  # of 256 colours one is given up


def with_masks(samples, masks, bits, *, top_down=False):
    """Return a BMP of some masks, all of 8 bits a sample or fewer."""
    pixels = np.zeros(samples.shape[:2], np.uint32)
    for plane, mask in zip(np.moveaxis(samples, 2, 0), masks, strict=True):
        low = (mask & -mask).bit_length() - 1
        pixels |= np.rint(plane * ((mask >> low) / 255)).astype(np.uint32) << low
    rows = pixels if top_down else pixels[::-1]
    body = b"".join(row.astype(f"<u{bits // 8}").tobytes().ljust(-(-row.size * bits // 32) * 4, b"\0") for row in rows)
    height, width = samples.shape[:2]
    info = struct.pack("<IiiHHIIiiII", 40, width, -height if top_down else height, 1, bits, 3, len(body), 0, 0, 0, 0)
    return b"BM" + struct.pack("<III", 66 + len(body), 0, 66) + info + struct.pack("<3I", *masks) + body


MASKS = {
    "10 bits each": ((0x3FF00000, 0xFFC00, 0x3FF), 32),
    "10 bits each, turned": ((0x3FF, 0xFFC00, 0x3FF00000), 32),
    "blue first": ((0xFF000000, 0xFF0000, 0xFF00), 32),
    "6, 6 and 4 bits": ((0xFC00, 0x3F0, 0xF), 16),
}


@pytest.mark.parametrize("top_down", [False, True])
@pytest.mark.parametrize("case", MASKS)
def test_a_bmp_with_odd_bit_fields_is_read(case, top_down):
    masks, bits = MASKS[case]
    samples = pictures.smooth("RGB", (33, 20))
    photo = decode(with_masks(samples, masks, bits, top_down=top_down), LIMIT)
    assert photo.picture.mode == "RGB"
    assert np.abs(photo.picture.samples.astype(int) - samples).max() <= (9 if bits == 16 else 1)


def test_one_that_is_cut_off_or_too_large_is_refused():
    data = with_masks(pictures.smooth("RGB", (33, 20)), *MASKS["10 bits each"])
    with pytest.raises(UnreadablePhoto, match="cut off"):
        decode(data[:-9], LIMIT)
    with pytest.raises((PhotoTooLarge, UnreadablePhoto), match=r"too large|megapixels"):
        decode(data, LoadSettings(max_megapixels=0.0001))
