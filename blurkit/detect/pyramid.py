"""Finds faces of every size, coarse to fine: CenterFace looks, RetinaFace helps to say where to look closely."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blurkit.detect.centerface import CenterFaceNetwork
from blurkit.detect.merge import SAME_FACE_IOU, evidence, fuse
from blurkit.detect.retinaface import RetinaFaceNetwork
from blurkit.detect.views import Halvings, Sighting, View, level, sweep
from blurkit.geometry import Box, Size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blurkit.records import Face, Pixels
    from blurkit.settings import DetectSettings

WHOLE = 640
"""Long side in pixels at which CenterFace sees every photo whole, and the scout in all four turns."""

CLEARLY = 1.3
"""If another turn than upright shows so many times as much (a phone held wrongly), all is looked at in that turn.

Large faces are seen in any turn, but with worse boxes and landmarks.
"""

CLOSER = 1440
"""Long side in pixels at which both networks see every photo whole.

To leave tiles out in which the scout sees nothing was tried: it does not see small sharp heads that stand alone.
"""

FINE = {2048: 57, 2880: 50, 4096: 51}
"""Long sides at which only tiles near something small are seen, each with the height below which that is small.

Both in pixels of the view. Then comes the photo's own size, if that is more.
"""

TILE, FINE_TILE, CLOSER_TILE, OVERLAP = 800, 512, 384, 96
"""Longest sides of one run of CenterFace, and how far neighbours overlap, in pixels of the view: memory stays flat."""

SCOUT_TILE = 1472
"""Longest side of one run of the scout in pixels of the view: all of a photo at `CLOSER`."""

SCOUT_TRUST = 0.47
"""What the scout's best score counts as evidence, however often it looks: alone it places no cover."""

SMALLER, SMALL_PX, SMALL_HINT = 2048, 40, 0.4
"""Where something is lower than so many pixels at `CLOSER`, with so much evidence, others may be smaller.

So the scout sees the whole photo again at `SMALLER`.
"""

HINT_TRUST = 0.5
"""What a score of the scout at `SMALLER` counts as a hint; it is no evidence."""

HINT = 0.2
"""Evidence from which a place is looked at more closely: far below what counts as a face."""

SETTLED = 0.9
"""Evidence of a small face that needs no further look."""

TINY_PX = 20
"""A face lower than this at the last fine level, in its pixels, asks for a look at the photo's own size."""

SURE = 0.5
"""Score from which a look counts that is not the way up of most faces: what it sees faintly is no further evidence."""

CERTAIN = 0.8
"""Score of a face that needs no further evidence: other looks would only make its box worse."""

AROUND, CLOSER_AROUND = 100, 48
"""How far around a hint a closer look reaches, in pixels of the view, at the fine levels and in other turns."""


