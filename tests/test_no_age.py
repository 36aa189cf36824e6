"""A policy without a rule about age estimates none: no model is opened or asked, and no age is kept anywhere."""

import json

import pytest

from blurkit import analysis, pipeline
from blurkit.batch.journal import Journal, state_folder
from blurkit.policy import asks_for_age, explain
from blurkit.records import AgeEstimate, Line, Reason
from blurkit.report import BatchReport, ReportEntry
from blurkit.report.page import to_html
from blurkit.review.plain import words
from blurkit.review.spots import Spot
from blurkit.settings import PolicySettings, Settings, load_policy
from tests.fakes import BlindNetwork, FixedFaces, NoAge
from tests.pictures import face

LARGE = face(10, 4, 58, 62)
NO_AGE = {
    "consent": load_policy("consent"),
    "everyone": load_policy("everyone"),
    "only the small ones": PolicySettings(
        rules=({"when": "too_small_to_judge", "action": "cover"}, {"when": "everyone", "action": "keep"})
    ),
    "a region": PolicySettings(
        rules=({"when": "never_region", "action": "keep"}, {"when": "everyone", "action": "cover"}),
        regions=({"action": "keep", "box": (0, 0, 1, 1)},),
    ),
}


class Forbidden(NoAge):
    """Must not be asked."""

    def estimate(self, pixels, faces):
        raise AssertionError("the age stage was entered")


@pytest.fixture(params=NO_AGE.values(), ids=NO_AGE)
def policy(request):
    return request.param


def test_the_age_stage_is_not_entered(blurrer, photo_file, out, policy):
    outcome = blurrer(FixedFaces(LARGE), age=Forbidden(), policy=policy).run(photo_file(), out=out / "photo.jpg")
    (decision,) = outcome.decisions
    assert (decision.judgement.age, decision.judgement.threshold) == (None, None)
    assert "age" not in outcome.seconds


def test_a_policy_about_age_would_enter_it(blurrer, photo_file):
    with pytest.raises(AssertionError, match="entered"):
        blurrer(FixedFaces(LARGE), age=Forbidden(), policy=load_policy("children")).detect(photo_file())


def test_no_face_too_small_to_judge_is_asked_about(blurrer, photo_file):
    outcome = blurrer(FixedFaces(face()), age=Forbidden(), policy=load_policy("children")).detect(photo_file())
    assert [d.judgement.reason for d in outcome.decisions] == [Reason.TOO_SMALL_TO_JUDGE]


def test_no_model_or_table_of_ages_is_opened(monkeypatch, policy):
    def opened(*_, **__):
        raise AssertionError("it was opened")

    monkeypatch.setattr(analysis, "make_estimator", opened)
    monkeypatch.setattr(analysis, "load_calibration", opened)
    models = {"detectors": [FixedFaces(LARGE)], "independent_check": BlindNetwork()}
    with pipeline.Blurrer(Settings(policy=policy), **models):
        pass
    with pytest.raises(AssertionError, match="opened"):
        pipeline.Blurrer(Settings(policy=load_policy("children")), **models)


def test_no_age_is_in_report_journal_or_page(blurrer, photo_file, out, policy):
    settings = Settings(policy=policy)
    journal = Journal.open(str(out), settings)
    made = blurrer(FixedFaces(LARGE), age=Forbidden(), policy=policy)
    noted = []
    outcome = made.run(photo_file(), out=out / "photo.jpg", before_write=noted.append)
    journal.record(out / "photo.jpg", noted[0], None)
    report = BatchReport("1", settings, {}, [ReportEntry("photo.jpg", "out/photo.jpg", outcome)], {}, 0)
    (told,) = json.loads(report.to_json())["photos"][0]["faces"]
    assert (told["age"], told["threshold"], told["margin"]) == (None, None, None)
    (entry,) = state_folder().glob(f"journal/{journal.folder.name}/*.entry")
    assert b'"age": null' in entry.read_bytes()
    assert "Guesses no age" in " ".join(explain(policy))
    assert "Guesses no age" in to_html(report, written=True)
    (decision,) = outcome.decisions
    choice = type("Choice", (), {"by_hand": False, "action": decision.judgement.action})
    assert "about" not in words(Spot(1, choice, decision), 18)


def test_an_age_that_an_earlier_report_knows_is_not_taken_over(policy):
    from blurkit.geometry import Size
    from blurkit.policy import decide

    known = AgeEstimate(40.0, 38.0, 42.0, "report")
    (decision,) = decide([LARGE], [known], policy, size=Size(96, 64), line=Line(24.0))
    assert decision.judgement.age is None


def test_the_policies_that_come_with_blurkit_say_what_they_ask_for():
    assert {name: asks_for_age(load_policy(name)) for name in ("children", "cautious", "consent", "everyone")} == {
        "children": True,
        "cautious": True,
        "consent": False,
        "everyone": False,
    }
