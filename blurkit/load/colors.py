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

if TYPE_CHECKING:
    from blurkit.records import Encoding, Samples


def own_colors(samples: Samples, mode: str, encoding: Encoding) -> tuple[Samples, str, Encoding]:
    """Return samples, their kind and their encoding with a colour profile made anew, or with none.

    A profile in the form of a table takes 16 bits down to 8, and inks to RGB.

    Args:
        samples: Of the kind `mode`.
        mode: Kind of samples, as in `Photo.mode`.
        encoding: With the profile as it came.
    """
    if encoding.icc_profile is None:
        return samples, mode, encoding
    profile = rebuilt(encoding.icc_profile)
    if profile is not None:
        return samples, mode, replace(encoding, icc_profile=profile)
    plain = replace(encoding, icc_profile=None, stored=None)
    if mode == "P":
        colors = np.frombuffer(encoding.palette or b"", np.uint8).reshape(1, -1, 3)
        return samples, mode, replace(plain, palette=to_srgb(colors, "RGB", encoding).tobytes())
    shown = to_srgb(samples, mode, encoding)
    if mode.startswith("L"):
        shown = shown[..., :1]
    if mode.startswith(("LA", "RGBA")):
        alpha = samples[..., -1:]
        shown = np.concatenate([shown, (alpha >> 8 if mode.endswith(";16") else alpha).astype(np.uint8)], axis=2)
    kind = "RGB" if mode == "CMYK" else mode.removesuffix(";16")
    return np.ascontiguousarray(shown[..., 0] if kind == "L" else shown), kind, plain
