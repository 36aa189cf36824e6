"""A review's state: edits, undo, what must be looked at, the crash it survives; and that its export is replayed."""

import hashlib
import json
from dataclasses import replace

import pytest

from blurkit.errors import OutputNotWritable, PhotoChanged, SettingsError
from blurkit.outcomes import failure
from blurkit.policy import reviewed as decisions
from blurkit.records import Action, Reason, Stage
from blurkit.review import start
from blurkit.review.doubt import doubt
from blurkit.review.requests import QUESTIONS, Edit, SignOff
from blurkit.settings import Settings, load_policy
from tests.end_to_end.process import wait_until
from tests.pictures import asked_to_look
from tests.review.serving import blurrer, copies

WORD = SignOff(by="office", answers=dict.fromkeys(QUESTIONS, True), despite_doubts=True)


@pytest.fixture
def reviewing(tmp_path):
    """Open a review of a folder, analysed with known faces: visible, covered, doubtful."""
    opened = []

    def begin(*names, policy="children", again=False):
        folder = tmp_path / "in"
        if not again:
            copies(folder, *names)
        for crashed in opened:
            crashed.lock.release()
        settings = Settings.of(policy=load_policy(policy))

        def run(tasks, overwrite):
            write = settings.write.model_copy(update={"overwrite": overwrite})
            with blurrer(settings.model_copy(update={"write": write}), 600 / 1024) as known:
                for task in tasks:
                    path = task.source.path
                    yield known.run(path, out=task.written, reviewed=task.reviewed) if task.out else known.detect(path)

        review = start.prepare(folder, None, settings, run=run)
        opened.append(review)
        review.work.start()
        wait_until(lambda: not review.work.is_busy)
        assert review.work.fault is None
        return review

    yield begin
    for review in opened:
        review.work.stop()


def edit(session, do, photo=0, **values):
    session.edit([Edit(do=do, photo=photo, **values)])


def state(session, photo=0):
    return [spot.choice.action.value for spot in session.sheet(photo)]


def number(session, place, photo=0):
    return session.sheet(photo)[place].number


def test_a_cover_and_a_reveal_with_a_reason_are_saved_at_once_and_undone(reviewing):
    session = reviewing("a.jpg").session
    assert state(session) == ["keep", "cover", "keep"]
    edit(session, "set", face=number(session, 0), action="cover")
    edit(session, "set", face=number(session, 1), action="keep", why="consent", note="C-7")
    assert state(session) == ["cover", "keep", "keep"]
    stored = decisions.load(session.file)[session.photos[0].sha256]
    assert [choice.action.value for choice in stored] == ["cover", "keep", "keep"]
    session.undo()
    session.undo()
    assert (state(session), session.steps) == (["keep", "cover", "keep"], (0, 2))
    session.undo(back=False)
    assert state(session) == ["cover", "cover", "keep"]


@pytest.mark.parametrize("values", [{}, {"why": "consent"}, {"why": "consent", "note": "  "}])
@pytest.mark.parametrize("policy", ["children", "consent"])
def test_nobody_covered_is_revealed_without_a_reason(reviewing, policy, values):
    session = reviewing("a.jpg", policy=policy).session
    with pytest.raises(SettingsError, match="reason"):
        edit(session, "set", face=number(session, 1), action="keep", **values)
    assert state(session)[1] == "cover"


def test_by_consent_all_are_covered_and_one_is_revealed(reviewing):
    session = reviewing("a.jpg", policy="consent").session
    assert state(session) == ["cover"] * 3
    edit(session, "set", face=number(session, 0), action="keep", why="adult")
    assert state(session) == ["keep", "cover", "cover"]


@pytest.mark.parametrize(
    ("do", "values"),
    [
        ("set", {"face": 99, "action": "keep", "why": "adult"}),
        ("draw", {"box": (5, 5, 6, 6)}),
        ("draw", {"box": (50, 50, 10, 10)}),
        ("draw", {"box": (-90, -90, -10, -10)}),
        ("delete", {"face": 2}),
        ("cover_all", {"photo": 7}),
    ],
)
def test_what_is_unknown_or_not_allowed_changes_nothing(reviewing, do, values):
    session = reviewing("a.jpg").session
    before = state(session)
    with pytest.raises(SettingsError):
        edit(session, do, **values)
    assert (state(session), session.steps) == (before, (0, 0))


