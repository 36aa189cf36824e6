"""What an export writes, writes again, and takes out; and that a sign-off says just that."""

import json
import stat

import pydantic
import pytest
from PIL import Image

from blurkit.errors import FaceVisible, OutputNotWritable, PhotoLeftOut, SettingsError
from blurkit.machine.files import content_of
from blurkit.outcomes import PhotoResult, failure
from blurkit.policy.reviewed import FILE_NAME, LeftOut
from blurkit.records import Stage
from blurkit.review import signing
from blurkit.review.requests import QUESTIONS, Edit, SignOff
from tests.end_to_end.process import files, wait_until
from tests.review.serving import blurrer, copies, serving

YES = dict.fromkeys(QUESTIONS, True)
WORD = SignOff(by="office", answers=YES, despite_doubts=True)


@pytest.fixture
def review(tmp_path, monkeypatch):
    folder = copies(tmp_path / "in", "a.jpg", "b.jpg", "c.jpg")
    with serving(folder, scale=600 / 1024, policy="everyone") as (_, review):
        wait_until(lambda: review.work.done == 3 and not review.work.is_busy)
        yield review


def export(review):
    review.work.export(WORD)
    wait_until(lambda: not review.work.is_busy)
    assert review.work.fault is None
    return {one["name"]: one["state"] for one in review.work.written}


def signed(review):
    return json.loads((review.folder / signing.SIGNED).read_text())["signed"]


def show_one(review, photo):
    session = review.session
    face = session.sheet(photo)[0].number
    session.edit([Edit(do="set", photo=photo, face=face, action="keep", why="adult")])


def test_what_was_corrected_is_written_again_and_the_rest_is_not_touched(review):
    assert set(export(review).values()) == {"written"}
    before = {name: (review.out / name).read_bytes() for name in files(review.out)}
    times = {name: (review.out / name).stat().st_mtime_ns for name in files(review.out)}
    show_one(review, 1)
    assert export(review) == {"a.jpg": "unchanged", "b.jpg": "rewritten", "c.jpg": "unchanged"}
    assert {name for name in before if (review.out / name).read_bytes() != before[name]} == {"b.jpg"}
    assert (review.out / "a.jpg").stat().st_mtime_ns == times["a.jpg"]


def test_a_cover_drawn_after_the_export_over_a_face_that_nobody_had_found_is_in_the_new_file(review):
    export(review)
    with Image.open(review.out / "b.jpg") as image:
        before = image.convert("RGB").load()
        width, height = image.size
    box = (5.0, height - 65.0, 55.0, height - 5.0)
    review.session.edit([Edit(do="draw", photo=1, box=box)])
    assert export(review) == {"a.jpg": "unchanged", "b.jpg": "rewritten", "c.jpg": "unchanged"}
    with Image.open(review.out / "b.jpg") as image:
        after = image.convert("RGB").load()
    for x, y in ((30, height - 35), (20, height - 35), (40, height - 35), (30, height - 50), (30, height - 20)):
        assert after[x, y] == pytest.approx(after[30, height - 35], abs=6)  # one colour
    assert after[30, height - 35] != pytest.approx(before[30, height - 35], abs=6)
    assert after[width - 5, 5] == pytest.approx(before[width - 5, 5], abs=3)
    written = signed(review)[-1]["written"]
    assert [one["sha256"] for one in written if one["output"] == "b.jpg"] == [content_of(review.out / "b.jpg")]


def test_another_review_goes_on_with_what_this_one_wrote(review):
    export(review)
    review.lock.release()
    with serving(review.folder, scale=600 / 1024, policy="everyone") as (_, again):
        wait_until(lambda: again.work.done == 3 and not again.work.is_busy)
        show_one(again, 0)
        assert export(again) == {"a.jpg": "rewritten", "b.jpg": "unchanged", "c.jpg": "unchanged"}


def test_a_photo_left_out_later_is_taken_out_of_the_safe_folder(review):
    export(review)
    review.session.leave_out(1, LeftOut.NOT_NEEDED)
    assert export(review) == {"a.jpg": "unchanged", "b.jpg": "taken_out", "c.jpg": "unchanged"}
    assert files(review.out) == ["a.jpg", "c.jpg"]
    assert export(review)["b.jpg"] == "left_out"
    review.session.leave_out(1, None)
    assert export(review)["b.jpg"] == "written"


@pytest.mark.parametrize("left_out", [True, False])
def test_a_file_that_we_did_not_write_is_neither_replaced_nor_removed(review, left_out):
    export(review)
    (review.out / "b.jpg").write_bytes(b"somebody's own")
    show_one(review, 1)
    if left_out:
        review.session.leave_out(1, LeftOut.OTHER)
    assert export(review)["b.jpg"] == "failed"
    assert (review.out / "b.jpg").read_bytes() == b"somebody's own"
    assert len(signed(review)[-1]["written"]) == 2


