"""How often covered faces are still identified, by attackers who were trained on faces covered in the same way.

    python -m bench.attack [FOLDER] [--each 20] [--only PATTERN] [--save]

FOLDER holds one folder a person (default: BLURKIT_EVAL_DATA/identity/pins60). The attackers know where the eyes were.
They need `pip install --group attack`. An attacker counts only if it identifies 80 % of clear faces.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench import ellipses as old
from bench.attackers import ATTACKERS, Labels, Scores, Views, together
from bench.data import evaluation_folder
from bench.intervals import wilson
from blurkit.appearance import ObscureSettings
from blurkit.detect.centerface import CenterFaceNetwork
from blurkit.detect.tilt import tilt_of, yaw_of
from blurkit.load import decode, read
from blurkit.obscure import covered_mask, obscure
from blurkit.picture.chips import aligned, pose_of
from blurkit.records import Action, Decision, Face, Judgement, Picture, Reason
from blurkit.settings import LoadSettings

RESULTS = Path(__file__).parent / "results" / "attack.json"
COUNTS = 0.8
"""Share of clear faces that an attacker must identify to count."""
SIDE = 150
PADDINGS = {"face": (0.25,), "head": (0.25, 0.7)}
"""How much the attackers' crops show around eyes, nose and mouth, in widths of that; crops of `SIDE` pixels."""
TEST_EVERY = 3
"""Every third photo of a person is for testing, the others for training."""
GRAY = 128
"""Tone of what is not shown."""
MARGINS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.7)
TILTED, TURNED = math.radians(12), 0.07
"""From this roll on a head counts as tilted, and from this misfit of its landmarks as turned away."""

Pixels = npt.NDArray[np.uint8]
Cover = Callable[[Picture, Face], Pixels]
Rows = dict[str, dict[str, list[float]]]
"""Attacker to measure to share, lower and upper end of its interval."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """One face of a known person."""

    person: int
    picture: Picture
    face: Face
    is_test: bool

    @property
    def pose(self) -> str:
        """Upright, tilted or turned away."""
        pose = pose_of(self.face)
        if pose is None or pose.misfit > TURNED:
            return "turned away"
        return "tilted" if abs(pose.roll) > TILTED else "upright"


def solid(margin: float, *, style: str = "solid") -> Cover:
    """Cover as blurkit does."""
    settings = ObscureSettings.model_validate({"margin": margin, "style": style})

    def covered(picture: Picture, face: Face) -> Pixels:
        return obscure(picture, [Decision(face, Judgement(None, Action.COVER, Reason.EVERYONE))], settings).pixels

    return covered


def ellipses(margin: float) -> Cover:
    """Cover as blurkit did until November 2026."""

    def covered(picture: Picture, face: Face) -> Pixels:
        return old.obscure(picture, [face], margin=margin).pixels

    return covered


def blurred(share: float) -> Cover:
    """Gaussian blur as other tools make it; sigma as a share of the face's width."""

    def covered(picture: Picture, face: Face) -> Pixels:
        import cv2

        sigma = share * face.box.width
        return np.asarray(cv2.GaussianBlur(picture.pixels, (0, 0), sigma), np.uint8)

    return covered


def averaged(cells: int) -> Cover:
    """A mosaic of the face's own block averages as other tools make it; cells across the face's width."""

    def covered(picture: Picture, face: Face) -> Pixels:
        import cv2

        left, top, right, bottom = face.box.expand(0.35, 0.35).pixels(picture.size)
        pixels = picture.pixels.copy()
        region = pixels[top:bottom, left:right]
        cell = face.box.width / cells
        size = max(1, round((right - left) / cell)), max(1, round((bottom - top) / cell))
        small = cv2.resize(region, size, interpolation=cv2.INTER_AREA)
        pixels[top:bottom, left:right] = cv2.resize(
            small, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST
        )
        return pixels

    return covered


def clear(picture: Picture, face: Face) -> Pixels:
    """Cover nothing."""
    return picture.pixels


UNDER = {
    "clear": clear,
    "Gaussian blur, sigma = face / 10": blurred(1 / 10),
    "Gaussian blur, sigma = face / 5": blurred(1 / 5),
    "mosaic of block averages, 12 across": averaged(12),
    "mosaic of block averages, 8 across": averaged(8),
    "mosaic of block averages, 5 across": averaged(5),
    "blurkit, pixelate": solid(0.35, style="pixelate"),
    "blurkit, solid": solid(0.35),
}
"""What is drawn over the face; only that is shown."""
AROUND = {
    "clear": clear,
    **{f"blurkit, margin {margin:g}": solid(margin) for margin in MARGINS},
    **{f"ellipses, margin {margin:g}": ellipses(margin) for margin in MARGINS},
}
"""What is left of head and photo around a cover: today's, and the ellipses that blurkit drew until November 2026."""


