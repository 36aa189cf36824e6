"""What makes a face harder to judge, done to photos at run time: small, blurred, dark, turned, and things worn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from blurkit.records import Face, Pixels

Points = npt.NDArray[np.float64]
SMALL_PX, SMALL_FACE, LARGE_FACE = 200, 190.0, 215.0
"""A face has about 190 px in photos of 200 px (UTKFace), and 215 px in larger ones (FairFace): measured."""

PRINTS = (
    ((1.0, 1.0, 1.0), (0, 0, 0)),
    ((0.75, 0.8, 0.6), (50, 25, 30)),
    ((1.0, 0.93, 0.8), (0, 0, 0)),
    ((0.8, 0.7, 0.6), (40, 20, 15)),
)
"""Kinds of old prints: what light is left of each colour, and what is added to it; those without are gray or brown."""


def resized(photo: Pixels, face_px: float, *, now: float | None = None) -> Pixels:
    """Return a photo whose face is about this high, in pixels, if it is as high `now` as said, or as usual."""
    scale = face_px / (now or face_height(photo))
    size = max(8, round(photo.shape[1] * scale)), max(8, round(photo.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, size, interpolation=way), np.uint8)


def blurred(photo: Pixels, share: float) -> Pixels:
    """Blur with a standard deviation of this share of the face's height."""
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), share * face_height(photo)), np.uint8)


def darkened(photo: Pixels, factor: float) -> Pixels:
    """Multiply light by a factor, as a shorter exposure does, and keep the sensor's noise."""
    light = (photo / 255.0) ** 2.2 * factor + np.random.default_rng(0).normal(0, 0.004, photo.shape)
    return np.asarray(np.clip(light, 0, 1) ** (1 / 2.2) * 255, np.uint8)


