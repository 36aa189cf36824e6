"""The obscure stage: a picture and decisions in, a picture with covers out.

What is drawn under a cover is a function of its geometry, of colours and random numbers, and of pixels outside all
covers: of no pixel under any cover. So nothing of a face can be got back from it.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.choices import Shape, Style
from blurkit.geometry import Box
from blurkit.picture.color import from_srgb, to_srgb
from blurkit.records import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from blurkit.geometry import Size
    from blurkit.records import Colors, Decision, Face, Picture
    from blurkit.settings import ObscureSettings

    Mask = npt.NDArray[np.bool_]
    Distances = npt.NDArray[np.floating]

HEAD_ASPECT = 0.8
"""Width of a head over its height, seen from the front; a narrower box is a profile and is widened to it."""

RING = 0.25
"""Width of the ring around a cover whose tones a mosaic takes, as a share of the cover's size."""

TONES = 12
"""Different tones in one mosaic."""

STRIP = 64
"""Rows of a cover's outline that are computed at once."""

GRID = 2
"""Covers are rounded outward to cells of so many pixels, the size of a half-resolution chroma sample, and one more.

Decoders smooth such chroma: the pixel next to a sample shows a quarter of it. So the cell next to an outline may hold
colour from under it, and is covered, too.
"""


@dataclass(frozen=True, slots=True)
class Cover:
    """The outline of one cover, in pixels of the upright photo."""

    box: Box
    """What the upright outline fills; may stick out of the photo."""
    face_size: float
    """The longer side of the face it covers."""
    shape: Shape
    """Ellipse or rounded box."""
    tilt: float = 0.0
    """How far the head is turned in the picture, clockwise in radians; if it is, a turned outline is covered, too."""

    @property
    def bounds(self) -> Box:
        """The smallest box around both outlines."""
        if not self.tilt:
            return self.box
        half_width, half_height = self._turned_halves()
        reach = math.hypot(half_width, half_height)
        center = self.box.center
        return self.box.union(Box(center.x - reach, center.y - reach, center.x + reach, center.y + reach))

    def mask(self, window: tuple[int, int, int, int]) -> Mask:
        """Return which pixels of a window the cover touches, rounded outward.

        Args:
            window: Left, top, right, bottom in whole pixels, half-open.

        Returns:
            Bool of shape (bottom - top, right - left).
        """
        left, top, right, bottom = window
        columns = np.arange(left, right) + 0.5 - self.box.center.x
        touched = np.empty((bottom - top, right - left), bool)
        for start in range(top, bottom, STRIP):  # strip by strip: a large cover needs no large numbers in memory
            stop = min(start + STRIP, bottom)
            rows = np.arange(start, stop) + 0.5 - self.box.center.y
            touched[start - top : stop - top] = self._touched_by_either(columns[None, :], rows[:, None])
        return touched

    def _touched_by_either(self, columns: Distances, rows: Distances) -> Mask:
        """Return which pixels the upright or the turned outline touches, by their distances from the middle."""
        touched = self._touched(columns, rows, (self.box.width / 2, self.box.height / 2), 0.5)
        if self.tilt:
            cos, sin = math.cos(self.tilt), math.sin(self.tilt)
            across, down = columns * cos + rows * sin, rows * cos - columns * sin
            touched |= self._touched(across, down, self._turned_halves(), math.sqrt(0.5))
        return touched

    def _touched(self, across: Distances, down: Distances, halves: tuple[float, float], slack: float) -> Mask:
        """Return which pixels come within half the outline's width and height, `slack` being how far one reaches."""
        power = 2 if self.shape is Shape.ELLIPSE else 8
        near = (np.maximum(np.abs(distance) - slack, 0.0) for distance in (across, down))
        shares = [(distance / max(half, 0.5)) ** power for distance, half in zip(near, halves, strict=True)]
        touched: Mask = shares[0] + shares[1] <= 1.0
        return touched

    def _turned_halves(self) -> tuple[float, float]:
        """Return half width and height of the head whose turned ellipse fills the upright box."""
        height = math.hypot(self.box.width, self.box.height) / math.hypot(1.0, HEAD_ASPECT)
        return HEAD_ASPECT * height / 2, height / 2


def cover_of(face: Face, settings: ObscureSettings) -> Cover:
    """Return the cover over the whole head of a face: forehead to under the chin, ears included.

    With a margin of 0.21 or more the ellipse holds the whole face box, its corners included. If the
    head is tilted, the outline turned with it is added: a wrong tilt can only cover more.
    """
    box = face.box
    width = max(box.width, HEAD_ASPECT * box.height)
    height = max(box.height, HEAD_ASPECT * box.width)
    reach = 1 + 2 * settings.margin
    center = box.center
    dx, dy = width * reach / 2, height * reach / 2
    return Cover(
        Box(center.x - dx, center.y - dy, center.x + dx, center.y + dy),
        max(box.width, box.height),
        settings.shape,
        math.radians(face.tilt),
    )


