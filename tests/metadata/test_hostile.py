"""Damaged and hostile files are refused or described in bounded time; they never crash, and never come out dirty."""

import struct
import time
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurkit import metadata
from blurkit.errors import BlurkitError, UnreadablePhoto
from blurkit.metadata.exif import find_exif
from blurkit.metadata.icc import oddities
from blurkit.metadata.photoshop import find_photoshop
from blurkit.metadata.xmp import find_xmp
from blurkit.picture.profiles import rebuilt
from tests.metadata.expected import XMP
from tests.metadata.photos import (
    box,
    chunk,
    encode,
    exif,
    profile,
    resources,
    segment,
    srgb,
    with_chunks,
    with_segments,
    xmp,
)
from tests.metadata.planted import everything

CASES = everything()
MOST_SECONDS = 6
MAGIC = [
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x40\0\0\0WEBP",
    b"II*\0",
    b"MM\0+",
    b"BM",
    b"GIF89a",
    b"\0\0\0\x18ftypheic",
]


def check(data):
    """Run everything on a file; only our own errors may come out, and what is cleaned is clean."""
    for function in (metadata.find, metadata.check):
        with suppress(BlurkitError):
            function(data)
    try:
        clean = metadata.strip(data)
    except BlurkitError:
        return
    assert {hidden.kind for hidden in metadata.find(clean)} <= {metadata.Kind.FRAME}
    assert metadata.strip(clean) == clean


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MAGIC), st.binary(max_size=400))
def test_random_bytes_behind_a_signature(magic, data):
    check(magic + data)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(CASES)), st.data())
def test_real_files_with_bytes_changed(case, data):
    damaged = bytearray(CASES[case][0])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    check(bytes(damaged))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(CASES)), st.data())
def test_real_files_with_numbers_changed_near_the_start(case, data):
    damaged = bytearray(CASES[case][0])
    at = data.draw(st.integers(0, min(len(damaged) - 5, 700)))
    size = data.draw(st.sampled_from([1, 2, 4]))
    damaged[at : at + size] = data.draw(st.sampled_from([b"\0", b"\xff", b"\x7f", b"\x01"])) * size
    check(bytes(damaged))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(CASES)), st.data())
def test_real_files_cut_or_doubled(case, data):
    whole = CASES[case][0]
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    check(whole[:start])
    check(whole[:start] + whole[end:])
    check(whole[:end] + whole[start:])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([exif(), xmp(), resources(), profile(), srgb()]), st.data())
