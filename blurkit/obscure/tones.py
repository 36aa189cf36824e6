"""The tones of covers, taken from pixels that stay open. Part of the obscure stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from blurkit.obscure.covers import Cover, Mask
    from blurkit.records import Picture

    Shades = npt.NDArray[np.uint8]
    Numbers = npt.NDArray[np.float64]

AROUND = (0.12, 0.3, 0.6)
"""Where the surroundings of a cover are looked at: so far outside of it, as shares of its face's size."""

EVERY = 20
"""Every so many directions of an outline one pixel is looked at."""

CALM = np.array(
    [
        (0x4B, 0x55, 0x61),  # charcoal
        (0x5D, 0x70, 0x87),  # slate
        (0x56, 0x7D, 0x84),  # lake
        (0x70, 0x8B, 0x79),  # sage
        (0x7F, 0x76, 0x92),  # heather
        (0xA3, 0x95, 0x80),  # sand
        (0xA6, 0xB2, 0xBE),  # mist
    ],
    np.uint8,
)
"""Tones to choose from, none of them like skin: of low saturation, a light rim and dark ink are both seen on them."""

CAP = 0.2
"""From this distance in Oklab on, a surrounding counts as far from a tone."""

NEUTRAL = np.array([[112, 120, 130]], np.uint8)
"""What is around a cover if nothing is open: a cool gray."""

SHADES = 30
"""How much darker and lighter than its colour a mosaic of one colour is, of 255."""

SUN = np.array([[246, 207, 96]], np.uint8)
"""The tone of smileys."""

PAPER = np.array([[246, 244, 239]], np.uint8)
"""The tone under stickers, which are mostly made for paper."""

RIM_LIGHT, RIM_DARK = 0.85, 0.18
"""How far the rim's tone is from the cover's towards white; and, of one that is nearly white itself, towards black."""

PALE, INK = 0.5, 0.78
"""How far a silhouette is from its cover's tone towards white, and ink towards black (or white, on dark covers)."""

LIGHT, VERY_LIGHT, NEAR_WHITE = 110.0, 165.0, 215.0
"""Brightness of 255 from which ink on a tone is dark, figures on it are darker than it is, and its rim is darker."""

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
"""Source: Ottosson 2020, https://bottosson.github.io/posts/oklab/"""


def surroundings(picture: Picture, hidden: Mask, covers: Sequence[Cover]) -> Shades:
    """Return sRGB colours of open pixels around covers, shape (n, 3); a neutral one if nothing is open there.

    Args:
        picture: The picture.
        hidden: Which of its pixels any cover hides; none of them is looked at.
        covers: Whose surroundings.
    """
    size = picture.size
    curves = [cover.edge.grown(share * cover.length).points[::EVERY] for cover in covers for share in AROUND]
    places = np.floor(np.concatenate([np.empty((0, 2)), *curves]))
    inside = ((places >= 0) & (places < (size.width, size.height))).all(axis=1)
    columns, rows = places[inside].astype(np.int64).T
    is_open = ~hidden[rows, columns]
    shades: Shades = picture.pixels[rows[is_open], columns[is_open]]
    return shades if len(shades) else NEUTRAL


def shades_of(tone: Shades) -> Shades:
    """Return colours a little darker and lighter than a tone, shape (n, 3)."""
    return np.asarray((tone.astype(np.int64) + np.array([[-SHADES], [0], [SHADES]])).clip(0, 255), np.uint8)


def calm(shades: Shades) -> Shades:
    """Return the calm tone that stands most apart from its surroundings, shape (1, 3)."""
    distances = np.linalg.norm(_oklab(CALM)[:, None] - _oklab(shades), axis=2)
    return CALM[[int(np.minimum(distances, CAP).mean(axis=1).argmax())]]


def rim_of(tone: Shades) -> Shades:
    """Return the tone of the thin rim around a cover, shape (1, 3): light, unless the cover is nearly white."""
    return _towards(tone, 0.0, RIM_DARK) if tone.mean() > NEAR_WHITE else _towards(tone, 255.0, RIM_LIGHT)


def quiet_on(tone: Shades) -> Shades:
    """Return the tone of a quiet figure on a cover, shape (1, 3): paler than the cover, unless that is very light."""
    return _towards(tone, 0.0, PALE / 2) if tone.mean() > VERY_LIGHT else _towards(tone, 255.0, PALE)


def ink_on(tone: Shades) -> Shades:
    """Return the tone of lines on a cover, shape (1, 3)."""
    return _towards(tone, 0.0 if tone.mean() > LIGHT else 255.0, INK)


def _towards(tone: Shades, end: float, share: float) -> Shades:
    return np.rint(tone + (end - tone) * share).astype(np.uint8)


def _oklab(shades: Shades) -> Numbers:
    """Return sRGB colours (n, 3) in Oklab."""
    share = shades / 255.0
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    lab: Numbers = np.cbrt(light @ _TO_LMS.T) @ _TO_OKLAB.T
    return lab
