"""A face on its side or upside down among upright ones is found, and only what is seen faintly is looked at turned."""

import json
from pathlib import Path

import numpy as np
import pytest

from blurkit.detect.finder import Finder
from blurkit.detect.turned import AROUND, LOWEST, MOST, NEAR, PLAIN, SHOWN, looks_near, places, way_up
from blurkit.detect.views import Sighting, level, sweep
from blurkit.geometry import Box, Size
from blurkit.load import decode
from blurkit.picture.halvings import Halvings
from blurkit.settings import DetectSettings, LoadSettings
from tests.fakes import BlindNetwork

SAMPLES = Path(__file__).parents[1] / "samples"
FACES = json.loads((SAMPLES / "faces.json").read_text())
SIZE = Size(1600, 1200)
WALL = (170, 160, 150)


def seen(left, top, side=40, score=0.3):
    return Sighting(Box(left, top, left + side, top + side), score, (), "1600")


def test_what_is_seen_faintly_is_a_place_to_look_at():
    faint = seen(100, 100)
    assert places([faint, seen(500, 500, score=PLAIN)], SIZE) == [faint.box]


def test_what_is_seen_well_small_or_twice_is_none():
    tiny = seen(100, 100, side=LOWEST - 1)
    assert places(
        [tiny, seen(500, 500, score=0.9), seen(502, 501), seen(900, 100), seen(905, 100, score=0.2)], SIZE
    ) == [seen(900, 100).box]


