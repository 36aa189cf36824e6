"""What the page warns of besides faces, and the words that it has for faces."""

import pytest

from blurkit.geometry import Box
from blurkit.policy.plain import explained
from blurkit.policy.reviewed import Choice
from blurkit.records import Action, AgeEstimate, Decision, Face, Judgement, Reason
from blurkit.review import plain
from blurkit.review.requests import Edit
from blurkit.review.spots import Spot
from blurkit.review.warn import left_alone
from blurkit.settings import load_policy
from tests.end_to_end.process import wait_until
from tests.review.browsing import DESKTOP, check_accessible, opened
from tests.review.crowds import ADULT, CHILD, crowd, photos
from tests.review.serving import needs_browser, serving


@pytest.fixture
def review(tmp_path):
    folder = photos(tmp_path / "in", "Anna_Klein_3b.jpg", "b.jpg")
    with serving(folder, run=crowd(ADULT, CHILD)) as (server, review):
        wait_until(lambda: review.work.done == 2 and not review.work.is_busy)
        yield server, review


def test_a_name_with_a_class_is_warned_of(review):
    assert review[1].warnings.told() == [{"kind": "name", "photos": [0], "count": 1}]


def test_a_name_is_no_matter_where_files_get_neutral_ones(review):
    session = review[1].session
    neutral = session.settings.write.model_copy(update={"neutral_names": True})
    session.settings = session.settings.model_copy(update={"write": neutral})
    assert review[1].warnings.told() == []


def test_a_face_covered_in_one_of_two_near_duplicates_is_warned_of_until_it_is_covered_in_both(review):
    review = review[1]
    faces = [review.session.sheet(photo)[0].number for photo in (0, 1)]
    review.session.edit([Edit(do="set", photo=0, face=faces[0], action="cover")])
    assert {"kind": "duplicate", "photos": [0, 1], "count": 2} in review.warnings.told()
    review.session.edit([Edit(do="set", photo=1, face=faces[1], action="cover")])
    assert [one["kind"] for one in review.warnings.told()] == ["name"]


def test_files_that_are_left_alone_are_counted_by_kind(tmp_path):
    folder = photos(tmp_path / "in", "a.jpg")
    names = ("b.mp4", "c.MOV", "list.pdf", "letter.docx", "raw.dng", ".hidden", "blurkit-report.json", "in-safe/x.txt")
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"something else")
    assert left_alone(folder, folder / "in-safe") == {"video": 2, "pdf": 1, "other": 2}


@needs_browser
@pytest.mark.model
def test_the_warnings_stand_on_the_page_and_lead_to_the_photo(browser, review):
    server, review = review
    with opened(browser, server, DESKTOP, wait_for="a.card") as page:
        for step in ("photos", "finish"):
            page.click(f"#step-{step}")
            page.locator(".warnings:has-text('1 thing to know before you publish')").wait_for()
            check_accessible(page)
        page.click(".warnings a:has-text('Anna_Klein_3b.jpg')")
        page.locator("h1:has-text('Anna_Klein_3b.jpg')").wait_for()


def said(reason, age=None, *, doubtful=False, action=None):
    box = Box(0, 0, 10, 10)
    action = action or (Action.KEEP if reason is Reason.LOOKS_ADULT else Action.COVER)
    judgement = Judgement(age and AgeEstimate(age, age - 12, age + 13, "known"), action, reason, doubtful=doubtful)
    decision = Decision(Face(box, 0.9, ()), judgement)
    return plain.words(Spot(1, Choice(box, action, box), decision), 18)


def test_words_about_an_age_do_not_contradict_themselves():
    assert said(Reason.MAY_BE_UNDER_AGE, 35) == "Could be under 18: looks about 35, not certain"
    assert said(Reason.LOOKS_ADULT, 35, doubtful=True) == "Probably adult, looks about 35, but not certain"
    assert said(Reason.LOOKS_ADULT, 48) == "Looks adult, about 48"
    for doubtful in (True, False):
        visible = said(Reason.MAY_BE_UNDER_AGE, 25, doubtful=doubtful, action=Action.KEEP)
        assert visible == said(Reason.LOOKS_ADULT, 25, doubtful=doubtful)
    assert said(Reason.LOOKS_UNDER_AGE, 9) == "Looks under 18, about 9"
    for reason in Reason:
        assert said(reason)


JARGON = ("policy", "calibration", "threshold", "interval", "detector", "pixel", "metadata", "withheld", "verdict")


@pytest.mark.parametrize("name", ["children", "consent", "everyone", "cautious"])
def test_a_policy_is_explained_without_jargon(name):
    lines = explained(load_policy(name))
    assert lines
    assert [word for word in JARGON if word in " ".join(lines).lower()] == []
