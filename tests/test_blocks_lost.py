"""Where blocks cannot be kept, the whole picture is re-encoded, and the report says so."""

from dataclasses import replace

import numpy as np
import pytest

from blurkit import metadata
from blurkit.choices import OutputFormat
from blurkit.encode import blocks, prepare
from blurkit.encode.blocks import check_available, recode
from blurkit.errors import PixelsChanged, SettingsError
from blurkit.geometry import Size
from blurkit.load import decode
from blurkit.outcomes import PhotoFailure
from blurkit.records import ImageFormat
from blurkit.settings import LoadSettings
from tests import pictures
from tests.end_to_end.process import SAMPLES, blurkit, files
from tests.fakes import FixedAge, FixedFaces
from tests.metadata.photos import PLANTED, exif, segment, video, with_segments
from tests.test_blocks import FACE, drawn

# Where blocks cannot be kept, the whole picture is re-encoded, and the report says so


@pytest.mark.parametrize(
    ("kind", "mode", "options", "output", "why"),
    [
        ("jpeg", "RGB", {"exif": pictures.exif(6)}, {}, "neither turned"),
        ("jpeg", "RGB", {"exif": pictures.exif(3)}, {}, "neither turned"),
        ("jpeg", "RGB", {}, {"max_side": 64}, "made smaller"),
        ("jpeg", "RGB", {}, {"format": "png"}, "only a JPEG"),
        ("png", "RGB", {}, {}, "only a JPEG"),
        ("png", "RGB", {}, {"format": "jpeg"}, "only a JPEG"),
        ("jpeg", "CMYK", {}, {}, "rare kind"),
        ("jpeg", "RGB", {"keep_rgb": True, "subsampling": 0}, {}, "rare kind"),
    ],
    ids=["turned", "upside down", "smaller", "to png", "png", "png to jpeg", "CMYK", "RGB"],
)
def test_what_cannot_keep_its_blocks_is_coded_anew_and_that_is_said(kind, mode, options, output, why, blurrer):
    data = pictures.file(kind, mode, size=(160, 128), **options)
    made = blurrer(FixedFaces(FACE), age=FixedAge(9), output={"keep_blocks": True} | output)
    outcome = made.run_bytes(data, name="photo").result
    assert "re-encoded as a whole: " in outcome.proof.coding
    assert why in outcome.proof.coding


def test_a_photo_that_keeps_its_blocks_says_so_and_differs_nowhere_else(photo_file, blurrer, out):
    source = photo_file("jpeg", size=(160, 128), subsampling=2)
    kept, anew = (
        blurrer(FixedFaces(FACE), age=FixedAge(9), output={"keep_blocks": keep}).run(source, out=out / str(keep)).proof
        for keep in (True, False)
    )
    assert "only the blocks under covers re-encoded" in kept.coding
    assert kept.max_difference_outside == 0
    assert anew.max_difference_outside > 0
    assert anew.changed_share < kept.changed_share < 1


def test_a_file_that_is_cut_short_is_refused_as_ever(photo_file, blurrer, out):
    data = pictures.file("jpeg", size=(160, 128))
    source = photo_file("jpeg")
    for size in (len(data) // 2, len(data) - 2, len(data) - 40):
        source.write_bytes(data[:size])
        outcome = blurrer(FixedFaces(FACE), age=FixedAge(9), output={"keep_blocks": True}).run(source, out=out / "safe")
        assert isinstance(outcome, PhotoFailure)
    assert not (out / "safe").exists()


@pytest.mark.parametrize("cut", [0.2, 0.3, 0.7, 0.95])
def test_a_source_that_the_library_cannot_read_to_its_end_gives_no_other_picture(cut, capfd):
    """The file is damaged behind the decoder's back: what is written shows what was drawn, or is withheld."""
    data = pictures.file("jpeg", size=(160, 128))
    _, over, mask = drawn(data, FACE)
    short = data[: int(cut * len(data))]
    over = replace(over, encoding=replace(over.encoding, stored=short))
    try:
        written, _ = recode(over, mask)
    except PixelsChanged:
        return
    finally:
        assert capfd.readouterr() == ("", "")  # the library's own words would spoil a JSON document
    shown = decode(written, LoadSettings()).picture.pixels
    assert np.abs(shown[mask].astype(int) - over.picture.pixels[mask]).mean() < 6


def test_a_quantisation_table_with_zeros_makes_no_other_picture(blurrer):
    data = bytearray(pictures.file("jpeg", size=(160, 128)))
    table = data.index(b"\xff\xdb") + 5
    data[table + 60 : table + 64] = bytes(4)
    made = blurrer(FixedFaces(FACE), age=FixedAge(9), output={"keep_blocks": True})
    safe = made.run_bytes(bytes(data), name="photo")
    assert "no encoder would choose its tables" in safe.result.proof.coding
    _, over, mask = drawn(bytes(data), FACE)
    shown = decode(safe.data, LoadSettings()).picture.pixels
    assert np.abs(shown[mask].astype(int) - over.picture.pixels[mask]).mean() < 6


def test_the_size_of_the_photo_and_of_its_file_are_the_same():
    photo = decode(pictures.file("jpeg", size=(97, 67)), LoadSettings())
    planes = blocks._planes(photo)
    assert [blocks._shape(photo, plane, blocks._unit(planes)) for plane in planes] == [(9, 13), (5, 7), (5, 7)]
    assert photo.size == Size(97, 67)
    assert prepare(photo, ImageFormat.PNG).encoding.stored is None


# Where it cannot be had at all


def test_a_library_that_is_missing_is_named_with_what_to_do(monkeypatch, blurrer):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="not installed") as refused:
        check_available()
    assert refused.value.hint == "pip install 'blurkit[keep-blocks]'"
    with pytest.raises(SettingsError):
        blurrer(output={"keep_blocks": True, "format": OutputFormat.SAME})


def test_a_system_that_would_need_files_is_refused(monkeypatch):
    monkeypatch.delattr("os.memfd_create")
    with pytest.raises(SettingsError, match="Linux only"):
        check_available()


@pytest.mark.model
def test_a_photo_is_covered_and_cleaned_by_the_command_as_ever(tmp_path):
    """The whole program with its real models, on a file with thumbnails, place, names and a video behind it."""
    dirty = with_segments((SAMPLES / "group.jpg").read_bytes(), segment(0xE1, b"Exif\0\0" + exif())) + video()
    (tmp_path / "in.jpg").write_bytes(dirty)
    (tmp_path / "tmp").mkdir()
    options = ("--policy", "everyone", "--keep-blocks", "--json", "--jobs", "1")
    done = blurkit("run", "in.jpg", "--out", "out", *options, cwd=tmp_path, TMPDIR=str(tmp_path / "tmp"))
    assert done.code == 0, done.err
    (photo,) = done.document["photos"]
    assert "only the blocks under covers re-encoded" in photo["coding"]
    assert photo["max_difference_outside"] == 0
    assert files(tmp_path) == ["in.jpg", "out/in.jpg"]
    written = (tmp_path / "out" / "in.jpg").read_bytes()
    assert metadata.find(written) == ()
    assert PLANTED not in written
