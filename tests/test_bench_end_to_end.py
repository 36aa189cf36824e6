"""What the end-to-end benchmark counts, on made-up photos and decisions."""

import numpy as np
import pytest

from bench.data import IGNORED, detection_photos
from bench.end_to_end import (
    FACES,
    SeenFace,
    SeenPhoto,
    figures,
    is_covered,
    judge,
    look,
    print_tables,
    read_faces,
    tabulate,
)
from bench.intervals import per_100, share, wilson
from blurkit.appearance import ObscureSettings
from blurkit.obscure import covered_mask
from blurkit.outcomes import Status
from blurkit.records import Action
from tests.fakes import FixedAge, FixedFaces
from tests.pictures import asked_to_look, covering, face, keeping, photo

BOX = (30.0, 20.0, 50.0, 44.0)
"""Where `face()` is."""


def seen(*faces, status=Status.READY, name="groups/a.jpg", doubtful=False):
    """Return a photo with faces of 24 px, each given by label and fate."""
    return SeenPhoto(name, status, tuple(SeenFace(BOX, label, fate, doubtful) for label, fate in faces))


def fate(*decisions):
    hidden = [decision.face for decision in decisions if decision.judgement.action is Action.COVER]
    return judge(np.array([BOX]), decisions, covered_mask(hidden, ObscureSettings(), photo().size))[0][0]


def test_a_face_under_a_cover_is_covered():
    assert fate(*covering(face())) == "covered"
    assert fate(*covering(face(33, 22, 52, 46))) == "covered"


def test_a_face_without_a_box_is_not_found():
    assert fate() == "not found"
    assert fate(*covering(face(70, 5, 90, 29))) == "not found"


def test_a_face_that_is_kept_is_kept_and_covered_all_the_same_under_the_cover_of_another():
    assert fate(*keeping(face())) == "kept"
    assert fate(*keeping(face()), *covering(face(26, 18, 52, 46))) == "covered"


def test_a_cover_that_leaves_the_middle_open_is_beside_the_face():
    assert fate(*covering(face(28, 8, 52, 14)), *covering(face(30, 50, 50, 64))) == "not found"
    above = covered_mask([face(30, 8, 50, 18)], ObscureSettings(), photo().size)
    assert judge(np.array([BOX]), covering(face()), above) == [("cover beside it", False)]


@pytest.mark.parametrize(("rows", "covered"), [(12, False), (13, True)])
def test_three_fifths_of_the_box_and_its_middle_count(rows, covered):
    mask = np.zeros((64, 96), bool)
    mask[20 : 20 + rows] = True
    assert is_covered(np.array([30.0, 20.0, 50.0, 41.0]), mask) is covered
    ring = np.ones((64, 96), bool)
    ring[32, 40] = False
    assert not is_covered(np.array(BOX), ring)


def test_a_box_that_sticks_out_of_the_photo_counts_as_far_as_it_lies_inside():
    mask = np.zeros((64, 96), bool)
    mask[:20, :20] = True
    assert is_covered(np.array([-4.0, -4.0, 20.0, 20.0]), mask)


def test_visible_children_are_counted_by_why_they_are_visible():
    photos = [seen(("child", "not found"), ("child", "kept"), ("child", "covered"), ("adult", "kept")), seen()]
    row = figures(photos, 16)
    assert (row["children"], row["visible"], row["not found"], row["kept"]) == (3, 2, 1, 1)
    assert row["visible per 100 photos"][0] == 100
    assert row["share of children visible"][0] == pytest.approx(2 / 3)


def test_unsure_faces_count_neither_as_children_nor_as_adults():
    row = figures([seen(("unsure", "kept"), ("unsure", "covered"))], 16)
    assert (row["children"], row["adults"], row["visible"], row["ready with a visible child"]) == (0, 0, 0, 0)
    assert row["unsure covered"][0] == 0.5
    reviewed = figures([seen(("unsure", "covered"), status=Status.LOOK)], 16, "photos")
    assert reviewed["unsure covered"] is None


def test_a_ready_photo_with_a_visible_child_is_false_ready_and_one_to_look_at_is_not():
    child = ("child", "kept")
    photos = [seen(child), seen(("child", "covered")), seen(child, status=Status.LOOK), seen()]
    row = figures(photos, 16)
    assert (row["ready"], row["ready with a child"], row["ready with a visible child"]) == (3, 2, 1)
    assert row["false ready"][0] == pytest.approx(1 / 3)


