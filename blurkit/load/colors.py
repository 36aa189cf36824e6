"""The colours of a source, so that nothing of its profile survives. Part of the load stage.

In: samples with the profile that came with them. Out: samples with a profile made of its numbers; or, where it is a
table of colours, in which a whole picture may hide, samples converted to sRGB.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.picture.color import to_srgb
from blurkit.picture.profiles import rebuilt
from blurkit.records import Colors

if TYPE_CHECKING:
    from blurkit.records import Samples


def own_colors(samples: Samples, mode: str, colors: Colors) -> tuple[Samples, str, Colors]:
    """Return samples, their kind and their colours with a rebuilt profile, or without one.

    A profile in the form of a table takes 16 bits down to 8, and inks to RGB.

    Args:
        samples: Of the kind `mode`.
        mode: Kind of samples, as in `Picture.mode`.
        colors: With the profile as it came.
    """
    if colors.icc_profile is None:
        return samples, mode, colors
    profile = rebuilt(colors.icc_profile)
    if profile is not None:
        return samples, mode, replace(colors, icc_profile=profile)
    plain = replace(colors, icc_profile=None)
    if mode == "P":
        entries = np.frombuffer(colors.palette or b"", np.uint8).reshape(1, -1, 3)
        return samples, mode, replace(plain, palette=to_srgb(entries, "RGB", colors).tobytes())
    shown = to_srgb(samples, mode, colors)
    if mode.startswith("L"):
        shown = shown[..., :1]
    if mode.startswith(("LA", "RGBA")):
        alpha = samples[..., -1:]
        shown = np.concatenate([shown, (alpha >> 8 if mode.endswith(";16") else alpha).astype(np.uint8)], axis=2)
    kind = "RGB" if mode == "CMYK" else mode.removesuffix(";16")
    return np.ascontiguousarray(shown[..., 0] if kind == "L" else shown), kind, plain
