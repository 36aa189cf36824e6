"""The benchmark of covers counts what is open, what is hidden needlessly, and whose face is touched."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import ellipses
from bench.covers import COVERINGS, HEADS, Head, curve, fit, tabulate
from bench.data import LabelledPhoto
from blurkit.geometry import Box, Size
from tests import pictures
from tests.pictures import face

SIZE = Size(200, 200)
PLACE = face(80, 80, 120, 130)
POINTS = np.array([(100, 60), (125, 70), (132, 100), (122, 125), (100, 135), (78, 125), (68, 100), (75, 70)], float)


def head(*neighbours):
    faces = np.array([PLACE.box.sides, *neighbours], float)
    photo = LabelledPhoto(Path("photo.jpg"), "groups", True, faces, np.empty((0, 4)), [])
    return Head(photo, SIZE, PLACE, PLACE.box, POINTS)


def covering(*, left=0, top=0, right=200, bottom=200):
    mask = np.zeros((200, 200), bool)
    mask[top:bottom, left:right] = True
    return lambda place, size, kept: mask


def test_a_cover_over_everything_leaves_nothing_open_and_hides_too_much():
    found = fit(head(), covering())
    assert (found.head_open, found.face_open, found.touched) == (0, 0, 0)
    assert found.beyond > 5


def test_no_cover_leaves_everything_open():
    found = fit(head(), covering(right=0))
    assert (found.head_open, found.face_open, found.beyond) == (1, 1, 0)


def test_hair_that_sticks_out_is_open_and_the_face_is_not():
    found = fit(head(), covering(top=80))
    assert 0.1 < found.head_open < 0.4
    assert found.face_open == 0


@pytest.mark.parametrize(("right", "touched"), [(140, 0), (150, 1)])
def test_a_neighbour_is_touched_from_a_tenth_of_its_face(right, touched):
    assert fit(head((140, 80, 180, 130)), covering(right=right)).touched == touched


def test_what_the_head_itself_hides_of_a_neighbour_does_not_count():
    assert fit(head((90, 60, 115, 90)), covering(left=68, top=60, right=132, bottom=135)).touched in (0, 1)
    inside = (95, 85, 105, 100)
    assert fit(head(inside), covering(left=80, top=70, right=120, bottom=120)).touched == 0


def test_a_cover_that_gives_way_is_judged_with_all_others_kept():
    beside = (134, 80, 174, 130)
    whole = replace(head(beside), others=(face(*beside),))
    alone = fit(whole, lambda place, size, kept: covering(right=200 if not kept else 120)(place, size, kept))
    assert (alone.touched, alone.head_open, alone.face_open) == (0, 0, 0)
    assert alone.head_open_beside > 0


def test_the_ellipses_of_before_are_those_of_before():
    """An ellipse 70 % wider and higher than the face, in whole cells of two pixels and one more; and a turned one."""
    mask = ellipses.mask_of(PLACE, SIZE)
    rows, columns = np.indices(mask.shape) + 0.5
    inside = ((columns - 100) / (0.85 * 40)) ** 2 + ((rows - 105) / (0.85 * 50)) ** 2 <= 1
    assert not (inside & ~mask).any()
    assert not (mask & ~(((columns - 100) / 41) ** 2 + ((rows - 105) / 50) ** 2 <= 1)).any()
    turned = ellipses.mask_of(replace(PLACE, tilt=40.0), SIZE)
    assert not (mask & ~turned).any()
    assert (turned & ~mask).any()
    shown = pictures.picture(size=(200, 200))
    after = ellipses.obscure(shown, [PLACE])
    assert ((after.pixels == ellipses.GRAY).all(axis=2) >= mask).all()
    assert (after.pixels[~mask] == shown.pixels[~mask]).all()


def test_the_curve_goes_through_its_points():
    assert all(np.linalg.norm(curve(POINTS) - point, axis=1).min() < 1e-9 for point in POINTS)


def test_every_kind_of_cover_hides_the_whole_face():
    rows = {name: tabulate([fit(head(), each)]) for name, each in COVERINGS.items()}
    assert all(row["face open, mean"] == 0 for row in rows.values())
    assert rows["head"]["area beyond the head, mean"] < rows["before"]["area beyond the head, mean"]


def test_the_labels_are_outlines_around_faces():
    labels = json.loads(HEADS.read_text(encoding="utf-8"))
    heads = [each for photo in labels.values() for each in photo]
    assert len(heads) >= 100
    assert 30 <= sum(not each.get("fitted", True) for each in heads) <= 40
    for each in heads:
        box, points = Box(*each["face"]), np.array(each["outline"])
        assert points.shape == (8, 2)
        assert points[:, 1].min() < box.top + 0.1 * box.height
        assert abs(points[:, 0].mean() - box.center.x) < box.width
