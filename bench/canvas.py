"""A photo that signs are laid into, turned and a little askew, and where each one comes to lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from blurkit.geometry import Box

Pixels = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """Something that was drawn into a photo."""

    kind: str
    """badge, jersey, banner, poster, other (another script), plate or code."""
    corners: Corners
    """Of what is written, in pixels of the photo, shape (4, 2)."""

    @property
    def height(self) -> float:
        """Of the letters, or the shorter side of the code, in pixels."""
        sides = np.hypot(*(np.roll(self.corners, -1, axis=0) - self.corners).T)
        return float(min((sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2))


class Canvas:
    """A photo that is drawn on."""

    def __init__(self, pixels: npt.NDArray[np.float32], faces: Sequence[Box], random: np.random.Generator) -> None:
        self.pixels, self.faces, self.random = pixels, faces, random
        self.signs: list[Sign] = []
        self._taken = np.zeros(pixels.shape[:2], bool)
        for face in faces:
            self._taken[
                int(max(face.top - 0.4 * face.height, 0)) : int(face.bottom), int(max(face.left, 0)) : int(face.right)
            ] = True

    def chosen_faces(self) -> list[Box]:
        """Return about half of the people."""
        return [face for face in self.faces if self.random.random() < 0.5]

    def brightness(self, x: float, y: float, reach: float) -> float:
        """Return how bright a place is, 0 to 255."""
        part = self.pixels[
            max(int(y - reach / 2), 0) : int(y + reach / 2) + 1, max(int(x - reach / 2), 0) : int(x + reach / 2) + 1
        ]
        return float(part.mean()) if part.size else 0.0

    def pick(self, choices: Sequence[str]) -> str:
        """Return one by chance."""
        return choices[int(self.random.integers(len(choices)))]

    def free(self, width: float, height: float) -> tuple[float, float] | None:
        """Return the middle of a free place; None if none was hit upon."""
        rows, columns = self.pixels.shape[:2]
        if width >= columns or height >= rows:
            return None
        for _ in range(60):
            x = self.random.uniform(width / 2, columns - width / 2)
            y = self.random.uniform(height / 2, rows - height / 2)
            if self._is_free(x, y, width, height):
                return x, y
        return None

    def _is_free(self, x: float, y: float, width: float, height: float) -> bool:
        part = self._taken[
            max(int(y - height / 2), 0) : int(y + height / 2), max(int(x - width / 2), 0) : int(x + width / 2)
        ]
        return not part.any()

    def put(
        self, kind: str, sheet: Image.Image, inks: Sequence[Corners], at: tuple[float, float], scale: float, turn: float
    ) -> bool:
        """Lay a sheet into the photo, turned and a little askew, unless its place is taken.

        Args:
            kind: What its inks are.
            sheet: RGBA.
            inks: Corners of what is written on it, in its pixels.
            at: Where its middle comes.
            scale: Pixels of the photo for one of the sheet.
            turn: Degrees clockwise.
        """
        width, height = sheet.size
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64) - (width / 2, height / 2)
        askew = corners * (1 + self.random.uniform(-0.06, 0.06, corners.shape))
        angle = np.radians(turn)
        rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        placed = askew * scale @ rotation + at
        left, top = np.floor(placed.min(axis=0)).astype(int)
        right, bottom = np.ceil(placed.max(axis=0)).astype(int)
        rows, columns = self.pixels.shape[:2]
        if left < 0 or top < 0 or right > columns or bottom > rows or self._taken[top:bottom, left:right].any():
            return False
        self._taken[top:bottom, left:right] = True
        fine = max(1, int(np.ceil(1 / scale))) if scale < 1 else 1
        small = sheet.resize(
            (max(1, round(width * scale * 2)), max(1, round(height * scale * 2))),
            Image.Resampling.BOX if fine > 1 else Image.Resampling.BICUBIC,
        )
        source = np.array([(0, 0), (small.width, 0), small.size, (0, small.height)], np.float32)
        turned = cv2.getPerspectiveTransform(source, (placed - (left, top)).astype(np.float32) * 2)
        layer = cv2.warpPerspective(
            np.asarray(small, np.float32), turned, (2 * (right - left), 2 * (bottom - top)), flags=cv2.INTER_LINEAR
        )
        layer = cv2.resize(layer, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        home = cv2.getPerspectiveTransform(
            (corners + np.array([width / 2, height / 2])).astype(np.float32), placed.astype(np.float32)
        )
        inks_there = [
            cv2.perspectiveTransform(ink[None].astype(np.float32), home)[0].astype(np.float64) for ink in inks
        ]
        for ink in inks_there:
            self.signs.append(Sign(kind, ink))
        least = min(sign.height for sign in self.signs[-len(inks_there) :])
        blur = self.random.uniform(0, 0.045) * min(least, 60) * (0.3 if kind == "code" else 1)
        if blur > 0.3:
            layer = cv2.GaussianBlur(layer, (0, 0), blur)
        alpha = layer[..., 3:] / 255 * self.random.uniform(0.88, 1.0)
        light = self.random.uniform(0.7, 1.05) + np.linspace(-0.1, 0.1, right - left)[
            None, :, None
        ] * self.random.choice((-1, 1))
        part = self.pixels[top:bottom, left:right]
        part += alpha * (layer[..., :3] * light - part)
        return True
