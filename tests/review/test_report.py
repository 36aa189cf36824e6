"""An export leaves the report that `audit --against` and a data protection officer read, beside the decisions."""

import hashlib
import json
import os
import stat

import pytest

from blurkit.audit.matches import read_reports
from blurkit.policy.reviewed import LeftOut
from tests.end_to_end.process import wait_until
from tests.review import test_session
from tests.review.test_session import WORD

reviewing = test_session.reviewing


def export(review):
    review.work.export(WORD)
    wait_until(lambda: not review.work.is_busy)
    assert review.work.fault is None


def test_an_export_names_its_outputs_for_an_audit(reviewing):
    review = reviewing("a.jpg", policy="everyone")
    export(review)
    reports = read_reports([review.folder / "blurkit-report.json"])
    published = (review.out / "a.jpg").read_bytes()
    (match,) = reports.matches(hashlib.sha256(published).hexdigest(), None)
    assert (match.how, match.source) == ("output", str(review.folder / "a.jpg"))
    page = (review.folder / "blurkit-report.html").read_text(encoding="utf-8")
    table = (review.folder / "blurkit-report.csv").read_text(encoding="utf-8-sig")
    assert "a.jpg" in page
    assert str(review.folder) not in page
    assert str(review.out) not in page
    assert str(review.folder / "a.jpg") in table
    assert sorted(path.name for path in review.out.iterdir()) == ["a.jpg"]


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_only_its_owner_reads_it(reviewing):
    review = reviewing("a.jpg", policy="everyone")
    export(review)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in review.folder.glob("blurkit-*")}
    assert modes == {0o600}


def test_what_was_written_earlier_stays_in_the_report(reviewing):
    review = reviewing("a.jpg", policy="everyone")
    export(review)
    path = review.folder / "blurkit-report.json"
    before = json.loads(path.read_text())["photos"]
    export(review)  # the output is there already, and nothing changed
    assert review.work.written[0]["state"] == "unchanged"
    assert json.loads(path.read_text())["photos"] == before


def test_a_report_goes_where_it_was_asked_for(reviewing, tmp_path):
    review = reviewing("a.jpg", policy="everyone")
    review.work.report_to = tmp_path / "asked.csv"
    export(review)
    assert "a.jpg" in (tmp_path / "asked.csv").read_text(encoding="utf-8-sig")
    assert list(review.folder.glob("blurkit-report*")) == []


def test_a_photo_that_was_taken_out_leaves_the_report(reviewing):
    review = reviewing("a.jpg", "b.jpg", policy="everyone")
    export(review)
    review.session.leave_out(0, LeftOut.NOT_NEEDED)
    export(review)
    photos = json.loads((review.folder / "blurkit-report.json").read_text())["photos"]
    assert [photo["output"] for photo in photos] == [str(review.out / "b.jpg")]
