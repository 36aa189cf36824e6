"""CenterFace on onnxruntime, shown a photo at several sizes: the only file that knows CenterFace."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from blurkit.detect.evidence import bundled_weights
from blurkit.detect.feed import MULTIPLE, best_of, padded
from blurkit.detect.merge import SAME_FACE_IOU, fuse
from blurkit.detect.turned import CLEARLY, FAINT, FAINTEST, looks_near, places, way_up
from blurkit.detect.views import COARSE, Sighting, View, coarse, level, look_at, measure, scale_of, sweep
from blurkit.detect.windows import near
from blurkit.errors import DetectorFailed
from blurkit.geometry import Box, Point, Size
from blurkit.machine.weights import onnx_session
from blurkit.picture.halvings import Halvings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.records import Face, Pixels
    from blurkit.settings import DetectSettings

STRIDE = 4
"""Pixels of the picture for one cell of the network's output."""

FINE = {2048: 75, 2880: 80, 4096: 51}
"""Sides at which only tiles near something small are seen, each with the height below which that is small.

Both in pixels of the view. Then comes the photo's own size, if that is more.
"""

ENLARGED = 4
"""By how much a tile is enlarged at most: further on, nothing more is to be seen."""

SMALL_PX = 75
"""Height at the finer coarse side, in its pixels, below which something in a small photo asks for tiles there."""

TILE, OVERLAP = 1216, 96
"""Longest side of one run, and how far neighbours overlap, in pixels of the view: keeps memory flat."""

FINE_TILE = 512
"""Longest side of a tile at the fine levels, in pixels of the view."""

HINT = 0.2
"""Score from which something small asks for a closer look: far below what counts as a face."""

FAINT_HINT, FAINT_PX = 0.1, 24
"""A face lower than this many pixels of the first fine level asks for it from a lower score on.

A small sharp head that stands alone is seen only faintly before.
"""

TINY_PX = 20
"""A face lower than this at the last fine level, in its pixels, asks for a look at the photo's own size."""

SURE = 0.5
"""Score from which a look counts that is not the way up of most faces: what it sees faintly is no further evidence."""

CERTAIN = 0.8
"""Score of a face that needs no further evidence: other looks would only make its box worse."""

SAME_BOX_IOU = 0.3
"""Of boxes in one picture that overlap so much, the best is kept."""

AT_ONCE = 16
"""Small pictures of one run; bounds its memory."""

AROUND = 96
"""How far around something small a closer look reaches, in pixels of the view."""


class CenterFaceNetwork:
    """The network: fully convolutional, one heat map, boxes and five landmarks.

    Source: Xu et al. 2019, https://arxiv.org/abs/1911.03599
    """

    name = "centerface"

    def __init__(self, *, threads: int = 1, min_score: float = 0.1) -> None:
        """Open the model.

        Args:
            threads: Threads of one run.
            min_score: Sightings below this are dropped, 0..1.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._session = onnx_session("centerface", threads=threads)
        self._min_score = min_score

    def look(self, picture: Pixels) -> list[Sighting]:
        """Find faces in a picture; see `views.Network`.

        Raises:
            DetectorFailed: The network failed or did not return numbers.
        """
        return self._seen(padded(picture)[None])[0]

    def look_at_many(self, pictures: Sequence[Pixels]) -> list[list[Sighting]]:
        """Find faces in many small pictures at once; see `views.SeesMany`.

        Raises:
            DetectorFailed: The network failed or did not return numbers.
        """
        found: list[list[Sighting]] = []
        for start in range(0, len(pictures), AT_ONCE):
            some = pictures[start : start + AT_ONCE]
            height, width = (-(-max(picture.shape[side] for picture in some) // MULTIPLE) * MULTIPLE for side in (0, 1))
            batch = np.zeros((len(some), height, width, 3), np.uint8)
            for black, picture in zip(batch, some, strict=True):
                black[: picture.shape[0], : picture.shape[1]] = picture
            found += self._seen(batch)
        return found

    def _seen(self, batch: Pixels) -> list[list[Sighting]]:
        """Return what is seen in each picture of a batch, uint8 RGB of shape (n, H, W, 3)."""
        try:
            maps = self._session.run(None, {"images": batch})
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise DetectorFailed(f"CenterFace failed on a photo: {error}") from error
        if not all(np.isfinite(numbers).all() for numbers in maps):
            raise DetectorFailed("CenterFace did not return numbers")
        heatmap, scale, offset, landmarks = maps
        return [self._decode(heatmap[n, 0], scale[n], offset[n], landmarks[n]) for n in range(len(batch))]

    def _decode(
        self, heatmap: np.ndarray, scale: np.ndarray, offset: np.ndarray, landmarks: np.ndarray
    ) -> list[Sighting]:
        """Turn the network's maps into boxes, keeping the best of those that overlap."""
        rows, columns = np.nonzero(heatmap > self._min_score)
        if not len(rows):
            return []
        scores = heatmap[rows, columns]
        heights, widths = np.exp(np.clip(scale[:, rows, columns], -8, 8)) * STRIDE
        tops = (rows + offset[0, rows, columns] + 0.5) * STRIDE - heights / 2
        lefts = (columns + offset[1, rows, columns] + 0.5) * STRIDE - widths / 2
        xywh = np.stack([lefts, tops, widths, heights], axis=1).astype(float)
        sightings = []
        for index in best_of(xywh, scores.tolist(), min_score=self._min_score, iou=SAME_BOX_IOU):
            left, top, width, height = xywh[index]
            ys, xs = landmarks[0::2, rows[index], columns[index]], landmarks[1::2, rows[index], columns[index]]
            points = tuple(Point(left + float(x) * width, top + float(y) * height) for x, y in zip(xs, ys, strict=True))
            sightings.append(Sighting(Box(left, top, left + width, top + height), float(scores[index]), points))
        return sightings

    def close(self) -> None:
        """Nothing to free by hand."""


