"""The document that outside programs rely on: every key, whatever happened, and nothing else on standard output."""

import json

import pytest
from PIL import Image

from tests.end_to_end.process import QUICK, blurkit, files, small

pytestmark = pytest.mark.model

DOCUMENT = {"schema", "version", "policy", "photos"}
POLICY = {"name", "child_age", "max_miss_rate"}
PHOTO = {"path", "output", "width", "height", "seconds", "faces", "status", "error"}
FACE = {"box", "score", "age", "action", "reason"}
AGE = {"low", "years", "high"}
ERROR = {"kind", "stage", "message", "hint"}
STATUSES = {"ready", "look", "blocked", "failed"}
REASONS = {
    *("looks_under_age", "may_be_under_age", "too_small_to_judge", "unclear_face", "everyone", "always_region"),
    *("never_region", "found_in_check", "manual", "looks_adult"),
}


def check(document, *, written=True):
    """Check the form of a document of schema 1."""
    assert document["schema"] == 1
    assert document.keys() >= DOCUMENT
    assert isinstance(document["version"], str)
    assert document["policy"].keys() == POLICY
    for photo in document["photos"]:
        assert photo.keys() >= PHOTO
        assert photo["status"] in STATUSES
        if photo["status"] in ("blocked", "failed"):
            assert (photo["faces"], photo["width"], photo["height"], photo["output"]) == ([], None, None, None)
            assert photo["error"].keys() == ERROR
            assert all(isinstance(photo["error"][key], str) for key in ("kind", "stage", "message"))
            continue
        assert photo["error"] is None
        assert isinstance(photo["output"], str) is written
        assert all(isinstance(seconds, float) and seconds >= 0 for seconds in photo["seconds"].values())
        for face in photo["faces"]:
            check_face(face, photo["width"], photo["height"])


def check_face(face, width, height):
    assert face.keys() >= FACE
    left, top, right, bottom = face["box"]
    assert all(isinstance(side, float) for side in face["box"])
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert 0 < face["score"] <= 1
    assert face["action"] in ("cover", "keep")
    assert face["reason"] in REASONS
    if face["age"] is not None:
        assert face["age"].keys() == AGE
        assert face["age"]["low"] <= face["age"]["years"] <= face["age"]["high"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a photo that works, one that does not, a companion and a note."""
    folder = tmp_path_factory.mktemp("photos")
    small(folder, "in/sub/good.jpg")
    (folder / "in" / "bad.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "in" / "IMG_1.AAE").write_bytes(b"a list of edits")
    (folder / "in" / "notes.txt").write_text("hello")
    return folder


@pytest.fixture(scope="module")
def run(folder):
    """Return a run over the folder, as a user in the folder above it would start it."""
    return blurkit("run", "in", "--out", "./out", "--json", "--report", "report.json", *QUICK, cwd=folder)


def test_a_run_over_a_folder(run):
    assert run.code == 7
    check(run.document)
    assert len(run.photos["good.jpg"]["faces"]) == 3


def test_paths_are_as_the_user_gave_them(run, folder):
    paths = [(photo["path"], photo["output"]) for photo in run.document["photos"]]
    assert paths == [("in/bad.jpg", None), ("in/sub/good.jpg", "./out/sub/good.jpg")]
    assert files(folder / "out") == ["sub/good.jpg"]


def test_sizes_are_those_of_the_output(run, folder):
    with Image.open(folder / "out" / "sub" / "good.jpg") as image:
        assert image.size == (run.photos["good.jpg"]["width"], run.photos["good.jpg"]["height"])


def test_a_failure_says_where_and_what_helps(run):
    error = run.photos["bad.jpg"]["error"]
    assert error["kind"] == "UnreadablePhoto"
    assert error["stage"] == "load"
    assert error["hint"]


def test_what_was_left_aside_is_counted(run):
    assert run.document["companions"] == {"edit lists (AAE)": 1}
    assert run.document["skipped"] == 1


def test_the_report_is_the_same_document(run, folder):
    assert json.loads((folder / "report.json").read_text()) == run.document


def test_nothing_of_the_machine_is_in_the_document(run, folder):
    assert str(folder) not in run.out


@pytest.mark.parametrize("arguments", [("detect",), ("run", "--out", "dry", "--dry-run")], ids=["detect", "dry-run"])
def test_a_dry_run_says_the_same_and_writes_nothing(arguments, run, folder):
    before = files(folder)
    done = blurkit(*arguments, "in", "--json", *QUICK, cwd=folder)
    assert done.code == 7
    check(done.document, written=False)
    assert done.photos["good.jpg"]["output"] is None
    assert files(folder) == before
    assert done.photos["good.jpg"]["faces"] == run.photos["good.jpg"]["faces"]


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [("gone.jpg", 3, "failed"), ("in/bad.jpg", 3, "failed"), ("in/sub/good.jpg", 5, "failed")],
)
def test_one_photo_that_fails_still_gives_a_document(name, code, status, run, folder):
    done = blurkit("run", name, "--out", "out/sub", "--json", *QUICK, cwd=folder)
    assert done.code == code
    check(done.document)
    assert [photo["status"] for photo in done.document["photos"]] == [status]


def test_a_report_that_cannot_be_written_is_said_before_any_photo_is_processed(folder, tmp_path):
    report = tmp_path / "report.json"
    report.mkdir()
    done = blurkit("run", folder / "in" / "sub", "--out", tmp_path / "out", "--json", "--report", report, *QUICK)
    assert (done.code, done.out) == (2, "")
    assert "is a folder" in done.err
    assert files(tmp_path / "out") == []


def test_a_policy_is_named_with_its_numbers(folder, tmp_path):
    policy = tmp_path / "club.toml"
    policy.write_text('preset = "everyone"\nname = "club"\nchild_age = 16\n')
    done = blurkit("detect", folder / "in" / "sub", "--json", "--policy", policy, *QUICK)
    assert done.document["policy"] == {"name": "club", "child_age": 16, "max_miss_rate": 0.01}
    assert {face["reason"] for face in done.photos["good.jpg"]["faces"]} == {"everyone"}
