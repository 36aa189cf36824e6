"""With `--keep-blocks` only the blocks under covers are re-encoded; all others keep their coefficients bit for bit."""

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from blurkit import metadata
from blurkit.appearance import ObscureSettings
from blurkit.choices import Shape, Style
from blurkit.encode import blocks, coefficients, encode, encode_keeping_blocks, prepare
from blurkit.encode.blocks import obstacle, recode
from blurkit.errors import PixelsChanged
from blurkit.geometry import Box, Size
from blurkit.load import decode
from blurkit.obscure import drawn_mask, obscure
from blurkit.outcomes import PhotoFailure
from blurkit.picture.proof import prove
from blurkit.records import Face
from blurkit.settings import LoadSettings
from tests import pictures, profiles
from tests.fakes import FixedAge, FixedFaces
from tests.metadata.photos import PLANTED
from tests.metadata.planted_jpeg import jpegs

jpeglib = pytest.importorskip("jpeglib", reason="there is no build of the library for this machine")
pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="blocks can be kept on Linux only")

SAMPLED = {
    "4:4:4": ((1, 1), (1, 1), (1, 1)),
    "4:2:2": ((1, 2), (1, 1), (1, 1)),
    "4:2:0": ((2, 2), (1, 1), (1, 1)),
    "4:4:0": ((2, 1), (1, 1), (1, 1)),
    "4:1:1": ((1, 4), (1, 1), (1, 1)),
}
"""Sampling factors (down, across) of each component."""
FACE = pictures.face(60, 40, 100, 90)
SIZES = [(160, 128), (161, 131)]


@pytest.fixture(autouse=True)
def in_this_process(request, monkeypatch):
    """Exchange blocks in this process, which is quicker, where the other one is not what is tested."""
    if not {"command", "library"} & set(request.node.name.split("_")):
        monkeypatch.setattr(blocks, "replace_blocks", coefficients.exchange)


def sampled(name, size, folder, seed=1):
    """Return a real JPEG of any sampling; Pillow cannot write all of them."""
    picture = jpeglib.from_spatial(pictures.smooth("RGB", size, seed))
    picture.samp_factor = np.array(SAMPLED[name])
    picture.write_spatial(str(folder / "made.jpg"), qt=88)
    return (folder / "made.jpg").read_bytes()


def drawn(data, *faces, **values):
    """Return a photo, the same with covers, and their mask."""
    photo, chosen = decode(data, LoadSettings()), ObscureSettings(**values)
    over = photo.showing(obscure(photo.picture, pictures.covering(*faces), chosen, random=np.random.default_rng(1)))
    return photo, prepare(over, photo.format), drawn_mask(faces, chosen, photo.size)


def all_coefficients(data, folder):
    """Return the coefficients of each component, as the library's own front reads them."""
    (folder / "read.jpg").write_bytes(data)
    picture = jpeglib.read_dct(str(folder / "read.jpg"))
    return [plane for plane in (picture.Y, picture.Cb, picture.Cr) if plane is not None]


def assert_kept(data, folder, *faces, **values):
    """Check that what covers do not touch is kept, and that what they touch shows them."""
    photo, over, mask = drawn(data, *faces, **values)
    assert obstacle(over) is None
    written, may_differ = recode(over, mask)
    before, after = all_coefficients(data, folder), all_coefficients(written, folder)
    for one, other in zip(before, after, strict=True):
        assert one.shape == other.shape
        differ = (one != other).any(axis=(2, 3))
        height, width = -(-photo.size.height // one.shape[0]), -(-photo.size.width // one.shape[1])
        for row, column in zip(*np.nonzero(differ), strict=True):
            top, left = row * height // 8 * 8, column * width // 8 * 8
            assert may_differ[top : top + height + 8, left : left + width + 8].any()
    shown = decode(written, LoadSettings())
    assert prove(photo, written, shown, may_differ, "").max_difference_outside == 0
    if mask.any():
        usual = decode(encode(over), LoadSettings())
        drawn_there = over.picture.pixels[mask]
        far, usually_far = (
            np.abs(each.picture.pixels[mask].astype(int) - drawn_there).mean() for each in (shown, usual)
        )
        assert far < 2 * usually_far + 2
    assert metadata.find(written) == ()
    return before, after


@pytest.mark.parametrize("size", SIZES, ids=["whole blocks", "odd size"])
@pytest.mark.parametrize("name", SAMPLED)
def test_blocks_that_no_cover_touches_keep_their_coefficients(name, size, tmp_path):
    before, after = assert_kept(sampled(name, size, tmp_path), tmp_path, FACE, color="blue")
    shares = [(one != other).any(axis=(2, 3)).mean() for one, other in zip(before, after, strict=True)]
    assert 0.05 < max(shares) < 0.7


@pytest.mark.parametrize("size", SIZES, ids=["whole blocks", "odd size"])
@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("RGB", {"subsampling": 2, "progressive": True}),
        ("RGB", {"subsampling": 1, "restart_marker_blocks": 3}),
        ("RGB", {"subsampling": 2, "quality": 100}),
        ("RGB", {"subsampling": 0, "quality": 5}),
        ("L", {"quality": 80}),
        ("L", {"progressive": True}),
        ("RGB", {"icc_profile": profiles.wide_gamut(), "dpi": (300, 300)}),
    ],
    ids=["progressive", "restarts", "finest", "coarsest", "gray", "gray progressive", "profile"],
)
@pytest.mark.parametrize("style", ["solid", "pixelate"])
def test_so_do_those_of_every_kind_of_jpeg(mode, options, size, style, tmp_path):
    data = pictures.file("jpeg", mode, size=size, **options)
    assert_kept(data, tmp_path, FACE, pictures.face(-10, 100, 30, 150), style=style)