def test_of_many_places_the_largest_are_looked_at():
    row = [seen(45 * (index % 30), 45 * (index // 30), side=LOWEST + index % 20) for index in range(3 * MOST)]
    boxes = places(row, SIZE)
    assert len(boxes) == MOST
    assert min(box.height for box in boxes) >= LOWEST + 12


class SeesAllOfIt(BlindNetwork):
    """Remembers each picture, and sees a face in the middle and one beside it."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def look(self, picture):
        self.sizes.append(picture.shape[:2])
        rim = (AROUND - 1) / 2 * SHOWN
        return [
            Sighting(Box(rim, rim, rim + SHOWN, rim + SHOWN), 0.9),
            Sighting(Box(0, rim, rim * 0.9, rim + SHOWN), 0.9),
        ]


class SeesLightAbove(BlindNetwork):
    """Counts pictures, and sees a face in the middle of each whose upper half is the lighter one."""

    def __init__(self):
        super().__init__()
        self.shown = 0

    def look(self, picture):
        self.shown += 1
        height, width = picture.shape[:2]
        is_upright = picture[: height // 2].mean() > picture[height // 2 :].mean() + 20
        return [Sighting(Box(width / 3, height / 3, 2 * width / 3, 2 * height / 3), 0.9)] if is_upright else []


@pytest.mark.parametrize(("upright", "shown", "way"), [(5, 2, 0), (1, 5, 2)])
def test_two_faces_tell_which_way_up_a_photo_is_and_five_if_they_do_not_agree(upright, shown, way):
    faces = [seen(100 + 300 * index, 500, side=100 - index, score=0.9) for index in range(5)]
    pixels = np.zeros((1200, 1600, 3), np.uint8)
    for index, face in enumerate(faces):
        left, top, right, _ = face.box.expand(1.2, 1.2).pixels(SIZE)
        rows = slice(top, 550) if index < upright else slice(550, 700)
        pixels[rows, left:right] = 255
    network = SeesLightAbove()
    assert way_up(network, Halvings(pixels), faces) == way
    assert network.shown == 4 * shown


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_small_picture_of_each_place_is_shown_and_only_the_place_itself_counts(turns):
    network = SeesAllOfIt()
    box = Box(600, 400, 700, 500)
    (found,) = looks_near(network, Halvings(np.zeros((1200, 1600, 3), np.uint8)), [box], turns)
    assert network.sizes == [(AROUND * SHOWN, AROUND * SHOWN)]
    assert found.box.iou(box) > 0.99
    assert found.source == f"{NEAR} turned {90 * turns}"


def test_a_place_at_the_border_is_shown_as_far_as_it_goes():
    network = SeesAllOfIt()
    looks_near(network, Halvings(np.zeros((300, 400, 3), np.uint8)), [Box(-30, 250, 70, 350), Box(-9, -9, 1, 1)], 1)
    assert all(0 < side <= AROUND * SHOWN for size in network.sizes for side in size)


@pytest.mark.model
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_photo_on_its_side_is_seen_the_right_way_up_though_its_large_faces_are_seen_in_any_turn(finder, turns):
    """Landmarks are right only then, and ages are judged by them."""
    centerface = finder._detectors[0]
    pixels = decode((SAMPLES / "tree/sports-day/IMG_0001.jpg").read_bytes(), LoadSettings()).picture.pixels
    photo = Halvings(np.ascontiguousarray(np.rot90(pixels, turns)))
    found = level_sightings(centerface.network, photo)
    assert max(s.score for s in found) >= 0.5
    assert way_up(centerface.network, photo, found) == -turns % 4


def level_sightings(network, photo):
    return sweep(network, photo, level(photo.size, 1600, tile=1216, overlap=96))


def scene(turn):
    """Return people who stand upright, three prints among them turned clockwise by degrees, and where those are."""
    import cv2

    name = "tree/sports-day/IMG_0001.jpg"
    pixels = decode((SAMPLES / name).read_bytes(), LoadSettings()).picture.pixels
    picture = np.full((1200, 1600, 3), WALL, np.uint8)
    heads = []
    for face in FACES[name]["faces"]:
        box = Box(*face["box"]).expand(0.8, 0.6)
        left, top, right, bottom = box.pixels(Size(*pixels.shape[1::-1]))
        heads.append((pixels[top:bottom, left:right], face["height"]))
    for index in range(8):
        head, height = heads[index % len(heads)]
        small = cv2.resize(head, None, fx=60 / height, fy=60 / height, interpolation=cv2.INTER_AREA)
        left, top = 60 + 190 * index, 860 + 40 * (index % 2)
        picture[top : top + small.shape[0], left : left + small.shape[1]] = small
    middles = []
    for index, share in enumerate((0.02 if turn % 90 == 0 else 0.03, 0.035, 0.07)):
        head, height = heads[index]
        side = round(2.4 * share * SIZE.long_side)
        head = cv2.resize(head, None, fx=share * 1600 / height, fy=share * 1600 / height, interpolation=cv2.INTER_AREA)
        middle = (head.shape[1] / 2, head.shape[0] / 2)
        turning = cv2.getRotationMatrix2D(middle, -turn, 1.0)
        turning[:, 2] += side / 2 - np.array(middle)
        print_ = cv2.warpAffine(head, turning, (side, side), flags=cv2.INTER_CUBIC, borderValue=WALL)
        left, top = 300 + 400 * index, 300
        picture[top : top + side, left : left + side] = print_
        middles.append((left + side / 2, top + side / 2))
    return picture, middles


@pytest.fixture(scope="module")
def finder():
    opened = Finder(DetectSettings(), threads=2)
    yield opened
    opened.close()


@pytest.mark.model
@pytest.mark.parametrize("turn", [45, 90, 135, 180, 270])
def test_turned_faces_alone_among_upright_ones_are_found(finder, turn):
    picture, middles = scene(turn)
    found = [face.box for face in finder.detect(picture)]
    assert all(any(b.left < x < b.right and b.top < y < b.bottom for b in found) for x, y in middles)
    assert len(found) >= 11


@pytest.mark.model
def test_the_prints_on_the_wall_of_the_group_photo_are_found(finder):
    pixels = decode((SAMPLES / "group.jpg").read_bytes(), LoadSettings()).picture.pixels
    found = [face.box for face in finder.detect(pixels)]
    for face in FACES["group.jpg"]["faces"]:
        if abs(face["turn"]) >= 90:
            assert any(Box(*face["box"]).iou(box) > 0.3 for box in found)


@pytest.mark.model
def test_many_small_pictures_at_once_are_seen_as_one_by_one(finder):
    network = finder._detectors[0].network
    pixels = decode((SAMPLES / "tree/sports-day/IMG_0001.jpg").read_bytes(), LoadSettings()).picture.pixels
    boxes = [Box(*face["box"]).expand(0.5, 0.5) for face in FACES["tree/sports-day/IMG_0001.jpg"]["faces"]]
    heads = [pixels[int(b.top) : int(b.bottom), int(b.left) : int(b.right)] for b in boxes]
    pictures = [np.ascontiguousarray(head[::step, ::step]) for head in heads for step in (1, 2)] * 4
    together = network.look_at_many(pictures)
    assert len(together) == len(pictures) > 16
    for seen, alone in zip(together, map(network.look, pictures), strict=True):
        assert max(s.score for s in seen) == pytest.approx(max(s.score for s in alone), abs=0.1)
        assert seen[0].box.iou(alone[0].box) > 0.8
