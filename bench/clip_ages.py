"""Whether one judgement for each person in a clip is better than one for each frame, on group photos that move.

    python -m bench.clip_ages [FOLDER] [--photos 4] [--frames 25] [--every 5] [--save]

The faces are those of `bench/labels/faces.csv`, each called adult or child by looking at it. Each photo makes one shot.
Every so manieth frame is also analysed alone, as a photo; both ways are scored on the same frames.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.clips import RESULTS, SIZE, shot_of, write
from bench.data import LabelledPhoto, detection_photos, evaluation_folder
from bench.end_to_end import FACES, Sides, read_faces
from bench.scenes import Made, frames_of
from bench.scoring import Boxes, overlaps
from blurkit import Blurrer, Settings
from blurkit.records import Action, ImageFormat, Photo, Picture
from blurkit.video.clip import Clips
from blurkit.video.draw import decisions_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.records import Decision

WAYS = ("by frame", "by track")
KINDS = ("pan", "zoom")


@dataclass(slots=True)
class Tally:
    """What one way did to people of one label."""

    people: int = 0
    """People in shots."""
    faces: int = 0
    """Their faces in the frames scored."""
    visible: int = 0
    """Those left visible."""
    ever_visible: int = 0
    """People who are visible in any frame."""
    ever_covered: int = 0
    """People who are covered in any frame."""
    changes: int = 0
    """How often somebody is covered in one frame and visible in the next one scored, or the other way round."""


def main() -> None:
    """Make the shots, judge them both ways, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--photos", type=int, default=4)
    parser.add_argument("--frames", type=int, default=25)
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    labelled = read_faces(FACES)
    root = evaluation_folder(given.folder)
    known = [(photo, labels) for photo in detection_photos(root) if (labels := _labels(photo, labelled)) is not None]
    chosen = known[:: max(1, len(known) // given.photos)][: given.photos]
    tallies = {way: {label: Tally() for label in ("adult", "child")} for way in WAYS}
    settings = Settings()
    with Blurrer(settings) as blurrer, Clips(settings) as clips, tempfile.TemporaryDirectory() as folder:
        for number, (photo, labels) in enumerate(chosen):
            made = list(frames_of([shot_of(photo, KINDS[number % 2], given.frames, number)], SIZE))
            clip = Path(folder, f"{number}.mp4")
            write(clip, [each.pixels for each in made])
            people = clips.judged(clip)
            scored = range(0, len(made), given.every)
            by_frame = {index: blurrer.analyze(_photo(made[index])) for index in scored}
            by_track = {index: decisions_at(index, people) for index in scored}
            for way, decided in zip(WAYS, (by_frame, by_track), strict=True):
                add(tallies[way], [(made[index], decided[index]) for index in scored], labels)
    rows = {way: {label: _row(tally) for label, tally in each.items()} for way, each in tallies.items()}
    print(json.dumps(rows, indent=2))
    if given.save:
        (RESULTS / "clip_ages.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _labels(photo: LabelledPhoto, labelled: dict[str, list[tuple[Sides, str]]]) -> list[str] | None:
    """Return the label of each face of a photo; None if the photo has none."""
    name = f"{photo.dataset}/images/{photo.path.name}"
    by_box = {tuple(np.round(box, 1)): label for box, label in labelled.get(name, [])}
    labels = [by_box.get(tuple(np.round(box, 1)), "unsure") for box in photo.faces]
    return labels if {"adult", "child"} & set(labels) else None


def _photo(frame: Made) -> Photo:
    return Photo(Picture(frame.pixels, frame.pixels, "RGB"), ImageFormat.PNG)


def add(tallies: dict[str, Tally], frames: Sequence[tuple[Made, Sequence[Decision]]], labels: Sequence[str]) -> None:
    """Add one shot to the tallies of one way."""
    states: dict[int, list[bool]] = {}
    for made, decisions in frames:
        for number, is_covered in zip(made.numbers, covered(made.faces, decisions), strict=True):
            states.setdefault(int(number), []).append(is_covered)
    for number, each in states.items():
        if labels[number] in tallies:
            tally = tallies[labels[number]]
            tally.people += 1
            tally.faces += len(each)
            tally.visible += each.count(False)
            tally.ever_visible += False in each
            tally.ever_covered += True in each
            tally.changes += sum(a is not b for a, b in pairwise(each))


def covered(faces: Boxes, decisions: Sequence[Decision]) -> list[bool]:
    """Return whether each face is covered: by its own decision or by that of a neighbour."""
    boxes = [each.face.box for each in decisions if each.judgement.action is Action.COVER]
    sides = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], float).reshape(-1, 4)
    iou, share = overlaps(sides, faces)
    is_covered: list[bool] = np.any((iou > 0.3) | (share > 0.6), axis=0).tolist()
    return is_covered


def _row(tally: Tally) -> dict[str, int]:
    return {
        "people": tally.people,
        "faces in frames": tally.faces,
        "faces left visible": tally.visible,
        "people visible in any frame": tally.ever_visible,
        "people covered in any frame": tally.ever_covered,
        "changes": tally.changes,
    }


if __name__ == "__main__":
    main()
