"""How a source is coded, as far as the output keeps it: colours, density, tables. Part of the load stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.picture.color import usable_profile
from blurkit.picture.named import profile_in
from blurkit.picture.quantization import is_of_an_encoder
from blurkit.records import Colors, Encoding, ImageFormat

if TYPE_CHECKING:
    from PIL import Image

GRAYS = bytes(tone for tone in range(256) for _ in range(3))
"""Palette of a GIF that Pillow shows as gray."""

SUBSAMPLINGS = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}


def colors_of(image: Image.Image, mode: str, data: bytes, kind: ImageFormat) -> Colors:
    """Return which colours the samples of a source stand for.

    Args:
        image: As Pillow opened it.
        mode: Kind of samples, as in `Picture.mode`.
        data: The whole file.
        kind: Its format.
    """
    profile = usable_profile(profile_in(image.info, data, kind), mode)
    if mode != "P":
        return Colors(profile)
    transparency = image.info.get("transparency")
    palette = bytes(image.getpalette("RGB") or GRAYS)
    return Colors(profile, palette, transparency if isinstance(transparency, bytes | int) else None)


def encoding_of(image: Image.Image, data: bytes, kind: ImageFormat, *, turned: bool) -> Encoding:
    """Return what the output keeps of the way the source is coded.

    Args:
        image: As Pillow opened it.
        data: The whole file.
        kind: Its format.
        turned: Whether the upright photo is the stored one turned by 90 degrees.
    """
    tables = _tables_used(image) if kind is ImageFormat.JPEG else []
    subsampling = None
    if tables:
        from PIL.JpegImagePlugin import get_sampling

        subsampling = SUBSAMPLINGS.get(get_sampling(image), "4:4:4")
        if turned and subsampling == "4:2:2":
            subsampling = "4:4:4"
    is_kept = all(map(is_of_an_encoder, tables))
    return Encoding(
        dpi=_density(image.info.get("dpi"), turned=turned),
        quantization=(is_kept and tuple(_table(table, turned=turned) for table in tables)) or None,
        subsampling=subsampling,
        progressive=bool(image.info.get("progressive")),
        lossless=kind is ImageFormat.WEBP and _is_lossless_webp(data),
        compression=image.info.get("compression") if kind is ImageFormat.TIFF else None,
    )


def _tables_used(image: Image.Image) -> list[list[int]]:
    """Return the quantisation table of each colour, the last once: a spare table may hold a text."""
    tables: dict[int, list[int]] = image.quantization  # type: ignore[attr-defined]
    layers: list[tuple[int, int, int, int]] = image.layer  # type: ignore[attr-defined]
    used = [tables[number] for *_, number in layers if number in tables]
    while len(used) > 1 and used[-1] == used[-2]:
        used.pop()
    return used


def _table(values: list[int], *, turned: bool) -> tuple[int, ...]:
    """Return a quantisation table for the upright photo: transposed if it was turned by 90 degrees."""
    table = np.asarray(values).reshape(8, 8)
    return tuple(int(value) for value in (table.T if turned else table).ravel())


def _is_lossless_webp(data: bytes) -> bool:
    """Whether the picture is in a `VP8L` chunk; in front of it there may be others, such as a colour profile."""
    at = 12
    while data[at : at + 4] in (b"VP8X", b"ICCP", b"ALPH"):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return data[at : at + 4] == b"VP8L"


def _density(dpi: Any, *, turned: bool) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in dpi)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not (1 < across < 65536 and 1 < down < 65536):  # 1 is what files without a density say
        return None
    return (down, across) if turned else (across, down)
