"""A damaged end does not stop the audit: what is intact is searched, what decodes is shown to the detectors."""

import pytest

from blurkit import metadata
from blurkit.audit import exit_code
from blurkit.errors import ExitCode
from blurkit.load import decode
from blurkit.metadata import Kind
from blurkit.settings import LoadSettings
from tests import pictures
from tests.audit.test_audit import words
from tests.fakes import FixedFaces
from tests.metadata import hiding
from tests.metadata.photos import chunk, encode, exif, riff, segment, thumbnail, with_chunks, with_riff, with_segments
from tests.metadata.planted import everything
from tests.metadata.test_within import PHOTOS

BIG = (300, 200)
DIRTY = {
    "jpeg": with_segments(encode("JPEG", size=BIG), segment(0xE1, b"Exif\0\0" + exif())),
    "progressive": with_segments(encode("JPEG", size=BIG, progressive=True), segment(0xE1, b"Exif\0\0" + exif())),
    "png": with_chunks(encode("PNG", size=BIG), chunk(b"eXIf", exif())),
    "gif": everything()["gif/comment"][0],
}
SHOWN = {
    **{f"{kind}, {cut} bytes missing": DIRTY[kind][:-cut] for kind in ("jpeg", "progressive") for cut in (1, 2, 400)},
    **{f"png, {cut} bytes missing": DIRTY["png"][:-cut] for cut in (1, 8, 12, 14, 900)},
    "gif, 1 byte missing": DIRTY["gif"][:-1],
    "gif, 2 bytes missing": DIRTY["gif"][:-2],
}
SEARCHED = {
    "gif": (DIRTY["gif"][:-500], Kind.COMMENT),
    "webp": (with_riff(encode("WEBP"), riff(b"EXIF", exif()), riff(b"XMP ", bytes(99)))[:-20], Kind.GPS),
    "heif": (everything()["heif/exif"][0][:-60], Kind.EXIF),
    "behind a broken segment": (DIRTY["jpeg"][:6000] + b"\xff\xd8" + thumbnail(), Kind.SECOND_IMAGE),
}


@pytest.mark.parametrize("case", SHOWN)
def test_the_intact_part_is_searched_and_what_browsers_show_is_looked_at(case, look):
    audited = look(SHOWN[case], detector=FixedFaces(pictures.face()))
    assert len(audited.visible) == 1
    assert {finding.hidden.kind for finding in audited.findings} & {Kind.GPS, Kind.COMMENT}
    assert audited.error is not None
    assert audited.error.word == "UnreadablePhoto"
    assert exit_code([audited], is_one=True) is ExitCode.FOUND
    assert "visible face" in words(audited)


@pytest.mark.parametrize("case", SEARCHED)
def test_what_cannot_be_shown_is_searched_all_the_same(case, look):
    data, kind = SEARCHED[case]
    audited = look(data)
    assert kind in {finding.hidden.kind for finding in audited.findings}
    assert audited.error is not None
    assert exit_code([audited], is_one=True) is ExitCode.FOUND


def test_a_damaged_file_with_nothing_in_it_is_not_called_clean(look):
    audited = look(encode("JPEG")[:-300])
    assert audited.size is not None
    assert audited.error is not None
    assert "clean" not in words(audited)
    assert exit_code([audited], is_one=True) is ExitCode.INPUT


def test_a_kind_that_cannot_be_searched_is_said_to_be_so(look):
    raw = encode("TIFF", tiffinfo={50706: b"\1\4\0\0"})
    audited = look(raw)
    assert "cannot be searched" in words(audited)


@pytest.mark.parametrize("kind", pictures.FILES)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.999])
def test_mending_is_never_a_fault(kind, share, look):
    data = pictures.file(kind, size=BIG)
    look(data[: max(1, int(len(data) * share))])
    metadata.salvage(data[: int(len(data) * share)])


def test_rows_that_are_missing_are_black_and_the_others_as_they_were():
    data = encode("PNG", size=BIG)
    whole, part = decode(data, LoadSettings()), decode(metadata.mended(data[: len(data) // 2]), LoadSettings())
    assert (part.picture.pixels[:40] == whole.picture.pixels[:40]).all()
    assert not part.picture.pixels[-1].any()


@pytest.mark.parametrize("case", sorted(PHOTOS))
def test_a_photo_hidden_inside_a_coded_picture_is_looked_at_and_the_file_is_not_called_clean(case, look):
    audited = look(PHOTOS[case], detector=FixedFaces(pictures.face(5, 5, 20, 20)))
    assert 1 in [finding.faces for finding in audited.findings]
    assert exit_code([audited], is_one=True) is ExitCode.FOUND


def test_a_file_that_hides_text_in_a_palette_is_not_called_clean(look):
    assert look(hiding.png_palette()).has_found
