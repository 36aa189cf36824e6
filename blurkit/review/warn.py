"""What the page warns of besides faces: names in file names, near-duplicates that give a cover away, other files."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from blurkit.batch.collect import counts, files_in, format_of, is_clip, is_left_alone, is_of_live_photo
from blurkit.outcomes import PhotoResult
from blurkit.picture.formats import COMPANIONS
from blurkit.picture.proof import SAME_PICTURE, distance
from blurkit.report.caution import NEIGHBOURS, names_a_child, opens
from blurkit.report.removed import held_video

if TYPE_CHECKING:
    from pathlib import Path

    from blurkit.review.pictures import Pictures
    from blurkit.review.session import Session

OURS = "blurkit-"
"""How the files begin that a review puts next to the originals."""

VIDEO, PDF, OTHER = "video", "pdf", "other"


class Warnings:
    """The warnings of a review; they stop nothing."""

    def __init__(self, folder: Path, out: Path, session: Session, pictures: Pictures, *, clips: bool = False) -> None:
        """Look at the names of the files in the folder; clips do not count if they are reviewed."""
        self._session, self._pictures = session, pictures
        self._left_alone = left_alone(folder, out, clips=clips)

    def told(self) -> list[dict[str, Any]]:
        """Return each warning: its kind, the numbers of the photos it is about, and how many files."""
        photos = self._session.photos
        is_renamed = self._session.settings.write.neutral_names
        names = [number for number, photo in enumerate(photos) if not is_renamed and names_a_child(photo.name)]
        warnings: list[dict[str, Any]] = [{"kind": "name", "photos": names, "count": len(names)}] if names else []
        warnings += [{"kind": "duplicate", "photos": pair, "count": 2} for pair in self._near_duplicates()]
        results = (photo.outcome for photo in photos)
        inside = sum(isinstance(one, PhotoResult) and one.clip is None and held_video(one.removed) for one in results)
        alone = {VIDEO: inside} | self._left_alone
        alone[VIDEO] += inside if VIDEO in self._left_alone else 0
        return warnings + [{"kind": kind, "photos": [], "count": number} for kind, number in alone.items() if number]

    def _near_duplicates(self) -> list[list[int]]:
        known = sorted(self._pictures.fingerprints.items())
        near = (
            [one, other]
            for place, (one, of_one) in enumerate(known)
            for other, of_other in known[place + 1 : place + 1 + NEIGHBOURS]
            if distance(of_one, of_other) <= SAME_PICTURE
        )
        return [pair for pair in near if self._gives_away(*pair)]

    def _gives_away(self, one: int, other: int) -> bool:
        a, b = self._decided(one), self._decided(other)
        return a is not None and b is not None and (opens(a, b) or opens(b, a))

    def _decided(self, number: int) -> PhotoResult | None:
        outcome, reviewed = self._session.photos[number].outcome, self._session.reviewed(number)
        if not isinstance(outcome, PhotoResult) or reviewed is None or number in self._session.left_out:
            return None
        return replace(outcome, decisions=reviewed.decisions)


def left_alone(folder: Path, out: Path, *, clips: bool = False) -> dict[str, int]:
    """Count the files that are neither made safe nor copied, by kind; blurkit's own and hidden ones do not count."""
    kinds: Counter[str] = Counter()
    for path in files_in(folder, recursive=True, out=str(out)):
        if is_left_alone(path) or path.name.startswith(OURS) or not path.is_file():
            continue
        suffix = path.suffix.lower()
        if clips and is_clip(path, format_of(path)) and not is_of_live_photo(path):
            continue
        if COMPANIONS.get(suffix, "").startswith("video"):
            kinds[VIDEO] += 1
        elif suffix in COMPANIONS or not counts(path, format_of(path)):
            kinds[PDF if suffix == ".pdf" else OTHER] += 1
    return dict(sorted(kinds.items(), reverse=True))
