"""A proof tells a written file again: by its bytes, by its picture when a website has made it anew."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from blurkit.load import decode
from blurkit.outcomes import PhotoResult
from blurkit.picture.proof import SAME_PICTURE, distance, fingerprint
from blurkit.settings import LoadSettings
from tests import pictures
from tests.fakes import FixedFaces

SIZE = (480, 320)


def shown(data):
    return decode(data, LoadSettings()).picture.pixels


def remade(picture, *, size=SIZE, kind="jpeg", **options):
    """Return a picture as a website would have made it anew."""
    small = Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS)
    return shown(pictures.saved(small, kind, **options))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "options",
    [
        {"quality": 40},
        {"size": (240, 160)},
        {"size": (1440, 960)},
        {"size": (200, 133), "kind": "webp", "quality": 60},
        {"size": (320, 320)},
    ],
    ids=["coded again", "smaller", "larger", "thumbnail", "squeezed"],
)
def test_a_picture_made_anew_keeps_its_fingerprint(options, seed):
    picture = pictures.smooth(size=SIZE, seed=seed)
    assert distance(fingerprint(picture), fingerprint(remade(picture, **options))) <= SAME_PICTURE // 2


def test_other_pictures_have_other_fingerprints():
    prints = [fingerprint(pictures.smooth(size=SIZE, seed=seed)) for seed in range(30)]
    apart = [distance(one, other) for i, one in enumerate(prints) for other in prints[:i]]
    assert min(apart) > 2 * SAME_PICTURE


@pytest.mark.parametrize("pixels", [np.zeros((1, 1, 3), np.uint8), np.full((500, 3, 3), 255, np.uint8)])
def test_a_picture_of_one_pixel_or_one_tone_has_a_fingerprint_too(pixels):
    assert len(fingerprint(pixels)) == 64


def prove(blurrer, source, out, **parts):
    outcome = blurrer(FixedFaces(pictures.face()), **parts).run(source, out=out / source.name)
    assert isinstance(outcome, PhotoResult)
    return outcome.proof


@pytest.mark.parametrize(
    ("kind", "mode", "options", "coding", "largest"),
    [
        ("png", "RGB", {}, "PNG, RGB, lossless", 0),
        ("png", "RGBA;16", {}, "PNG, RGBA 16, lossless", 0),
        ("tiff", "CMYK", {}, "TIFF, CMYK, lossless", 0),
        ("gif", "P", {}, "GIF, P, lossless", 0),
        ("webp", "RGB", {"lossless": True}, "WEBP, RGB, lossless", 0),
        ("webp", "RGB", {}, "WEBP, RGB, quality 92", 60),
        ("jpeg", "RGB", {"subsampling": 2}, "JPEG, RGB, 4:2:0, the source's tables, baseline", 60),
        ("jpeg", "L", {"progressive": True}, "JPEG, L, the source's tables, progressive", 60),
        ("heif", "RGB", {}, "JPEG, RGB, 4:2:0, quality 92, baseline", 60),
    ],
)
def test_a_proof_says_what_was_done(kind, mode, options, coding, largest, photo_file, blurrer, out):
    source = photo_file(kind, mode, **options)
    proof = prove(blurrer, source, out)
    written = (out / source.name).read_bytes()
    assert proof.input_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert proof.output_sha256 == hashlib.sha256(written).hexdigest()
    assert proof.fingerprint == fingerprint(shown(written))
    assert proof.coding == coding
    assert (proof.max_difference_outside == 0) is (largest == 0)
    assert proof.max_difference_outside <= largest
    assert 0.05 < proof.changed_share < 0.3


def test_the_largest_difference_outside_would_show_a_changed_pixel(photo_file, blurrer, out, monkeypatch):
    from blurkit import render

    real = render.encode

    def spoiled(photo):
        pixels = photo.picture.samples.copy()
        pixels[0, 0, 0] ^= 64
        return real(photo.showing(pictures.picture(samples=pixels)))

    monkeypatch.setattr(render, "encode", spoiled)
    assert prove(blurrer, photo_file("png"), out).max_difference_outside == 64


def test_a_dry_run_proves_nothing(photo_file, blurrer):
    assert blurrer().detect(photo_file()).proof is None
