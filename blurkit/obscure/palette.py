"""Palettes of pictures under covers: nothing in them tells what was hidden. Part of the obscure stage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.picture.color import from_srgb

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.records import Colors, Picture

ENTRIES = 256
"""Most colours of a palette."""


def open_palette(picture: Picture, hidden: npt.NDArray[np.bool_], shades: npt.NDArray[np.uint8]) -> Colors:
    """Return the colours with a palette of only those that open pixels use, and those of the covers.

    What only hidden pixels used could tell their tones, so those entries are blanked.

    Args:
        picture: A picture with a palette.
        hidden: Which of its pixels covers hide, bool of shape (H, W).
        shades: sRGB colours of the covers, shape (n, 3), the most important first; they go where there is room.
    """
    palette = np.frombuffer(picture.colors.palette or b"", np.uint8).reshape(-1, 3).copy()
    used = np.zeros(ENTRIES, bool)
    used[np.unique(picture.samples[~hidden])] = True
    used = used[: len(palette)]
    palette[~used] = 0
    clear = picture.colors.transparency
    if isinstance(clear, bytes):
        alpha = np.frombuffer(clear.ljust(len(palette), b"\xff")[: len(palette)], np.uint8).copy()
        alpha[~used] = 255
        clear = alpha.tobytes()
    elif clear is not None and not used[clear]:
        clear = None
    added = from_srgb(shades, "RGB", picture.colors)
    room = np.flatnonzero(~used)[: len(added)]
    palette[room] = added[: len(room)]
    more = added[len(room) : len(room) + ENTRIES - len(palette)]
    return replace(picture.colors, palette=np.concatenate([palette, more]).tobytes(), transparency=clear)
