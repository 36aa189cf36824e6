"""What a watch does when something is in its way, and what it says."""

import json
import os

import pytest

from blurkit.audit.matches import read_reports
from blurkit.cli import watch as command
from blurkit.watch import arrival
from blurkit.watch import watcher as watch
from tests.forging import FORGERIES, replace
from tests.watch.arriving import BROKEN, broken, high, outputs, wide


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("in",), "--out"),
        (("gone", "--out", "out"), "not a folder"),
        (("in", "--out", "in"), "lies in the folder"),
        (("in", "--out", "in/safe"), "lies in the folder"),
        (("in", "--out", "."), None),
        (("out/ready", "--out", "out"), "its outputs"),
    ],
    ids=str,
)
def test_folders_that_make_no_sense_are_refused(arguments, word, once, tmp_path):
    (tmp_path / "out" / "ready").mkdir(parents=True)
    code, err = once(arguments=arguments)
    assert code == (0 if word is None else 2)
    assert word is None or word in err


def test_a_watch_that_cannot_remember_does_nothing(once, done, inbox, tmp_path):
    wide(inbox, "a.png")
    (tmp_path / "state").write_text("a file")
    code, err = once()
    assert (code, done) == (5, [])
    assert "cannot be written" in err


def test_a_photo_that_changes_while_it_is_looked_at_is_done_later(once, done, inbox, tmp_path, monkeypatch):
    """The worker reads other bytes than those that had arrived."""
    path = high(inbox, "a.png")
    monkeypatch.setattr(arrival, "read", lambda source: b"more and more")
    assert once() == (0, "watching in\n")
    assert done == []
    monkeypatch.undo()
    assert not (tmp_path / "out").exists()
    assert path.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_photo_that_is_replaced_after_it_arrived_is_not_done(forgery, once, done, inbox, tmp_path, monkeypatch):
    path, read = high(inbox, "a.png"), arrival.read

    def late(source):
        replace(path, forgery)
        return read(source)

    monkeypatch.setattr(arrival, "read", late)
    once()
    assert done == []
    assert outputs(tmp_path) == []


def test_an_output_that_cannot_be_written_is_tried_again(once, done, inbox, tmp_path):
    high(inbox, "a.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ready").write_text("a file")
    assert once()[0] == 7
    (tmp_path / "out" / "ready").unlink()
    assert once()[0] == 0
    assert outputs(tmp_path) == ["ready/a.png"]


def test_what_was_written_but_not_remembered_is_not_done_again(once, done, inbox, tmp_path):
    """Killed between writing a photo and noting that it is dealt with."""
    high(inbox, "a.png")
    once()
    for path in (tmp_path / "state").rglob("*.seen"):
        path.unlink()
    once()
    assert (done, outputs(tmp_path)) == ([], ["ready/a.png"])


def test_quiet_says_only_what_failed(once, inbox):
    high(inbox, "a.png")
    assert once("--quiet") == (0, "")


def test_verbose_says_what_became_of_each_face(once, inbox):
    wide(inbox, "a.png")
    assert "  cover: face at " in once("--verbose")[1]


def test_an_inbox_that_goes_is_waited_for(once, inbox, tmp_path, monkeypatch):
    high(inbox, "a.png")
    monkeypatch.setattr(command.time, "sleep", lambda _: inbox.is_dir() and inbox.rename(tmp_path / "gone"))
    assert "note: the inbox cannot be reached; waiting for it" in once()[1]


def test_an_output_that_could_not_be_written_is_tried_again_and_told_once(once, inbox, tmp_path, monkeypatch):
    """In one long watch, which Ctrl-C ends at last."""
    high(inbox, "a.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ready").write_text("a file")
    looks = []

    def sleep(_):
        looks.append(None)
        if len(looks) == 4:
            (tmp_path / "out" / "ready").unlink()
        if len(looks) == 6:
            raise KeyboardInterrupt

    monkeypatch.setattr(command.time, "sleep", sleep)
    monkeypatch.setattr(watch, "AGAIN", 0.0)
    code, err = once(arguments=("in", "--out", "out"), forever=True)
    assert code == 130
    assert err.count("error: ") == 1
    assert outputs(tmp_path) == ["ready/a.png"]
    assert err.splitlines()[-2:] == [
        "in/a.png: ready, 0 faces covered, 0 left visible: out/ready/a.png",
        "stopped; finished photos are kept, no half-written file is left",
    ]


def test_a_broken_file_is_told_when_it_has_not_changed_for_a_while(once, done, inbox, monkeypatch):
    (inbox / "a.jpg").write_bytes(BROKEN)
    looks = []

    def sleep(_):
        looks.append(None)
        if len(looks) == 5:
            monkeypatch.setattr(watch, "PATIENCE", 0.0)
        if len(looks) == 8:
            raise KeyboardInterrupt

    monkeypatch.setattr(command.time, "sleep", sleep)
    _, err = once(forever=True)
    assert err.count("error: load") == 1
    assert done == ["a.jpg", "a.jpg"]


def test_photos_that_arrive_together_are_numbered_in_their_order(once, inbox, tmp_path):
    for number, name in enumerate(("anna.png", "ben.png", "cleo.png")):
        high(inbox, name, shade=number)
    assert once("--publish")[0] == 0
    assert [name[-7:] for name in outputs(tmp_path)] == ["001.jpg", "002.jpg", "003.jpg"]


def test_the_report_names_all_that_was_ever_written_from_an_inbox(inbox, once, tmp_path):
    high(inbox, "a.png")
    once("--report", "report.json")
    high(inbox, "b.png", shade=9)
    broken(inbox, "c.png")
    once("--report", "report.json")
    photos = json.loads((tmp_path / "report.json").read_text())["photos"]
    assert [(photo["path"], photo["output"]) for photo in photos] == [
        (os.path.join("in", "a.png"), os.path.join("out", "ready", "a.png")),
        (os.path.join("in", "b.png"), os.path.join("out", "ready", "b.png")),
        (os.path.join("in", "c.png"), None),
    ]
    assert read_reports([tmp_path / "report.json"])


def test_without_being_told_the_report_lies_in_the_state_folder(inbox, once, tmp_path):
    high(inbox, "a.png")
    said = once()[1]
    (report,) = (tmp_path / "state").rglob("blurkit-report.json")
    assert str(report) in said
    assert sorted(path.suffix for path in report.parent.glob("blurkit-report.*")) == [".csv", ".html", ".json"]
    assert {path.name for path in inbox.iterdir()} == {"a.png"}
