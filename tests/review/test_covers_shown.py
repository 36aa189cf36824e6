"""What the page shows of covers is what the file gets: curves, order, tone, and thumbnails."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from blurkit.appearance import ObscureSettings
from blurkit.geometry import Size
from blurkit.obscure import drawn_mask, obscure, sketch
from tests.pictures import covering, face, keeping, picture

SIZE = Size(280, 300)
NEAR, FAR = face(100, 100, 180, 200), face(170, 60, 230, 130)


@pytest.mark.parametrize("shape", ["head", "ellipse", "box"])
def test_the_paths_that_are_sent_are_the_edges_that_are_drawn(shape):
    settings = ObscureSettings(shape=shape)
    told = sketch(picture(size=(280, 300)), covering(NEAR, FAR), settings)
    shown = Image.new("L", (SIZE.width * 4, SIZE.height * 4))
    for _, path in told.edges:
        corners = [tuple(4 * float(value) for value in corner.split()) for corner in path[1:-1].split("L")]
        ImageDraw.Draw(shown).polygon(corners, fill=255)
    share = np.asarray(shown.resize((SIZE.width, SIZE.height), Image.Resampling.BOX)) / 255
    drawn = drawn_mask([NEAR, FAR], settings, SIZE)
    assert (drawn & (share == 0)).sum() <= 80  # drawn_mask counts whatever an edge just touches
    assert drawn[share > 0.5].all()


def test_covers_are_told_from_back_to_front_in_the_tone_of_the_file():
    before = picture(size=(280, 300))
    decisions = covering(NEAR) + keeping(face(10, 10, 40, 50)) + covering(FAR)
    told = sketch(before, decisions, ObscureSettings())
    assert [number for number, _ in told.edges] == [2, 0]
    after = obscure(before, decisions, ObscureSettings())
    assert "#" + after.pixels[150, 140].tobytes().hex() == told.tone


def test_a_sketch_of_no_cover_has_none():
    assert sketch(picture(), keeping(face()), ObscureSettings()).edges == ()


def test_the_thumbnail_of_a_photo_shows_its_covers(tmp_path):
    from tests.review.serving import copies, serving

    folder = copies(tmp_path / "in", "a.jpg")
    with serving(folder, scale=600 / 1024) as (_, review):
        from tests.end_to_end.process import wait_until

        wait_until(lambda: review.work.done and not review.work.is_busy)
        decisions = review.session.reviewed(0).decisions
        plain, covered = (
            np.asarray(Image.open(io.BytesIO(review.pictures.thumb(0, given)))).astype(int) for given in ((), decisions)
        )
    assert any(decision.judgement.action == "cover" for decision in decisions)
    assert plain.shape == covered.shape
    assert (np.abs(plain - covered).max(axis=2) > 30).mean() > 0.002
