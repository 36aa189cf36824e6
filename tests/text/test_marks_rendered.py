"""Words, codes and plates on the whole way of a photo, with fakes for the models."""

import json
from dataclasses import replace

import numpy as np
import pytest

from blurkit import analysis
from blurkit.errors import SettingsError
from blurkit.load import decode
from blurkit.marks import MarkDecision, MarkReason, Reading
from blurkit.obscure import covered_mask
from blurkit.outcomes import PhotoFailure, PhotoResult, Status
from blurkit.records import Action
from blurkit.report import schema
from blurkit.settings import LoadSettings, Settings, load_policy
from tests.fakes import CrashingMarks, FixedMarks, NoFaces
from tests.pictures import face, line

WORDS = line(20, (60, 40), 8)
COVER = {"name": "everyone", "text": "cover"}


def shown(path):
    return decode(path.read_bytes(), LoadSettings()).picture.pixels


def test_words_are_covered_and_nothing_else(blurrer, photo_file, out):
    source = photo_file("png")
    maker = blurrer(NoFaces(), marks=FixedMarks(Reading(WORDS, "Anna")), policy=COVER, obscure={"color": "#5a7d9a"})
    outcome = maker.run(source, out=out / "a.png")
    assert isinstance(outcome, PhotoResult), outcome
    assert [(d.action, d.reason) for d in outcome.marks] == [(Action.COVER, MarkReason.POLICY)]
    mask = covered_mask([WORDS], maker.settings.obscure, outcome.size)
    assert (shown(out / "a.png")[mask] == (0x5A, 0x7D, 0x9A)).all(axis=1).mean() > 0.6  # the rim is lighter
    changed = (shown(out / "a.png") != shown(source)).any(axis=2)
    rows, columns = changed.nonzero()
    bounds = WORDS.grown(6).box
    assert bounds.left <= columns.min() <= columns.max() <= bounds.right
    assert bounds.top <= rows.min() <= rows.max() <= bounds.bottom


@pytest.mark.parametrize("style", ["solid", "pixelate", "silhouette", "smiley"])
def test_every_style_covers_words_and_a_head_is_no_sign_for_them(blurrer, photo_file, out, style):
    maker = blurrer(NoFaces(), marks=FixedMarks(Reading(WORDS)), policy=COVER, obscure={"style": style})
    assert isinstance(maker.run(photo_file("png"), out=out / "a.png"), PhotoResult)
    mask = covered_mask([WORDS], maker.settings.obscure, maker.run(photo_file("png"), out=out / "b.png").size)
    tones = np.unique(shown(out / "a.png")[mask], axis=0)
    assert (len(tones) > 20) == (style == "pixelate")


def test_words_that_are_only_warned_of_stay_and_ask_for_a_look(blurrer, photo_file, out):
    source = photo_file("png")
    outcome = blurrer(NoFaces(), marks=FixedMarks(Reading(WORDS))).run(source, out=out / "a.png")
    assert outcome.status is Status.LOOK
    assert (shown(out / "a.png") == shown(source)).all()


def test_the_finder_is_told_where_people_are(blurrer, photo_file, out):
    marks = FixedMarks()
    blurrer(marks=marks).run(photo_file(), out=out / "a.jpg")
    assert marks.people == [[face().box]]


def test_covers_move_along_when_the_photo_is_made_smaller(blurrer, photo_file, out):
    maker = blurrer(NoFaces(), marks=FixedMarks(Reading(WORDS)), policy=COVER, output={"max_side": 64})
    source = photo_file("png", size=(192, 128))
    marks = maker._models.analysis.mark_finder
    maker.run(source, out=out / "a.png")
    assert marks.looked[0][0].height == pytest.approx(WORDS.height / 3, rel=0.02)


def test_words_decided_by_hand_are_rendered_and_not_looked_for_again(blurrer, photo_file):
    marks = FixedMarks(Reading(WORDS))
    maker = blurrer(NoFaces(), marks=marks, policy=COVER)
    photo = decode(photo_file("png").read_bytes(), LoadSettings())
    (decision,) = maker.find_marks(photo, ())
    kept = replace(decision, action=Action.KEEP, reason=MarkReason.MANUAL)
    plain = maker.render(photo, (), [kept])
    assert (decode(plain.data, LoadSettings()).picture.pixels == photo.picture.pixels).all()
    assert len(marks.people) == 1
    assert maker.render(photo, ()).marks == (decision,)  # who says nothing of words gets the policy


# Fail closed