def main() -> None:
    """Attack every kind of cover, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="one folder a person")
    parser.add_argument("--each", type=int, default=20, help="photos of each person")
    parser.add_argument("--only", default="", help="attack only rows with such a name, as 'head: .*margin 0$'")
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}, and keep the other rows in it")
    arguments = parser.parse_args()
    folder = arguments.folder or evaluation_folder() / "identity" / "pins60"
    portraits = read_portraits(folder, arguments.each)
    people = len({portrait.person for portrait in portraits})
    tests = sum(portrait.is_test for portrait in portraits)
    print(f"{people} people, {len(portraits)} photos, {tests} of them for testing; chance {1 / people:.1%}", flush=True)
    found: dict[str, Any] = {"face": {}, "head": {}}
    if arguments.save and arguments.only and RESULTS.exists():
        found |= json.loads(RESULTS.read_text(encoding="utf-8"))
    found |= {"people": people, "photos": len(portraits), "tests": tests}
    for view, covers in (("face", UNDER), ("head", AROUND)):
        for name, cover in covers.items():
            if not re.search(arguments.only, f"{view}: {name}"):
                continue
            start = time.process_time()
            found[view][name] = rows = attack(portraits, cover, view)
            print(f"{view}: {name} ({time.process_time() - start:.0f} s of CPU)", flush=True)
            for attacker, row in rows.items():
                print(f"    {attacker}: rank 1 {_words(row['rank_1'])}, rank 5 {_words(row['rank_5'])}", flush=True)
            if arguments.save:
                RESULTS.write_text(json.dumps(found, indent=1) + "\n")


def read_portraits(folder: Path, each: int) -> list[Portrait]:
    """Return so many photos of each person in which the largest face has landmarks."""
    network, load = CenterFaceNetwork(threads=1, min_score=0.3), LoadSettings()
    portraits = []
    for person, place in enumerate(sorted(path for path in folder.iterdir() if path.is_dir())):
        count = 0
        for path in sorted(place.iterdir()):
            shown = decode(read(path), load).picture.pixels
            picture = Picture(shown, shown, "RGB")
            seen = max(network.look(shown), key=lambda sighting: sighting.box.area, default=None)
            if seen is None:
                continue
            turn = tilt_of(seen.box, seen.landmarks), yaw_of(seen.box, seen.landmarks)
            face = Face(seen.box, seen.score, ("centerface",), seen.landmarks, *turn)
            if pose_of(face) is None:
                continue
            portraits.append(Portrait(person, picture, face, count % TEST_EVERY == TEST_EVERY - 1))
            count += 1
            if count == each:
                break
    return portraits


def attack(portraits: list[Portrait], cover: Cover, view: str) -> Rows:
    """Return how often each attacker puts the right name to a covered face, with all photos covered alike."""
    chips = np.stack([crops(portrait, cover, view) for portrait in portraits])
    is_test = np.array([portrait.is_test for portrait in portraits])
    people: Labels = np.array([portrait.person for portrait in portraits])
    poses = np.array([portrait.pose for portrait in portraits])[is_test]
    train, test = Views(chips[~is_test]), Views(chips[is_test])
    rows: Rows = {}
    said = {name: attacker(train, test, people[~is_test]) for name, attacker in ATTACKERS.items()}
    scores = {name: probes for name, (probes, _) in said.items()}
    scores["all together"] = together(list(said.values()), people[~is_test])
    for name, probes in scores.items():
        first = hits_of(probes, people[is_test], 1)
        rows[name] = {"rank_1": share(first), "rank_5": share(hits_of(probes, people[is_test], 5))}
        rows[name] |= {f"rank_1, {pose}": share(first[poses == pose]) for pose in np.unique(poses)}
    return rows


def crops(portrait: Portrait, cover: Cover, view: str) -> Pixels:
    """Return what an attacker sees, turned upright by the landmarks of the clear photo: (crops, SIDE, SIDE, 3)."""
    import cv2

    picture, face = portrait.picture, portrait.face
    pixels, pose = cover(picture, face).copy(), pose_of(face)
    if view == "face":
        pixels[~covered_mask([face], ObscureSettings(), picture.size)] = GRAY
    assert pose is not None
    cut = [
        cv2.warpAffine(
            pixels, aligned(pose, padding, SIDE), (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderValue=(GRAY,) * 3
        )
        for padding in PADDINGS[view]
    ]
    return np.asarray(cut, np.uint8)


def hits_of(scores: Scores, people: Labels, places: int) -> Scores:
    """Return for each answer how likely the right name is among the first places; equals are in any order."""
    scale = max(float(np.abs(scores).max()), 1e-12)
    scores = np.round(scores / scale, 6)
    right = scores[np.arange(len(people)), people][:, None]
    before, equals = (scores > right).sum(axis=1), (scores == right).sum(axis=1)
    hits: Scores = np.clip((places - before) / equals, 0.0, 1.0)
    return hits


def share(hits: Scores) -> list[float]:
    """Return the share of right names with its interval of 95 %."""
    return [round(value, 4) for value in (float(hits.mean()), *wilson(float(hits.sum()), len(hits)))]


def _words(row: list[float]) -> str:
    return f"{row[0]:.1%} ({row[1]:.1%} to {row[2]:.1%})"


if __name__ == "__main__":
    main()
