"""Files are written whole or not at all, for this user alone; only regular ones of bounded size are read."""

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from blurkit.batch.collect import format_of
from blurkit.errors import OutputNotWritable, PhotoTooLarge, SettingsError, UnreadablePhoto
from blurkit.load import read
from blurkit.machine import files
from blurkit.machine.files import content_of, open_regular, read_regular, replace_file, replace_text, replacing, sweep
from blurkit.policy.reviewed import load as load_decisions
from blurkit.watch.inbox import is_being_written

POSIX = pytest.mark.skipif(os.name != "posix", reason="pipes and modes of POSIX")

READERS = {
    "read": read,
    "format": format_of,
    "content": content_of,
    "inbox": is_being_written,
    "decisions": load_decisions,
    "bytes": read_regular,
}
"""Whatever opens a path from the user's folder."""


def within(work):
    """Do work that may hang, and say whether it ended."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    return not thread.is_alive()


@POSIX
@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("kind", ["pipe", "link to a pipe", "device"])
def test_pipes_and_devices_are_refused_at_once(tmp_path, name, kind):
    path, pipe = tmp_path / "x.jpg", tmp_path / "pipe"
    os.mkfifo(pipe)
    match kind:
        case "pipe":
            pipe.rename(path)
        case "link to a pipe":
            path.symlink_to(pipe)
        case _:
            path.symlink_to("/dev/zero")
    said = []

    def work():
        try:
            said.append(READERS[name](path))
        except (OSError, UnreadablePhoto, SettingsError) as fault:
            said.append(fault)

    assert within(work)
    assert not said[0] or "pipe or device" in str(said[0])


@POSIX
def test_a_pipe_put_in_place_of_a_file_at_the_last_moment_is_refused(tmp_path, monkeypatch):
    path, plain = tmp_path / "x.jpg", tmp_path / "plain"
    plain.write_bytes(b"photo")
    os.mkfifo(path)
    known = plain.stat()
    monkeypatch.setattr(Path, "stat", lambda *_, **__: known)
    with pytest.raises(OSError, match="pipe or device"):
        open_regular(path)


def test_a_file_larger_than_any_photo_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "sparse.jpg"
    with path.open("wb") as file:
        file.truncate(4 << 30)
    with pytest.raises(PhotoTooLarge, match="larger than 1024 MB"):
        read(path)
    assert content_of(path) == ""


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "growing.jpg"
    path.write_bytes(b"0123456789")
    monkeypatch.setattr(files, "_refuse_other", lambda *_: None)
    with pytest.raises(OSError, match="larger"):
        read_regular(path, max_bytes=4)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(UnreadablePhoto, match="directory"):
        read(tmp_path)


@POSIX
def test_a_text_is_for_this_user_alone_whatever_was_there(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("earlier")
    path.chmod(0o644)
    replace_text(path, ["a", "b"])
    assert path.read_text() == "ab"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_replaced_and_not_what_it_leads_to(tmp_path):
    photo, path = tmp_path / "photo.jpg", tmp_path / "report.json"
    photo.write_bytes(b"photo")
    path.symlink_to(photo)
    replace_text(path, ["report"])
    assert photo.read_bytes() == b"photo"
    assert path.read_text() == "report"


def test_a_text_that_cannot_be_finished_leaves_the_earlier_one(tmp_path):
    def parts():
        yield "half a rep"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "report.json"
    path.write_text("earlier")
    with pytest.raises(OutputNotWritable, match="No space"):
        replace_text(path, parts())
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_a_folder_that_is_gone_cannot_be_written(tmp_path):
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "gone" / "file", b"")


def test_what_a_dead_run_left_is_swept_away_and_what_is_being_written_stays(tmp_path):
    dead, other = tmp_path / ".blurkit-0123456789abcdef.tmp", tmp_path / ".blurkit-notes.tmp"
    dead.write_bytes(b"half a photo")
    other.write_bytes(b"somebody else's")
    (tmp_path / ".blurkit-fedcba9876543210.tmp").mkdir()
    with replacing(tmp_path / "photo.jpg") as file:
        file.write(b"whole")
        file.flush()
        sweep([tmp_path, tmp_path / "gone"])
        assert not dead.exists()
    assert (tmp_path / "photo.jpg").read_bytes() == b"whole"
    assert other.exists()


def test_a_file_that_is_swept_away_the_moment_it_is_made_is_made_again(tmp_path, monkeypatch):
    real, swept = files.lock, []

    def late(handle):
        if not swept:
            swept.extend(tmp_path.glob(".blurkit-*.tmp"))
            swept[0].unlink()
        real(handle)

    monkeypatch.setattr(files, "lock", late)
    replace_file(tmp_path / "photo.jpg", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_where_there_are_no_locks_files_are_written_all_the_same(tmp_path, monkeypatch):
    def unknown(_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(files, "lock", unknown)
    replace_file(tmp_path / "photo.jpg", b"whole")
    (tmp_path / ".blurkit-0123456789abcdef.tmp").touch()
    sweep([tmp_path])
    assert len(list(tmp_path.iterdir())) == 2