class CenterFace:
    """Finds faces from 12 px to the whole photo with CenterFace: coarse levels first, tiles where faces are small.

    A photo in which nobody is seen for sure is also seen turned by 90, 180 and 270 degrees, at the coarsest level. If a
    turn shows clearly more than upright (a phone held wrongly), all levels are seen in that turn, too.
    """

    name = "centerface"

    def __init__(self, settings: DetectSettings, *, threads: int = 1) -> None:
        """Open the network.

        Args:
            settings: The score from which something is a face.
            threads: Threads of one run.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self.network = CenterFaceNetwork(threads=threads, min_score=FAINTEST)
        self.weights = bundled_weights()
        self._min_score = settings.min_score

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        """Find the faces in a photo; see `base.Detector`."""
        size = Size(pixels.shape[1], pixels.shape[0])
        found = self.sightings(pixels)
        evidence = partial(self.weights.of_looks, size=size)
        return fuse(found, self.name, min_score=self._min_score, evidence=evidence)

    def sightings(self, pixels: Pixels) -> list[Sighting]:
        """Return what all looks at a photo see, in its pixels."""
        size = Size(pixels.shape[1], pixels.shape[0])
        if min(size.width, size.height) < 2:
            return []
        photo = Halvings(pixels)
        looks = {0: self._levels(photo, 0)}
        upright = way_up(self.network, photo, looks[0])
        if upright == 0 and not any(s.score >= CERTAIN for s in looks[0]):  # nobody may stand upright here
            side = coarse(size)[0]
            looks |= {turns: self._sweep(photo, _whole(size, side, turns)) for turns in (1, 2, 3)}
            name = look_at(size, side)
            upright = max((0, 1, 2, 3), key=lambda t: _evidence(looks[t], name) / (1 if t == 0 else CLEARLY))
        if upright != 0:
            looks[upright] = self._levels(photo, upright)
        boxes = places(looks[upright], size)
        for turns in {0, 1, 2, 3} - {upright}:
            looks[turns] = looks.get(turns, []) + looks_near(self.network, photo, boxes, turns, least=SURE)
        found = [s for s in looks.pop(upright) if s.score >= FAINT]  # fainter ones were only places to look at
        known = [s.box for s in found if s.score >= CERTAIN]
        found += [s for seen in looks.values() for s in seen if s.score >= SURE and not _is_among(s.box, known)]
        return found

    def _levels(self, photo: Halvings, turns: int) -> list[Sighting]:
        """Look from coarse to fine: closer only where something small may be."""
        size = photo.size
        found = [s for side in coarse(size) for s in self._sweep(photo, _whole(size, side, turns))]
        if coarse(size)[-1] < COARSE[-1]:
            found += self._sweep(photo, _near(found, found, SMALL_PX, size, COARSE[-1], turns))
        faint = FAINT_PX / scale_of(size, min(FINE))
        hints = [s for s in found if s.score >= (FAINT_HINT if s.box.height < faint else HINT)]
        for side, small in FINE.items():
            if side > ENLARGED * measure(size):
                break
            found += self._sweep(photo, _near(hints, found, small, size, side, turns))
            hints = [s for s in found if s.score >= HINT]
        last = max(FINE)
        if measure(size) > last:
            tiny = TINY_PX / scale_of(size, last)  # at the photo's own size
            found += self._sweep(photo, _near(hints, found, tiny, size, measure(size), turns))
        return found

    def _sweep(self, photo: Halvings, views: list[View]) -> list[Sighting]:
        return sweep(self.network, photo, views)

    def close(self) -> None:
        """Free the network."""
        self.network.close()


def _whole(size: Size, side: int, turns: int) -> list[View]:
    return level(size, side, tile=TILE, overlap=OVERLAP, quarter_turns=turns)


def _near(
    hints: Sequence[Sighting], found: Sequence[Sighting], small: float, size: Size, side: int, turns: int
) -> list[View]:
    """Return views of a level that show what is around hints lower than `small`, in pixels of the view.

    What else was found near them, and is not certain, is seen again, too, if it is no higher than tiles overlap.
    """
    scale = scale_of(size, side)
    reach = AROUND / scale
    asking = [s.box for s in hints if s.box.height < small / scale]
    others = [s.box for s in found if FAINT_HINT <= s.score < CERTAIN and s.box.height < OVERLAP / scale]
    around, nearby = (
        [Box(b.left - reach, b.top - reach, b.right + reach, b.bottom + reach) for b in boxes]
        for boxes in (asking, others)
    )
    return near(around, nearby, size, side, tile=FINE_TILE, overlap=OVERLAP, quarter_turns=turns)


def _is_among(box: Box, known: list[Box]) -> bool:
    """Whether a box shows a face that is known; the network's boxes are best the right way up."""
    return any(box.iou(other) > SAME_FACE_IOU for other in known)


def _evidence(found: list[Sighting], look: str) -> float:
    """Return how much a look saw, in whatever turn: the sum of scores that may be faces."""
    return sum(s.score for s in found if s.source.split()[0] == look and s.score >= SURE / 2)
