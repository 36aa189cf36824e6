"""Colour profiles keep their colours; names, private tags and unused bytes in them are found and dropped."""

import io
import struct

import numpy as np
import pytest
from PIL import ImageCms

from blurkit.metadata.icc import is_known, oddities, plain
from tests.metadata.photos import PLANTED, image, profile, srgb

KNOWN = [
    "sRGB IEC61966-2.1",
    "sRGB built-in",
    "Display P3",
    "Adobe RGB (1998)",
    "Compatible with Adobe RGB (1998)",
    "ProPhoto RGB",
    "Apple Wide Color Sharing Profile",
    "Nikon Adobe RGB 4.0.0.3000",
    "Dot Gain 20%",
    "Copyright (c) 1998 Hewlett-Packard Company",
    "Copyright Apple Inc., 2017",
    "Copyright 2000 Adobe Systems Incorporated",
    "Google Inc. 2016",
    "No copyright, use freely",
    "IEC http://www.iec.ch",
    "IEC 61966-2.1 Default RGB colour space - sRGB",
    "Reference Viewing Condition in IEC61966-2.1",
    "c2",
    "",
]
UNKNOWN = ["Anna's MacBook", "Office display 2", "Display 0123456789", "Müller", "sRGB\x01", "colour " * 40, "анна"]


def translated(*texts):
    """Return a multi-lingual tag."""
    coded = [text.encode("utf-16-be") for text in texts]
    start = 16 + 12 * len(texts)
    table = b""
    for text in coded:
        table += b"enUS" + struct.pack(">II", len(text), start)
        start += len(text)
    return b"mluc" + bytes(4) + struct.pack(">II", len(texts), 12) + table + b"".join(coded)


@pytest.mark.parametrize("text", KNOWN)
def test_texts_of_makers_are_known(text):
    assert is_known(text)


@pytest.mark.parametrize("text", UNKNOWN)
def test_other_texts_are_not(text):
    assert not is_known(text)


def test_common_profiles_are_harmless():
    assert oddities(srgb()) == ()
    assert oddities(profile("Display P3")) == ()
    assert oddities(profile("Display P3", (b"dscm", translated("Display P3", "colour profile")))) == ()


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (profile("Anna's display"), "unusual text"),
        (profile("sRGB", (b"dmdd", b"text" + bytes(4) + PLANTED + b"\0")), "unusual text"),
        (profile("sRGB", (b"dscm", translated("Display P3", "Anna"))), "unusual text"),
        (profile("sRGB", (b"dscm", translated("Display P3") + PLANTED)), "unusual text"),
        (profile("sRGB", (b"vued", b"odd " + PLANTED)), "unusual text"),
        (profile("sRGB", (b"vcgt", b"vcgt" + PLANTED)), "private data"),
        (profile("sRGB", (b"A2B0", b"odd " + PLANTED)), "private data"),
        (profile("sRGB") + PLANTED, "unused bytes"),
        (profile("sRGB")[:150], "damaged"),
        (profile("sRGB", (b"dscm", translated("Display P3")[:20])), "damaged"),
        (b"", "damaged"),
    ],
)
def test_what_is_not_colour_is_found_and_dropped(odd, words):
    found = oddities(odd)
    assert any(words in text for text in found)
    new = plain(odd)
    if new is not None:
        assert oddities(new) == ()
        assert PLANTED not in new


@pytest.mark.parametrize("original", [profile("Anna's display"), srgb()])
def test_colours_stay_the_same(original):
    picture = image("RGB")
    results = []
    for content in (original, plain(original)):
        opened = ImageCms.ImageCmsProfile(io.BytesIO(content))
        lab = ImageCms.buildTransform(opened, ImageCms.createProfile("LAB"), "RGB", "LAB")
        results.append(np.asarray(ImageCms.applyTransform(picture, lab)))
    assert np.array_equal(*results)


def test_a_known_name_is_kept_and_another_is_not():
    for original, name in ((srgb(), "sRGB built-in"), (profile("Anna's display"), "colour profile")):
        opened = ImageCms.ImageCmsProfile(io.BytesIO(plain(original)))
        assert ImageCms.getProfileDescription(opened).strip() == name


def test_date_maker_and_author_are_dropped():
    original = bytearray(profile("Anna's display"))
    for start, end in ((4, 8), (24, 36), (40, 44), (48, 56), (80, 128)):
        original[start:end] = (PLANTED * 4)[: end - start]
    assert b"PLAN" not in plain(bytes(original))


def test_tags_that_overlap_are_no_profile():
    curve = (b"A2B0", b"mft2" + bytes(5000))
    original = bytearray(profile("sRGB", curve, *[(f"D2B{i}".encode(), b"mft2") for i in range(3)]))
    table = bytes(original[132:300])
    at, size = struct.unpack(">II", table[table.index(b"A2B0") + 4 :][:8])
    for i, tag in enumerate((b"D2B0", b"D2B1", b"D2B2")):
        entry = 132 + table.index(tag)
        original[at + 4 * i + 4 : at + 4 * i + 8] = b"mft2"
        original[entry + 4 : entry + 12] = struct.pack(">II", at + 4 * i + 4, size - 20)
    assert plain(bytes(original)) is None
