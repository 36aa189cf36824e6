"""Words, codes and plates in a review: decided at once, kept in the file, replayed, and shown on their own screen."""

import json

import pytest

from blurkit.errors import DiskFull, SettingsError
from blurkit.marks import MarkKind, MarkReason, Reading
from blurkit.policy.reviewed import FILE_NAME, LeftOut, read
from blurkit.records import Action
from blurkit.review.marking import decide, still_open
from blurkit.review.requests import QUESTIONS, Edit, Marked, SignOff
from tests.end_to_end.process import files, wait_until
from tests.fakes import FixedMarks
from tests.pictures import line
from tests.review.browsing import DESKTOP, check_accessible, opened, sure
from tests.review.serving import copies, in_browser, serving

BADGE, POSTER, CODE = line(5, (150, 200), 16), line(0, (400, 60), 30), line(0, (300, 300), 40, MarkKind.CODE, 1)
SIGN_OFF = SignOff(by="A", answers=dict.fromkeys(QUESTIONS, True), despite_doubts=True)


def words():
    return FixedMarks(*(Reading(mark, "Anna Klein") for mark in (POSTER, BADGE, CODE)))


@pytest.fixture
def reviewed(tmp_path):
    folder = copies(tmp_path / "in", "a.jpg")
    with serving(folder, scale=600 / 1024, marks=words()) as (_, review):
        wait_until(lambda: review.work.done and not review.work.is_busy, 30)
        yield review


def actions(session, photo=0):
    return [sign.choice.action.value for sign in session.words.of(session.photos[photo].sha256)]


def marked(do, *marks):
    return Marked(do=do, marks=marks)


def test_what_the_policy_warns_of_is_open_until_somebody_looks(reviewed):
    session = reviewed.session
    assert actions(session) == ["keep", "keep", "cover"]
    assert still_open(session) == 2
    decide(session, marked("set", (0, 1, Action.COVER)))
    assert (actions(session), still_open(session)) == (["keep", "cover", "cover"], 1)
    decide(session, marked("see", (0, 0, Action.COVER)))  # shown with an action that it no longer has
    assert still_open(session) == 1
    decide(session, marked("see", (0, 0, Action.KEEP)))
    assert still_open(session) == 0


def test_nothing_is_written_while_words_stay_that_nobody_has_looked_at(reviewed):
    session = reviewed.session
    session.see([(photo, spot.number, spot.choice.action) for photo in (0,) for spot in session.sheet(photo)])
    with pytest.raises(SettingsError, match="words or numbers stay visible"):
        reviewed.work.export(SIGN_OFF)


def test_an_unknown_mark_changes_nothing(reviewed):
    with pytest.raises(SettingsError, match="no mark 9"):
        decide(reviewed.session, marked("set", (0, 1, Action.COVER), (0, 9, Action.COVER)))
    assert actions(reviewed.session) == ["keep", "keep", "cover"]


def test_decisions_about_words_are_kept_without_the_words_sealed_and_replayed(reviewed, blurrer):
    session, file = reviewed.session, reviewed.folder / FILE_NAME
    decide(session, marked("set", (0, 1, Action.COVER), (0, 2, Action.KEEP)))
    text = file.read_text(encoding="utf-8")
    assert "Anna" not in text
    key = session.photos[0].sha256
    known = json.loads(text)["marks"][key]
    assert [(each["kind"], each["action"]) for each in known] == [("text", "keep"), ("text", "cover"), ("code", "keep")]
    from blurkit.review.seal import seal

    assert read(file, seal).is_ours
    file.write_text(text.replace('"action":"keep","by_hand":true', '"action":"keep"'), encoding="utf-8")
    assert not read(file, seal).is_ours  # a change by another hand is noticed
    file.write_text(text, encoding="utf-8")
    assert [choice.by_hand for choice in read(file).marks[key]] == [False, True, True]


def test_a_review_is_replayed_and_what_it_did_not_know_is_covered(reviewed):
    from blurkit.policy.reviewed_marks import replay_marks

    session, file = reviewed.session, reviewed.folder / FILE_NAME
    decide(session, marked("set", (0, 1, Action.COVER), (0, 2, Action.KEEP)))
    choices = read(file).marks[session.photos[0].sha256]
    found = [sign.decision for sign in session.words.of(session.photos[0].sha256)]
    again = replay_marks(found, choices)
    assert [each.action.value for each in again] == ["keep", "cover", "keep"]
    assert [each.reason for each in again] == [MarkReason.POLICY, MarkReason.MANUAL, MarkReason.MANUAL]
    assert [each.action.value for each in replay_marks(found, choices[1:])] == ["cover", "cover", "keep"]
    assert [each.action.value for each in replay_marks([], choices)] == ["cover"]


