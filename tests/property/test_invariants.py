"""What must hold whatever the photo, the faces and the settings are: the eight promises of STYLE 2.6."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from blurkit import metadata
from blurkit.batch.naming import Source, output_names
from blurkit.choices import OutputFormat
from blurkit.detect import merge
from blurkit.detect.merge import WIDENS, fuse
from blurkit.detect.views import Sighting, level, scale_of, spans, tiles
from blurkit.encode import encode, output_format, prepare
from blurkit.geometry import Box, Size
from blurkit.load import decode
from blurkit.obscure import covered_mask, obscure
from blurkit.obscure.covers import cover_of
from blurkit.picture.color import to_srgb
from blurkit.policy import decide
from blurkit.records import Action, AgeEstimate, Decision, Face, ImageFormat, Judgement, Reason
from blurkit.settings import LoadSettings, ObscureSettings, PolicySettings, Region
from tests import pictures, profiles
from tests.pictures import covering

# Boxes and sizes

SIDES = st.floats(-400, 900, allow_nan=False)
PHOTOS = st.builds(Size, st.integers(1, 700), st.integers(1, 700))


@st.composite
def boxes(draw, sides=SIDES):
    left, right = sorted((draw(sides), draw(sides)))
    top, bottom = sorted((draw(sides), draw(sides)))
    return Box(left, top, right, bottom)


# 1. Box.pixels contains the box, and the last row and column can be covered.


@given(boxes(), PHOTOS)
def test_whole_pixels_contain_every_pixel_that_the_box_touches(box, size):
    left, top, right, bottom = box.pixels(size)
    inside = box.clip(size)
    assert 0 <= left <= inside.left <= inside.right <= right <= size.width
    assert 0 <= top <= inside.top <= inside.bottom <= bottom <= size.height
    assert left >= inside.left - 1
    assert right <= inside.right + 1


@given(boxes(), PHOTOS, st.integers(-4, 4))
def test_a_turned_box_turns_back_and_keeps_its_size(box, size, turns):
    turned = Size(size.height, size.width) if turns % 2 else size
    back = box.turned(turns, size).turned(-turns, turned)
    for name in ("left", "top", "right", "bottom"):
        assert math.isclose(getattr(back, name), getattr(box, name), abs_tol=1e-9)


# 2. Every tile grid covers every pixel, and what is smaller than the overlap lies whole inside some tile.


@given(st.integers(1, 5000), st.integers(40, 1200), st.integers(1, 20), st.data())
def test_spans_cover_a_length_and_hold_whatever_is_no_longer_than_the_overlap(length, tile, shared, data):
    overlap = tile // 2 // shared + 1
    cut = spans(length, tile, overlap)
    assert cut[0][0] == 0
    assert cut[-1][1] == length
    assert all(0 <= start < stop <= length and stop - start <= max(tile, 1) for start, stop in cut)
    short = data.draw(st.integers(1, min(overlap, length)))
    start = data.draw(st.integers(0, length - short))
    assert any(a <= start and start + short <= b for a, b in cut)


@settings(max_examples=25)
@given(PHOTOS, st.sampled_from([320, 640, 1024, 2048]), st.sampled_from([(256, 64), (320, 80), (1120, 96)]), st.data())
def test_views_cover_every_pixel_and_hold_every_small_face_whole(size, counted, grid, data):
    tile, overlap = grid
    views = level(size, counted, tile=tile, overlap=overlap)
    seen = np.zeros((size.height, size.width), bool)
    for view in views:
        left, top, right, bottom = view.window
        seen[top:bottom, left:right] = True
    assert seen.all()
    side = overlap / scale_of(size, counted)
    width, height = min(side, size.width), min(side, size.height)
    left = math.floor(data.draw(st.floats(0, size.width - width)))
    top = math.floor(data.draw(st.floats(0, size.height - height)))
    face = Box(left, top, left + math.floor(width), top + math.floor(height))
    assert any(Box(*view.window).union(face) == Box(*view.window) for view in views)


@given(st.integers(1, 300), st.integers(1, 300), st.floats(0.2, 4))
def test_tiles_stay_inside_their_window(width, height, scale):
    window = (11, 7, 11 + width, 7 + height)
    for view in tiles(window, scale, tile=120, overlap=20, source="x"):
        assert Box(*window).union(Box(*view.window)) == Box(*window)


# 3. Merging is independent of order, and its union covers every box that it absorbed.

SCORES = st.floats(0.01, 0.99)
NEAR = st.floats(0, 120, allow_nan=False)


@st.composite
def faces(draw, detector="one"):
    left, top, side = draw(NEAR), draw(NEAR), draw(st.floats(5, 60))
    return Face(Box(left, top, left + 0.8 * side, top + side), draw(SCORES), (detector,))


FOUND = st.tuples(st.lists(faces("one"), max_size=8), st.lists(faces("two"), max_size=8))


@given(FOUND, st.randoms(use_true_random=False))
def test_merging_does_not_depend_on_the_order(found, random):
    shuffled = [random.sample(each, len(each)) for each in found]
    random.shuffle(shuffled)
    assert merge(shuffled) == merge(found)


@given(FOUND)
def test_merging_loses_no_face_and_no_evidence(found):
    merged = merge(found)
    for face in itertools.chain.from_iterable(found):
        widest = [m for m in merged if m.box.union(face.box) == m.box or face.score < WIDENS]
        holders = [m for m in widest if m.score >= face.score - 1e-9 and set(face.detectors) <= set(m.detectors)]
        assert any(m.box.intersection(face.box) > 0 for m in holders)
    assert [m.score for m in merged] == sorted((m.score for m in merged), reverse=True)
    assert all(0 <= m.score <= 1 for m in merged)


SIGHTINGS = st.builds(
    lambda face, source: Sighting(face.box, face.score, (), source), faces(), st.sampled_from(["640", "1024", "closer"])
)


@given(st.lists(SIGHTINGS, max_size=12), st.randoms(use_true_random=False))
def test_fusing_does_not_depend_on_the_order(found, random):
    one = fuse(found, "any", min_score=0.5)
    other = fuse(random.sample(found, len(found)), "any", min_score=0.5)
    assert [face.score for face in one] == [face.score for face in other]
    for a, b in zip(one, other, strict=True):
        assert all(math.isclose(getattr(a.box, s), getattr(b.box, s)) for s in ("left", "top", "right", "bottom"))


@given(st.lists(SIGHTINGS, max_size=8), SIGHTINGS)
def test_a_sure_sighting_is_always_a_face(found, sure):
    fused = fuse([*found, replace(sure, score=0.99)], "any", min_score=0.5)
    assert any(face.box.intersection(sure.box) > 0 for face in fused)


# 4. Covering changes nothing outside the covers, and inside depends on no pixel under any cover.

STYLES = st.fixed_dictionaries(
    {
        "style": st.sampled_from(["solid", "pixelate"]),
        "shape": st.sampled_from(["ellipse", "box"]),
        "color": st.sampled_from(["gray", "blue", "#010203", "#fefefe"]),
        "margin": st.sampled_from([0.0, 0.35, 1.1]),
        "blocks_across": st.integers(2, 12),
    }
)
UPRIGHT = st.builds(
    lambda left, top, width, height: Face(Box(left, top, left + width, top + height), 0.9, ("fixed",)),
    st.floats(-30, 120),
    st.floats(-30, 100),
    st.floats(0.3, 50),
    st.floats(0.3, 50),
)
TILTED = st.builds(
    pictures.tilted, st.floats(-180, 180), st.tuples(st.floats(-10, 110), st.floats(-10, 80)), st.floats(1, 50)
)
PLACES = UPRIGHT | TILTED
"""Faces inside, across and beyond the borders of a photo of 96 by 65, upright and tilted."""


def repainted(picture, mask, seed):
    """Return the picture with other samples under the covers, and nothing else changed."""
    random = np.random.default_rng(seed)
    samples = picture.samples.copy()
    top = len(picture.colors.palette) // 3 if picture.colors.palette else int(np.iinfo(samples.dtype).max) + 1
    samples[mask] = random.integers(top, size=samples[mask].shape)
    samples.flags.writeable = False
    pixels = to_srgb(samples, picture.mode, picture.colors)
    return replace(picture, samples=samples, pixels=pixels)


def covered(picture, places, chosen, seed=5):
    return obscure(picture, covering(*places), chosen, random=np.random.default_rng(seed))


PROFILES = {"L": profiles.gray(), "LA": profiles.gray(), "CMYK": profiles.cmyk()}


@pytest.mark.parametrize("mode", pictures.KINDS)
@pytest.mark.parametrize("profiled", [False, True], ids=["plain", "profile"])
@settings(max_examples=8)
@given(places=st.lists(PLACES, min_size=1, max_size=4), style=STYLES, seed=st.integers(0, 99))
def test_a_cover_carries_nothing_of_what_is_under_it_and_touches_nothing_else(mode, profiled, places, style, seed):
    profile = PROFILES.get(mode.removesuffix(";16"), profiles.wide_gamut()) if profiled else None
    picture = pictures.picture(mode, (96, 65), icc_profile=profile)
    chosen = ObscureSettings(**style)
    mask = covered_mask(places, chosen, picture.size)
    one, other = covered(picture, places, chosen), covered(repainted(picture, mask, seed), places, chosen)
    assert (one.samples == other.samples).all()
    assert (one.pixels == other.pixels).all()
    assert one.colors == other.colors
    assert (one.samples[~mask] == picture.samples[~mask]).all()
    assert (one.pixels[~mask] == picture.pixels[~mask]).all()


@settings(max_examples=60)
@given(PLACES, STYLES, PHOTOS)
def test_a_cover_holds_the_box_of_its_face(place, style, size):
    chosen = ObscureSettings(**(style | {"margin": max(0.21, style["margin"])}))
    left, top, right, bottom = place.box.pixels(size)
    assert covered_mask([place], chosen, size)[top:bottom, left:right].all()


@given(PLACES, STYLES, st.integers(2, 6))
def test_a_cover_grows_with_the_face(place, style, factor):
    chosen = ObscureSettings(**style)
    large = Size(700, 700)
    inside = Face(Box(300, 300, 300 + place.box.width / 3 + 4, 300 + place.box.height / 3 + 4), 0.9, ("fixed",))
    grown = Face(inside.box.expand(factor / 2, factor / 2), 0.9, ("fixed",))
    small_mask, large_mask = (covered_mask([face], chosen, large) for face in (inside, grown))
    assert not (small_mask & ~large_mask).any()


WRITTEN = [
    pytest.param("jpeg", "RGB", {"subsampling": 0}, "same", id="jpeg 4:4:4"),
    pytest.param("jpeg", "RGB", {"subsampling": 1}, "same", id="jpeg 4:2:2"),
    pytest.param("jpeg", "RGB", {"subsampling": 2}, "same", id="jpeg 4:2:0"),
    pytest.param("jpeg", "RGB", {"subsampling": 2, "progressive": True, "quality": 35}, "same", id="jpeg progressive"),
    pytest.param("jpeg", "RGB", {"exif": pictures.exif(6)}, "same", id="jpeg sideways"),
    pytest.param("jpeg", "RGB", {"icc_profile": profiles.wide_gamut()}, "same", id="jpeg wide gamut"),
    pytest.param("jpeg", "RGB", {}, "png", id="jpeg to png"),
    pytest.param("jpeg", "L", {}, "same", id="jpeg gray"),
    pytest.param("jpeg", "CMYK", {}, "same", id="jpeg cmyk"),
    pytest.param("jpeg", "CMYK", {"icc_profile": profiles.cmyk()}, "same", id="jpeg cmyk profile"),
    pytest.param("jpeg", "CMYK", {}, "png", id="jpeg cmyk to png"),
    pytest.param("png", "RGB", {}, "same", id="png"),
    pytest.param("png", "RGBA", {}, "same", id="png alpha"),
    pytest.param("png", "RGBA", {}, "jpeg", id="png alpha to jpeg"),
    pytest.param("png", "LA", {}, "same", id="png gray alpha"),
    pytest.param("png", "L;16", {}, "same", id="png 16 gray"),
    pytest.param("png", "RGB;16", {}, "same", id="png 16"),
    pytest.param("png", "RGBA;16", {}, "same", id="png 16 alpha"),
    pytest.param("png", "P", {}, "same", id="png palette"),
    pytest.param("png", "P", {"transparency": bytes(range(0, 250, 5))}, "same", id="png palette clear"),
    pytest.param("png", "P", {"transparency": bytes(range(0, 250, 5))}, "jpeg", id="png palette to jpeg"),
    pytest.param("webp", "RGB", {}, "same", id="webp"),
    pytest.param("webp", "RGBA", {}, "same", id="webp alpha"),
    pytest.param("webp", "RGBA", {"lossless": True, "exact": True}, "same", id="webp lossless"),
    pytest.param("tiff", "RGB", {}, "same", id="tiff"),
    pytest.param("tiff", "CMYK", {"compression": "tiff_lzw"}, "same", id="tiff cmyk"),
    pytest.param("tiff", "RGB;16", {}, "same", id="tiff 16"),
    pytest.param("tiff", "P", {}, "same", id="tiff palette"),
    pytest.param("bmp", "RGB", {}, "same", id="bmp"),
    pytest.param("bmp", "P", {}, "same", id="bmp palette"),
    pytest.param("gif", "P", {}, "same", id="gif"),
    pytest.param("gif", "P", {"transparency": 3}, "same", id="gif clear"),
    pytest.param("heif", "RGB", {}, "same", id="heif"),
    pytest.param("heif", "RGBA", {}, "same", id="heif alpha"),
    pytest.param("heif", "RGB", {"icc_profile": profiles.wide_gamut()}, "auto", id="heif to jpeg"),
    pytest.param("avif", "RGB", {}, "same", id="avif"),
    pytest.param("avif", "RGBA", {}, "auto", id="avif to jpeg"),
]


@pytest.mark.parametrize(("kind", "mode", "options", "wanted"), WRITTEN)
@settings(max_examples=4)
@given(places=st.lists(PLACES, min_size=1, max_size=3), style=STYLES, seed=st.integers(0, 99))
def test_the_bytes_of_a_file_carry_nothing_of_what_is_under_a_cover(kind, mode, options, wanted, places, style, seed):
    """Two photos that differ only under the covers become one and the same file."""
    photo = decode(pictures.file(kind, mode, **options), LoadSettings())
    chosen = ObscureSettings(**style)
    mask = covered_mask(places, chosen, photo.size)
    target = output_format(ImageFormat(kind), OutputFormat(wanted))
    one, other = (
        metadata.strip(encode(prepare(covered(version, places, chosen), target)))
        for version in (photo, repainted(photo, mask, seed))
    )
    assert one == other


@pytest.mark.parametrize("kind", ["png", "tiff", "bmp", "webp"])
@pytest.mark.parametrize("style", ["solid", "pixelate"])
def test_two_files_that_differ_only_under_a_cover_become_the_same_file(kind, style):
    """The same from file to file: what is under the cover is changed in the source itself."""
    place, chosen = pictures.face(), ObscureSettings(style=style)
    options = {"lossless": True} if kind == "webp" else {}
    before = pictures.smooth("RGB")
    mask = covered_mask([place], chosen, Size(96, 64))
    changed = before.copy()
    changed[mask] = 255 - changed[mask]
    written = []
    for version in (before, changed):
        photo = decode(pictures.saved(Image.fromarray(version), kind, **options), LoadSettings())
        written.append(metadata.strip(encode(prepare(covered(photo, [place], chosen), photo.format))))
    assert written[0] == written[1]


def within(cover, size, block):
    """Return the pixels of all blocks that lie wholly within a cover's outline: bool of shape (H, W)."""
    outline = cover.mask((0, 0, size.width, size.height))
    rows, columns = size.height // block.height, size.width // block.width
    whole = outline.reshape(rows, block.height, columns, block.width).all(axis=(1, 3))
    return np.repeat(np.repeat(whole, block.height, axis=0), block.width, axis=1)


