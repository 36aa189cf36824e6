"""The photos of a long run, kept small until the report is written: ten thousand take less memory than models."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, overload

from blurkit.outcomes import PhotoResult
from blurkit.report.summary import ReportEntry

if TYPE_CHECKING:
    from blurkit.outcomes import Outcome


class Entries(Sequence[ReportEntry]):
    """What became of each photo, packed in memory as it comes and unpacked when asked for.

    Landmarks of faces are left out: no report has them. A photo with 20 faces takes some 5 KB instead of 24.
    """

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held: list[tuple[str, str | None, bytes]] = []

    def add(self, path: str, output: str | None, outcome: Outcome) -> None:
        """Take the outcome of the next photo, with its paths as the user gave them."""
        if isinstance(outcome, PhotoResult):
            faces = [replace(decision.face, landmarks=None) for decision in outcome.decisions]
            decisions = [replace(d, face=face) for d, face in zip(outcome.decisions, faces, strict=True)]
            outcome = replace(outcome, decisions=tuple(decisions), seconds=dict(outcome.seconds))
        self._held.append((path, output, zlib.compress(pickle.dumps(outcome), 1)))

    def __len__(self) -> int:
        return len(self._held)

    @overload
    def __getitem__(self, index: int) -> ReportEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[ReportEntry]: ...
    def __getitem__(self, index: int | slice) -> ReportEntry | list[ReportEntry]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        path, output, packed = self._held[index]
        return ReportEntry(path, output, pickle.loads(zlib.decompress(packed)))