def test_a_later_review_takes_up_what_was_decided_and_a_foreign_one_only_covers(reviewed):
    from blurkit.review.words import Words

    session = reviewed.session
    decide(session, marked("set", (0, 1, Action.COVER), (0, 2, Action.KEEP)))
    key = session.photos[0].sha256
    found = [sign.decision for sign in session.words.of(key)]
    for is_foreign, expected in ((False, ["keep", "cover", "keep"]), (True, ["keep", "cover", "cover"])):
        later = Words(read(reviewed.folder / FILE_NAME).marks, is_foreign=is_foreign)
        later.add(key, found)
        assert [sign.choice.action.value for sign in later.of(key)] == expected


def test_changes_to_words_and_faces_are_undone_in_their_order(reviewed):
    session = reviewed.session
    faces = [spot.choice.action for spot in session.sheet(0)]
    decide(session, marked("set", (0, 1, Action.COVER)))
    session.edit([Edit(do="cover_all", photo=0)])
    session.leave_out(0, LeftOut.CLOTHES)
    decide(session, marked("see", (0, 0, Action.KEEP)))  # a look is not taken back
    decide(session, marked("set", (0, 2, Action.KEEP)))
    assert session.steps == (4, 0)
    session.undo()
    assert actions(session) == ["keep", "cover", "cover"]
    session.undo()
    assert session.left_out == {}
    session.undo()
    assert [spot.choice.action for spot in session.sheet(0)] == faces
    session.undo()
    assert actions(session) == ["keep", "keep", "cover"]
    session.undo(back=False)
    assert (actions(session), session.steps) == (["keep", "cover", "cover"], (1, 3))
    known = read(reviewed.folder / FILE_NAME).marks[session.photos[0].sha256]
    assert [each.action.value for each in known] == actions(session)


def test_words_that_cannot_be_saved_stay_as_they_were(reviewed, monkeypatch):
    session = reviewed.session
    decide(session, marked("set", (0, 1, Action.COVER)))
    monkeypatch.setattr("blurkit.policy.reviewed.replace_text", full)
    for do in (lambda: decide(session, marked("set", (0, 2, Action.KEEP))), session.undo):
        with pytest.raises(DiskFull):
            do()
        assert (actions(session), session.steps) == (["keep", "cover", "cover"], (1, 0))


def full(path, parts):
    raise DiskFull("cannot be written")


@in_browser[0]
@in_browser[1]
def test_words_are_covered_or_left_on_their_screen_and_the_question_is_left_to_the_person(browser, tmp_path):
    folder = copies(tmp_path / "in", "a.jpg")
    with (
        serving(folder, scale=600 / 1024, marks=words()) as (server, review),
        opened(browser, server, DESKTOP) as page,
    ):
        session = review.session
        page.click("#step-words")
        page.locator("h1:has-text('Words and numbers')").wait_for()
        assert page.locator(".tile").count() == 3
        sure(page, lambda: page.evaluate("[...document.querySelectorAll('.tile img')].every(i => i.naturalWidth > 0)"))
        assert "Anna" not in page.content()
        check_accessible(page)
        page.locator(".tile:has-text('QR code') .act").click()
        sure(page, lambda: actions(session)[2] == "keep")
        page.click("#all")
        page.click("#do-cover")
        sure(page, lambda: actions(session) == ["cover"] * 3)
        page.locator("button.face").first.click()
        page.click("#do-keep")
        sure(page, lambda: "keep" in actions(session))
        page.locator(".tile:has-text('QR code') .act").click()
        sure(page, lambda: actions(session).count("keep") != 1)
        page.click("#toast.shown >> text=Undo")
        sure(page, lambda: actions(session).count("keep") == 1)
        check_accessible(page)
        page.click("#confirm")
        page.locator("h1:has-text('Finish')").wait_for()
        assert page.locator("input[name=badges]:checked").count() == 0
        assert "2 covered, 1 left by you" in page.locator(".looked").inner_text()
        check_accessible(page)
        session.see([(0, spot.number, spot.choice.action) for spot in session.sheet(0)])
        with session.lock:
            review.work.export(SIGN_OFF)
        wait_until(lambda: not review.work.is_busy)
        assert len(files(review.out)) == 1
