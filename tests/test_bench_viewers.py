"""The comparison with a browser notices what it is for."""

import pytest
from PIL import Image

from bench import viewers
from tests import pictures
from tests.review.serving import needs_browser

pytestmark = [needs_browser, pytest.mark.model]


@pytest.fixture
def said(tmp_path, capsys):
    """Compare files; gives what is said."""

    def said(**contents):
        for name, data in contents.items():
            (tmp_path / name).write_bytes(data)
        assert viewers.main([str(tmp_path)]) == 0
        return capsys.readouterr().out

    return said


def test_files_that_look_the_same_are_counted(said):
    assert said(a=pictures.file("png", "RGBA"), b=pictures.file("jpeg"), c=b"no photo") == "2 same\n"


def test_the_whole_run_is_compared_outside_covers_and_refusals_are_counted(tmp_path, capsys, blurrer, monkeypatch):
    monkeypatch.setattr(viewers, "Blurrer", lambda settings: blurrer())
    (tmp_path / "a.png").write_bytes(pictures.file("png"))
    (tmp_path / "b.jpg").write_bytes(pictures.file("jpeg"))
    (tmp_path / "c.tif").write_bytes(pictures.file("tiff")[:200])
    assert viewers.main([str(tmp_path), "--whole"]) == 0
    told = capsys.readouterr().out
    assert "2 look" in told
    assert "1 x refused by both: " in told


def test_what_looks_different_or_is_refused_is_named(said, monkeypatch):
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    animated = pictures.saved(frames[0], "gif", save_all=True, append_images=frames[1:])
    real = viewers.prepare

    def darker(photo, kind):
        photo = real(photo, kind)
        return pictures.photo("RGB", samples=photo.picture.samples // 2)

    monkeypatch.setattr(viewers, "prepare", darker)
    told = said(a=pictures.file("png"), b=animated)
    assert "different: " in told
    assert "differs by" in told
    assert "refused: " in told
    assert "2 frames" in told
