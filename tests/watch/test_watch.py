"""What arrives in a folder is done once, when it is whole, and sorted by what a person still has to do."""

import os

import pytest

from tests.end_to_end.process import files
from tests.watch.arriving import broken, high, outputs, wide


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
    assert "note: 1 photo was processed with other settings, and left so; --overwrite processes it again" in once()[1]
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
