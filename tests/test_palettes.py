"""Covers in photos whose colours are a palette."""

import numpy as np
import pytest

from tests.pictures import face, picture
from tests.test_obscure import drawn, mask_of

# Palettes


def palette_picture(outside, inside, entries, **colors):
    """Return a palette photo with one entry outside the cover of `face()`, and another inside."""
    samples = np.where(mask_of(face()), inside, outside).astype(np.uint8)
    return picture("P", samples=samples, palette=bytes(np.array(entries, np.uint8).ravel()), **colors)


def test_a_palette_entry_that_only_covered_pixels_used_is_gone():
    after = drawn(palette_picture(0, 1, [(10, 20, 30), (200, 150, 120)]), face(), color="gray")
    assert bytes((200, 150, 120)) not in after.colors.palette
    assert after.colors.palette[:3] == bytes((10, 20, 30))
    assert after.pixels[32, 40].tolist() == [128, 128, 128]


def test_a_full_palette_that_is_all_used_gives_its_nearest_entry():
    colors = [(i, i, 255 - i) for i in range(256)]
    samples = np.tile(np.arange(256, dtype=np.uint8), (120, 1))
    full = picture("P", samples=samples, palette=bytes(np.array(colors, np.uint8).ravel()))
    after = drawn(full, face(), color="#7f7f80")
    assert after.colors.palette == full.colors.palette
    assert after.pixels[32, 40].tolist() == [127, 127, 128]


def test_a_palette_with_room_gets_the_colour():
    colors = [(250, 0, 0), (0, 250, 0)]
    samples = np.tile(np.array([0, 1], np.uint8), (64, 48))
    after = drawn(
        picture("P", samples=samples, palette=bytes(np.array(colors, np.uint8).ravel())), face(), color="blue"
    )
    assert after.pixels[32, 40].tolist() == [40, 90, 190]
    assert len(after.colors.palette) == 12  # and the rim gets its own


@pytest.mark.parametrize("clear", [1, b"\xff\x00"])
def test_a_clear_entry_under_the_cover_becomes_opaque(clear):
    after = drawn(palette_picture(0, 1, [(10, 20, 30), (200, 150, 120)], transparency=clear), face())
    assert after.colors.transparency in (None, b"\xff\xff")


@pytest.mark.parametrize("clear", [0, b"\x00\xff"])
def test_a_clear_entry_outside_stays_clear_and_is_not_drawn_with(clear):
    after = drawn(palette_picture(0, 1, [(128, 128, 128), (200, 150, 120)], transparency=clear), face())
    assert after.colors.transparency in (0, b"\x00\xff")
    assert after.samples[32, 40] != 0
