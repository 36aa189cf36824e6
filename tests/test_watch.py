"""What arrives in a folder is done once, when it is whole, and sorted by what a person still has to do."""

import json
import os
import signal

import pytest
from PIL import Image

from blurkit.audit.matches import read_reports
from blurkit.batch import opened
from blurkit.cli import main
from blurkit.cli import watch as command
from blurkit.watch import arrival
from blurkit.watch import watcher as watch
from tests import pictures
from tests.end_to_end.process import files
from tests.fakes import FixedFaces, NoAge, in_this_process

BROKEN = b"\xff\xd8\xff" + bytes(2000)
LONG_AGO = 1_700_000_000


class FacesOfWidePhotos(FixedFaces):
    """Finds a face in a photo that is wider than high: nobody can judge it, so that a person should look."""

    def detect(self, pixels):
        return super().detect(pixels) if pixels.shape[1] > pixels.shape[0] else ()


def wide(folder, name, shade=0):
    return drawn(folder, name, (320, 240), shade)


def high(folder, name, shade=0):
    return drawn(folder, name, (240, 320), shade)


def drawn(folder, name, size, shade):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pictures.saved(Image.new("RGB", size, (shade, 90, 60)), "png"))
    return path


def broken(folder, name):
    """Write what will never be a photo, and is no longer being copied."""
    path = folder / name
    path.write_bytes(BROKEN)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    """Return an empty inbox; what is done is done in this process, by fakes, and remembered in a folder of its own."""
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("blurkit.batch.run.in_processes", in_this_process)
    return tmp_path / "in"


@pytest.fixture
def done():
    """Return the names of the photos that are really worked on."""
    return []


@pytest.fixture
def once(inbox, done, blurrer, monkeypatch, capsys):
    """Look once, as cron does; return the exit code and what was said."""

    def make(settings, *, threads, decisions=None):
        parts = {"policy": settings.policy, "output": settings.output, "write": settings.write}
        made = blurrer(FacesOfWidePhotos(pictures.face()), age=NoAge(), **parts)
        real = made.run_bytes
        made.run_bytes = lambda data, *, name: (done.append(name.name), real(data, name=name))[1]
        return made

    monkeypatch.setattr(opened, "Blurrer", make)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, getattr(signal, "SIGIO", signal.SIGTERM))}

    def go(*options, arguments=("in", "--out", "out"), forever=False):
        done.clear()
        opened.close_models()
        with pytest.raises(SystemExit) as caught:
            main(["watch", *arguments, *([] if forever else ["--once"]), "--every", "0.1", *options])
        return caught.value.code, capsys.readouterr().err

    yield go
    opened.close_models()
    for number, handler in before.items():
        signal.signal(number, handler)


def outputs(tmp_path):
    return files(tmp_path / "out")


def test_photos_are_sorted_by_their_verdict_and_originals_stay(once, inbox, tmp_path):
    wide(inbox, "sub/look.png")
    high(inbox, "ready.png")
    broken(inbox, "broken.jpg")
    (inbox / "notes.txt").write_text("no photo")
    before = {name: ((inbox / name).read_bytes(), (inbox / name).stat().st_mtime_ns) for name in files(inbox)}
    code, err = once()
    assert code == 7
    assert outputs(tmp_path) == ["ready/ready.png", "review/sub/look.png"]
    assert {name: ((inbox / name).read_bytes(), (inbox / name).stat().st_mtime_ns) for name in files(inbox)} == before
    lines = err.splitlines()
    assert lines[0] == "watching in"
    assert "in/ready.png: ready, 0 faces covered, 0 left visible: out/ready/ready.png" in lines
    assert (
        "in/sub/look.png: a person should look at it, 1 face covered, 0 left visible: out/review/sub/look.png" in lines
    )
    assert [line.split(":")[:2] for line in lines if line.startswith("error")] == [["error", " load in/broken.jpg"]]


