"""Names, private tags and unused bytes in colour profiles are found, and no profile but ours may stay."""

import hashlib
import struct

import pytest

from blurkit.errors import UnsupportedFormat
from blurkit.metadata import Kind
from blurkit.metadata.icc import find_profile, is_known, oddities, replacement
from blurkit.picture.profiles import rebuilt
from tests import profiles
from tests.metadata.photos import PLANTED, profile, srgb

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


TABLE = b"mft1" + bytes(4) + bytes((3, 3, 2, 0)) + bytes(36 + 256 * 6 + 24)
"""A table of colours, whole and without a meaning."""


def header(at, content):
    """Return a profile with other bytes in its header."""
    plain = profile("sRGB")
    return plain[:at] + content + plain[at + len(content) :]


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


def test_common_profiles_are_harmless_but_not_ours():
    for common in (srgb(), profile("Display P3"), profile("P3", (b"dscm", translated("Display P3", "colour profile")))):
        assert oddities(common) == ()
        assert [hidden.kind for hidden in find_profile(common, "here")] == [Kind.ICC_PROFILE]
        assert find_profile(common, "here")[0].is_usual
        assert find_profile(rebuilt(common), "here") == ()


ODD = {
    "name": (profile("Anna's display"), "unusual text"),
    "maker": (profile("sRGB", (b"dmdd", b"text" + bytes(4) + PLANTED + b"\0")), "unusual text"),
    "translation": (profile("sRGB", (b"dscm", translated("Display P3", "Anna"))), "unusual text"),
    "after translation": (profile("sRGB", (b"dscm", translated("Display P3") + PLANTED)), "unusual text"),
    "text of no type": (profile("sRGB", (b"vued", b"odd " + PLANTED)), "unusual text"),
    "private tag": (profile("sRGB", (b"vcgt", b"vcgt" + PLANTED)), "private data"),
    "table of no type": (profile("sRGB", (b"A2B0", b"odd " + PLANTED)), "private data"),
    "table with a tail": (profile("sRGB", (b"A2B1", TABLE + PLANTED)), "private data"),
    "view": (profile("sRGB", (b"view", b"curv" + bytes(4) + b"\0\0\0\1\2\0" + PLANTED)), "private data"),
    "view with a tail": (profile("sRGB", (b"view", b"view" + bytes(32) + PLANTED)), "private data"),
    "meas": (profile("sRGB", (b"meas", b"curv" + bytes(8) + PLANTED)), "private data"),
    "gamt": (profile("sRGB", (b"gamt", b"curv" + bytes(8) + PLANTED)), "private data"),
    "ciis": (profile("sRGB", (b"ciis", b"sf32" + bytes(4) + PLANTED)), "private data"),
    "curve with a tail": (profile("sRGB", (b"kTRC", b"curv" + bytes(8) + PLANTED)), "private data"),
    "reserved bytes": (profile("sRGB", (b"tech", b"sig " + PLANTED[:4] + b"dcam")), "private data"),
    "after the end": (profile("sRGB") + PLANTED, "unused bytes"),
    "maker in the header": (header(48, b"\x8a\xff\xd8\x00"), "private data in the header"),
    "attributes": (header(56, PLANTED[:8]), "private data in the header"),
    "identity": (header(84, b"PLANTED-PLANTED!"), "private data in the header"),
    "rest of the header": (header(100, PLANTED), "private data in the header"),
    "cut": (profile("sRGB")[:150], "damaged"),
    "cut translation": (profile("sRGB", (b"dscm", translated("Display P3")[:20])), "damaged"),
    "empty": (b"", "damaged"),
}


@pytest.mark.parametrize("case", ODD)
def test_what_is_not_colour_is_found_and_does_not_survive(case):
    odd, words = ODD[case]
    assert any(words in text for text in oddities(odd))
    assert not any(hidden.is_usual for hidden in find_profile(odd, "here"))
    new = rebuilt(odd) or b""
    assert oddities(new) == () or not new
    assert b"PLAN" not in new


def test_the_identity_that_a_profile_should_have_is_no_finding():
    plain = bytearray(profile("sRGB"))
    plain[84:100] = hashlib.md5(plain, usedforsecurity=False).digest()
    assert oddities(bytes(plain)) == ()


def test_a_table_of_colours_cannot_be_replaced_without_touching_the_samples():
    with pytest.raises(UnsupportedFormat, match="in a table"):
        replacement(profiles.cmyk())
    assert replacement(profiles.without(profiles.cmyk(), b"A2B0")) == b""  # nobody can use it
