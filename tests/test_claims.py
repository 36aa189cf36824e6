"""Neutral names belong to a photo: an interrupted run goes on with them, and another run after them."""

from datetime import date
from itertools import count
from pathlib import Path

import pytest

from blurkit.batch.claims import Claims, numbered
from blurkit.machine.files import content_of

A = Path("sub/anna.jpg")
DAY, NEXT = date(2026, 11, 22), date(2026, 11, 23)


@pytest.fixture
def photos(tmp_path):
    """Return three photos of different content."""
    paths = [tmp_path / "in" / name for name in ("anna.jpg", "ben.jpg", "cleo.jpg")]
    paths[0].parent.mkdir()
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


@pytest.fixture
def names(tmp_path):
    """Ask for names as a run into a folder does."""
    (tmp_path / "journal").mkdir()

    def ask(*photos, day=DAY, folder=tmp_path / "journal"):
        return numbered([content_of(photo) for photo in photos], day, taken=[tmp_path / "out"], folder=folder)

    return ask


def test_numbers_begin_with_one_and_follow_the_photos(names, photos):
    assert names(*photos) == ["2026-11-22-001", "2026-11-22-002", "2026-11-22-003"]


def test_a_photo_keeps_its_name_in_whatever_order_and_place_and_on_another_day(names, photos):
    names(*photos)
    moved = photos[1].rename(photos[1].with_name("x.jpg"))
    assert names(photos[2], moved, photos[0], day=NEXT) == ["2026-11-22-003", "2026-11-22-002", "2026-11-22-001"]


def test_other_photos_go_on_numbering(names, photos):
    names(*photos[:2])
    assert names(photos[2]) == ["2026-11-22-003"]
    assert names(photos[2], day=NEXT) == ["2026-11-22-003"]


def test_a_photo_that_changed_is_another_photo(names, photos):
    names(*photos)
    photos[0].write_bytes(b"edited")
    assert names(*photos) == ["2026-11-22-004", "2026-11-22-002", "2026-11-22-003"]


def test_the_same_content_twice_has_two_names_and_keeps_both(names, photos):
    photos[1].write_bytes(photos[0].read_bytes())
    first = names(*photos)
    assert len(set(first)) == 3
    assert names(*photos) == first


def test_numbers_go_on_after_files_that_are_there_already(names, photos, tmp_path):
    (tmp_path / "out").mkdir()
    for name in ("2026-11-22-007.png", "2026-11-22-x.jpg", "2026-11-21-900.jpg"):
        (tmp_path / "out" / name).touch()
    assert names(photos[0]) == ["2026-11-22-008"]
    assert names(photos[1], folder=None) == ["2026-11-22-008"]


def test_a_name_that_another_run_takes_meanwhile_is_not_given_twice(names, photos, tmp_path):
    Claims(tmp_path / "journal").claim("another run", ["2026-11-22-001"], Path)
    assert names(photos[0]) == ["2026-11-22-002"]


def test_what_cannot_be_read_takes_a_number_of_its_own(names, photos):
    photos[0].unlink()
    assert names(*photos) == ["2026-11-22-001", "2026-11-22-002", "2026-11-22-003"]
    assert names(*photos[1:]) == ["2026-11-22-002", "2026-11-22-003"]


def test_what_is_remembered_names_no_photo(names, photos, tmp_path):
    names(*photos)
    held = b"".join(path.read_bytes() for path in (tmp_path / "journal").iterdir())
    assert b"anna" not in held
    assert {path.stat().st_mode & 0o77 for path in (tmp_path / "journal").iterdir()} == {0}


def test_numbers_are_given_also_if_they_cannot_be_remembered(names, photos, tmp_path):
    assert names(*photos, folder=tmp_path / "missing") == ["2026-11-22-001", "2026-11-22-002", "2026-11-22-003"]


def tagged(tag):
    return A if tag == "1" else A.with_name(f"{A.stem}-{tag}{A.suffix}")


def claimed(folder, owner, name_of=tagged, is_taken=lambda _: False):
    return Claims(folder).claim(owner, map(str, count(1)), name_of, is_taken).as_posix()


def test_a_name_belongs_to_the_one_that_has_it(tmp_path):
    owners = ("one", "other", "one", "third", "other")
    names = [claimed(tmp_path, owner) for owner in owners]
    assert names == ["sub/anna.jpg", "sub/anna-2.jpg", "sub/anna.jpg", "sub/anna-3.jpg", "sub/anna-2.jpg"]


def test_names_that_some_disk_takes_for_one_are_one(tmp_path):
    claimed(tmp_path, "one", lambda tag: Path(f"Photo-{tag}.JPG"))
    assert claimed(tmp_path, "other", lambda tag: Path(f"photo-{tag}.jpg")) == "photo-2.jpg"


def test_a_name_that_a_foreign_file_has_is_left_to_it(tmp_path):
    assert claimed(tmp_path, "one", is_taken=lambda name: name == A) == "sub/anna-2.jpg"


def test_a_name_that_was_given_back_is_free_again(tmp_path):
    claimed(tmp_path, "one")
    Claims(tmp_path).release(A)
    assert list(tmp_path.iterdir()) == []
    assert claimed(tmp_path, "other") == "sub/anna.jpg"


def test_a_claim_that_was_cut_off_halfway_is_taken_up(tmp_path):
    claimed(tmp_path, "one")
    next(tmp_path.glob("*.owner")).unlink()
    assert claimed(tmp_path, "one") == "sub/anna.jpg"


def test_a_name_that_cannot_be_remembered_is_told(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        claimed(tmp_path / "gone", "one")


def test_names_of_other_photos_are_not_read(tmp_path, monkeypatch):
    for number in range(20):
        numbered([f"{number}"], DAY, taken=[], folder=tmp_path)
    read, real = [], Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda self, **how: (read.append(self), real(self, **how))[1])
    assert numbered(["19"], DAY, taken=[], folder=tmp_path) == ["2026-11-22-020"]
    assert len(read) == 2