def stamp(cover: Cover, size: Size) -> tuple[tuple[slice, slice], Mask]:
    """Return where a cover lies in the photo's arrays, and which pixels there it covers.

    Rounded outward to cells of `GRID` pixels and one more cell, so that no half-resolution chroma sample mixes covered
    and open pixels, and no open pixel shows what a decoder has spread from a sample within the outline.

    Returns:
        Rows and columns of the window, and a bool array of the window's shape.
    """
    left, top, right, bottom = cover.bounds.pixels(size)
    left, top = (max(0, side // GRID - 1) * GRID for side in (left, top))
    right, bottom = ((math.ceil(side / GRID) + 1) * GRID for side in (right, bottom))
    touched = cover.mask((left, top, right, bottom))
    rows, columns = touched.shape[0] // GRID, touched.shape[1] // GRID
    cells: Mask = np.asarray(touched.reshape(rows, GRID, columns, GRID).any(axis=(1, 3)), bool)
    cells = _grown(cells)
    whole = np.repeat(np.repeat(cells, GRID, axis=0), GRID, axis=1)
    window = slice(top, min(top + whole.shape[0], size.height)), slice(left, min(left + whole.shape[1], size.width))
    return window, whole[: window[0].stop - top, : window[1].stop - left]


def _grown(cells: Mask) -> Mask:
    """Return cells with all that touch them, by a side or a corner."""
    tall = cells.copy()
    tall[1:] |= cells[:-1]
    tall[:-1] |= cells[1:]
    grown = tall.copy()
    grown[:, 1:] |= tall[:, :-1]
    grown[:, :-1] |= tall[:, 1:]
    return grown


def covered_mask(faces: Sequence[Face], settings: ObscureSettings, size: Size) -> Mask:
    """Return which pixels lie under any cover: bool of shape (H, W)."""
    mask = np.zeros((size.height, size.width), bool)
    for face in faces:
        window, touched = stamp(cover_of(face, settings), size)
        mask[window] |= touched
    return mask


def obscure(
    picture: Picture,
    decisions: Sequence[Decision],
    settings: ObscureSettings,
    *,
    random: np.random.Generator | None = None,
) -> Picture:
    """Draw a cover over each face that is to be covered.

    Args:
        picture: The upright picture; not written to.
        decisions: One per face; a covered face wins over a kept one next to it.
        settings: Style, shape, colour, margin and cells.
        random: For tests; by default seeded from the operating system, and the seed is not stored.

    Returns:
        A new picture. Palette entries that only covered pixels used are gone from its palette.

    Invariant: outside the covers nothing changes; inside, nothing depends on a pixel under any cover.
    """
    faces = [decision.face for decision in decisions if decision.judgement.action is Action.COVER]
    if not faces:
        return picture
    mask = covered_mask(faces, settings, picture.size)
    if picture.mode == "P":
        picture = replace(picture, colors=_open_palette(picture, mask, settings))
    pixels = picture.pixels.copy()
    samples = pixels if picture.samples is picture.pixels else picture.samples.copy()
    random = random or np.random.default_rng(secrets.randbits(128))
    for face in faces:
        cover = cover_of(face, settings)
        window, touched = stamp(cover, picture.size)
        if settings.style is Style.SOLID:
            shades, picks = np.asarray([settings.rgb], np.uint8), np.zeros(touched.shape, int)
        else:
            shades, picks = _ring_shades(picture, cover, mask, random), _mosaic(touched.shape, cover, settings, random)
        tones = from_srgb(shades, picture.mode, picture.colors)
        samples[window][touched] = tones[picks[touched]]
        if pixels is not samples:
            pixels[window][touched] = to_srgb(tones[None], picture.mode, picture.colors)[0][picks[touched]]
    samples.flags.writeable = pixels.flags.writeable = False
    return replace(picture, samples=samples, pixels=pixels)


def _mosaic(
    shape: tuple[int, ...], cover: Cover, settings: ObscureSettings, random: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return a random tone's number for each pixel of a window, the same within each cell."""
    cell = GRID * max(1, math.ceil(cover.face_size / settings.blocks_across / GRID))
    cells = random.integers(TONES, size=(math.ceil(shape[0] / cell), math.ceil(shape[1] / cell)))
    return np.repeat(np.repeat(cells, cell, axis=0), cell, axis=1)[: shape[0], : shape[1]]


def _ring_shades(picture: Picture, cover: Cover, mask: Mask, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return `TONES` colours (n, 3) of the ring just outside a cover; grays if there is no ring."""
    left, top, right, bottom = cover.bounds.expand(RING, RING).pixels(picture.size)
    open_rows, open_columns = np.nonzero(~mask[top:bottom, left:right])
    if len(open_rows) == 0:
        return np.repeat(np.linspace(64, 192, TONES).astype(np.uint8)[:, None], 3, axis=1)
    picks = random.integers(len(open_rows), size=TONES)
    shades: npt.NDArray[np.uint8] = picture.pixels[open_rows[picks] + top, open_columns[picks] + left]
    return shades


def _open_palette(picture: Picture, mask: Mask, settings: ObscureSettings) -> Colors:
    """Return the colours with a palette of only those that open pixels use, and one for the cover.

    What only covered pixels used could tell their tones, so those entries are blanked.
    """
    palette = np.frombuffer(picture.colors.palette or b"", np.uint8).reshape(-1, 3).copy()
    used = np.zeros(256, bool)
    used[np.unique(picture.samples[~mask])] = True
    used = used[: len(palette)]
    palette[~used] = 0
    clear = picture.colors.transparency
    if isinstance(clear, bytes):
        alpha = np.frombuffer(clear.ljust(len(palette), b"\xff")[: len(palette)], np.uint8).copy()
        alpha[~used] = 255
        clear = alpha.tobytes()
    elif clear is not None and not used[clear]:
        clear = None
    if settings.style is Style.SOLID:
        color = from_srgb(np.asarray([settings.rgb], np.uint8), "RGB", picture.colors)
        if not used.all():
            palette[used.argmin()] = color[0]
        elif len(palette) < 256:
            palette = np.concatenate([palette, color])
    return replace(picture.colors, palette=palette.tobytes(), transparency=clear)