def old_print(photo: Pixels, kind: float) -> Pixels:
    """Make a scan of an old print: gray or faded to a colour, soft, grainy, saved again. Four kinds, counted from 0."""
    rng = np.random.default_rng(int(kind))
    gray = np.repeat(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2)
    tint, lift = PRINTS[int(kind) % len(PRINTS)]
    faded = (gray if max(lift) == 0 else photo) * np.array(tint, np.float32) + np.array(lift, np.float32)
    faded = 40 + (faded - 40) * rng.uniform(0.6, 0.95) + rng.uniform(-10, 25)
    soft = cv2.GaussianBlur(faded.astype(np.float32), (0, 0), rng.uniform(0.003, 0.011) * len(photo))
    grain = cv2.GaussianBlur(rng.normal(0, 1, gray.shape[:2]), (0, 0), 0.004 * len(photo))
    noisy = np.clip(soft + rng.uniform(3, 12) * (grain / grain.std())[:, :, None], 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(50, 90))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def turned(photo: Pixels, degrees: float) -> Pixels:
    """Turn a photo in its plane, on a canvas that holds it whole."""
    height, width = photo.shape[:2]
    side = round(1.42 * max(height, width))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += (side - width) / 2, (side - height) / 2
    return np.asarray(cv2.warpAffine(photo, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def face_height(photo: Pixels) -> float:
    """Return about how high the face of a labelled photo is, in pixels."""
    return SMALL_FACE if max(photo.shape[:2]) <= SMALL_PX else LARGE_FACE


WORSE: dict[str, tuple[Callable[[Pixels, float], Pixels], tuple[float, ...]]] = {
    "height in pixels": (resized, (200, 128, 96, 64, 48, 40, 32, 24, 16)),
    "blur as a share of the height": (blurred, (0.01, 0.02, 0.03, 0.045)),
    "light": (darkened, (0.3, 0.1, 0.03)),
    "kind of old print": (old_print, (0, 1, 2, 3)),
    "turn in degrees": (turned, (15, 30, 60, 90)),
}
"""Every way to make a photo worse, with the steps that are tried."""


class Pencil:
    """Draws on a face in its own measure: x to its left eye, y to its chin, 1 the distance of the eyes."""

    def __init__(self, photo: Pixels, face: Face) -> None:
        """Take a copy of the photo, and the frame from the face's landmarks."""
        points = np.array([[point.x, point.y] for point in face.landmarks or ()])
        self.picture = photo.copy()
        self._middle = points[:2].mean(axis=0)
        self._right = points[1] - points[0]
        down = np.array([-self._right[1], self._right[0]])
        self._down = down if down @ (points[3:].mean(axis=0) - self._middle) >= 0 else -down

    def fill(
        self, outline: Points, color: tuple[int, int, int], *, alpha: float = 1.0, hole: Points | None = None
    ) -> None:
        """Fill an outline (n, 2) but for a hole (m, 2), in the face's measure."""
        mask = np.zeros(self.picture.shape[:2], np.uint8)
        cv2.fillPoly(mask, [self._pixels(outline)], 255, cv2.LINE_AA)
        if hole is not None:
            cv2.fillPoly(mask, [self._pixels(hole)], 0, cv2.LINE_AA)
        share = alpha * (mask / 255.0)[..., None]
        self.picture = np.asarray((1 - share) * self.picture + share * np.array(color), np.uint8)

    def _pixels(self, outline: Points) -> npt.NDArray[np.int32]:
        places = self._middle + outline[:, :1] * self._right + outline[:, 1:] * self._down
        return np.asarray(np.rint(places), np.int32)


def oval(x: float, y: float, width: float, height: float, start: float = 0.0, end: float = 360.0) -> Points:
    """Return part of an oval (n, 2) by its middle and half axes; degrees from the left eye's side towards the chin."""
    angles = np.radians(np.linspace(start, end, 60))
    return np.stack([x + width * np.cos(angles), y + height * np.sin(angles)], axis=1)


def glasses(pencil: Pencil) -> None:
    """Draw dark frames with clear glass."""
    for x in (-0.5, 0.5):
        pencil.fill(oval(x, 0.02, 0.42, 0.34), (30, 25, 25), hole=oval(x, 0.02, 0.35, 0.27))
    pencil.fill(oval(0, -0.05, 0.12, 0.04), (30, 25, 25))


def sunglasses(pencil: Pencil) -> None:
    """Draw dark glass over both eyes."""
    for x in (-0.5, 0.5):
        pencil.fill(oval(x, 0.04, 0.45, 0.34), (15, 15, 20))
    pencil.fill(oval(0, -0.05, 0.15, 0.05), (15, 15, 20))


def hijab(pencil: Pencil) -> None:
    """Draw cloth around the face from the brow to the chin."""
    pencil.fill(oval(0, 0.5, 1.7, 2.2), (70, 60, 110), hole=oval(0, 0.55, 0.98, 1.3))


def helmet(pencil: Pencil) -> None:
    """Draw a shell over forehead and temples, and a strap."""
    pencil.fill(oval(0, -0.35, 1.5, 1.5, 180, 360), (200, 60, 40))
    for side in (-1, 1):
        strap = np.array([[1.05, -0.4], [1.15, -0.4], [0.3, 1.75], [0.2, 1.7]]) * [side, 1]
        pencil.fill(strap, (20, 20, 20))


def swimming(pencil: Pencil) -> None:
    """Draw a swim cap and tinted goggles."""
    pencil.fill(oval(0, -0.5, 1.35, 1.2, 180, 360), (30, 120, 200))
    for x in (-0.5, 0.5):
        pencil.fill(oval(x, 0, 0.36, 0.27), (20, 30, 60), alpha=0.75)
    pencil.fill(np.array([[-1.3, -0.08], [1.3, -0.08], [1.3, 0.03], [-1.3, 0.03]]), (20, 30, 60))


def face_paint(pencil: Pencil) -> None:
    """Draw a tiger: orange skin, white muzzle, black stripes."""
    pencil.fill(oval(0, 0.5, 1.1, 1.5), (240, 140, 30), alpha=0.55)
    pencil.fill(oval(0, 1.05, 0.6, 0.45), (250, 250, 250), alpha=0.6)
    for side in (-1, 1):
        for y in (0.5, 0.75, 1.0):
            stripe = np.array([[0.55, y], [1.1, y - 0.12], [1.1, y], [0.55, y + 0.06]]) * [side, 1]
            pencil.fill(stripe, (20, 15, 15), alpha=0.85)


def mask(pencil: Pencil) -> None:
    """Draw a medical mask over nose, mouth and chin."""
    outline = np.array([[-0.95, 0.45], [0, 0.3], [0.95, 0.45], [0.8, 1.35], [0, 1.85], [-0.8, 1.35]])
    pencil.fill(outline, (150, 200, 225))


WORN = {
    draw.__name__.replace("_", " "): draw for draw in (glasses, sunglasses, hijab, helmet, swimming, face_paint, mask)
}
"""What is drawn on labelled faces, by name."""


def worn(photo: Pixels, face: Face, what: str) -> Pixels:
    """Return a photo with something drawn on its face, placed by the landmarks."""
    pencil = Pencil(photo, face)
    WORN[what](pencil)
    return pencil.picture
