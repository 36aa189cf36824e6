"""Photos of shapes and contents that detectors were not made for: each real face is found, or a person is asked."""

import json
from pathlib import Path

import numpy as np
import pytest

from blurkit.detect.finder import Finder
from blurkit.geometry import Box, Size
from blurkit.load import decode
from blurkit.settings import DetectSettings, LoadSettings

pytestmark = pytest.mark.model

SAMPLES = Path(__file__).parents[1] / "samples"
FACES = json.loads((SAMPLES / "faces.json").read_text(encoding="utf-8"))
PORTRAITS = ("tree/sports-day/IMG_0001.jpg", "tree/summer-fair/IMG_0001.jpg", "badge.png")
WALL = (176, 190, 200)


@pytest.fixture(scope="module")
def finder():
    opened = Finder(DetectSettings(), threads=2)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def heads():
    """Return heads of the sample photos with some of what is around them, and the height of each face in pixels."""
    cut = []
    for name in PORTRAITS:
        pixels = decode((SAMPLES / name).read_bytes(), LoadSettings()).picture.pixels
        for face in FACES[name]["faces"]:
            left, top, right, bottom = Box(*face["box"]).expand(0.8, 0.8).pixels(Size(*pixels.shape[1::-1]))
            cut.append((pixels[top:bottom, left:right], face["height"]))
    return cut


def in_a_row(heads, size, height, count=24):
    """Return a plain picture with sharp faces of one height along its long side, and the middle of each."""
    import cv2

    picture = np.full((size.height, size.width, 3), WALL, np.uint8)
    random = np.random.default_rng(1)
    middles = []
    for index in range(count):
        head, face_height = heads[index % len(heads)]
        scale = height / face_height
        small = cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        rows, columns = small.shape[:2]
        along = (index + 0.5) / count
        if size.width > size.height:
            left, top = int(along * size.width) - columns // 2, int(random.integers(0, size.height - rows))
        else:
            left, top = int(random.integers(0, size.width - columns)), int(along * size.height) - rows // 2
        picture[top : top + rows, left : left + columns] = small
        middles.append((left + columns / 2, top + rows / 2))
    return picture, middles


@pytest.mark.parametrize(
    ("width", "height", "face"),
    [(12000, 1300, 40), (16000, 3900, 64), (1080, 11000, 36)],
    ids=["strip", "panorama", "screenshot"],
)
def test_small_sharp_faces_in_wide_and_tall_pictures_are_found(finder, heads, width, height, face):
    picture, middles = in_a_row(heads, Size(width, height), face)
    found = [f.box for f in finder.detect(picture) if 0.5 * face < f.box.height < 2 * face]
    hit = [any(box.left < x < box.right and box.top < y < box.bottom for box in found) for x, y in middles]
    assert sum(hit) >= len(middles) - 1


@pytest.mark.parametrize("side", [160, 480, 1200])
@pytest.mark.parametrize("name", PORTRAITS)
def test_a_face_larger_than_the_frame_is_covered_whole_or_a_person_is_asked(finder, name, side):
    import cv2

    pixels = decode((SAMPLES / name).read_bytes(), LoadSettings()).picture.pixels
    box = max((Box(*face["box"]) for face in FACES[name]["faces"]), key=lambda box: box.area)
    left, top, right, bottom = box.expand(-0.12, -0.15).pixels(Size(*pixels.shape[1::-1]))
    inner = pixels[top:bottom, left:right]
    scale = side / max(inner.shape[:2])
    shown = cv2.resize(inner, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    size = Size(*shown.shape[1::-1])
    found = finder.detect(shown)
    assert any(f.unclear or f.box.clip(size).area > 0.6 * size.width * size.height for f in found)


@pytest.mark.parametrize("side", [200, 800])
@pytest.mark.parametrize("part", [(0.1, 0.4, 0.9, 0.92), (0.08, 0.12, 0.92, 0.6)], ids=["lower", "eyes"])
@pytest.mark.parametrize("name", PORTRAITS)
def test_half_a_face_that_fills_the_photo_is_covered_or_a_person_is_asked(finder, name, part, side):
    import cv2

    pixels = decode((SAMPLES / name).read_bytes(), LoadSettings()).picture.pixels
    box = max((Box(*face["box"]) for face in FACES[name]["faces"]), key=lambda box: box.area)
    left, right = (round(box.left + share * box.width) for share in part[::2])
    top, bottom = (round(box.top + share * box.height) for share in part[1::2])
    inner = pixels[top:bottom, left:right]
    scale = side / max(inner.shape[:2])
    shown = cv2.resize(inner, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    size = Size(*shown.shape[1::-1])
    found = finder.detect(shown)
    covered = np.zeros(shown.shape[:2], bool)  # by all of them: one face may be seen as two that overlap
    for left, top, right, bottom in (f.box.pixels(size) for f in found):
        covered[top:bottom, left:right] = True
    assert any(f.unclear for f in found) or covered.mean() > 0.6


@pytest.mark.parametrize("side", [80, 100, 130, 160])
def test_a_small_picture_without_people_is_hardly_covered(finder, side):
    import cv2

    pixels = decode((SAMPLES / "empty.jpg").read_bytes(), LoadSettings()).picture.pixels
    height, width = pixels.shape[:2]
    shares = []
    for row, column in np.ndindex(3, 3):
        part = pixels[row * height // 3 : (row + 1) * height // 3, column * width // 3 : (column + 1) * width // 3]
        scale = side / max(part.shape[:2])
        shown = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        size = Size(*shown.shape[1::-1])
        shares.append(sum(f.box.clip(size).area for f in finder.detect(shown)) / (size.width * size.height))
    assert np.mean(shares) < 0.05