def test_a_finder_that_fails_leaves_no_file(blurrer, photo_file, out):
    outcome = blurrer(marks=CrashingMarks(), policy=COVER).run(photo_file(), out=out / "a.jpg")
    assert isinstance(outcome, PhotoFailure)
    assert (outcome.status, outcome.word, outcome.stage) == (Status.BLOCKED, "ReaderFailed", "text")
    assert not out.exists()


def test_words_that_can_still_be_read_next_to_a_cover_are_covered(blurrer, photo_file, out):
    class Once(FixedMarks):
        def legible(self, pixels, around):
            super().legible(pixels, around)
            return self.again if len(self.looked) == 1 else ()

    rest = line(20, (80, 50), 8)
    outcome = blurrer(NoFaces(), marks=Once(Reading(WORDS), again=[rest]), policy=COVER).run(
        photo_file("png"), out=out / "a.png"
    )
    assert [d.reason for d in outcome.marks] == [MarkReason.POLICY, MarkReason.FOUND_IN_CHECK]
    assert outcome.status is Status.LOOK


def test_words_that_stay_legible_withhold_the_file(blurrer, photo_file, out):
    marks = FixedMarks(Reading(WORDS), again=[WORDS])
    outcome = blurrer(NoFaces(), marks=marks, policy=COVER).run(photo_file(), out=out / "a.jpg")
    assert (outcome.status, outcome.word) == (Status.BLOCKED, "MarkVisible")
    assert not out.exists()


def test_words_that_were_kept_or_lie_on_the_cover_of_a_face_are_no_fault(blurrer, photo_file, out):
    on_face = line(0, (face().box.center.x, face().box.center.y), 4)
    marks = FixedMarks(Reading(WORDS), again=[on_face])
    assert isinstance(blurrer(marks=marks, policy=COVER).run(photo_file(), out=out / "a.jpg"), PhotoResult)
    maker = blurrer(NoFaces(), marks=FixedMarks(again=[WORDS]))
    photo = decode(photo_file().read_bytes(), LoadSettings())
    kept = MarkDecision(WORDS, Action.KEEP, MarkReason.MANUAL)
    covered = MarkDecision(line(0, (60, 10), 6), Action.COVER, MarkReason.MANUAL)
    assert maker.render(photo, (), [kept, covered]).marks == (kept, covered)


def test_a_policy_that_covers_words_is_refused_where_nothing_finds_them(monkeypatch, command, photo_file, out):
    monkeypatch.setattr(analysis, "installed", lambda: False)
    with pytest.raises(SettingsError, match="what finds them is not installed"):
        analysis.check_marks(load_policy("strict"))
    code, _, err = command("run", photo_file(), "--out", out, "--text", "cover")
    assert code == 2
    assert 'pip install "blurkit[text]"' in err
    assert not out.exists()


def test_without_the_extra_one_line_says_that_nobody_looked(monkeypatch, blurrer, photo_file, out):
    from blurkit.report import BatchReport, ReportEntry

    maker = blurrer()
    maker._models.analysis.mark_finder = None
    outcome = maker.run(photo_file(), out=out / "a.jpg")
    assert outcome.marks is None
    for text, lines in (("warn", 1), ("ignore", 0)):
        policy = {"name": "x", "text": text, "code": "ignore", "plate": "ignore"}
        settings = Settings.of(policy={**load_policy("children").model_dump(), **policy})
        made = BatchReport("1", settings, {}, [ReportEntry("a.jpg", "out/a.jpg", outcome)], {}, 0)
        assert made.summary(written=True).count("not looked at") == lines


# What a report holds


def test_a_report_holds_kind_and_place_and_is_read_back(blurrer, photo_file, out):
    maker = blurrer(NoFaces(), marks=FixedMarks(Reading(WORDS, "Anna Klein")), policy=COVER)
    outcome = maker.run(photo_file(), out=out / "a.jpg")
    told = schema.photo_of("a.jpg", "out/a.jpg", outcome)
    text = json.dumps(schema.values(told))
    assert "Anna" not in text
    (mark,) = json.loads(text)["marks"]
    assert mark.keys() == {"kind", "corners", "score", "action", "reason", "doubtful"}
    again = schema.outcome_of(told).marks[0]
    assert (again.mark.kind, again.action, again.reason) == ("text", Action.COVER, MarkReason.POLICY)
    assert again.mark.box.iou(WORDS.box) > 0.99


def test_a_clip_is_refused_by_a_policy_that_covers_words():
    from blurkit.errors import UnsupportedFormat
    from blurkit.video.clip import Clips

    with pytest.raises(UnsupportedFormat, match="cannot be covered in clips"):
        Clips(Settings.of(policy="strict"))
