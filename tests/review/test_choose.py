"""The folder chooser lists folders by name and counts photos, and opens no file."""

import builtins
import io
import os
from pathlib import Path

import pytest

from blurkit.errors import SettingsError
from blurkit.review import choose

posix = pytest.mark.skipif(os.name != "posix", reason="links and names as POSIX has them")


@pytest.fixture
def pictures(tmp_path):
    """Return a folder with folders, photos by their endings, and other files."""
    root = tmp_path / "Pictures"
    for name in ("b/1.JPG", "b/2.heic", "b/c/3.png", "a/notes.txt", ".hidden/4.jpg", "5.jpeg", "._5.jpeg", "film.mov"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_folders_are_listed_by_name_with_what_is_in_them(pictures):
    told = choose.listing(str(pictures))
    described = [(each["name"], each["photos"], each["folders"]) for each in told["folders"]]
    assert described == [("a", 0, 0), ("b", 2, 1)]
    assert (told["name"], told["photos"], told["all"], told["more"]) == ("Pictures", 4, True, 0)
    assert (told["up"], told["out"]) == (str(pictures.parent), f"{pictures}-safe")


def test_photos_right_here_are_told_apart_and_clips_count_where_they_are_reviewed(pictures):
    told = choose.listing(str(pictures))
    assert (told["photos"], told["here"]) == (4, 1)
    with_clips = choose.listing(str(pictures), clips=True)
    assert (with_clips["photos"], with_clips["here"]) == (5, 2)


def test_no_file_is_opened(pictures, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a file was opened")

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(io, "open", refuse)
    assert choose.listing(str(pictures))["photos"] == 4


@posix
def test_links_lead_nowhere(pictures, tmp_path):
    (tmp_path / "other" / "far").mkdir(parents=True)
    (tmp_path / "other" / "6.jpg").touch()
    (pictures / "link").symlink_to(tmp_path / "other")
    (pictures / "round").symlink_to(pictures)
    told = choose.listing(str(pictures))
    assert [each["name"] for each in told["folders"]] == ["a", "b"]
    assert told["photos"] == 4


@posix
def test_a_name_that_no_page_can_show_is_left_out(pictures):
    (pictures / os.fsdecode(b"\xff")).mkdir()
    assert [each["name"] for each in choose.listing(str(pictures))["folders"]] == ["a", "b"]


def test_much_is_told_to_be_more(pictures, monkeypatch):
    monkeypatch.setattr(choose, "MAX_FOLDERS", 1)
    monkeypatch.setattr(choose, "MAX_ENTRIES", 3)
    told = choose.listing(str(pictures))
    assert ([each["name"] for each in told["folders"]], told["more"], told["all"]) == (["a"], 1, False)


def test_a_folder_that_cannot_be_opened_is_said_to_be_so(pictures, monkeypatch):
    scandir = os.scandir

    def refuse(path):
        if Path(path).name == "b":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert [each["closed"] for each in choose.listing(str(pictures))["folders"]] == [False, True]
    with pytest.raises(SettingsError, match="cannot be opened: Permission denied"):
        choose.listing(str(pictures / "b"))


@pytest.mark.parametrize("form", ["{}", '"{}"', " {} ", "{}/", "{}/b/.."])
def test_a_path_is_taken_as_people_write_it(pictures, form):
    assert choose.folder(form.format(pictures)) == pictures


def test_a_path_may_start_at_home(pictures, monkeypatch):
    monkeypatch.setenv("HOME", str(pictures.parent))
    monkeypatch.setenv("USERPROFILE", str(pictures.parent))
    assert choose.folder("~/Pictures") == pictures


@pytest.mark.parametrize("path", ["Pictures", "../x", "/nowhere/at/all", "a\0b", "\udcff", "", "~nobody-here/x"])
def test_what_is_no_folder_has_an_error_with_a_remedy(path):
    with pytest.raises(SettingsError) as caught:
        choose.folder(path)
    assert str(caught.value).endswith(".")


def test_choosing_begins_at_the_pictures_or_at_home(pictures, monkeypatch):
    monkeypatch.setattr(choose.platformdirs, "user_pictures_path", lambda: pictures)
    assert choose.listing("")["path"] == str(pictures)
    monkeypatch.setattr(choose.platformdirs, "user_pictures_path", lambda: pictures / "gone")
    assert choose.listing("")["path"] == str(Path.home())


@posix
def test_a_whole_disk_can_be_looked_through_but_has_no_place_beside_it(monkeypatch):
    monkeypatch.setattr(choose, "MAX_ENTRIES", 10)
    told = choose.listing("/")
    assert (told["up"], told["out"], told["name"]) == (None, None, "/")