def test_review_corrects_the_photos_to_look_at_and_no_other():
    faces = ("child", "not found"), ("adult", "covered")
    photos = [seen(*faces), seen(*faces, status=Status.LOOK)]
    before, after = figures(photos, 16), figures(photos, 16, "photos")
    assert (before["visible"], after["visible"]) == (2, 1)
    assert (before["adults covered"][0], after["adults covered"][0]) == (1.0, 0.5)


def test_review_of_faces_corrects_those_the_program_doubts_and_no_other():
    faces = ("child", "kept"), ("adult", "covered")
    photos = [seen(*faces, status=Status.LOOK), seen(*faces, status=Status.LOOK, doubtful=True)]
    row = figures(photos, 16, "faces")
    assert (row["visible"], row["adults covered"][0]) == (1, 0.5)
    asked = asked_to_look(*keeping(face()))
    assert judge(np.array([BOX]), asked, np.zeros((64, 96), bool)) == [("kept", True)]


def test_nothing_is_visible_in_a_photo_that_was_withheld():
    assert figures([seen(("child", "kept"), status=Status.BLOCKED)], 16)["visible"] == 0


def test_faces_below_the_smallest_height_are_left_out():
    assert figures([seen(("child", "kept"))], 25)["children"] == 0


def test_sets_are_counted_apart_and_together_and_printed(capsys):
    photos = [seen(("child", "kept")), seen(("child", "kept"), ("child", "covered"), name="wider_dev/b.jpg")]
    rows = tabulate(photos)
    assert {row["set"]: row["visible"] for row in rows} == {"groups": 1, "posed": 1, "all": 2}
    print_tables(rows)
    assert "0.5 (0." in capsys.readouterr().out


@pytest.mark.parametrize(("part", "whole", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)])
def test_the_interval_is_that_of_wilson(part, whole, low, high):
    assert wilson(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_no_visible_child_in_few_photos_is_no_proof():
    low, high = per_100(np.zeros(36, int))
    assert low == 0
    assert high == pytest.approx(100 * 3.689 / 36, abs=0.01)


def test_faces_that_go_together_make_the_interval_wider():
    spread = np.full(20, 5)
    together = np.array([50, 50] + [0] * 18)
    whole = np.full(20, 50)
    assert share(together, whole)[0] == share(spread, whole)[0] == 0.1
    assert share(together, whole)[2] > share(spread, whole)[2]
    assert share(np.zeros(3, int), np.zeros(3, int)) is None


@pytest.mark.parametrize(("years", "expected"), [(40, "kept"), (9, "covered")])
def test_a_photo_is_run_through_the_pipeline(blurrer, photo_file, years, expected):
    file = photo_file(size=(200, 160))
    children = blurrer(FixedFaces(face(60, 40, 120, 110)), age=FixedAge(years), policy={"name": "children"})
    result = look(children, file.parent, file.name, [((60.0, 40.0, 120.0, 110.0), "child")], check=True)
    assert (result.status, result.faces[0].fate) == (Status.READY, expected)


def test_every_labelled_face_has_a_box_and_a_known_label():
    faces = [face for photo_faces in read_faces(FACES).values() for face in photo_faces]
    assert {label for _, label in faces} == {"adult", "child", "unsure"}
    assert all(right > left and bottom > top for (left, top, right, bottom), _ in faces)


def test_audited_labels_are_left_out_and_unlabelled_faces_ignored(tmp_path, monkeypatch):
    folder = tmp_path / "detect" / "groups"
    folder.mkdir(parents=True)
    faces = '[{"x": 1, "y": 1, "w": 9, "h": 9}, {"x": 20, "y": 1, "w": 9, "h": 9}]'
    (folder / "ground_truth.json").write_text(f'{{"a.jpg": {{"posed": true, "faces": {faces}}}}}')
    audit = tmp_path / "ignored.json"
    wrong = '{"groups/a.jpg": [{"box": [20, 1, 29, 10], "why": "a bell"}]}'
    audit.write_text(f'{{"unlabelled": {{"groups/a.jpg": [[40, 1, 49, 10]]}}, "not_faces": {wrong}}}')
    monkeypatch.setattr("bench.data.IGNORED", audit)
    (audited,) = detection_photos(tmp_path, ("groups",))
    (plain,) = detection_photos(tmp_path, ("groups",), audited=False)
    assert audited.faces.tolist() == [[1, 1, 10, 10]]
    assert sorted(audited.ignored.tolist()) == [[20, 1, 29, 10], [40, 1, 49, 10]]
    assert (len(audited.flags), len(plain.faces), len(plain.ignored)) == (1, 2, 0)
    assert IGNORED.exists()
