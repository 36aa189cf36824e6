"""The file of a review: what it says is done again, and what it does not speak of is covered."""

import json

import pytest

from blurkit.errors import OutputNotWritable, SettingsError
from blurkit.geometry import Box
from blurkit.policy import replay
from blurkit.policy import reviewed as decisions
from blurkit.policy.reviewed import Choice, Why
from blurkit.records import Action, Decision, Face, Judgement, Reason

KEPT, COVERED = Action.KEEP, Action.COVER
HERE, THERE = Box(10.1, 10.2, 50.3, 60.4), Box(100, 10, 140, 60)
SHA = "ab" * 32


def decision(action=KEPT, box=HERE):
    return Decision(Face(box, 0.9, ("known",)), Judgement(None, action, Reason.LOOKS_ADULT))


def choice(action=KEPT, box=HERE, **values):
    return Choice(box, action, values.pop("found", box), **values)


def actions(decided):
    return [each.judgement.action for each in decided]


def test_what_is_saved_is_read_back_to_the_last_digit(tmp_path):
    choices = (
        choice(by_hand=True, why=Why.CONSENT, note="C-112", seen=True),
        Choice(Box(1 / 3, 0, 9, 9.1), COVERED, None, True),
    )
    decisions.save(tmp_path / "file.json", {SHA: choices}, version="1", policy="children")
    assert decisions.load(tmp_path / "file.json") == {SHA: choices}
    assert [path.name for path in tmp_path.iterdir()] == ["file.json"]


def test_a_photo_the_review_never_saw_is_covered_whole():
    assert actions(replay([decision(), decision(box=THERE)], None)) == [COVERED, COVERED]


def test_a_face_the_review_never_saw_is_covered_and_asks_for_a_look():
    kept, other = replay([decision(), decision(box=THERE)], [choice()])
    assert (kept.judgement.action, other.judgement.action, other.judgement.doubtful) == (KEPT, COVERED, True)


def test_a_recorded_face_that_only_touches_another_does_not_reveal_it():
    assert actions(replay([decision()], [choice(box=HERE.shift(15, 0), by_hand=True)])) == [COVERED]


def test_one_choice_reveals_one_face_only():
    assert actions(replay([decision(), decision()], [choice(by_hand=True)])) == [KEPT, COVERED]


def test_kept_by_the_policy_then_is_not_enough_if_it_would_be_covered_now():
    assert actions(replay([decision(COVERED)], [choice()])) == [COVERED]
    assert actions(replay([decision(COVERED)], [choice(by_hand=True, why=Why.ADULT)])) == [KEPT]


def test_a_cover_stays_also_where_nothing_is_found_now():
    drawn, lost = choice(COVERED, found=None, by_hand=True), choice(COVERED, THERE)
    assert [each.face.box for each in replay([], [drawn, lost, choice(KEPT)])] == [HERE, THERE]


def test_a_moved_cover_is_drawn_where_it_was_moved():
    (moved,) = replay([decision(COVERED)], [choice(COVERED, THERE, found=HERE, by_hand=True)])
    assert (moved.face.box, moved.judgement.reason) == (THERE, Reason.MANUAL)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 3},
        {"photos": {"../a.jpg": []}},
        {"photos": {SHA: [{"box": [1, 2, 3], "action": "keep"}]}},
        {"photos": {SHA: [{"box": [9, 2, 3, 4], "action": "keep"}]}},
        {"photos": {SHA: [{"box": [1, 2, 3, float("nan")], "action": "keep"}]}},
        {"photos": {SHA: [{"box": [1, 2, 3, 4], "action": "show"}]}},
        {"photos": {SHA: [{"box": [1, 2, 3, 4], "action": "keep", "name": "A"}]}},
        {"more": 1},
    ],
)
def test_a_file_that_is_not_ours_is_refused_whole(tmp_path, change):
    values = {"schema": 1, "version": "1", "policy": "children", "photos": {}} | change
    (tmp_path / "file.json").write_text(json.dumps(values))
    with pytest.raises(SettingsError):
        decisions.load(tmp_path / "file.json")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_cut_short_or_none_is_refused(tmp_path, data):
    (tmp_path / "file.json").write_bytes(data)
    with pytest.raises(SettingsError):
        decisions.load(tmp_path / "file.json")


def test_a_file_that_cannot_be_replaced_stays(tmp_path, monkeypatch):
    file = tmp_path / "file.json"
    decisions.save(file, {}, version="1", policy="children")
    before = file.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("blurkit.machine.files.os.fsync", full)
    with pytest.raises(OutputNotWritable):
        decisions.save(file, {SHA: [choice()]}, version="1", policy="children")
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["file.json"]
