"""A click in a large folder costs what one photo costs: nothing is worked out again for the others."""

import json

import pytest

from blurkit.errors import SettingsError
from blurkit.policy import reviewed
from blurkit.review import kept
from blurkit.review.requests import Edit
from blurkit.review.seal import seal
from tests.end_to_end.process import wait_until
from tests.review.caller import Caller
from tests.review.crowds import ADULT, TINY, crowd, photos
from tests.review.serving import serving


@pytest.fixture
def served(tmp_path):
    folder = photos(tmp_path / "in", "a.jpg", "b.jpg", "c.jpg")
    with serving(folder, run=crowd(ADULT, TINY, ADULT)) as (server, review):
        wait_until(lambda: review.work.done == 3 and not review.work.is_busy)
        yield server, review.session


def cover(session, photo, place=0):
    return Edit(do="set", photo=photo, face=session.sheet(photo)[place].number, action="cover")


def test_an_edit_makes_text_of_its_own_photo_only(served, monkeypatch):
    session, made = served[1], []
    monkeypatch.setattr(kept, "text_of", lambda choices: made.append(choices) or reviewed.text_of(choices))
    session.edit([cover(session, 1)])
    assert len(made) == 1
    known = reviewed.read(session.file, seal)
    assert known.is_ours
    assert {choice.action.value for choice in known.photos[session.photos[1].sha256]} == {"cover", "keep"}


def test_the_tally_is_the_number_of_faces_to_look_at_after_every_change(served):
    session = served[1]

    def check():
        assert session.tally() == (len(session.unseen()), len(session.doubts()))

    check()
    session.edit([cover(session, 0), cover(session, 2, 2)])
    check()
    session.see([(1, spot.number, spot.choice.action) for spot in session.sheet(1)])
    check()
    session.undo()
    check()
    session.leave_out(1, reviewed.LeftOut.OTHER)
    check()
    assert session.tally() == (4, 2)


def test_a_face_that_is_not_there_cannot_be_seen(served):
    with pytest.raises(SettingsError, match="no face 999"):
        served[1].see([(0, 999, "keep")])


def test_a_change_is_answered_with_what_it_changed(served):
    server, session = served
    call = Caller(server.door)
    call.enter()
    asked = {"edits": [cover(session, 2).model_dump(mode="json", exclude_none=True)]}
    state = json.loads(call.post(f"edit?since={session.revision}", asked).body)["state"]
    assert [photo["number"] for photo in state["photos"]] == [2]
    assert state["revision"] == session.revision
