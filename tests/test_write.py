"""A file is written whole or not at all, never over an original, and never over anything without being asked."""

import errno
import io
import os
from pathlib import Path

import pytest

from blurkit import write as stage
from blurkit.errors import DiskFull, ExitCode, OutputError, OutputExists, OutputNotWritable
from blurkit.machine import files
from blurkit.write import check_target, write

ORIGINAL, EARLIER, NEW = b"the original", b"an earlier output", b"the new output"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in" / "photo.jpg"
    path.parent.mkdir()
    path.write_bytes(ORIGINAL)
    return path


def refused(kind, target, source, *, overwrite=False):
    """Check that nothing is written, that no temporary file is left, and that the error says what to do."""
    before = state(source.parent.parent)
    with pytest.raises(OutputError) as caught:
        write(NEW, target, source=source, overwrite=overwrite)
    assert type(caught.value) is kind
    assert caught.value.exit_code is ExitCode.OUTPUT
    assert caught.value.path == target
    assert caught.value.hint
    assert {path: held for path, held in state(source.parent.parent).items() if held is not None} == {
        path: held for path, held in before.items() if held is not None
    }
    return caught.value


def state(folder):
    """Return every path below a folder with its bytes; None for folders and links that lead nowhere."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def test_a_file_is_written_with_its_folders(source, out):
    target = out / "a" / "ü b" / "photo.jpg"
    write(NEW, target, source=source)
    assert target.read_bytes() == NEW
    assert list(target.parent.iterdir()) == [target]
    assert source.read_bytes() == ORIGINAL


# The original


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_source_is_never_the_target(source, overwrite):
    refused(OutputExists, source, source, overwrite=overwrite)


@pytest.mark.parametrize("overwrite", [False, True])
def test_nor_is_it_by_another_way_of_writing_its_path(source, overwrite):
    roundabout = source.parent / ".." / "in" / "." / "photo.jpg"
    refused(OutputExists, roundabout, source, overwrite=overwrite)


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_nor_is_it_by_a_link(source, tmp_path, overwrite, link):
    target = tmp_path / "link.jpg"
    link(source, target)
    refused(OutputExists, target, source, overwrite=overwrite)


@pytest.mark.parametrize("overwrite", [False, True])
def test_nor_is_it_through_a_linked_folder(source, tmp_path, overwrite):
    (tmp_path / "out").symlink_to(source.parent)
    refused(OutputExists, tmp_path / "out" / "photo.jpg", source, overwrite=overwrite)


def test_nor_is_it_where_capitals_do_not_count(source, tmp_path, monkeypatch):
    """Such a file system says that PHOTO.JPG exists and is the same file as photo.jpg."""
    real_exists, real_samefile = Path.exists, Path.samefile

    def lower(path):
        return path.with_name(path.name.lower())

    monkeypatch.setattr(Path, "exists", lambda self, **options: real_exists(lower(self), **options))
    monkeypatch.setattr(Path, "samefile", lambda self, other: real_samefile(lower(self), lower(Path(other))))
    with pytest.raises(OutputExists, match="original"):
        check_target(source.with_name("PHOTO.JPG"), source, overwrite=True)


# Earlier outputs


def test_an_earlier_output_is_kept_unless_told_otherwise(source, tmp_path):
    target = tmp_path / "photo.jpg"
    target.write_bytes(EARLIER)
    assert "--overwrite" in refused(OutputExists, target, source).hint
    write(NEW, target, source=source, overwrite=True)
    assert target.read_bytes() == NEW


def test_a_link_that_leads_nowhere_counts_as_there(source, tmp_path):
    target = tmp_path / "photo.jpg"
    target.symlink_to(tmp_path / "gone.jpg")
    refused(OutputExists, target, source)


def test_overwriting_a_link_replaces_the_link_not_what_it_leads_to(source, tmp_path):
    other, target = tmp_path / "other original.jpg", tmp_path / "photo.jpg"
    other.write_bytes(ORIGINAL)
    target.symlink_to(other)
    write(NEW, target, source=source, overwrite=True)
    assert other.read_bytes() == ORIGINAL
    assert target.read_bytes() == NEW
    assert not target.is_symlink()


def test_what_appears_meanwhile_is_not_overwritten(source, tmp_path, monkeypatch):
    target = tmp_path / "photo.jpg"
    real = os.fsync

    def slow_disk(handle):
        real(handle)
        target.write_bytes(EARLIER)

    monkeypatch.setattr(os, "fsync", slow_disk)
    with pytest.raises(OutputExists, match="appeared"):
        write(NEW, target, source=source)
    assert target.read_bytes() == EARLIER
    assert {path.name for path in tmp_path.iterdir()} == {"in", "photo.jpg"}


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_in_the_place_of_the_output_is_refused(source, tmp_path, overwrite):
    target = tmp_path / "photo.jpg"
    target.mkdir()
    refused(OutputNotWritable if overwrite else OutputExists, target, source, overwrite=overwrite)


def test_a_source_that_is_gone_does_not_hide_an_earlier_output(source, tmp_path):
    target = tmp_path / "photo.jpg"
    target.write_bytes(EARLIER)
    check_target(target, tmp_path / "gone.jpg", overwrite=True)
    with pytest.raises(OutputExists):
        check_target(target, tmp_path / "gone.jpg", overwrite=False)


# A file system without hard links


@pytest.mark.parametrize("there", [False, True])
def test_without_hard_links_nothing_is_overwritten_either(source, tmp_path, monkeypatch, there):
    def no_links(*_, **__):
        raise OSError(errno.EPERM, "no hard links here")

    target = tmp_path / "photo.jpg"
    monkeypatch.setattr(os, "link", no_links)
    if there:
        target.write_bytes(EARLIER)
        refused(OutputExists, target, source)
        monkeypatch.setattr(stage, "check_target", lambda *_, **__: None)
        refused(OutputExists, target, source)
    else:
        write(NEW, target, source=source)
        assert target.read_bytes() == NEW
        assert {path.name for path in tmp_path.iterdir()} == {"in", "photo.jpg"}


# Faults


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_fault_of_the_disk_leaves_nothing_behind(source, tmp_path, monkeypatch, overwrite, call, number):
    def fails(*_, **__):
        raise OSError(number, os.strerror(number))

    target = tmp_path / "photo.jpg"
    if overwrite:
        target.write_bytes(EARLIER)
    if call == "fsync":
        monkeypatch.setattr(os, "fsync", fails)
    else:
        monkeypatch.setattr(os, "link", fails)
        monkeypatch.setattr(os, "replace", fails)
        monkeypatch.setattr(os, "rename", fails)
    kind = DiskFull if number == errno.ENOSPC else OutputNotWritable
    error = refused(kind, target, source, overwrite=overwrite)
    assert os.strerror(number) in error.message


def test_a_full_disk_leaves_nothing_behind(source, tmp_path, monkeypatch):
    """The first byte that does not fit fails, as it does on a disk that is full."""
    target = tmp_path / "photo.jpg"

    class Full(io.BufferedWriter):
        def write(self, data):
            super().write(data[:4])
            self.flush()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "BufferedWriter", Full)
    refused(DiskFull, target, source)


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_interrupt_leaves_nothing_behind(source, tmp_path, monkeypatch, overwrite):
    def stop(*_):
        raise KeyboardInterrupt

    target = tmp_path / "photo.jpg"
    if overwrite:
        target.write_bytes(EARLIER)
    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write(NEW, target, source=source, overwrite=overwrite)
    assert {path.name for path in tmp_path.iterdir()} == {"in"} | ({"photo.jpg"} if overwrite else set())
    assert not overwrite or target.read_bytes() == EARLIER


def test_a_file_in_the_place_of_a_folder_is_refused(source, tmp_path):
    (tmp_path / "out").write_bytes(b"a file")
    refused(OutputNotWritable, tmp_path / "out" / "photo.jpg", source)


def test_a_name_that_is_too_long_is_refused(source, tmp_path):
    refused(OutputNotWritable, tmp_path / ("x" * 300 + ".jpg"), source)


def test_a_long_name_that_fits_is_written(source, tmp_path):
    target = tmp_path / ("x" * 251 + ".jpg")
    write(NEW, target, source=source)
    assert target.read_bytes() == NEW


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_an_output_is_readable_as_any_new_file_is(source, tmp_path):
    target, plain = tmp_path / "photo.jpg", tmp_path / "plain"
    plain.touch()
    write(NEW, target, source=source)
    assert target.stat().st_mode == plain.stat().st_mode
    assert target.stat().st_nlink == 1