def test_a_photo_that_is_blocked_by_now_is_taken_out(review):
    export(review)
    show_one(review, 1)
    as_usual = review.work.run

    def blocks(tasks, overwrite):
        yield from as_usual(tasks, overwrite) if not overwrite else ()
        for task in tasks if overwrite else ():
            yield failure(task.source.path, FaceVisible("a face shows"), stage=Stage.VERIFY)

    review.work.run = blocks
    assert export(review)["b.jpg"] == "failed"
    assert files(review.out) == ["a.jpg", "c.jpg"]


def test_a_sign_off_names_what_was_written_and_nothing_else(review):
    (review.folder / "b.jpg").write_bytes(b"changed meanwhile")
    review.session.leave_out(2, LeftOut.CLOTHES)
    assert export(review) == {"a.jpg": "written", "b.jpg": "failed", "c.jpg": "left_out"}
    entry = signed(review)[0]
    assert [one["output"] for one in entry["written"]] == ["a.jpg"]
    assert entry["photos"] == [review.session.photos[0].sha256]
    assert entry["left_out"] == {review.session.photos[2].sha256: "clothes"}
    for name in (signing.SIGNED, FILE_NAME):
        assert stat.S_IMODE((review.folder / name).stat().st_mode) == 0o600


ODD = [
    "",
    "[]",
    "{}",
    '{"signed": 7}',
    '{"signed": [7]}',
    '{"signed":' + "[" * 100_000,
    '{"signed": [{"written": [7]}]}',
]


@pytest.mark.parametrize("content", ODD, ids=range(len(ODD)))
def test_an_odd_file_of_sign_offs_stops_no_export_and_is_kept(review, content):
    (review.folder / signing.SIGNED).write_text(content)
    assert set(export(review).values()) == {"written"}
    assert len(signed(review)[-1]["written"]) == 3
    kept = list(review.folder.glob("blurkit-signed-unreadable-*.json"))
    assert [path.read_text() for path in kept] == ([] if content == ODD[-1] else [content])


def test_a_sign_off_that_cannot_be_stored_writes_nothing(review, monkeypatch):
    monkeypatch.setattr(
        signing, "replace_text", lambda path, _: (_ for _ in ()).throw(OutputNotWritable("full", path=path))
    )
    with pytest.raises(OutputNotWritable):
        review.work.export(WORD)
    assert not review.out.exists()


def test_with_every_photo_left_out_there_is_nothing_to_sign(review):
    for number in range(3):
        review.session.leave_out(number, LeftOut.NOT_NEEDED)
    with pytest.raises(SettingsError, match="No photo is left"):
        review.work.export(WORD)


def test_nobody_need_look_at_a_photo_that_is_left_out(tmp_path, monkeypatch):
    with serving(copies(tmp_path / "in", "a.jpg"), scale=600 / 1024) as (_, review):
        wait_until(lambda: review.work.done and not review.work.is_busy)
        session = review.session
        assert session.unseen()
        session.leave_out(0, LeftOut.NO_CONSENT)
        assert (session.unseen(), session.doubts()) == ([], [])


def test_a_run_with_the_decisions_leaves_the_photo_out_too(review, tmp_path, monkeypatch):
    review.session.leave_out(1, LeftOut.NOT_NEEDED)
    with blurrer(review.session.settings, 600 / 1024) as known:
        from blurkit.policy.reviewed import read

        recorded = read(review.session.file)
        known._recorded, known._left_out = recorded.photos, recorded.left_out
        left_out = known.run(review.folder / "b.jpg", out=tmp_path / "b.jpg")
        published = known.run(review.folder / "a.jpg", out=tmp_path / "a.jpg")
    assert (left_out.kind, isinstance(published, PhotoResult)) == (PhotoLeftOut, True)
    assert not (tmp_path / "b.jpg").exists()


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_no_stops_or_needs_a_reason(name):
    no = YES | {name: False}
    for reasons in ({}, {name: "  "}, {name: "no"}):
        with pytest.raises(pydantic.ValidationError):
            SignOff(by="office", answers=no, reasons=reasons)
    if QUESTIONS[name].ends:
        with pytest.raises(pydantic.ValidationError, match="Nothing is written"):
            SignOff(by="office", answers=no, reasons={name: "the parents agreed"})
    else:
        assert SignOff(by="office", answers=no, reasons={name: "the parents agreed"}).answers[name] is False


def test_a_reason_is_kept_with_the_sign_off(review):
    word = SignOff(by="office", answers=YES | {"names": False}, reasons={"names": "an author is named"})
    review.work.export(word.model_copy(update={"despite_doubts": True}))
    wait_until(lambda: not review.work.is_busy)
    assert signed(review)[0]["reasons"] == {"names": "an author is named"}