class Pyramid:
    """Finds faces from 12 px to the whole photo."""

    name = "centerface"

    def __init__(self, settings: DetectSettings, *, threads: int = 1) -> None:
        """Open both networks.

        Args:
            settings: The score from which something is a face.
            threads: Threads of one run.

        Raises:
            ModelError: A model is missing, altered or cannot be opened.
        """
        self._network = CenterFaceNetwork(threads=threads)
        self._scout = RetinaFaceNetwork(threads=threads)
        self._min_score = settings.min_score

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        """Find the faces in a photo; see `base.Detector`."""
        size = Size(pixels.shape[1], pixels.shape[0])
        if min(size.width, size.height) < 2:
            return ()
        photo = Halvings(pixels)
        glimpses = {turns: self._scouted(photo, WHOLE, turns) for turns in (0, 1, 2, 3)}
        upright = self._way_up(photo, glimpses)
        found = self._levels(photo, upright)
        known = [s.box for s in found if s.score >= CERTAIN]
        for turns in glimpses.keys() - {upright}:
            hints = [s for s in glimpses[turns] if s.score >= SURE and not _is_among(s.box, known)]
            views = _near([s.box for s in hints], size, CLOSER, turns)
            closer = [s for s in self._sweep(photo, views) if s.score >= SURE and not _is_among(s.box, known)]
            found += closer + _trusted(hints, SCOUT_TRUST)
        return fuse(found, self.name, min_score=self._min_score)

    def _way_up(self, photo: Halvings, glimpses: Mapping[int, list[Sighting]]) -> int:
        """Return in which turn most faces are upright; CenterFace must agree that it is another than the photo's own.

        Faces too small for a glimpse are counted at `CLOSER`.
        """
        if not any(_seen(glimpse) for glimpse in glimpses.values()):
            return _best_turn({turns: self._scouted(photo, CLOSER, turns) for turns in glimpses})
        turns = _best_turn(glimpses)
        return 0 if turns == 0 else _best_turn({turn: self._whole(photo, turn) for turn in (0, turns)})

    def _levels(self, photo: Halvings, turns: int) -> list[Sighting]:
        """Look from coarse to fine: closest only where something small may be and is not settled."""
        size = photo.size
        found = self._whole(photo, turns) + _trusted(self._scouted(photo, CLOSER, turns), SCOUT_TRUST)
        found += self._sweep(photo, level(size, CLOSER, tile=TILE, overlap=OVERLAP, quarter_turns=turns))
        faint: list[Sighting] = []
        small_px = SMALL_PX * size.long_side / CLOSER
        if any(face.score >= SMALL_HINT and face.box.height < small_px for face in evidence(found, self.name)):
            faint = _trusted(self._scouted(photo, SMALLER, turns), HINT_TRUST)
        for side, small in FINE.items():
            hints = self._doubtful(found + faint, small / side, size)
            found += self._sweep(photo, _near(hints, size, side, turns))
        if size.long_side > (last := max(FINE)):
            hints = self._doubtful(found + faint, TINY_PX / last, size)
            found += self._sweep(photo, _near(hints, size, size.long_side, turns))
        return found

    def _doubtful(self, found: Sequence[Sighting], small: float, size: Size) -> list[Box]:
        """Return what may be a face, is not settled, and is lower than `small`, a share of the photo's long side."""
        return [
            face.box
            for face in evidence(found, self.name)
            if HINT <= face.score < SETTLED and face.box.height < small * size.long_side
        ]

    def _scouted(self, photo: Halvings, side: int, turns: int) -> list[Sighting]:
        views = level(photo.size, side, tile=SCOUT_TILE, overlap=OVERLAP, quarter_turns=turns)
        return [replace(s, source=self._scout.name, rough=True) for s in sweep(self._scout, photo, views)]

    def _whole(self, photo: Halvings, turns: int) -> list[Sighting]:
        return self._sweep(photo, level(photo.size, WHOLE, tile=TILE, overlap=OVERLAP, quarter_turns=turns))

    def _sweep(self, photo: Halvings, views: Sequence[View]) -> list[Sighting]:
        return sweep(self._network, photo, views)

    def close(self) -> None:
        """Free both networks."""
        self._network.close()
        self._scout.close()


def _trusted(sightings: Sequence[Sighting], trust: float) -> list[Sighting]:
    """Return what the scout saw as the evidence that it is."""
    return [replace(s, score=trust * s.score) for s in sightings]


def _near(hints: Sequence[Box], size: Size, side: int, turns: int) -> list[View]:
    """Return the tiles of a level that come near hints, which are in pixels of the photo."""
    tile, around = (CLOSER_TILE, CLOSER_AROUND) if side == CLOSER else (FINE_TILE, AROUND)
    reach = around * size.long_side / side
    near = [Box(b.left - reach, b.top - reach, b.right + reach, b.bottom + reach) for b in hints]
    views = level(size, side, tile=tile, overlap=OVERLAP, quarter_turns=turns)
    return [view for view in views if any(Box(*view.window).intersection(box) > 0 for box in near)]


def _is_among(box: Box, known: Sequence[Box]) -> bool:
    """Whether a box shows a face that is known; the network's boxes are best the right way up."""
    return any(box.iou(other) > SAME_FACE_IOU for other in known)


def _best_turn(seen: Mapping[int, Sequence[Sighting]]) -> int:
    """Return the turn that shows most; another than upright must show clearly more."""
    return max(seen, key=lambda turns: _seen(seen[turns]) / (1 if turns == 0 else CLEARLY))


def _seen(sightings: Sequence[Sighting]) -> float:
    """Return how much of faces was seen: the sum of scores that may be faces."""
    return sum(s.score for s in sightings if s.score >= SURE / 2)
