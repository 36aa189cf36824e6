"""Which photo of an earlier run a published file is: the same bytes, or the same picture re-encoded by a website."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.errors import SettingsError
from blurkit.picture.proof import SAME_PICTURE, distance
from blurkit.report.schema import read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_MATCHES = 5
"""Photos named for one file: those of a burst look alike."""


@dataclass(frozen=True, slots=True)
class Match:
    """A photo of an earlier run that a published file is, or was made of."""

    report: str
    """The report that names it."""
    source: str
    """The photo's path, as the run was given it."""
    output: str | None
    """The path of its output, likewise."""
    how: str
    """`output`: the file that was written. `picture`: the same picture, resized or coded again. `original`: the photo
    itself, with nothing covered."""
    distance: int
    """Bits of 256 in which the fingerprints differ; 0 for the same bytes."""

    @property
    def is_original(self) -> bool:
        """Whether the file is the photo before anything was covered."""
        return self.how == "original"


@dataclass(frozen=True, slots=True)
class Reports:
    """The photos of earlier runs."""

    photos: tuple[tuple[str, dict[str, str | None]], ...] = ()
    """The report's name, and path, output and hashes of each photo written."""

    def __bool__(self) -> bool:
        return bool(self.photos)

    def matches(self, sha256: str, fingerprint: str | None) -> tuple[Match, ...]:
        """Return the photos that a file is, the nearest first; those of the same bytes alone if there are any.

        Args:
            sha256: Hash of the file.
            fingerprint: Of its picture; None if that could not be decoded.
        """
        same, alike = [], []
        for report, photo in self.photos:
            source, output, known = str(photo["path"]), photo["output"], photo["fingerprint"]
            for how, key in (("output", "output_sha256"), ("original", "input_sha256")):
                if photo[key] == sha256:
                    same.append(Match(report, source, output, how, 0))
            if fingerprint is not None and known is not None:
                apart = distance(known, fingerprint)
                if apart <= SAME_PICTURE:
                    alike.append(Match(report, source, output, "picture", apart))
        return tuple(same or sorted(alike, key=lambda match: match.distance)[:MAX_MATCHES])


def read_reports(paths: Iterable[Path]) -> Reports:
    """Read reports that `run --json` or `--report` wrote.

    Raises:
        SettingsError: One is no such report, or is from before reports held hashes.
    """
    keys = ("path", "output", "input_sha256", "output_sha256", "fingerprint")
    photos = []
    for path in paths:
        for photo in read(path).photos:
            if photo.output is None:
                continue
            if photo.fingerprint is None or photo.output_sha256 is None:
                hint = "give the file that `blurkit run --report` wrote"
                raise SettingsError("no report of a run that holds hashes", path=path, hint=hint)
            photos.append((str(path), {key: getattr(photo, key) for key in keys}))
    return Reports(tuple(photos))
