"""`--overwrite` replaces what blurkit wrote and nobody changed since, and nothing else."""

import hashlib
from pathlib import Path

import pytest

from blurkit.batch import Task, opened, process
from blurkit.batch.journal import Journal
from blurkit.batch.naming import Source
from blurkit.outcomes import PhotoResult
from blurkit.pipeline import Blurrer
from blurkit.policy import Reviewed
from blurkit.records import ImageFormat
from blurkit.settings import Settings
from tests import pictures

NAME = Path("photo.png")
SETTINGS = Settings.of(write={"overwrite": True}, policy={"name": "everyone"})


@pytest.fixture
def do(tmp_path, monkeypatch, blurrer):
    """Do the photo, with a shade that tells one version of it from another."""
    monkeypatch.setattr("blurkit.pipeline.Blurrer", lambda settings, **_: blurrer(write={"overwrite": True}))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    photo, out = tmp_path / "in" / NAME, tmp_path / "out"
    photo.parent.mkdir()
    out.mkdir()

    def go(version, *, journal=True, reviewed=False):
        photo.write_bytes(pictures.file("png", size=(300 + version, 200)))
        sha256 = hashlib.sha256(photo.read_bytes()).hexdigest()
        source = Source(photo, photo.parent, ImageFormat.PNG, str(photo))
        task = Task(source, str(out), NAME, Reviewed(sha256, ()) if reviewed else None)
        return process(task, settings=SETTINGS, journal=Journal.open(str(out), SETTINGS) if journal else None)

    yield go
    opened.close_models()


@pytest.mark.parametrize("reviewed", [False, True])
def test_an_earlier_output_is_replaced(do, tmp_path, reviewed):
    assert isinstance(do(1, reviewed=reviewed), PhotoResult)
    before = (tmp_path / "out" / NAME).read_bytes()
    assert isinstance(do(2, reviewed=reviewed), PhotoResult)
    assert (tmp_path / "out" / NAME).read_bytes() != before


@pytest.mark.parametrize("how", ["original", "changed", "link", "no journal"])
def test_whatever_else_is_there_stays(do, tmp_path, how):
    target, elsewhere = tmp_path / "out" / NAME, tmp_path / "elsewhere.png"
    match how:
        case "original":
            target.write_bytes(b"somebody's original")
        case "changed":
            do(1)
            target.write_bytes(target.read_bytes() + b"edited")
        case "link":
            do(1)
            target.rename(elsewhere)
            target.symlink_to(elsewhere)
        case _:
            do(1)
    before = target.read_bytes()
    outcome = do(2, journal=how != "no journal")
    assert (outcome.word, outcome.stage, outcome.exit_code) == ("OutputExists", "write", 5)
    assert "no output of blurkit" in outcome.error
    assert "another --out" in outcome.hint
    assert target.read_bytes() == before


def test_what_is_put_there_while_the_photo_is_worked_on_stays(do, tmp_path, monkeypatch):
    target = tmp_path / "out" / NAME
    do(1)
    render = Blurrer.render

    def slow(self, *arguments):
        target.write_bytes(b"somebody's original")
        return render(self, *arguments)

    monkeypatch.setattr(Blurrer, "render", slow)
    assert do(2).word == "OutputExists"
    assert target.read_bytes() == b"somebody's original"


def test_what_a_review_wrote_does_not_count_as_done_for_a_run(do):
    assert not do(1, reviewed=True).earlier
    assert not do(1).earlier
    assert do(1).earlier
