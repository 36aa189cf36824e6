"""Cut faces out of a photo for networks: upright, in a known place, without aliasing. Reads only the crops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from blurkit.geometry import Box
    from blurkit.records import Face, Pixels

Matrix = npt.NDArray[np.float64]
"""A map of points, shape (2, 3): `M[:, :2] @ (x, y) + M[:, 2]`; whole numbers are corners of pixels."""

TEMPLATE = np.array([[0.2273, 0.2214], [0.7528, 0.2212], [0.4901, 0.5156], [0.2541, 0.7802], [0.7261, 0.7802]])
"""Where eyes, nose tip and mouth corners lie in an upright face of width 1: dlib's mean face, which its chips use.

Source: mean_face_shape_x and mean_face_shape_y of 68 points, https://github.com/davisking/dlib
"""

OVERSAMPLING = 2.0
"""Pixels of the photo, shrunk by a whole number, for about one pixel of the chip: sharper than one, hardly aliased."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Where a face is and how it is turned."""

    box: Box
    """The face in pixels of the photo."""
    to_template: Matrix
    """Photo to template: turned upright and scaled, never sheared."""
    misfit: float
    """How far the landmarks lie from the template, root mean square in face widths: grows as the face turns away."""

    @property
    def roll(self) -> float:
        """Angle that turns the face upright, in radians."""
        return math.atan2(self.to_template[1, 0], self.to_template[0, 0])


def pose_of(face: Face) -> Pose | None:
    """Return how a face lies, or None if it has no landmarks that make a face."""
    if face.landmarks is None or len(face.landmarks) != len(TEMPLATE) or face.box.area <= 0:
        return None
    points = np.array([[point.x, point.y] for point in face.landmarks])
    to_template = _similarity(points)
    if to_template is None:
        return None
    offsets = points @ to_template[:, :2].T + to_template[:, 2] - TEMPLATE
    return Pose(face.box, to_template, math.sqrt(float(np.mean(np.sum(offsets**2, axis=1)))))


def aligned(pose: Pose, padding: float, side: int) -> Matrix:
    """Return the map from the photo to a chip of `side` pixels, with `padding` face widths around the template."""
    scale = side / (1 + 2 * padding)
    return np.hstack([scale * pose.to_template[:, :2], scale * (pose.to_template[:, 2:] + padding)])


def upright_square(pose: Pose, size: float, side: int) -> Matrix:
    """Return the map from the photo to an upright square chip, `size` times the longer side of the box."""
    return square(pose.box, pose.roll, size, side)


def square(box: Box, roll: float, size: float, side: int) -> Matrix:
    """Return the map from the photo to a square chip, `size` times the longer side of the box, turned by `roll`."""
    scale = side / (size * max(box.width, box.height))
    cos, sin = scale * math.cos(roll), scale * math.sin(roll)
    turn = np.array([[cos, -sin], [sin, cos]])
    center = np.array([box.center.x, box.center.y])
    return np.hstack([turn, (side / 2 - turn @ center)[:, None]])


def cut(pixels: Pixels, matrix: Matrix, side: int) -> Pixels:
    """Cut a chip out of a photo.

    Args:
        pixels: Photo, uint8 of shape (H, W, 3); not written to.
        matrix: The map from the photo to the chip: turns, scales and moves.
        side: Width and height of the chip in pixels.

    Returns:
        uint8 of shape (side, side, 3); what lies outside the photo repeats its border.
    """
    import cv2

    height, width = pixels.shape[:2]
    back = np.linalg.inv(matrix[:, :2])
    step = max(1, min(round(math.hypot(*back[0]) / OVERSAMPLING), width, height))
    corners = (np.array([[0, 0], [side, 0], [0, side], [side, side]]) - matrix[:, 2]) @ back.T
    first, last = corners.min(axis=0) - 2 * step, corners.max(axis=0) + 2 * step
    left, top = (int(v) for v in np.clip(first, 0, [width - step, height - step]))
    columns = int(np.clip((last[0] - left) // step, 1, (width - left) // step))
    rows = int(np.clip((last[1] - top) // step, 1, (height - top) // step))
    region = pixels[top : top + rows * step, left : left + columns * step]
    if step > 1:  # whole steps: cv2 is several times faster then
        region = cv2.resize(region, (columns, rows), interpolation=cv2.INTER_AREA)
    shift = matrix[:, :2] @ [left + step / 2, top + step / 2] + matrix[:, 2] - 0.5  # cv2 counts from pixel centres
    chip = cv2.warpAffine(
        region,
        np.hstack([step * matrix[:, :2], shift[:, None]]),
        (side, side),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(chip, np.uint8)


def sharpness(chip: Pixels) -> float:
    """Return how much of a chip's contrast is lost when it is shown at half the resolution, 0..1.

    About 0.2 for a sharp face, 0.1 for one of 32 px, and 0.03 for one blurred by a 24th of its height (measured on
    aligned chips of 64 px). Relative to the face and to its contrast, so neither size nor light decides.
    """
    import cv2

    gray = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY).astype(np.float32)
    half = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    lost = gray - cv2.resize(half, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return float(_middle(lost).std() / max(1.0, _middle(gray).std()))


def contrast(chip: Pixels) -> float:
    """Return the standard deviation of a chip's light, 0..128.

    About 38 for a face in good light, 17 to 60 for nearly all; 8 at a 30th of the light. Not the light itself, which
    says as much about skin.
    """
    import cv2

    return float(_middle(cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)).std())


def _middle(gray: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a square without its edge, where resizing is not exact."""
    edge = len(gray) // 16
    return gray[edge : len(gray) - edge, edge : len(gray) - edge]


def _similarity(points: npt.NDArray[np.float64]) -> Matrix | None:
    """Fit turn, scale and shift from points (5, 2) to the template by least squares; None if they all but coincide.

    Source: Umeyama 1991, https://doi.org/10.1109/34.88573
    """
    if not np.isfinite(points).all():
        return None
    middle, goal = points.mean(axis=0), TEMPLATE.mean(axis=0)
    (x, y), (u, v) = (points - middle).T, (TEMPLATE - goal).T
    spread = float(x @ x + y @ y)
    cos, sin = float(x @ u + y @ v), float(x @ v - y @ u)
    if spread < 1e-6 or math.hypot(cos, sin) < 1e-6:
        return None
    turn = np.array([[cos, -sin], [sin, cos]]) / spread
    return np.hstack([turn, (goal - turn @ middle)[:, None]])
