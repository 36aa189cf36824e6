"""A format is told from a file's first bytes."""

import pytest

from blurkit.picture.formats import COMPANIONS, PHOTO_SUFFIXES, sniff
from blurkit.records import ImageFormat
from tests import pictures


@pytest.mark.parametrize("kind", pictures.FILES)
def test_every_format_is_known_by_its_content(kind: str) -> None:
    assert sniff(pictures.file(kind)[:64]) == kind


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xd8", id="two bytes of JPEG"),
        pytest.param(b"just some text, long enough to be looked at as a file head.......", id="text"),
        pytest.param(
            b"BM are the first letters of this text and not a bitmap of Windows", id="text that begins with BM"
        ),
        pytest.param(b"%PDF-1.7\n" + bytes(60), id="PDF"),
        pytest.param(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(40), id="MP4"),
        pytest.param(b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(40), id="MOV of a Live Photo"),
        pytest.param(b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), id="WAV"),
        pytest.param(b"IIU\0\x08\0\0\0" + bytes(56), id="RW2"),
        pytest.param(b"II*\0\x10\0\0\0CR\x02\0" + bytes(52), id="CR2"),
        pytest.param(b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(52), id="JPEG 2000"),
        pytest.param(b"\xff\x0a" + bytes(62), id="JPEG XL"),
    ],
)
def test_what_is_no_photo_has_no_format(head: bytes) -> None:
    assert sniff(head) is None


def test_heif_is_known_by_its_brands_in_any_order() -> None:
    def head(major: bytes, *others: bytes) -> bytes:
        brands = major + b"\0\0\0\0" + b"".join(others)
        return (8 + len(brands)).to_bytes(4) + b"ftyp" + brands

    assert sniff(head(b"heic", b"mif1")) is ImageFormat.HEIF
    assert sniff(head(b"mif1", b"miaf", b"heic")) is ImageFormat.HEIF
    assert sniff(head(b"mif1", b"miaf", b"avif")) is ImageFormat.AVIF
    assert sniff(head(b"xxxx", b"yyyy")) is None


def test_a_suffix_is_a_photo_of_one_format_or_a_companion_never_both() -> None:
    suffixes = [suffix for known in PHOTO_SUFFIXES.values() for suffix in known]
    assert len(suffixes) == len(set(suffixes))
    assert not set(suffixes) & set(COMPANIONS)
    assert set(PHOTO_SUFFIXES) == set(ImageFormat)