SUBSAMPLED = {"4:4:4": Size(8, 8), "4:2:2": Size(16, 8), "4:2:0": Size(16, 16)}
"""What a JPEG codes together: changed pixels in one such block change no coefficient of another."""


def written_from_jpegs(subsampling, style, place, wanted="same"):
    """Return what becomes of two JPEGs whose coefficients differ only in blocks wholly within a cover's outline."""
    size, chosen = Size(160, 128), ObscureSettings(**style)
    inside = within(cover_of(place, chosen), size, SUBSAMPLED[subsampling])
    changed = pictures.smooth("RGB", (160, 128)).copy()
    changed[inside] = 255 - changed[inside]
    written = []
    for samples in (pictures.smooth("RGB", (160, 128)), changed):
        photo = decode(pictures.saved(Image.fromarray(samples), "jpeg", subsampling=subsampling), LoadSettings())
        target = output_format(photo.format, OutputFormat(wanted))
        written.append(metadata.strip(encode(prepare(covered(photo, [place], chosen), target))))
    return written, inside.any()


@pytest.mark.parametrize("wanted", ["same", "png"])
@pytest.mark.parametrize("subsampling", SUBSAMPLED)
@settings(max_examples=8)
@given(
    place=st.builds(
        lambda left, top, width, height: Face(Box(left, top, left + width, top + height), 0.9, ("fixed",)),
        *(st.integers(0, 64), st.integers(0, 64), st.integers(24, 90), st.integers(24, 90)),
    ),
    style=STYLES,
)
def test_coefficients_under_a_cover_reach_no_pixel_that_is_left_open(subsampling, wanted, place, style):
    """Decoders smooth half-resolution colour over the edge of a block: what they spread is under the cover, too."""
    (one, other), _ = written_from_jpegs(subsampling, style, place, wanted)
    assert one == other


