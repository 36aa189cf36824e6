"""How far a head is turned and looks aside is told where its face is made, and goes into the report with it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from blurkit.appearance import ObscureSettings
from blurkit.detect.merge import fuse, merge
from blurkit.detect.tilt import MOST_YAW, tilt_of, yaw_of
from blurkit.detect.views import Sighting
from blurkit.geometry import Point
from blurkit.obscure import covered_mask
from blurkit.records import Action
from blurkit.report import BatchReport, ReportEntry, schema
from blurkit.review import start
from blurkit.review.known import by_report
from blurkit.settings import Settings, load_policy
from tests import pictures
from tests.fakes import FixedFaces
from tests.pictures import face, tilted

TILTS = [-135, -90, -60, -30, -10, 8, 20, 45, 75, 90, 150, 170]


@pytest.mark.parametrize("degrees", TILTS)
def test_the_tilt_of_a_head_is_told_by_its_landmarks(degrees):
    head = tilted(degrees)
    assert tilt_of(head.box, head.landmarks) == pytest.approx(degrees)


@pytest.mark.parametrize("degrees", [0, 3, -5])
def test_a_head_held_almost_straight_counts_as_upright(degrees):
    assert tilted(degrees).tilt == 0


@pytest.mark.parametrize(
    "landmarks", [None, (), (Point(40, 30),) * 5, (Point(1, 2),) * 3], ids=["none", "empty", "one place", "three"]
)
def test_landmarks_that_make_no_face_tell_no_tilt(landmarks):
    assert tilt_of(face().box, landmarks) == 0


def aside(head, shift):
    """Return a head whose nose lies to a side: by a share of the way from eyes to mouth, as it is held upright."""
    turn, points = np.radians(head.tilt), list(head.landmarks)
    way = shift * 0.4 * 60
    points[2] = Point(points[2].x + way * np.cos(turn), points[2].y + way * np.sin(turn))
    return replace(head, landmarks=tuple(points))


@pytest.mark.parametrize("degrees", [0, *TILTS])
@pytest.mark.parametrize("shift", [-0.4, -0.1, 0.0, 0.25])
def test_how_far_a_face_looks_aside_is_told_by_its_nose_however_it_is_tilted(degrees, shift):
    head = aside(tilted(degrees), shift)
    assert yaw_of(head.box, head.landmarks) == pytest.approx(shift, abs=1e-6)


def test_no_face_looks_further_aside_than_any_can():
    head = aside(tilted(0), 7.0)
    assert yaw_of(head.box, head.landmarks) == MOST_YAW
    for points in (None, (), (Point(40, 30),) * 5, (Point(1, 2),) * 3, (Point(1e200, 1e200),) * 5):
        assert yaw_of(face().box, points) == 0


def test_every_face_that_is_made_has_its_tilt():
    head = tilted(40)
    seen = Sighting(head.box, 0.9, head.landmarks, "1600")
    assert [each.tilt for each in fuse([seen], "fixed", min_score=0.5)] == [pytest.approx(40)]
    untold = replace(head, tilt=0.0)
    assert [each.tilt for each in merge([[untold]])] == [pytest.approx(40)]
    beside = aside(head, 0.3)
    seen = Sighting(beside.box, 0.9, beside.landmarks, "1600")
    assert [each.yaw for each in fuse([seen], "fixed", min_score=0.5)] == [pytest.approx(0.3)]
    assert [each.yaw for each in merge([[replace(beside, yaw=0.0)]])] == [pytest.approx(0.3)]


@pytest.mark.parametrize("policy", ["children", "everyone"])
def test_covers_by_way_of_a_report_are_those_drawn_directly(blurrer, photo_file, policy):
    """Heads that are tilted, and one that sticks out of the photo."""
    heads = tilted(40, (20, 30), 36), replace(tilted(-75, (70, 28), 34), yaw=0.3), tilted(15, (94, 60), 40)
    source = photo_file()
    settings = Settings(policy=load_policy(policy))
    outcome = blurrer(FixedFaces(*heads), policy=settings.policy).detect(source)
    document = BatchReport("1", settings, {}, [ReportEntry("photo.jpg", None, outcome)], {}, 0).to_json()
    report = source.with_name("report.json")
    report.write_text(document)
    (task,) = start.prepare(source.parent, None, settings, report=report).work.tasks
    told = by_report(schema.read(report), settings)(replace(task, out=None))
    masks = [
        covered_mask([d.face for d in each.decisions], ObscureSettings(), outcome.size) for each in (outcome, told)
    ]
    assert [d.face.tilt for d in told.decisions] == [d.face.tilt for d in outcome.decisions]
    assert np.count_nonzero(masks[0] & ~masks[1]) == 0
    assert (masks[0] == masks[1]).all()
    assert [d.face.yaw for d in told.decisions] == [d.face.yaw for d in outcome.decisions]
    straight = [replace(d.face, tilt=0.0) for d in outcome.decisions]
    assert (masks[0] != covered_mask(straight, ObscureSettings(), outcome.size)).any()  # the tilt did matter


def test_a_report_of_an_earlier_version_is_read_all_the_same(blurrer, photo_file):
    source, settings = photo_file(), Settings(policy=load_policy("everyone"))
    outcome = blurrer(FixedFaces(tilted(40, (40, 30), 36)), policy=settings.policy).detect(source)
    document = BatchReport("1", settings, {}, [ReportEntry("photo.jpg", None, outcome)], {}, 0).document()
    for each in document["photos"][0]["faces"]:
        del each["tilt"], each["yaw"], each["exact_box"]
    report = source.with_name("report.json")
    report.write_text(json.dumps(document))
    (task,) = start.prepare(source.parent, None, settings, report=report).work.tasks
    (decision,) = by_report(schema.read(report), settings)(replace(task, out=None)).decisions
    assert (decision.face.tilt, decision.judgement.action) == (0.0, Action.COVER)
    assert pictures.face().tilt == 0.0
