"""Neutral names belong to a photo: an interrupted run goes on with them, and another run after them."""

from datetime import date

import pytest

from blurkit.batch.numbering import numbered
from blurkit.machine.files import content_of

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
    (tmp_path / "journal" / "2026-11-22-001.number").touch()
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
