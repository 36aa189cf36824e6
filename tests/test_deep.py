"""Samples of 16 bits as they are meant, and photos that every viewer opens, whatever stands beside the picture."""

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from blurkit.errors import PhotoTooLarge, UnsupportedFormat
from blurkit.load import decode
from blurkit.picture.profiles import rebuilt
from blurkit.settings import LoadSettings
from tests import pictures, profiles
from tests.metadata.photos import chunk, encode, segment, with_chunks, with_segments
from tests.pictures import file, saved, smooth

LIMIT = LoadSettings()
RGB, GRAY, RGBA = (smooth(mode) for mode in ("RGB;16", "L;16", "RGBA;16"))


def tiff(samples, **options):
    """Return a TIFF as tifffile writes it."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, samples, metadata=None, **options)
    return buffer.getvalue()


def load(data):
    return decode(data, LIMIT).picture


@pytest.fixture(autouse=True)
def _libtiff_alone(monkeypatch):
    """Let tifffile decode nothing: it would need codecs that are not installed with blurkit."""
    monkeypatch.delattr(tifffile.TiffPage, "asarray")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "options", [{}, {"predictor": True}, {"tile": (32, 48), "predictor": True}, {"rowsperstrip": 7}]
)
@pytest.mark.parametrize("compression", ["lzw", "zlib", "lzma", "zstd", "packbits"])
def test_every_way_of_packing_sixteen_bits_is_read(compression, options, order):
    options = {"compression": compression, "byteorder": order} | options
    if compression == "packbits" and options.pop("predictor", None):
        return
    apart = np.ascontiguousarray(np.moveaxis(RGB, -1, 0))
    assert (load(tiff(RGB, photometric="rgb", **options)).samples == RGB).all()
    assert (load(tiff(GRAY, photometric="minisblack", **options)).samples == GRAY).all()
    assert (load(tiff(apart, photometric="rgb", planarconfig="separate", **options)).samples == RGB).all()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib", "lzw"])
def test_sixteen_bits_of_every_make_are_read(order, compression):
    options = {"byteorder": order, "compression": compression}
    apart = np.ascontiguousarray(np.moveaxis(RGB, -1, 0))
    assert (load(tiff(RGB, photometric="rgb", **options)).samples == RGB).all()
    assert (load(tiff(apart, photometric="rgb", planarconfig="separate", **options)).samples == RGB).all()
    assert (load(tiff(GRAY, photometric="minisblack", **options)).samples == GRAY).all()
    assert (load(tiff(65535 - GRAY, photometric="miniswhite", **options)).samples == GRAY).all()


def test_alpha_that_is_multiplied_already_is_divided_out():
    alpha = np.full((*GRAY.shape, 1), 32768, np.uint16)
    multiplied = (RGB.astype(np.uint32) * alpha // 65535).astype(np.uint16)
    data = tiff(np.concatenate([multiplied, alpha], 2), photometric="rgb", extrasamples=["assocalpha"])
    picture = load(data)
    assert picture.mode == "RGBA;16"
    assert np.abs(picture.samples[..., :3].astype(int) - RGB).max() <= 3
    plain = tiff(RGBA, photometric="rgb", extrasamples=["unassalpha"])
    assert (load(plain).samples == RGBA).all()


def test_a_big_endian_bigtiff_is_read_and_turned():
    samples = smooth("RGB")
    data = tiff(samples, photometric="rgb", bigtiff=True, byteorder=">", extratags=[(274, 3, 1, 6, True)])
    assert (load(data).samples == np.rot90(samples, -1)).all()
    with pytest.raises(PhotoTooLarge):
        decode(data, LoadSettings(max_megapixels=0.001))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (tiff(np.zeros((20, 30, 3), np.float32), photometric="rgb"), "floating-point"),
        (tiff(np.zeros((20, 30), np.uint32), photometric="minisblack"), "32 bits"),
        (tiff(np.zeros((20, 30, 3), np.uint16), photometric="cielab"), "rare kind"),
        (tiff(np.zeros((20, 30), np.int16), photometric="minisblack"), "signed samples"),
        (saved(Image.new("LAB", (20, 20)), "tiff"), "Lab colours"),
        (saved(Image.new("F", (20, 20)), "tiff"), "floating-point"),
    ],
)
def test_what_cannot_be_read_is_called_what_it_is(data, words):
    with pytest.raises(UnsupportedFormat, match=words) as caught:
        load(data)
    assert "8" in caught.value.hint
    assert "copy it again" not in caught.value.hint


def test_a_compression_that_is_not_known_is_named():
    data = pictures.file("tiff", compression="raw").replace(
        struct.pack("<HHIHH", 259, 3, 1, 1, 0), struct.pack("<HHIHH", 259, 3, 1, 50001, 0)
    )
    with pytest.raises(UnsupportedFormat, match="WebP compression") as caught:
        load(data)
    assert "LZW" in caught.value.hint


def test_a_palette_with_alpha_is_read():
    indices = Image.fromarray(smooth("RGB")).quantize(8)
    alpha = np.arange(96 * 64, dtype=np.uint8).reshape(64, 96)
    stored = np.dstack([np.asarray(indices), alpha])
    colors = np.zeros((3, 256), np.uint16)
    palette = np.frombuffer(bytes(indices.getpalette()), np.uint8).reshape(-1, 3)
    colors[:, : len(palette)] = palette.T.astype(np.uint16) * 257
    colormap = (320, 3, colors.size, colors.ravel().tolist(), True)
    data = tiff(stored, photometric="minisblack", extrasamples=["unassalpha"], extratags=[colormap])
    kind = struct.pack("<HHIHH", 262, 3, 1, 1, 0)
    assert data.count(kind) == 1
    picture = load(data.replace(kind, struct.pack("<HHIHH", 262, 3, 1, 3, 0)))
    assert picture.mode == "RGBA"
    assert (picture.samples[..., 3] == alpha).all()
    assert (picture.samples[..., :3] == np.asarray(indices.convert("RGB"))).all()


def test_a_clear_tone_of_sixteen_bits_is_clear():
    rows = GRAY.copy()
    rows[:, :20] = 4660
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows)
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 96, 64, 16, 0, 0, 0, 0))
    data = head + chunk(b"tRNS", b"\x12\x34") + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    picture = load(data)
    assert picture.mode == "RGBA;16"
    assert not picture.samples[:, :20, 3].any()
    assert (picture.samples[..., 0] == rows).all()


def test_a_small_copy_in_a_tiff_is_no_page():
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(smooth("RGB"), photometric="rgb", metadata=None)
        writer.write(smooth("RGB")[::4, ::4].copy(), photometric="rgb", subfiletype=1, metadata=None)
    assert (load(buffer.getvalue()).samples == smooth("RGB")).all()
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(smooth("RGB"), photometric="rgb", metadata=None)
        writer.write(smooth("RGB"), photometric="rgb", metadata=None)
    with pytest.raises(UnsupportedFormat, match="2 pages"):
        load(buffer.getvalue())


def broken(kind, content):
    """Return a chunk with a wrong checksum."""
    return chunk(kind, content)[:-1] + b"\x99"


BESIDE = {
    "long text": with_chunks(file("png"), chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 2_000_000))),
    "long XMP": with_chunks(file("png"), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b" " * 2_000_000)),
    "checksum": with_chunks(file("png"), broken(b"bKGD", bytes(6)), broken(b"tIME", bytes(7))),
    "short JFIF": with_segments(file("jpeg"), segment(0xE0, b"JFIF\0")),
    "short Adobe": with_segments(file("jpeg"), segment(0xEE, b"Adobe")),
    "short profile": with_segments(file("jpeg"), segment(0xE2, b"ICC_PROFILE\0")),
    "short MPF": with_segments(file("jpeg"), segment(0xE2, b"MPF\0")),
}


@pytest.mark.parametrize("case", BESIDE)
def test_what_stands_beside_the_picture_is_no_reason_to_refuse_it(case):
    plain = load(file("png" if BESIDE[case][:4] == b"\x89PNG" else "jpeg"))
    assert (load(BESIDE[case]).samples == plain.samples).all()


def test_a_profile_larger_than_a_megabyte_counts():
    large = profiles.wide_gamut() + bytes(2_000_000)
    data = with_chunks(file("png"), chunk(b"iCCP", b"p\0\0" + zlib.compress(large)))
    assert load(data).colors.icc_profile == rebuilt(profiles.wide_gamut())


def test_a_gray_heic_of_more_bits_is_read():
    import pillow_heif

    image = pillow_heif.from_bytes("I;16", (96, 64), GRAY.tobytes())
    buffer = io.BytesIO()
    image.save(buffer, quality=-1)
    picture = load(buffer.getvalue())
    assert picture.mode == "L"
    assert np.abs(picture.samples.astype(int) - (GRAY >> 8)).mean() < 3


def test_ordinary_files_are_decoded_as_they_were():
    for kind, mode in pictures.EVERY_FILE:
        assert load(file(kind, mode)).pixels.any()
    assert load(encode("PNG", "I;16")).mode == "L;16"