def test_a_change_that_cannot_be_saved_does_not_count(reviewing, monkeypatch):
    session = reviewing("a.jpg").session

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("blurkit.machine.files.os.fsync", full)
    with pytest.raises(OutputNotWritable):
        edit(session, "set", face=number(session, 1), action="keep", why="adult")
    assert state(session)[1] == "cover"


def test_decisions_survive_a_crash_and_are_about_this_content_only(reviewing, tmp_path):
    session = reviewing("a.jpg", "b.jpg").session
    for photo in (0, 1):
        edit(session, "set", photo, face=number(session, 1, photo), action="keep", why="adult")
        edit(session, "draw", photo, box=(1, 1, 60, 60))
    copies(tmp_path / "in", "b.jpg", width=598)
    session = reviewing(again=True).session
    assert state(session) == ["keep", "keep", "keep", "cover"]
    assert state(session, 1) == ["keep", "cover", "keep"]


def test_a_reveal_by_the_policy_does_not_outlive_that_policy(reviewing):
    session = reviewing("a.jpg").session
    session.see([(0, number(session, 0), Action.KEEP)])
    assert state(reviewing(again=True, policy="consent").session) == ["cover"] * 3


def test_the_same_place_is_covered_in_photos_of_the_burst_and_in_no_other(reviewing, tmp_path):
    folder = copies(tmp_path / "in", "a.jpg", "b.jpg", "d.jpg")
    copies(folder, "c.jpg", width=500)
    session = reviewing(again=True).session
    edit(session, "draw", box=(1, 1, 60, 60))
    edit(session, "similar", face=number(session, 3))
    edit(session, "similar", face=number(session, 1))
    assert [len(state(session, photo)) for photo in range(4)] == [4, 4, 3, 3]
    session.undo()
    session.undo()
    assert [len(state(session, photo)) for photo in range(4)] == [4, 3, 3, 3]


def test_what_changed_since_it_was_shown_is_not_taken_for_seen(reviewing):
    session = reviewing("a.jpg").session
    session.see([(0, number(session, 0), Action.COVER)])
    assert (0, number(session, 0)) in session.unseen()


def test_nothing_is_written_before_everybody_who_stays_visible_was_looked_at(reviewing):
    review = reviewing("a.jpg")
    with pytest.raises(SettingsError, match="nobody has looked"):
        review.work.export(WORD)
    session = review.session
    session.see([(0, number(session, 0), Action.KEEP)])
    session.see([(0, number(session, 2), Action.KEEP)])
    review.work.export(WORD)
    wait_until(lambda: not review.work.is_busy)
    assert (review.out / "a.jpg").exists()


def test_an_open_doubt_is_not_exported_without_saying_so(reviewing):
    review = reviewing("a.jpg", policy="consent")
    session = review.session
    spot = session.sheet(0)[0]
    doubtful = replace(spot, decision=asked_to_look(spot.decision)[0])
    session._sheets[session.photos[0].sha256] = (doubtful, *session.sheet(0)[1:])
    with pytest.raises(SettingsError, match="1 uncertain face"):
        review.work.export(WORD.model_copy(update={"despite_doubts": False}))
    review.work.export(WORD)


def test_a_photo_that_changed_meanwhile_is_neither_shown_nor_written(reviewing):
    review = reviewing("a.jpg", policy="everyone")
    copies(review.folder, "a.jpg", width=500)
    review.pictures.forget()
    with pytest.raises(PhotoChanged):
        review.pictures.thumb(0)
    review.work.export(WORD)
    wait_until(lambda: not review.work.is_busy)
    assert "changed after it was looked at" in review.work.written[0]["error"]
    assert not review.out.exists()


def test_run_with_the_decisions_writes_the_same_bytes(reviewing, tmp_path):
    review = reviewing("a.jpg")
    session = review.session
    edit(session, "set", face=number(session, 0), action="cover")
    edit(session, "set", face=number(session, 1), action="keep", why="adult")
    edit(session, "draw", box=(1.5, 1.25, 60, 60))
    session.see([(0, number(session, 2), Action.KEEP)])
    review.work.export(WORD)
    wait_until(lambda: not review.work.is_busy)
    with blurrer(session.settings, 600 / 1024) as known:
        known._recorded = decisions.load(session.file)
        outcome = known.run(review.folder / "a.jpg", out=tmp_path / "again.jpg")
    assert [each.judgement.reason for each in outcome.decisions].count(Reason.MANUAL) == 3
    assert (tmp_path / "again.jpg").read_bytes() == (review.out / "a.jpg").read_bytes()


