"""What a TIFF holds besides what viewers show of its pixels: tiles beyond the edges, and samples that mean nothing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from blurkit.metadata.base import Hidden, Kind
from blurkit.metadata.beyond import WORDS, as_png, luma_and_chroma, shows_something
from blurkit.metadata.tiffwrite import TILES, Page, write_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from blurkit.metadata.ifd import Directory, Tiff

    Pixels = npt.NDArray[np.uint8]

_WIDTH, _HEIGHT, _KIND, _SAMPLES, _EXTRA, _INKS = 256, 257, 262, 277, 338, 332
_TILE_WIDTH, _TILE_HEIGHT = 322, 323
_SHORT, _LONG = 3, 4
_UNKNOWN, _ALPHA = 0, 2
_COLORS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3}
"""Samples that the colour of a pixel takes, by the tag that names the kind."""
_WITH_ALPHA = {"LA", "RGBA"}
_MOST_PIXELS = 1 << 27


def beyond_tiles(tiff: Tiff, directory: Directory, page: Page, where: str, *, is_lossy: bool) -> Iterator[Hidden]:
    """Yield what the tiles of a page hold beyond its right and lower edge, unless it is the edge again or one tone.

    Args:
        tiff: The file.
        directory: The directory of the page.
        page: What is written of it.
        where: What it is called.
        is_lossy: Coding changes tones a little.
    """
    if TILES not in page.values:
        return
    size = tiff.number(directory, _WIDTH), tiff.number(directory, _HEIGHT)
    tile = tiff.number(directory, _TILE_WIDTH), tiff.number(directory, _TILE_HEIGHT)
    if not all(size) or not all(tile):
        return
    whole = tuple(-(-length // each) * each for length, each in zip(size, tile, strict=True))
    if whole == size or whole[0] * whole[1] > _MOST_PIXELS:
        return
    values = dict(page.values)
    for tag, length in zip((_WIDTH, _HEIGHT), whole, strict=True):
        values[tag] = (_LONG, length.to_bytes(4, tiff.order))
    pixels = _decoded(write_pages(tiff.order, [Page(values, page.pieces)]))
    if pixels is None:
        yield Hidden(Kind.OTHER, where, sum(map(len, page.pieces)), "tiles that are not searched beyond the edge")
        return
    width, height = size
    for side, strip, edge in (
        ("right", pixels[:, width:], pixels[:, width - 1 : width]),
        ("lower", pixels[height:], pixels[height - 1 : height]),
    ):
        if strip.size and (_differs(strip, edge, side) if is_lossy else _is_no_filling(strip, edge)):
            yield Hidden(Kind.CROP, where, strip.size, f"{WORDS} ({side})", None, as_png(_rgb(strip)))


def spare_samples(tiff: Tiff, directory: Directory, page: Page, where: str) -> Iterator[Hidden]:
    """Yield samples of each pixel that are neither colour nor transparency, unless they hold one tone."""
    colors = _COLORS.get(tiff.number(directory, _KIND))
    samples = tiff.number(directory, _SAMPLES, 1)
    if colors is None or samples <= colors or tiff.number(directory, _INKS, 1) != 1:
        return
    kinds = [*tiff.numbers(directory.get(_EXTRA)), *[_UNKNOWN] * samples][: samples - colors]
    if len(kinds) == 1 and kinds[0] != _UNKNOWN:
        return
    size = sum(map(len, page.pieces)) // samples
    words = "samples of each pixel that nothing shows"
    if len(kinds) > 1:
        yield Hidden(Kind.OTHER, where, size, words)
        return
    values = page.values | {_EXTRA: (_SHORT, _ALPHA.to_bytes(2, tiff.order))}
    pixels = _decoded(write_pages(tiff.order, [Page(values, page.pieces)]), _WITH_ALPHA)
    if pixels is None:
        yield Hidden(Kind.OTHER, where, size, words)
    elif (pixels[..., -1] != pixels[0, 0, -1]).any():
        yield Hidden(Kind.OTHER, where, size, words, None, as_png(_rgb(pixels[..., -1])))


def _differs(strip: Pixels, edge: Pixels, side: str) -> bool:
    """Whether a strip that was coded with loss shows anything but the edge again."""
    tones = [luma_and_chroma(_rgb(each)) for each in (strip, edge)]
    return shows_something(*(each.swapaxes(0, 1) if side == "right" else each for each in tones))


def _is_no_filling(strip: Pixels, edge: Pixels) -> bool:
    """Whether a strip is neither the edge again nor all of one colour."""
    return bool((strip != edge).any() and (strip != strip[:1, :1]).any())


def _rgb(pixels: Pixels) -> Pixels:
    """Return samples as colours to look at."""
    colors = pixels.reshape(*pixels.shape[:2], -1)[..., :3]
    if colors.dtype != np.uint8:
        colors = (colors.astype(np.float64) * (255 / max(1, int(colors.max())))).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(colors[..., :1], 3, axis=2) if colors.shape[2] < 3 else colors)


def _decoded(data: bytes, modes: set[str] | None = None) -> Pixels | None:
    """Return the samples of a page; None if it cannot be decoded, or is none of these kinds."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
            return None if modes is not None and image.mode not in modes else np.asarray(image)
    except (OSError, ValueError, SyntaxError, TypeError, Image.DecompressionBombError):
        return None