def test_nothing_is_done_twice_and_only_what_changed_is_tried_again(once, done, inbox, tmp_path):
    wide(inbox, "a.png")
    broken(inbox, "b.jpg")
    once()
    (tmp_path / "out" / "review" / "a.png").unlink()  # a person has taken it away
    code, err = once()
    assert (code, done) == (7, [])
    assert err.splitlines() == [
        "watching in",
        "note: in/b.jpg could not be made safe earlier and has not changed since: no output",
    ]
    assert outputs(tmp_path) == []
    os.utime(inbox / "a.png")
    once()
    assert done == []
    high(inbox, "b.jpg")
    assert once()[0] == 0
    assert done == ["b.jpg"]
    assert outputs(tmp_path) == ["ready/b.png"]


def test_a_photo_that_is_replaced_is_done_anew_and_the_earlier_output_stays(once, inbox, tmp_path):
    wide(inbox, "a.png")
    once()
    first = (tmp_path / "out" / "review" / "a.png").read_bytes()
    wide(inbox, "a.png", shade=200)
    once()
    assert outputs(tmp_path) == ["review/a-2.png", "review/a.png"]
    assert (tmp_path / "out" / "review" / "a.png").read_bytes() == first
    wide(inbox, "a.png")
    once()
    assert len(outputs(tmp_path)) == 2


@pytest.mark.parametrize("there", [lambda data: data[: len(data) // 2], lambda data: bytes(len(data))])
def test_a_file_that_may_still_be_copied_is_neither_done_nor_called_broken(there, once, inbox, tmp_path):
    """Half of it, or all its room on the disk and nothing in it yet."""
    whole = high(inbox, "a.png").read_bytes()
    (inbox / "a.png").write_bytes(there(whole))
    (inbox / "b.png").touch()
    code, err = once()
    assert code == 0
    assert err.splitlines() == ["watching in", "2 files still being written: left for another time"]
    (inbox / "a.png").write_bytes(whole)
    once()
    assert outputs(tmp_path) == ["ready/a.png"]


def test_other_settings_leave_what_is_done_and_say_so_unless_it_is_to_be_done_again(once, inbox, tmp_path):
    wide(inbox, "a.png")
    once("--policy", "everyone")
    assert outputs(tmp_path) == ["ready/a.png"]
    assert "note: done with other settings, and left so: 1 photo; --overwrite does it again" in once()[1]
    assert outputs(tmp_path) == ["ready/a.png"]
    once("--overwrite")
    assert outputs(tmp_path) == ["review/a.png"]  # and is no longer called ready


def test_what_cannot_be_withdrawn_is_told(once, inbox, tmp_path, monkeypatch):
    wide(inbox, "a.png")
    once("--policy", "everyone")

    def refuse(path, **_):
        raise PermissionError(13, "it is open elsewhere")

    monkeypatch.setattr(type(tmp_path), "unlink", refuse)
    code, err = once("--overwrite")
    assert code == 7
    assert "out/ready/a.png cannot be withdrawn: it is open elsewhere" in err
    assert outputs(tmp_path) == ["ready/a.png"]


def test_what_is_not_ours_is_never_withdrawn_or_replaced(once, inbox, tmp_path):
    wide(inbox, "a.png")
    once("--policy", "everyone")
    (tmp_path / "out" / "ready" / "a.png").write_bytes(b"edited by hand")
    once("--overwrite")
    assert outputs(tmp_path) == ["ready/a.png", "review/a.png"]
    (tmp_path / "out" / "ready" / "b.png").write_bytes(b"precious")
    high(inbox, "b.png")
    once()
    assert (tmp_path / "out" / "ready" / "b.png").read_bytes() == b"precious"
    assert "ready/b-2.png" in outputs(tmp_path)


def test_photos_for_a_website_are_numbered_as_they_come(once, inbox, tmp_path):
    for number, name in enumerate(("anna.png", "ben.png", "cleo.png")):
        (high if number else wide)(inbox, name, shade=number)
        once("--publish")
    names = outputs(tmp_path)
    assert [name[-7:] for name in names] == ["002.jpg", "003.jpg", "001.jpg"]
    assert [name.split("/")[0] for name in names] == ["ready", "ready", "review"]


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