def test_a_link_to_a_file_outside_the_folder_is_not_opened(reviewing, tmp_path):
    copies(tmp_path, "secret.jpg")
    copies(tmp_path / "in", "b.jpg")
    (tmp_path / "in" / "a.jpg").symlink_to(tmp_path / "secret.jpg")
    session = reviewing(again=True).session
    assert "outside the folder" in session.photos[0].outcome.error
    assert session.sheet(0) == ()


@pytest.mark.parametrize("out", ["in", ".", ".."])
def test_originals_and_decisions_never_lie_in_the_folder_that_is_published(tmp_path, out):
    folder = copies(tmp_path / "in", "a.jpg")
    with pytest.raises(SettingsError, match="originals and their decisions"):
        start.prepare(folder, folder.parent / out, Settings())


def test_a_file_of_decisions_that_cannot_be_read_is_not_written_over(tmp_path):
    folder = copies(tmp_path / "in", "a.jpg")
    (folder / decisions.FILE_NAME).write_text("half a fi")
    with pytest.raises(SettingsError):
        start.prepare(folder, None, Settings())
    assert (folder / decisions.FILE_NAME).read_text() == "half a fi"


def test_the_sidecar_holds_no_name_and_the_sign_off_says_who_and_what(reviewing):
    review = reviewing("Anna-4b.jpg", policy="everyone")
    review.work.export(WORD)
    wait_until(lambda: not review.work.is_busy)
    assert "Anna" not in (review.folder / decisions.FILE_NAME).read_text()
    signed = (review.folder / "blurkit-signed.json").read_text()
    assert all(word in signed for word in ("office", "everyone", *QUESTIONS))
    assert sorted(path.name for path in review.out.iterdir()) == ["Anna-4b.jpg"]


def test_who_may_be_seen_comes_first_and_the_youngest_of_them_first(reviewing):
    session = reviewing("a.jpg").session
    adult, child, near = (spot.decision for spot in session.sheet(0))
    assert doubt(near) > doubt(adult) > doubt(child) > doubt(None)


HEAD = {"schema": 1, "version": "1", "policy": {"name": "children"}, "models": {}, "companions": {}, "skipped": 0}
"""What a report begins with."""


@pytest.fixture
def reported(tmp_path):
    """Return a folder of two photos, and the report of an earlier run that knows one adult in the first."""
    folder = copies(tmp_path / "in", "a.jpg", "b.jpg")
    face = {"box": [10, 10, 90, 110], "score": 0.9, "detectors": ["known"]}
    face["age"] = {"years": 60, "low": 55, "high": 65}
    sha256 = hashlib.sha256((folder / "a.jpg").read_bytes()).hexdigest()
    photo = {"sha256": sha256, "width": 600, "height": 450, "faces": [face]}
    report = tmp_path / "report.json"
    report.write_text(json.dumps(HEAD | {"photos": [photo, {"sha256": None}]}))
    return folder, report


@pytest.mark.parametrize(("policy", "action"), [("children", Action.KEEP), ("consent", Action.COVER)])
def test_faces_of_a_report_are_taken_for_the_same_file_only_and_decided_anew(reported, monkeypatch, policy, action):
    folder, report = reported
    asked = []

    def look(_, tasks, *means):
        for task in tasks:
            asked.append(task.source.path.name)
            yield failure(task.source.path, PhotoChanged("looked at"), stage=Stage.LOAD)

    monkeypatch.setattr(start, "done_by", look)
    review = start.prepare(folder, None, Settings.of(policy=load_policy(policy)), report=report)
    review.work.start()
    wait_until(lambda: not review.work.is_busy)
    review.work.stop()
    assert asked == ["b.jpg"]
    assert [spot.choice.action for spot in review.session.sheet(0)] == [action]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"photos": [{"sha256": "ab", "faces": [{}]}]}'])
def test_what_is_no_report_is_refused(reported, content):
    folder, report = reported
    report.write_text(content)
    with pytest.raises(SettingsError, match="is no report"):
        start.prepare(folder, None, Settings(), report=report)
