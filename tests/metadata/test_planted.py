"""Whatever is planted is found, and gone after strip, while the picture stays the same."""

import base64
import io
import re
import zlib

import numpy as np
import pytest
from PIL import Image

from blurkit import metadata
from blurkit.metadata import Hidden, Kind
from tests.metadata.photos import PLANTED, pixels, thumbnail
from tests.metadata.planted import everything

CASES = everything()
REFUSED_BY_PILLOW = {"jpeg/unknown-marker", "webp/second", "tiff/too-many-values", "tiff/damaged-exif"}
SHOWN = {"png/animation", "tiff/page"}
"""Cases in which the planted text is in a frame that is shown."""
PICTURES = {Kind.THUMBNAIL, Kind.PREVIEW, Kind.SECOND_IMAGE, Kind.GAIN_MAP, Kind.DEPTH_MAP}


def is_planted_in(data):
    """Say whether the planted text is in a file: plain, in UTF-16, in base64 or packed."""
    wide = PLANTED.decode().encode("utf-16-be")
    coded = [base64.b64encode(bytes(i) + PLANTED)[4:-4] for i in range(3)]
    packed = b""
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            packed += zlib.decompressobj().decompress(data[match.start() :], 1 << 20)
        except zlib.error:
            continue
    return any(text in data + packed for text in (PLANTED, wide, *coded))


@pytest.mark.parametrize("case", CASES)
def test_what_is_planted_is_found(case):
    data, kinds = CASES[case]
    assert {hidden.kind for hidden in metadata.find(data)} >= kinds


@pytest.mark.parametrize("case", CASES)
def test_strip_leaves_nothing(case):
    clean = metadata.strip(CASES[case][0])
    assert {hidden.kind for hidden in metadata.find(clean)} <= {Kind.FRAME}
    assert not is_planted_in(clean) or case in SHOWN
    assert thumbnail() not in clean


@pytest.mark.parametrize("case", CASES)
def test_strip_keeps_the_picture(case):
    data = CASES[case][0]
    after = pixels(metadata.strip(data))
    if case in REFUSED_BY_PILLOW:
        with pytest.raises((OSError, SyntaxError, UserWarning)):
            pixels(data)
        return
    before = pixels(data)
    assert before[0] == after[0]
    assert np.array_equal(before[1], after[1])


@pytest.mark.parametrize("case", CASES)
def test_strip_of_what_was_stripped_changes_nothing(case):
    clean = metadata.strip(CASES[case][0])
    assert metadata.strip(clean) == clean


@pytest.mark.parametrize("case", CASES)
def test_findings_say_where_they_are_and_nothing_of_what_they_say(case):
    data = CASES[case][0]
    for hidden in metadata.find(data):
        assert hidden.where
        assert hidden.size >= 0
        assert hidden.detail
        assert b"PLANTED" not in (hidden.where + hidden.detail).encode()
        assert "picture=" not in repr(hidden)
        if hidden.offset is not None:
            assert 0 <= hidden.offset <= hidden.offset + hidden.size <= len(data)


@pytest.mark.parametrize("case", CASES)
def test_embedded_pictures_can_be_looked_at(case):
    shown = [hidden for hidden in metadata.find(CASES[case][0]) if hidden.picture is not None]
    for hidden in shown:
        with Image.open(io.BytesIO(hidden.picture)) as picture:
            picture.load()
    assert {hidden.kind for hidden in shown} >= CASES[case][1] & PICTURES


def test_the_search_for_planted_text_would_find_it():
    dirty = {case for case, (data, _) in CASES.items() if is_planted_in(data)}
    blind = {"jpeg/padding", "jpeg/fill", "png/time", "webp/flags", "bmp/padding", "tiff/padding", "heif/padding"}
    assert len(dirty) > 100
    assert dirty.isdisjoint(blind)


def test_a_video_can_be_taken_out():
    data = CASES["jpeg/motion-photo-samsung"][0]
    (video,) = (hidden for hidden in metadata.find(data) if hidden.kind is Kind.VIDEO)
    assert data[video.offset : video.offset + video.size].startswith(b"\0\0\0\x18ftypmp42")


def test_an_exif_thumbnail_is_at_its_offset():
    data = CASES["jpeg/exif"][0]
    (found,) = (hidden for hidden in metadata.find(data) if hidden.kind is Kind.THUMBNAIL)
    assert found == Hidden(Kind.THUMBNAIL, found.where, len(thumbnail()), "thumbnail 40x24", found.offset, thumbnail())
    assert data[found.offset : found.offset + found.size] == thumbnail()
