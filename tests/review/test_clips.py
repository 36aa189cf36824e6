"""Clips in a review: a storyboard each, a card for each person, covers by hand, and `run --decisions` does the same."""

import contextlib
import json

import av
import numpy as np
import pytest

from blurkit.batch.collect import collect
from blurkit.board import Board
from blurkit.errors import PhotoLeftOut, SettingsError
from blurkit.geometry import Box, Size
from blurkit.policy import reviewed as decisions
from blurkit.policy.reviewed import FILE_NAME, Choice, LeftOut
from blurkit.records import Action
from blurkit.review import view
from blurkit.review.boards import everywhere, in_picture
from blurkit.review.requests import QUESTIONS, Edit, SignOff
from blurkit.review.start import prepare
from blurkit.settings import Settings
from blurkit.video.many import clips_of
from blurkit.video.reviewing import ReviewedClips
from tests import pictures
from tests.clips import make, patterns
from tests.end_to_end.process import files, wait_until

WORD = SignOff(by="office", answers=dict.fromkeys(QUESTIONS, True), despite_doubts=True)
FACE = (slice(26, 38), slice(36, 48))
"""The middle of the face that is found in each frame."""
CORNER = (slice(8, 24), slice(72, 88))
"""Where nobody is found."""


@pytest.fixture
def folder(tmp_path, fakes, fake_clips):
    """Return a folder with a photo and a clip of three seconds, whose tones do not change."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "photo.jpg").write_bytes(pictures.file("jpeg", "RGB"))
    still = patterns(1)[0]
    make(tmp_path / "in" / "clip.mkv", [still] * 16, times=[200 * index for index in range(16)])
    return tmp_path / "in"


@contextlib.contextmanager
def opened(folder):
    review = prepare(folder, None, Settings(), clips=ReviewedClips(200))
    try:
        review.work.start()
        wait_until(lambda: not review.work.is_busy)
        assert review.work.fault is None
        yield review
    finally:
        review.work.stop()
        review.lock.release()


def told(review):
    return view.state(review.session, review.work, since=0)["photos"]


def export(review):
    review.session.see([(p["number"], f["number"], f["action"]) for p in told(review) for f in p["faces"]])
    review.work.export(WORD)
    wait_until(lambda: not review.work.is_busy)
    assert review.work.fault is None
    return {one["name"]: one["state"] for one in review.work.written}


def changes(folder, out, place):
    """Return for each frame how far a part of it lies from the source, of 255."""
    with av.open(str(folder / "clip.mkv")) as before, av.open(str(out)) as after:
        return [
            np.abs(one.to_ndarray(format="rgb24")[place].astype(int) - other.to_ndarray(format="rgb24")[place]).mean()
            for one, other in zip(before.decode(video=0), after.decode(video=0), strict=True)
        ]


def show(review):
    face = review.session.sheet(1)[0].number
    review.session.edit([Edit(do="set", photo=1, face=face, action="keep", why="adult")])


def test_a_clip_has_a_card_for_each_person_that_says_when_and_why(folder):
    with opened(folder) as review:
        photo, clip = told(review)
        assert [photo["name"], clip["name"]] == ["photo.jpg", "clip.mkv"]
        (face,) = clip["faces"]
        assert face["words"] == "Too small to tell the age · 0:00–0:03"
        card = review.pictures.face(1, review.session.sheet(1)[0])
        board = review.session.photos[1].outcome.clip.board
        assert len(board.seconds) == 4
        assert (clip["width"], clip["height"]) == (board.whole.width, board.whole.height)
        assert card.startswith(b"\xff\xd8\xff")


def test_covered_and_shown_by_hand_is_what_is_written_and_what_a_replay_writes(folder, command, tmp_path):
    with opened(folder) as review:
        assert export(review) == {"photo.jpg": "written", "clip.mkv": "written"}
        assert min(changes(folder, review.out / "clip.mp4", FACE)) > 20
        show(review)
        assert export(review) == {"photo.jpg": "unchanged", "clip.mkv": "rewritten"}
        assert max(changes(folder, review.out / "clip.mp4", FACE)) < 6
    words = ("run", folder / "clip.mkv", "--decisions", folder / FILE_NAME, "--json", "--out", tmp_path / "again")
    _, printed, _ = command(*words)
    assert [face["action"] for face in json.loads(printed)["photos"][0]["faces"]] == ["keep"]
    assert max(changes(folder, tmp_path / "again" / "clip.mp4", FACE)) < 6


def test_a_cover_that_is_drawn_holds_until_the_pictures_beside_it_and_follows_if_drawn_again(folder):
    with opened(folder) as review:
        board = review.session.photos[1].outcome.clip.board
        draw = [board.on_board(picture, Box(68, 4, 92, 28)) for picture in (1, 2)]
        sides = [(box.left, box.top, box.right, box.bottom) for box in draw]
        review.session.edit([Edit(do="draw", photo=1, box=sides[0])])
        export(review)
        closed = [change > 12 for change in changes(folder, review.out / "clip.mp4", CORNER)]
        assert closed[5]
        assert all(closed[1:10])
        assert not any(closed[11:])
        review.session.edit([Edit(do="draw", photo=1, box=sides[1])])
        export(review)
        closed = [change > 12 for change in changes(folder, review.out / "clip.mp4", CORNER)]
        assert all(closed[1:15])
    with opened(folder) as again:
        assert sum(spot.decision is None for spot in again.session.sheet(1)) == 2


def test_the_cover_of_somebody_who_is_followed_is_not_moved(folder):
    with opened(folder) as review:
        face = review.session.sheet(1)[0].number
        with pytest.raises(SettingsError, match="follows"):
            review.session.edit([Edit(do="move", photo=1, face=face, box=(1, 1, 30, 30))])


def test_before_and_after_show_every_place_of_everybody(folder):
    with opened(folder) as review:
        outcome = review.session.photos[1].outcome
        shown = everywhere(outcome, review.session.reviewed(1).decisions)
        assert [number for number, _ in shown] == [0] * 4
        pictures_of = [outcome.clip.board.in_clip(decision.face.box)[0] for _, decision in shown]
        assert sorted(pictures_of) == [0, 1, 2, 3]
        assert review.pictures.after(1, [decision for _, decision in shown]).startswith(b"\xff\xd8\xff")
        card = in_picture(outcome.clip.board, 2, [decision for _, decision in shown])
        assert [each.face.box.center.x < outcome.clip.board.cell.width for each in card] == [True]
        assert review.pictures.thumb(1, [decision for _, decision in shown]) != review.pictures.thumb(1)


def test_what_was_decided_is_taken_up_again_and_another_file_is_covered(folder, command, tmp_path):
    with opened(folder) as review:
        show(review)
    with opened(folder) as again:
        assert [spot.is_kept for spot in again.session.sheet(1)] == [True]
    make(folder / "clip.mkv", patterns(16), times=[200 * index for index in range(16)])
    words = ("run", folder / "clip.mkv", "--decisions", folder / FILE_NAME, "--json", "--out", tmp_path / "again")
    _, printed, _ = command(*words)
    assert {face["action"] for face in json.loads(printed)["photos"][0]["faces"]} == {"cover"}


def test_a_clip_that_is_left_out_is_not_written(folder, tmp_path):
    with opened(folder) as review:
        review.session.leave_out(1, LeftOut.NO_CONSENT)
        assert export(review)["clip.mkv"] == "left_out"
        assert files(review.out) == ["photo.jpg"]
    (source,) = [one for one in collect([str(folder)], clips=True).sources if one.is_clip]
    outcome = clips_of(Settings(), 1, folder / FILE_NAME).run(source.path, out=tmp_path / "safe.mp4")
    assert outcome.kind is PhotoLeftOut


def test_the_file_of_decisions_holds_the_storyboard_under_its_seal(tmp_path):
    sha, board = "ab" * 32, Board.of(Size(640, 360), (0.0, 1.5))
    chosen = {sha: (Choice(Box(1, 2, 30, 40), Action.KEEP, Box(1, 2, 30, 40)),)}
    seal = lambda content: str(len(content)) + str(sum(content))  # noqa: E731
    path = tmp_path / "file.json"
    decisions.save(path, chosen, version="1", policy="children", boards={sha: board}, seal=seal)
    known = decisions.read(path, seal)
    assert json.loads(path.read_text())["schema"] == 2
    assert (known.photos, known.boards, known.is_ours) == (chosen, {sha: board}, True)
    path.write_text(path.read_text().replace("1.5", "2.5"))
    assert not decisions.read(path, seal).is_ours
