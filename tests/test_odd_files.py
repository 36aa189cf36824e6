"""Files that every viewer opens and that Pillow shows otherwise, or not at all."""

import struct

import numpy as np
import pytest
from PIL import Image

from blurkit import metadata
from blurkit.encode import encode, prepare
from blurkit.errors import PhotoTooLarge, UnreadablePhoto, UnsupportedFormat
from blurkit.load import decode
from blurkit.records import ImageFormat
from blurkit.settings import LoadSettings
from tests import pictures
from tests.metadata.photos import chunk, with_chunks

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


def bmp(rows, palette, *, size=40, bits=8, coding=0, side=(4, 3), colors=0):
    """Return a BMP of rows as they are stored."""
    info = struct.pack("<IiiHHIIiiII", size, *side, 1, bits, coding, len(rows), 0, 0, colors, 0)[:size]
    start = 14 + len(info) + len(palette)
    return b"BM" + struct.pack("<III", start + len(rows), 0, start) + info + palette + rows


FOUR = bytes((0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 9, 9, 9, 0))
"""A palette: red, green, blue, and nearly black."""
COLORS = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]])
SHOWN = np.array([[0, 1, 2, 3], [1, 1, 1, 1], [3, 2, 1, 0]])
ROWS = SHOWN[::-1].astype(np.uint8)
KINDS = {
    "2 bits": bmp(b"".join(bytes((row @ (64, 16, 4, 1), 0, 0, 0)) for row in ROWS), FOUR, bits=2),
    "a header of 16 bytes": bmp(ROWS.tobytes(), FOUR.ljust(1024, b"\0"), size=16),
    "more colours than there can be": bmp(ROWS.tobytes(), FOUR.ljust(1024, b"\0"), colors=99_999),
    "runs of 8 bits": bmp(b"\0\4\3\2\1\0\0\0\4\1\0\0\0\4\0\1\2\3\0\1", FOUR, coding=1, colors=4),
    "runs of 4 bits": bmp(b"\0\4\x32\x10\0\0\4\x11\0\0\0\4\x01\x23\0\1", FOUR, bits=4, coding=2, colors=4),
}


@pytest.mark.parametrize("case", KINDS)
def test_a_bmp_of_a_rare_kind_is_read(case):
    assert (decode(KINDS[case], LIMIT).picture.pixels == COLORS[SHOWN]).all()


@pytest.mark.parametrize(("coding", "name"), [(4, "JPEG"), (5, "PNG")])
def test_a_bmp_that_holds_another_file_is_named(coding, name):
    data = bytearray(pictures.file("bmp"))
    data[28:30], data[30:34] = bytes(2), coding.to_bytes(4, "little")
    with pytest.raises(UnsupportedFormat, match=f"holds a {name}"):
        decode(bytes(data), LIMIT)


def test_what_runs_leave_out_is_black():
    data = bmp(b"\2\0\0\2\1\1\1\1\0\0\4\2\0\1", FOUR, coding=1, colors=4)
    wanted = [[[0] * 3] * 4, [[0] * 3] * 4, [[255, 0, 0], [255, 0, 0], [0] * 3, [0] * 3]]
    wanted[1] = [[0] * 3] * 3 + [[0, 255, 0]]
    wanted[0] = [[0, 0, 255]] * 4
    assert decode(data, LIMIT).picture.pixels.tolist() == wanted


@pytest.mark.parametrize("rows", [b"\0\4\3\2", b"\4\1\0\0" * 9])
def test_runs_that_end_too_early_or_too_late_are_refused(rows):
    with pytest.raises(UnreadablePhoto, match="damaged"):
        decode(bmp(rows, FOUR, bits=4, coding=1, colors=4), LIMIT)


def test_transparency_of_a_bmp_is_kept():
    photo = pictures.photo("RGBA", (33, 20))
    written = encode(prepare(photo, ImageFormat.BMP))
    assert metadata.find(written) == metadata.find_within(written) == ()
    again = decode(written, LIMIT)
    assert again.picture.mode == "RGBA"
    assert (again.picture.samples == photo.picture.samples).all()


def test_gamma_alone_stands_for_the_usual_curve_and_beside_corners_for_itself():
    plain = encode(prepare(pictures.photo("RGB"), ImageFormat.PNG))
    gamma = chunk(b"gAMA", struct.pack(">I", 45_455))
    corners = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
    raw = decode(plain, LIMIT).picture.pixels
    assert (decode(with_chunks(plain, gamma), LIMIT).picture.pixels == raw).all()
    shown = decode(with_chunks(plain, gamma, corners), LIMIT).picture.pixels.astype(int)
    power = np.rint(255 * to_curve((raw / 255) ** 2.2))
    assert np.abs(shown - power).max() <= 2
    assert (shown != raw).any()


def to_curve(light):
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def test_a_clear_tone_that_no_sample_can_have_is_not_heeded():
    data = with_chunks(pictures.file("png", "1"), chunk(b"tRNS", b"\0\xff"))
    assert decode(data, LIMIT).picture.mode == "L"


def test_a_png_that_lacks_only_its_end_is_read():
    data = pictures.file("png")
    whole = decode(data, LIMIT).picture.samples
    for cut in (1, 5, 11, 12):
        assert (decode(data[:-cut], LIMIT).picture.samples == whole).all()
    with pytest.raises(UnreadablePhoto):
        decode(data[:-60], LIMIT)
