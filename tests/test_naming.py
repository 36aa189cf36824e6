"""Names of outputs as DESIGN.md 8 has them: known beforehand, never the same twice, changed only as far as needed."""

import os
from pathlib import Path

import pytest

from blurkit.batch.naming import Source, neutral_names, output_names, with_suffix_of
from blurkit.records import ImageFormat

JPEG, PNG = ImageFormat.JPEG, ImageFormat.PNG


def named(path, kind=JPEG):
    """Return a photo that was given itself."""
    return Source(Path(path), Path(path), kind, path)


def inside(folder, path, kind=JPEG):
    """Return a photo found in a folder that was given."""
    return Source(Path(folder, path), Path(folder), kind, f"{folder}/{path}")


def names(*sources):
    return [name.as_posix() for name in output_names(sources)]


def test_a_file_goes_to_its_own_name():
    assert names(named("photos/sports/a.jpg"), named("b.jpg")) == ["a.jpg", "b.jpg"]


def test_a_folders_file_keeps_its_path_inside_and_the_folders_name_is_not_repeated():
    assert names(inside("photos", "a.jpg"), inside("photos", "sports/b.jpg")) == ["a.jpg", "sports/b.jpg"]


@pytest.mark.parametrize("folder", [".", "..", "/abs/photos", "photos/../photos"])
def test_however_the_folder_is_given(folder):
    assert names(inside(folder, "sports/b.jpg")) == ["sports/b.jpg"]


def test_spaces_and_letters_of_any_language_stay():
    assert names(inside("Fotos", "Schüler 2026/Grüße aus København.JPG")) == ["Schüler 2026/Grüße aus København.JPG"]


def test_files_that_would_meet_keep_their_path_below_the_deepest_common_folder():
    assert names(named("p/spring/a.jpg"), named("p/autumn/a.jpg")) == ["spring/a.jpg", "autumn/a.jpg"]


def test_then_all_files_of_the_run_keep_it():
    assert names(named("p/x/a.jpg"), named("p/y/a.jpg"), named("p/y/z/b.jpg"), named("p/c.jpg")) == [
        "x/a.jpg",
        "y/a.jpg",
        "y/z/b.jpg",
        "c.jpg",
    ]


def test_so_it_is_with_folders():
    assert names(inside("p/x", "s/a.jpg"), inside("p/y", "s/a.jpg"), inside("p/y", "b.jpg")) == [
        "x/s/a.jpg",
        "y/s/a.jpg",
        "y/b.jpg",
    ]


def test_a_file_and_a_folder_that_meet():
    assert names(named("p/a.jpg"), inside("p/q", "a.jpg")) == ["a.jpg", "q/a.jpg"]


def test_the_common_folder_is_that_of_the_arguments_not_of_the_photos():
    assert names(inside("p", "x/y/a.jpg"), named("p/x/y/z/a.jpg"), named("q/a.jpg")) == [
        "p/x/y/a.jpg",
        "p/x/y/z/a.jpg",
        "q/a.jpg",
    ]


def test_folders_with_nothing_in_common_but_the_root():
    assert names(named("/x/a.jpg"), named("/y/a.jpg")) == ["x/a.jpg", "y/a.jpg"]


def test_on_two_drives_all_of_the_path_is_kept(monkeypatch):
    def no_common(_):
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr(os.path, "commonpath", no_common)
    assert names(named("/x/a.jpg"), named("/y/a.jpg")) == ["root/x/a.jpg", "root/y/a.jpg"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("x/IMG.JPG", "y/img.jpg", id="capitals"),
        pytest.param("x/Straße.jpg", "y/STRASSE.jpg", id="sharp s"),
        pytest.param("x/caf\u00e9.jpg", "y/cafe\u0301.jpg", id="composed accent"),
    ],
)
def test_names_meet_where_some_file_system_takes_them_for_one(one, other):
    assert [name.replace("\u0301", "") for name in names(named(one), named(other))] == [
        one.replace("\u0301", ""),
        other.replace("\u0301", ""),
    ]


def test_what_still_meets_gets_a_number_and_the_unchanged_name_goes_first():
    assert names(inside("p", "b.heic"), inside("p", "b.jpg")) == ["b-2.jpg", "b.jpg"]
    assert names(inside("p", "b.jpg"), inside("p", "b.heic")) == ["b.jpg", "b-2.jpg"]


def test_a_number_never_takes_the_name_of_another_photo():
    assert names(inside("p", "b.heic"), inside("p", "b.jpg"), inside("p", "b-2.jpg")) == ["b-3.jpg", "b.jpg", "b-2.jpg"]


def test_names_that_differ_in_capitals_only_get_a_number():
    assert names(inside("p", "a.jpg"), inside("p", "A.jpg")) == ["a.jpg", "A-2.jpg"]


@pytest.mark.parametrize(
    ("name", "kind", "becomes"),
    [
        ("a.jpg", JPEG, "a.jpg"),
        ("a.JPEG", JPEG, "a.JPEG"),
        ("a.jfif", JPEG, "a.jfif"),
        ("a.heic", JPEG, "a.jpg"),
        ("a.b.HEIC", JPEG, "a.b.jpg"),
        ("a.png", JPEG, "a.jpg"),
        ("a.jpg", PNG, "a.png"),
        ("a.tiff", ImageFormat.TIFF, "a.tiff"),
        ("a", JPEG, "a.jpg"),
        ("v1.2", JPEG, "v1.2.jpg"),
        ("a.txt", JPEG, "a.txt.jpg"),
        ("a.txt", None, "a.txt"),
        (".jpg", PNG, ".jpg.png"),
    ],
)
def test_the_extension_changes_only_with_the_format(name, kind, becomes):
    assert with_suffix_of(Path("x", name), kind) == Path("x", becomes)


def test_no_photos_have_no_names():
    assert names() == []


def test_a_neutral_name_says_nothing_of_the_photo_its_folder_or_its_date():
    sources = [inside("Class 3b", "Anna/anna 2019.JPG"), named("ben.png", PNG), named("no photo", None)]
    days = [f"2026-11-22-00{number}" for number in (1, 2, 3)]
    names = [name.as_posix() for name in neutral_names(sources, days)]
    assert names == ["2026-11-22-001.jpg", "2026-11-22-002.png", "2026-11-22-003"]