AT_A_BLOCK_EDGE = Face(Box(32, 32, 128, 96), 0.9, ("fixed",))
BOXED = {"style": "solid", "shape": "box", "margin": 0.0}


@pytest.mark.parametrize("subsampling", ["4:2:2", "4:2:0"])
def test_a_cover_that_ends_with_its_outline_would_leave_colour_of_the_face_beside_it(subsampling, monkeypatch):
    (one, other), has_changed = written_from_jpegs(subsampling, BOXED, AT_A_BLOCK_EDGE)
    assert has_changed
    assert one == other
    monkeypatch.setattr("blurkit.obscure.covers._grown", lambda cells: cells)
    (one, other), _ = written_from_jpegs(subsampling, BOXED, AT_A_BLOCK_EDGE)
    assert one != other


# 5. The policy is monotone: more doubt never turns COVER into KEEP.

CONDITIONS = [reason for reason in Reason if reason not in (Reason.MANUAL, Reason.FOUND_IN_CHECK)]
KEEPABLE = (Reason.NEVER_REGION, Reason.LOOKS_ADULT, Reason.EVERYONE)
RULES = st.lists(
    st.sampled_from(CONDITIONS).flatmap(
        lambda when: st.fixed_dictionaries(
            {"when": st.just(when), "action": st.sampled_from(["cover", "keep"] if when in KEEPABLE else ["cover"])}
        )
    ),
    min_size=1,
    max_size=6,
)
SHARES = st.sampled_from([0.0, 0.2, 0.45, 0.5, 0.8, 1.0])
REGIONS = st.lists(
    st.tuples(st.sampled_from(["cover", "keep"]), SHARES, SHARES, SHARES, SHARES)
    .filter(lambda r: r[1] < r[3] and r[2] < r[4])
    .map(lambda r: Region(action=r[0], box=r[1:])),
    max_size=3,
)
AGES = st.one_of(
    st.none(),
    st.tuples(st.floats(0, 80), st.floats(0, 30), st.floats(0, 30)).map(
        lambda a: AgeEstimate(a[0], max(0.0, a[0] - a[1]) if a[0] > a[1] else 0.0, a[0] + a[2], "test")
    ),
)