def test_without_a_cover_all_are_kept(tmp_path):
    before, after = assert_kept(pictures.file("jpeg", size=(96, 64)), tmp_path)
    assert all((one == other).all() for one, other in zip(before, after, strict=True))


def test_profile_and_density_are_kept_and_nothing_else():
    data = pictures.file("jpeg", icc_profile=profiles.wide_gamut(), dpi=(300, 200), comment=PLANTED)
    photo, over, mask = drawn(data, FACE)
    written = metadata.strip(recode(over, mask)[0])
    again = decode(written, LoadSettings())
    assert (again.picture.colors.icc_profile, again.encoding.dpi) == (photo.picture.colors.icc_profile, (300, 200))
    assert PLANTED not in written


@pytest.mark.parametrize("case", sorted(jpegs().keys() - {"unknown-marker"}))  # no decoder reads that one
def test_nothing_planted_comes_through(case):
    _, over, mask = drawn(jpegs()[case][0], pictures.face())
    written = metadata.strip(encode_keeping_blocks(over, mask)[0])
    assert PLANTED not in written
    assert metadata.find(written) == ()


# What is under a cover is gone here, too


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@settings(max_examples=8)
@given(
    place=st.builds(
        lambda left, top, width, height: Face(Box(left, top, left + width, top + height), 0.9, ("fixed",)),
        *(st.integers(0, 64), st.integers(0, 64), st.integers(24, 90), st.integers(24, 90)),
    ),
    style=st.sampled_from(Style),
    shape=st.sampled_from(Shape),
)
def test_the_bytes_depend_on_no_coefficient_within_a_cover(subsampling, place, style, shape):
    """Two files that differ only in the coefficients of blocks within a cover's outline become one and the same."""
    chosen = pictures.look(style=style, shape=shape, margin=0.1)
    (down, across), *_ = SAMPLED[subsampling]
    outline = pictures.touched(place, chosen, Size(160, 128))
    whole = outline.reshape(128 // (8 * down), 8 * down, 160 // (8 * across), 8 * across).all(axis=(1, 3))
    inside = np.repeat(np.repeat(whole, 8 * down, axis=0), 8 * across, axis=1)
    samples = pictures.smooth("RGB", (160, 128))
    changed = samples.copy()
    changed[inside] = 255 - changed[inside]
    files = [pictures.saved(Image.fromarray(each), "jpeg", subsampling=subsampling) for each in (samples, changed)]
    written = []
    for data in files:
        _, over, mask = drawn(data, place, **chosen.model_dump())
        written.append(recode(over, mask)[0])
    assert (files[0] == files[1]) is not bool(inside.any())
    assert written[0] == written[1]


def task(data):
    """Return what the process for coefficients is asked to do for a photo with a cover."""
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "replace_blocks", lambda *task: asked.append(task) or data)
        _, over, mask = drawn(data, FACE, color="#ff0000")
        recode(over, mask)
    return asked[0]


@pytest.mark.parametrize("component", [0, 1, 2])
def test_a_block_of_the_source_that_is_left_under_a_cover_is_noticed(component, monkeypatch):
    """A library that leaves out a component, as this one does with the fourth, must not pass."""
    stored, size, changes = task(pictures.file("jpeg", size=(160, 128)))
    assert coefficients.exchange(stored, size, changes)
    wrote = coefficients._written
    source = coefficients._read(stored, [change.shape for change in changes])

    def leaky(stored, size, planes):
        planes = [plane.copy() for plane in planes]
        planes[component] = source[component]
        return wrote(stored, size, planes)

    monkeypatch.setattr(coefficients, "_written", leaky)
    with pytest.raises(PixelsChanged, match="not those"):
        coefficients.exchange(stored, size, changes)


def test_a_copy_of_the_source_instead_of_the_output_is_withheld(photo_file, blurrer, out, monkeypatch):
    monkeypatch.setattr(blocks, "replace_blocks", lambda stored, *_: stored)
    source = photo_file("jpeg", size=(160, 128))
    made = blurrer(FixedFaces(FACE), age=FixedAge(9), output={"keep_blocks": True})
    outcome = made.run(source, out=out / "safe.jpg")
    assert isinstance(outcome, PhotoFailure)
    assert outcome.status == "blocked"
    assert not (out / "safe.jpg").exists()


def test_no_photo_is_put_into_the_folder_for_temporary_files(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a temporary file was made")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    before = set(Path("/proc/self/fd").iterdir())
    assert coefficients.exchange(*task(pictures.file("jpeg", size=(160, 128))))
    assert set(Path("/proc/self/fd").iterdir()) == before


@pytest.mark.parametrize("marker", [b"\xff\xf3\0\x04ab", b"\xff\xc9\0\x0b\x08\0\x40\0\x60\1\1\x11\0"])
def test_a_file_at_which_the_library_ends_its_process_is_an_error_of_ours(marker, capfd):
    data = pictures.file("jpeg", size=(160, 128))
    _, size, changes = task(data)
    with pytest.raises(PixelsChanged) as refused:
        coefficients.replace_blocks(data[:20] + marker + data[20:], size, changes)
    assert "--keep-blocks" in refused.value.hint
    assert capfd.readouterr() == ("", "")


def test_a_process_that_takes_too_long_is_an_error_of_ours(monkeypatch):
    asked = task(pictures.file("jpeg", size=(160, 128)))
    monkeypatch.setattr(coefficients, "SECONDS", 0.0)
    monkeypatch.setattr(coefficients, "SECONDS_A_MEGABYTE", 0.0)
    with pytest.raises(PixelsChanged, match="cannot be read or written"):
        coefficients.replace_blocks(*asked)
