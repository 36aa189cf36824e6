"""One frame as the encoder takes it: brightness and two half-resolution colours, and the way to RGB and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.geometry import Size

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.records import Pixels
    from blurkit.video.turning import Turning

    Plane = npt.NDArray[np.uint8]
    Mask = npt.NDArray[np.bool_]
    Window = tuple[int, int, int, int]
    """Left, top, right, bottom in whole pixels, half-open; even."""

NEUTRAL = 128
"""Value of all three planes under a cover, before the cover is drawn: mid gray."""

UNSPECIFIED = 2
"""What streams call colours that nobody named."""

HD_ROWS = 720
"""Without a name, colours of pictures of so many rows are BT.709, and those of smaller ones BT.601."""

BT709, BT601 = 1, 5
"""Numbers of those two in a stream."""

FULL_RANGE = 2
"""Number of the range 0 to 255 in a stream; else brightness is 16 to 235."""


@dataclass(frozen=True, slots=True)
class Coloring:
    """Which colours the planes of a clip stand for, by the numbers of ITU-T H.273."""

    primaries: int = UNSPECIFIED
    """Of red, green and blue."""
    transfer: int = UNSPECIFIED
    """From light to numbers."""
    matrix: int = UNSPECIFIED
    """From red, green and blue to planes."""
    range: int = 0
    """1 for 16 to 235, 2 for 0 to 255, 0 if it is not said."""

    rows: int = 0
    """Of the frames: where nobody named the matrix, players go by them."""

    @property
    def shown_matrix(self) -> int:
        """The matrix that players use."""
        known = {1: BT709, 4: 4, 5: BT601, 6: BT601, 7: 7, 9: 9, 10: 9}
        return known.get(self.matrix, BT709 if self.rows >= HD_ROWS else BT601)


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """An upright frame of even width and height, in YUV 4:2:0 of 8 bits."""

    y: Plane
    """Brightness, shape (H, W)."""
    u: Plane
    """Blue against brightness, shape (H / 2, W / 2)."""
    v: Plane
    """Red against brightness, likewise."""

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        height, width = self.y.shape
        return Size(width, height)

    @classmethod
    def of(cls, frame: Any, turning: Turning) -> Planes:
        """Take the planes of an `av.VideoFrame` in yuv420p and turn them upright.

        A last row or column without a partner is doubled: half-resolution colours have no place for half a sample.
        """
        y, u, v = (np.ascontiguousarray(turning(_array(plane))) for plane in frame.planes)
        return cls(
            np.pad(y, [(0, 2 * half - whole) for half, whole in zip(u.shape, y.shape, strict=True)], "edge"), u, v
        )

    def shrunk(self, size: Size) -> Planes:
        """Return the frame in a smaller size; each new sample is the mean of the part that it shows."""
        import cv2

        if size == self.size:
            return self
        whole, half = (size.width, size.height), (size.width // 2, size.height // 2)
        y, u, v = (
            np.asarray(cv2.resize(plane, to, interpolation=cv2.INTER_AREA), np.uint8)
            for plane, to in ((self.y, whole), (self.u, half), (self.v, half))
        )
        return Planes(y, u, v)

    def part(self, window: Window) -> Planes:
        """Return a part of the frame, which is not to be written to."""
        left, top, right, bottom = window
        half = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
        return Planes(self.y[top:bottom, left:right], self.u[half], self.v[half])

    def with_part(self, part: Planes, window: Window) -> Planes:
        """Return the frame with another part in a window."""
        left, top, right, bottom = window
        half = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
        new = Planes(self.y.copy(), self.u.copy(), self.v.copy())
        new.y[top:bottom, left:right], new.u[half], new.v[half] = part.y, part.u, part.v
        return new

    def frame(self, coloring: Coloring) -> Any:
        """Return an `av.VideoFrame` in yuv420p."""
        from av import VideoFrame

        height, width = self.y.shape
        flat = np.concatenate([self.y.ravel(), self.u.ravel(), self.v.ravel()]).reshape(height * 3 // 2, width)
        frame = VideoFrame.from_ndarray(flat, format="yuv420p")
        frame.colorspace, frame.color_range = coloring.matrix, coloring.range
        frame.color_primaries, frame.color_trc = coloring.primaries, coloring.transfer
        return frame

    def rgb(self, coloring: Coloring) -> Pixels:
        """Return what a player shows: upright RGB, uint8 of shape (H, W, 3), read-only."""
        shown = self.frame(coloring).reformat(
            format="rgb24", src_colorspace=coloring.shown_matrix, src_color_range=coloring.range or 1
        )
        pixels: Pixels = shown.to_ndarray()
        pixels.flags.writeable = False
        return pixels

    def blank(self, mask: Mask) -> Planes:
        """Return the planes with nothing under a mask.

        Args:
            mask: Bool of shape (H, W), the same within each cell of 2 x 2 pixels.
        """
        return self._filled(mask, *(np.full_like(plane, NEUTRAL) for plane in (self.y, self.u, self.v)))

    def with_drawn(self, pixels: Pixels, mask: Mask, coloring: Coloring) -> Planes:
        """Return the planes with what was drawn under a mask; all else stays as it is, bit for bit.

        Args:
            pixels: The drawn picture, RGB, uint8 of shape (H, W, 3).
            mask: As in `blank`.
            coloring: That of the planes.
        """
        from av import VideoFrame

        drawn = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24").reformat(
            format="yuv420p", dst_colorspace=coloring.shown_matrix, dst_color_range=coloring.range or 1
        )
        return self._filled(mask, *(_array(plane) for plane in drawn.planes))

    def _filled(self, mask: Mask, y: Plane, u: Plane, v: Plane) -> Planes:
        cells = mask[::2, ::2]
        return Planes(np.where(mask, y, self.y), np.where(cells, u, self.u), np.where(cells, v, self.v))


def _array(plane: Any) -> Plane:
    """Return a copy of an 8-bit plane without the padding of its lines."""
    lines: Plane = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return lines[:, : plane.width].copy()