def test_damaged_blocks_are_findings_and_no_errors(block, data):
    damaged = bytearray(block[: data.draw(st.integers(1, len(block)))])
    for _ in range(data.draw(st.integers(0, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    for find in (find_exif, find_xmp, find_photoshop):
        assert find(bytes(damaged), "here")
    new = rebuilt(bytes(damaged))
    assert new is None or not oddities(new)


def tiff(*tags, rest=b""):
    """Return a little-endian TIFF of one directory with raw entries."""
    table = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", len(tags)) + table + bytes(4) + rest


MANY = 3_000_000
STARTS = b"\xff\xd8\xff\xe0\0\x04ab"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
FREE = struct.pack(">I4s", 8, b"free")
LOOP = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<HHHII", 1, 0x8769, 4, 1, 8) + struct.pack("<I", 8)
SLOW = {
    "jpeg-comments": lambda: with_segments(encode("JPEG"), segment(0xFE, b"") * (MANY // 4)),
    "jpeg-fill": lambda: with_segments(encode("JPEG"), b"\xff" * MANY),
    "jpeg-scans": lambda: with_segments(encode("JPEG"), segment(0xDA, b"") * (MANY // 4)),
    "jpeg-starts-behind": lambda: encode("JPEG") + STARTS * (MANY // 8),
    "jpeg-starts-inside": lambda: with_segments(encode("JPEG"), segment(0xE9, STARTS * 8000) * (MANY // 64_000)),
    "jpeg-ftyp": lambda: encode("JPEG") + b"\0\0\0\x10ftypisom\0\0\0\0" * (MANY // 16),
    "jpeg-boxes": lambda: encode("JPEG") + b"\0\0\0\x10ftypisom\0\0\0\0" + FREE * (MANY // 8),
    "jpeg-xmp": lambda: with_segments(encode("JPEG"), segment(0xE1, XMP + b"GImg:image>A" * 5000) * (MANY // 60_000)),
    "jpeg-exif-loop": lambda: with_segments(encode("JPEG"), segment(0xE1, b"Exif\0\0" + LOOP)),
    "jpeg-photoshop": lambda: with_segments(
        encode("JPEG"), segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\x0c\0\0\0\0\0\0" * 5000) * (MANY // 60_000)
    ),
    "png-chunks": lambda: with_chunks(encode("PNG"), chunk(b"tEXt", b"") * (MANY // 12)),
    "png-idats": lambda: with_chunks(encode("PNG"), chunk(b"IDAT", b"") * (MANY // 12)),
    "png-bombs": lambda: with_chunks(encode("PNG"), chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(30_000_000))) * 100),
    "gif-blocks": lambda: encode("GIF", "P")[:-1] + b"\x21\xfe" + b"\1a" * (MANY // 2) + b"\0;",
    "gif-comments": lambda: encode("GIF", "P")[:-1] + b"\x21\xfe\0" * (MANY // 3) + b";",
    "webp-chunks": lambda: b"RIFF" + struct.pack("<I", 4 + MANY) + b"WEBP" + b"junk\0\0\0\0" * (MANY // 8),
    "tiff-tags": lambda: tiff(*[(700, 1, MANY, 8)] * 60_000, rest=bytes(MANY)),
    "tiff-strips": lambda: tiff((273, 4, MANY // 4, 100), (279, 4, MANY // 4, 100), rest=b"\1" * MANY),
    "tiff-same-strip": lambda: tiff(
        (256, 4, 1, 9), (273, 4, 9_000, 100), (279, 4, 9_000, 100), rest=struct.pack("<I", 50_000) * MANY
    ),
    "heif-boxes": lambda: HEIC + FREE * (MANY // 8),
    "heif-meta": lambda: HEIC + box(b"meta", bytes(4) + FREE * (MANY // 8)) + box(b"mdat", b""),
    "bmp-huge": lambda: b"BM" + bytes(8) + struct.pack("<IIiiHHI", 54, 40, 2**31 - 1, -(2**31), 1, 32, 0) + bytes(MANY),
}
"""Files made to be slow."""


@pytest.mark.parametrize("name", SLOW)
def test_files_made_to_be_slow_take_bounded_time(name):
    data = SLOW[name]()
    for function in (metadata.find, metadata.strip):
        started = time.process_time()
        with suppress(BlurkitError):
            function(data)
        assert time.process_time() - started < MOST_SECONDS


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xd9",
        encode("JPEG")[:-2],
        with_segments(encode("JPEG"), b"\xff\xd8"),
        with_segments(encode("JPEG"), b"\xff\xe1\0\1"),
        encode("PNG")[:33] + encode("PNG")[-12:],
        encode("PNG")[:-12],
        b"RIFF\4\0\0\0WEBP",
        encode("GIF", "P")[:13] + b";",
        encode("GIF", "P")[:-1] + b"\x77",
        b"BM" + bytes(8) + struct.pack("<II", 54, 41) + bytes(40),
        b"BM" + bytes(8) + struct.pack("<IIiiHHI", 54, 40, 0, 5, 1, 24, 0) + bytes(40),
        tiff((256, 4, 1, 9)),
        b"\0\0\0\x10ftypheic\0\0\0\0" + box(b"mdat", b""),
        b"\0\0\0\x10ftypheic\0\0\0\0" + box(b"meta", bytes(4)) + box(b"mdat", b""),
    ],
)
def test_files_without_a_picture_are_refused(data):
    with pytest.raises(UnreadablePhoto):
        metadata.find(data)
