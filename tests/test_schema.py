"""The JSON report has one shape: what is written is read back, by whatever reads reports."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from blurkit.errors import SettingsError, UnreadablePhoto
from blurkit.geometry import Box, Size
from blurkit.machine.files import replace_text
from blurkit.outcomes import PhotoFailure, PhotoResult, Proof, Status
from blurkit.records import Action, AgeEstimate, Decision, Face, Judgement, Reason, Stage
from blurkit.report import BatchReport, ReportEntry
from blurkit.report.files import earlier, write_all
from blurkit.report.schema import outcome_of, photo_of, read, table
from blurkit.settings import Settings

PROOF = Proof(
    input_sha256="a" * 64,
    output_sha256="b" * 64,
    fingerprint="c" * 64,
    changed_share=0.25,
    coding="JPEG",
    max_difference_outside=3,
)
AGE = AgeEstimate(30.0, 25.0, 35.0, "report")
FACE = Decision(
    Face(Box(-1.5, 2.0, 30.25, 40.0), 0.5, ("centerface",), tilt=12.5, yaw=-0.25),
    Judgement(AGE, Action.KEEP, Reason.LOOKS_ADULT, True, Reason.LOOKS_ADULT, 24.0),
)
DONE = PhotoResult(
    Path("in/a.jpg"),
    Path("out/a.jpg"),
    Size(60, 50),
    (FACE,),
    Status.LOOK,
    ("GPS",),
    {Stage.LOAD: 0.5},
    PROOF,
    "d" * 64,
)
FAILED = PhotoFailure(Path("in/b.jpg"), Stage.LOAD, UnreadablePhoto, "is damaged", "copy it again")


def report(*entries):
    return BatchReport("1", Settings(), {}, entries, {}, 0)


@pytest.mark.parametrize("outcome", [DONE, replace(DONE, output=None, proof=None), FAILED])
def test_an_outcome_survives_a_report(tmp_path, outcome):
    output = None if outcome is FAILED or outcome.output is None else str(outcome.output)
    path = tmp_path / "report.json"
    replace_text(path, report(ReportEntry(str(outcome.source), output, outcome)).json_parts())
    (photo,) = read(path).photos
    assert outcome_of(photo) == outcome
    assert photo_of(photo.path, photo.output, outcome_of(photo)) == photo


def test_a_report_from_before_later_keys_is_read(tmp_path):
    document = json.loads(report(ReportEntry("in/a.jpg", "out/a.jpg", DONE)).to_json())
    (photo,) = document["photos"]
    for key in ("fingerprint", "input_sha256", "output_sha256", "changed_share", "coding", "max_difference_outside"):
        del photo[key]
    for key in ("exact_box", "tilt", "yaw", "rule", "threshold", "margin"):
        del photo["faces"][0][key]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document | {"a key to come": 1}), encoding="utf-8-sig")
    assert outcome_of(read(path).photos[0]).decisions[0].face.box == Box(0.0, 2.0, 30.25, 40.0)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2}', "[" * 100_000, '{"schema": 1, "photos": []}'])
def test_what_is_no_report_is_refused_with_a_hint(tmp_path, text):
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match="no report of blurkit") as caught:
        read(path)
    assert "--report" in caught.value.hint


def test_photos_of_an_earlier_report_are_those_that_were_written(tmp_path):
    write_all(report(ReportEntry("in/a.jpg", "out/a.jpg", DONE), ReportEntry("in/b.jpg", None, FAILED)), tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".html", ".json"]
    for suffix in (".json", ".csv", ".html"):
        assert earlier(tmp_path / f"blurkit-report{suffix}") == [ReportEntry("in/a.jpg", "out/a.jpg", DONE)]
    assert earlier(tmp_path / "gone.json") == []


def test_the_table_of_the_developers_page_is_current():
    text = (Path(__file__).parent.parent / "docs" / "developers.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"<!-- schema -->\n(.*?)<!-- /schema -->", text, re.DOTALL)
    assert shown == table(), "put the output of blurkit.report.schema.table() between the markers"
