"""Which files of an inbox are wholly written: those that were the same at two looks, and that nobody writes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blurkit.watch.inbox import Inbox, State, is_being_written


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    return Inbox(tmp_path / "in", recursive=True, out=str(tmp_path / "in" / "out"))


def look(inbox, known=lambda path, state: False):
    return [incoming.path.name for incoming in inbox.poll(known)]


def test_a_file_is_whole_when_it_was_the_same_at_two_looks(inbox):
    (inbox.folder / "sub" / "a.jpg").write_bytes(b"photo")
    assert look(inbox) == []
    assert inbox.waiting == 1
    assert look(inbox) == ["a.jpg"]
    assert inbox.waiting == 0


@pytest.mark.parametrize("change", ["size", "time"])
def test_a_file_that_changed_between_two_looks_is_waited_for(change, inbox):
    path = inbox.folder / "a.jpg"
    path.write_bytes(b"half")
    look(inbox)
    path.write_bytes(b"half and half" if change == "size" else b"flah")
    os.utime(path, ns=(1, 2))
    assert look(inbox) == []
    assert look(inbox) == ["a.jpg"]


def test_an_empty_file_is_waited_for(inbox):
    (inbox.folder / "a.jpg").touch()
    assert [look(inbox) for _ in range(3)] == [[], [], []]
    assert inbox.waiting == 1


@pytest.mark.parametrize(
    "name", [".a.jpg", "a.jpg.part", "a.jpg.crdownload", "a.tmp", "IMG_1.MOV", "IMG_1.xmp", "out/a.jpg"]
)
def test_what_is_hidden_unfinished_no_photo_or_an_output_is_left_alone(name, inbox):
    (inbox.folder / "out").mkdir()
    (inbox.folder / name).write_bytes(b"photo")
    assert [look(inbox) for _ in range(2)] == [[], []]
    assert inbox.waiting == 0


def test_what_was_dealt_with_is_not_returned_until_it_changes(inbox):
    path = inbox.folder / "a.jpg"
    path.write_bytes(b"photo")
    held = {path: State(5, path.stat().st_mtime_ns)}
    known = lambda path, state: held.get(path) == state  # noqa: E731
    assert [look(inbox, known) for _ in range(2)] == [[], []]
    path.write_bytes(b"another")
    assert [look(inbox, known) for _ in range(2)] == [[], ["a.jpg"]]


def test_a_file_that_goes_is_not_held(inbox):
    path = inbox.folder / "a.jpg"
    path.write_bytes(b"photo")
    look(inbox)
    path.unlink()
    assert look(inbox) == []
    assert not inbox.holds(path)


def test_a_folder_that_cannot_be_reached_is_empty(inbox):
    (inbox.folder / "sub").rmdir()
    inbox.folder.rmdir()
    assert look(inbox) == []


def test_how_long_a_file_has_been_quiet(inbox):
    path = inbox.folder / "a.jpg"
    path.write_bytes(b"photo")
    look(inbox)
    (incoming,) = inbox.poll(lambda path, state: False)
    assert incoming.quiet_seconds < 60
    os.utime(path, (time.time() - 1000, time.time() - 1000))
    look(inbox)
    (incoming,) = inbox.poll(lambda path, state: False)
    assert incoming.quiet_seconds > 900


@pytest.mark.skipif(sys.platform != "linux", reason="asks as Linux does")
def test_a_file_that_another_program_has_open_for_writing_is_waited_for(inbox, tmp_path):
    """A copy over a slow line that stands still between two looks."""
    path = inbox.folder / "a.jpg"
    path.write_bytes(b"half")
    code = "import sys; file = open(sys.argv[1], 'ab'); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        if not is_being_written(path):
            writer.kill()
            pytest.skip("this disk has no leases")
        assert [look(inbox) for _ in range(3)] == [[], [], []]
        writer.stdin.close()
    assert look(inbox) == ["a.jpg"]


def test_a_file_that_is_only_read_or_gone_is_not_being_written(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"photo")
    with path.open("rb"):
        assert not is_being_written(path)
    assert not is_being_written(Path("gone.jpg"))


def test_on_windows_whoever_writes_shuts_others_out(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "sharing violation")

    monkeypatch.setattr("blurkit.watch.inbox.open_regular", refuse)
    path = tmp_path / "a.jpg"
    assert not is_being_written(path)
    monkeypatch.setattr("blurkit.watch.inbox.os.name", "nt")
    assert is_being_written(path)
