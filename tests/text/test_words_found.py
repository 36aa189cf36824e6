"""The bundled finder on photos with words, codes and plates, and a whole run of which nothing is left that was read."""

from contextlib import closing

import numpy as np
import pytest

from blurkit.errors import ModelMissing, ReaderFailed
from blurkit.load import decode
from blurkit.marks import MarkKind
from blurkit.obscure import covered_mask
from blurkit.outcomes import PhotoResult
from blurkit.settings import LoadSettings
from blurkit.text import BundledFinder, finder
from blurkit.text.codes import codes
from tests.fakes import NoFaces
from tests.text.signs import code, label, photo

pytestmark = pytest.mark.model
STRICT = {"name": "everyone", "text": "cover", "code": "cover", "plate": "cover"}
SIGNS = (
    (label("Quentin Zebrowski", 26), (170, 90), -8, "text"),
    (label("PRIZE DAY", 60, "white", "navy"), (400, 400), 4, "text"),
    (label("KA PX 8136", 40), (480, 60), 0, "plate"),
    (code(), (540, 250), 12, "code"),
    (label("17", 60, "white", "darkred"), (90, 330), 0, "text"),
    (label("Αθήνα", 30), (270, 230), 90, "text"),
)


@pytest.fixture(scope="module")
def words():
    with closing(BundledFinder()) as made:
        yield made


@pytest.fixture(scope="module")
def scene():
    return photo(*SIGNS)


@pytest.fixture(scope="module")
def readings(words, scene):
    return words.find(np.asarray(scene[0]), ())


def test_words_codes_and_plates_are_found_where_they_are(readings, scene):
    for true in scene[1]:
        near = [reading.mark for reading in readings if reading.mark.box.intersection(true.box) > 0]
        assert [mark.kind for mark in near] == [true.kind]
        assert near[0].box.intersection(true.box) > 0.8 * near[0].box.area
    assert len(readings) == len(scene[1])


def test_lines_say_what_they_say_and_codes_say_nothing(readings):
    said = {reading.says for reading in readings}
    assert {"Quentin Zebrowski", "PRIZE DAY", "17", ""} <= said
    assert [reading.says for reading in readings if reading.mark.kind is MarkKind.CODE] == [""]


def test_a_mark_turns_with_its_line(readings):
    (badge,) = (reading.mark for reading in readings if reading.says == "Quentin Zebrowski")
    assert badge.angle == pytest.approx(-8, abs=2)
    assert 22 < badge.height < 60


@pytest.mark.parametrize("format", ["QRCode", "DataMatrix", "Aztec", "PDF417", "EAN13", "Code128"])
@pytest.mark.parametrize("degrees", [0, 8, 90])
def test_a_code_of_any_kind_lies_whole_under_its_cover(words, format, degrees):
    from blurkit.appearance import ObscureSettings
    from blurkit.geometry import Size

    sign = code("400638133393" if format == "EAN13" else "anna", 4, format)
    picture, _ = photo((sign, (320, 240), degrees, "code"))
    empty, _ = photo()
    found = [reading.mark for reading in words.find(np.asarray(picture), ()) if reading.mark.kind is MarkKind.CODE]
    mask = covered_mask(found, ObscureSettings(), Size(640, 480))
    dark = (np.asarray(picture).max(axis=2) < 40) & (np.asarray(picture) != np.asarray(empty)).any(axis=2)
    assert dark.sum() > 500
    assert (dark & ~mask).sum() <= 0.01 * dark.sum()


@pytest.mark.parametrize("format", ["QRCode", "DataMatrix", "Aztec", "Code128"])
def test_a_code_in_a_photo_of_a_phone_is_found_where_it_is(format):
    """Rare kinds are looked for in a smaller copy: their places are those of the photo all the same."""
    picture, (there,) = photo((code("anna", 8, format), (3100, 700), 0, "code"), size=(4000, 3000))
    (mark,) = codes(np.asarray(picture))
    assert there.box.intersection(mark.box) > 0.5 * max(there.box.area, mark.box.area)


@pytest.mark.parametrize("style", ["solid", "pixelate"])
def test_covered_words_cannot_be_read_in_the_file(words, scene, blurrer, tmp_path, style):
    scene[0].save(tmp_path / "a.jpg", quality=95)
    maker = blurrer(NoFaces(), marks=BundledFinder(), policy=STRICT, obscure={"style": style})
    outcome = maker.run(tmp_path / "a.jpg", out=tmp_path / "out.jpg")
    assert isinstance(outcome, PhotoResult), outcome
    pixels = decode((tmp_path / "out.jpg").read_bytes(), LoadSettings()).picture.pixels
    assert [reading.says for reading in words.find(pixels, ()) if len(reading.says) > 1] == []


def test_a_cover_that_misses_its_words_is_noticed(words, scene, blurrer, tmp_path, monkeypatch):
    from blurkit import render

    monkeypatch.setattr(render, "obscure", lambda picture, decisions, settings: picture)
    scene[0].save(tmp_path / "a.png")
    outcome = blurrer(NoFaces(), marks=BundledFinder(), policy=STRICT).run(tmp_path / "a.png", out=tmp_path / "o.png")
    assert outcome.word == "MarkVisible"
    assert not (tmp_path / "o.png").exists()


def test_a_network_that_returns_nonsense_blocks_the_photo(words, scene, monkeypatch):
    class Nonsense:
        def run(self, *_):
            return [np.full((1, 1, 480, 640), np.nan, np.float32)]

    monkeypatch.setattr(words._lines, "_session", Nonsense())
    with pytest.raises(ReaderFailed, match="unusable"):
        words.find(np.asarray(scene[0]), ())


def test_without_the_extra_nothing_is_opened(monkeypatch):
    monkeypatch.setattr(finder, "installed", lambda: False)
    with pytest.raises(ModelMissing, match="not installed"):
        BundledFinder()