@settings(max_examples=150)
@given(
    rules=RULES,
    regions=REGIONS,
    age=AGES,
    height=st.floats(5, 300),
    threshold=st.floats(0, 60) | st.just(math.inf),
    judge_as_under=st.none() | st.integers(18, 30),
    data=st.data(),
)
def test_more_doubt_never_uncovers_a_face(rules, regions, age, height, threshold, judge_as_under, data):
    policy = PolicySettings(rules=rules, regions=regions, judge_as_under=judge_as_under)
    size = Size(1000, 800)
    face = Face(Box(400, 300, 400 + 0.8 * height, 300 + height), 0.9, ("fixed",))

    def action(age=age, policy=policy, threshold=threshold):
        (decision,) = decide([face], [age], policy, size=size, threshold=threshold)
        return decision.judgement.action

    assume(action() is Action.COVER)
    doubts = [
        action(age=None),
        action(threshold=threshold + data.draw(st.floats(0, 20))),
        action(policy=policy.model_copy(update={"min_face_px": policy.min_face_px + data.draw(st.integers(0, 300))})),
    ]
    if age is not None:
        low = data.draw(st.floats(0, age.low))
        doubts.append(action(age=replace(age, low=low)))
        doubts.append(action(age=replace(age, years=data.draw(st.floats(low, age.years)), low=low)))
        doubts.append(action(age=replace(age, high=age.high + 10)))
    assert set(doubts) == {Action.COVER}


