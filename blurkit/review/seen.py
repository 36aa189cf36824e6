"""What the page shows of photos: pictures of them and of their faces, and how covers will look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blurkit.errors import BlurkitError
from blurkit.geometry import Box
from blurkit.review.boards import everywhere

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

    from blurkit.marks import MarkDecision
    from blurkit.records import Decision
    from blurkit.review.start import Prepared


@dataclass(frozen=True, slots=True)
class Seen:
    """Answers what is asked about one photo by its number; each picture is a JPEG.

    Raises:
        BlurkitError: There is no such photo or face, or it is not analysed.
    """

    _open: Callable[[], Prepared]
    """Gives the review that is open."""

    def thumb(self, number: int, _: Request) -> bytes:
        """Return a small picture with the covers."""
        return self._open().pictures.thumb(number, [decision for _, decision in self._decided(number)])

    def preview(self, number: int, _: Request) -> bytes:
        """Return a picture without covers that fills a screen."""
        self._open().session.sheet(number)
        return self._open().pictures.preview(number)

    def face(self, number: int, request: Request) -> bytes:
        """Return a face with what is around it."""
        spot = self._open().session.spot(number, request.path_params["face"])
        return self._open().pictures.face(number, spot)

    def mark(self, number: int, request: Request) -> bytes:
        """Return a word, code or plate with what is around it."""
        return self._open().pictures.mark(number, request.path_params["mark"])

    def region(self, number: int, request: Request) -> bytes:
        """Return a part in full detail; `box` is its left, top, right and bottom in pixels."""
        self._open().session.sheet(number)
        try:
            box = Box(*map(float, request.query_params.get("box", "").split(",")))
        except (TypeError, ValueError) as fault:
            raise BlurkitError("a part is left, top, right, bottom") from fault
        return self._open().pictures.region(number, box)

    def after(self, number: int, _: Request) -> bytes:
        """Return a picture with the covers that fills a screen."""
        return self._open().pictures.after(number, [decision for _, decision in self._decided(number)])

    def written(self, number: int, _: Request) -> bytes:
        """Return a small picture of the safe photo."""
        return self._open().pictures.written(self._open().work.output(number))

    def moving(self, request: Request) -> Path:
        """Return the file of a clip as it was, or with `after` as it was written."""
        number = request.path_params["number"]
        is_after = request.path_params["which"] == "after"
        return self._open().work.output(number) if is_after else self._open().pictures.clip(number)

    def covers(self, request: Request) -> dict[str, Any]:
        """Return how the covers of a photo will look, each with the number of its face; below 0 for words."""
        number = request.path_params["number"]
        decided = self._decided(number)
        sketch = self._open().pictures.sketch(number, [decision for _, decision in decided])
        faces = [spot.number for spot in self._open().session.sheet(number)]
        owners = [faces[of] if of < len(faces) else len(faces) - of - 1 for of, _ in decided]
        edges = [(owners[place], path) for place, path in sketch.edges]
        return {"tone": sketch.tone, "rim": sketch.rim, "edges": edges}

    def _decided(self, number: int) -> list[tuple[int, Decision | MarkDecision]]:
        """Return a decision for each place that is shown, with the number of its face in the sheet; words come last."""
        reviewed = self._open().session.reviewed(number)
        if reviewed is None:
            raise BlurkitError("is not analysed")
        faces = everywhere(self._open().session.photos[number].outcome, reviewed.decisions)
        return [*faces, *enumerate(reviewed.marks or (), len(reviewed.decisions))]
