"""What is said of a report whose faces a review takes."""

import json

import pytest

from blurkit.machine.weights import model_hashes
from blurkit.review import start
from blurkit.settings import Settings, load_policy
from blurkit.version import __version__
from tests.review.serving import copies

AGE = {"years": 60, "low": 55, "high": 65}


@pytest.fixture
def said(tmp_path):
    """Begin a review from a report; gives what is said of that."""

    def said(*, policy="children", age=None, **head):
        folder = copies(tmp_path / "in", "a.jpg", width=200)
        face = {"box": [10, 10, 90, 110], "score": 0.9, "detectors": ["known"], "age": age}
        photo = {"sha256": "ab", "width": 600, "height": 450, "faces": [face]}
        usual = {"schema": 1, "version": __version__, "policy": {"name": "children"}, "models": model_hashes()}
        document = usual | {"companions": {}, "skipped": 0, "photos": [photo]} | head
        report = tmp_path / "report.json"
        report.write_text(json.dumps(document))
        review = start.prepare(folder, None, Settings.of(policy=load_policy(policy)), report=report)
        review.lock.release()
        return " ".join(review.remarks)

    return said


def test_of_a_report_by_this_program_nothing_is_said(said):
    assert said(age=AGE) == ""


def test_that_it_is_of_another_version_or_of_other_models_is_said(said):
    assert "is from blurkit 0.0.1" in said(age=AGE, version="0.0.1")
    assert "is from other models" in said(age=AGE, models={"centerface": "00"})


def test_that_it_holds_no_ages_is_said_if_the_policy_asks_for_them(said):
    assert "holds no ages, so everyone is covered" in said()
    assert said(policy="everyone") == ""
