"""An audit says whose output a file is, by the reports of earlier runs."""

import json

import pytest
from PIL import Image

from blurkit.audit.matches import MAX_MATCHES, Reports, read_reports
from blurkit.errors import SettingsError
from blurkit.settings import Settings
from tests import pictures
from tests.audit.test_audit import words
from tests.fakes import FixedFaces

# Earlier runs


@pytest.fixture
def run(blurrer, tmp_path):
    """Make two photos safe, and return their folder with the report of the run."""
    from blurkit.report import BatchReport, ReportEntry

    entries = []
    for seed in (1, 2):
        source = tmp_path / "run" / f"{seed}.jpg"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(pictures.file("jpeg", size=(480, 320), seed=seed))
        output = tmp_path / "safe" / f"{seed}.jpg"
        made = blurrer(FixedFaces(pictures.face(100, 80, 200, 200)))
        entries.append(ReportEntry(f"in/{seed}.jpg", f"safe/{seed}.jpg", made.run(source, out=output)))
    report = BatchReport("1", Settings(), {}, tuple(entries), {}, 0)
    (tmp_path / "report.json").write_text(report.to_json())
    return tmp_path


def test_an_output_is_told_by_its_bytes(look, run):
    (match,) = look(run / "safe" / "2.jpg", reports=read_reports([run / "report.json"])).matches
    assert (match.source, match.output, match.how, match.distance) == ("in/2.jpg", "safe/2.jpg", "output", 0)


@pytest.mark.parametrize("width", [1600, 300, 150])
def test_an_output_that_a_website_resized_is_told_by_its_picture(width, look, run):
    with Image.open(run / "safe" / "1.jpg") as image:
        small = pictures.saved(image.resize((width, width * 2 // 3)), "webp", quality=60)
    audited = look(small, reports=read_reports([run / "report.json"]))
    (match,) = audited.matches
    assert (match.source, match.how) == ("in/1.jpg", "picture")
    assert "shows the same picture as the output of in/1.jpg" in words(audited)


def test_the_original_of_a_run_that_was_published_is_an_alarm(look, run):
    audited = look(run / "run" / "1.jpg", reports=read_reports([run / "report.json"]))
    assert audited.has_found
    assert "IS THE ORIGINAL, WITH NOTHING COVERED: in/1.jpg" in words(audited)


def test_a_photo_of_no_run_matches_nothing(look, run):
    other = pictures.file("jpeg", size=(480, 320), seed=7)
    assert look(other, reports=read_reports([run / "report.json"])).matches == ()


def test_an_output_is_told_even_if_it_cannot_be_decoded_any_more(run, look):
    document = json.loads((run / "report.json").read_text())
    import hashlib

    document["photos"][0]["output_sha256"] = hashlib.sha256(b"broken").hexdigest()
    (run / "other.json").write_text(json.dumps(document))
    audited = look(b"broken", reports=read_reports([run / "other.json"]))
    assert audited.error is not None
    assert [match.source for match in audited.matches] == ["in/1.jpg"]


def test_of_photos_that_look_alike_the_nearest_come_first_and_few():
    known = [(f"{n}", {"path": f"{n}", "output": "o", "input_sha256": "a", "output_sha256": "b"}) for n in range(9)]
    for n, (_, photo) in enumerate(known):
        photo["fingerprint"] = f"{(1 << (9 - n)) - 1:064x}"
    found = Reports(tuple(known)).matches("c", "0" * 64)
    assert [match.source for match in found] == ["8", "7", "6", "5", "4"]
    assert len(found) == MAX_MATCHES


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"photos": [{"path": "a", "output": "b"}]}', '{"photos": [{"output": "b", "fingerprint": "zz"}]}'],
    ids=["empty", "no report", "from before hashes", "no hash"],
)
def test_what_is_no_report_is_refused(text, tmp_path):
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match="no report"):
        read_reports([path])


def test_a_report_of_a_dry_run_or_of_failures_matches_nothing(tmp_path):
    path = tmp_path / "report.json"
    head = {"schema": 1, "version": "1", "policy": {"name": "a"}, "models": {}, "companions": {}, "skipped": 0}
    path.write_text(json.dumps(head | {"photos": [{"path": "a", "output": None}]}))
    assert not read_reports([path])