# 6. find(strip(x)) == () and strip changes nothing the second time.


@pytest.mark.parametrize(("kind", "mode"), pictures.EVERY_FILE, ids=pictures.EVERY_ID)
@pytest.mark.parametrize("wanted", list(OutputFormat))
def test_a_written_file_hides_nothing_and_cleaning_it_again_changes_nothing(kind, mode, wanted):
    photo = decode(pictures.file(kind, mode), LoadSettings())
    clean = metadata.strip(encode(prepare(photo, output_format(photo.format, wanted))))
    assert metadata.find(clean) == ()
    assert metadata.strip(clean) == clean


# 7. A crash at any stage leaves no output file: tests/test_pipeline.py, which goes through the stages one by one.

# 8. Names of outputs are all different, and never that of a source.

WORDS = st.sampled_from(["a", "A", "b", "ü", "u\u0308", "a-2", "x", "Straße", "STRASSE"])
SUFFIXES = st.sampled_from([".jpg", ".JPG", ".jpeg", ".heic", ".png", ".tif", "", ".txt"])
FORMATS = st.sampled_from([*ImageFormat, None])


@st.composite
def runs(draw):
    """Return the photos of a run: files named themselves and files in folders, each once."""
    found = {}
    for _ in range(draw(st.integers(0, 10))):
        folders = draw(st.lists(WORDS, max_size=3))
        path = Path(*folders, draw(WORDS) + draw(SUFFIXES))
        depth = draw(st.integers(0, len(folders)))
        argument = path if draw(st.booleans()) else Path(*folders[:depth])
        found.setdefault(path, Source(path, argument, draw(FORMATS), str(path)))
    return list(found.values())


@settings(max_examples=80)
@given(runs())
def test_names_of_outputs_are_all_different_also_where_capitals_do_not_count(sources):
    names = output_names(sources)
    assert len({name.as_posix().casefold() for name in names}) == len(names)
    for name, source in zip(names, sources, strict=True):
        assert not name.is_absolute()
        assert ".." not in name.parts
        assert name.name.startswith(source.path.stem)


@given(runs())
def test_names_stay_as_they_are_where_none_meet(sources):
    assume(len({source.path.stem.casefold() for source in sources}) == len(sources))
    assume(not {"ü", "u\u0308"} <= {source.path.stem for source in sources})
    for name, source in zip(output_names(sources), sources, strict=True):
        assert name.parent == source.inside.parent
        assert name.stem.startswith(source.path.stem)


def test_a_decision_to_keep_draws_nothing():
    picture = pictures.picture()
    kept = tuple(Decision(pictures.face(), Judgement(None, Action.KEEP, Reason.MANUAL)) for _ in range(3))
    assert obscure(picture, kept, ObscureSettings()).samples is picture.samples
