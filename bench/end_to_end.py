"""What users care about: children left visible and adults covered needlessly, by the whole pipeline on group photos.

    python -m bench.end_to_end [FOLDER] [--children up-to-11] [--every 1] [--no-check] [--save]

The faces are those of `bench/labels/faces.csv`, each called adult, child (under 18) or unsure by looking at it and at
the rest of its photo. Each photo is analysed by the default policy and rendered, so what the independent check adds
counts; the second look is one that was fitted without the photo. After review, a person has corrected either the faces
that the program doubts, or every face of the photos whose verdict is `look`; in a photo that is `ready` nobody looks.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.data import evaluation_folder, fold_of
from bench.folds import held_out, weights_held_out
from bench.intervals import per_100, share, wilson
from bench.scoring import Boxes, overlaps
from blurkit import Blurrer, Settings
from blurkit.choices import Children
from blurkit.detect.finder import Finder
from blurkit.errors import VerificationError
from blurkit.load import decode
from blurkit.obscure import covered_mask, to_cover, to_keep
from blurkit.outcomes import Status
from blurkit.policy import verdict
from blurkit.policy.children import for_children
from blurkit.records import Action, Decision

FACES = Path(__file__).parent / "labels" / "faces.csv"
"""Labelled faces: photo, left, top, right, bottom, label. Boxes are those of the data's own labels."""
RESULTS = Path(__file__).parent / "results"
COVERED = 0.6
"""A face is covered if its middle and so much of its box lie under covers; a box holds hair and background, too."""
SMALLEST = (32, 16, 8)
"""Heights in pixels from which a face counts; the default policy covers everyone below the first unjudged."""

Sides = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True)
class SeenFace:
    """What became of one labelled face."""

    box: Sides
    """Where its label has it."""
    label: str
    """`adult`, `child` or `unsure`."""
    fate: str
    """`covered`, or why it is visible: `not found`, `kept`, or `cover beside it`."""
    doubtful: bool
    """Whether the program asks a person to look at it."""

    @property
    def height(self) -> float:
        """Of its box, in pixels."""
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True)
class SeenPhoto:
    """What became of one photo."""

    name: str
    """Its path below the folder of detection photos; the first part is its set."""
    status: Status
    """The verdict; `blocked` means there is no output, and nothing is visible."""
    faces: tuple[SeenFace, ...]
    """Its labelled faces."""

    def count(self, label: str, smallest: float, *fates: str, review: str = "none") -> int:
        """Return how many faces of a label and height met one of the fates after a review, one of `REVIEWS`.

        Without fates, all of them.
        """
        faces = [face for face in self.faces if face.label == label and face.height >= smallest]
        if not fates:
            return len(faces)
        if self.status is Status.BLOCKED or (review == "photos" and self.status is Status.LOOK):
            return 0
        return sum(face.fate in fates and not (review == "faces" and face.doubtful) for face in faces)


REVIEWS = ("none", "faces", "photos")
"""What a person has corrected: nothing, the doubtful faces, or everything in photos with one."""
VISIBLE = ("not found", "kept", "cover beside it")
SETS: dict[str, Callable[[SeenPhoto], bool]] = {
    "groups": lambda photo: photo.name.startswith("groups/"),
    "posed": lambda photo: photo.name.startswith("wider_dev/"),
    "all": lambda photo: True,
}
"""Which photos are counted together: of the set `groups`, the posed ones of `wider_dev`, and both."""


def main() -> None:
    """Run the pipeline on every labelled photo; print the tables and the worst photos, and save JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--children", type=Children, choices=Children, default=Children.UP_TO_18)
    parser.add_argument("--every", type=int, default=1, help="only every n-th photo")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-check", action="store_true", help="leave out what the independent check adds")
    parser.add_argument("--save", action="store_true", help="write bench/results/end_to_end*.json")
    arguments = parser.parse_args()
    folder = evaluation_folder(arguments.folder) / "detect"
    labels = list(read_faces(FACES).items())[:: arguments.every]
    finder = Finder(Settings().detect, threads=arguments.threads)
    classifiers, weights = held_out(), weights_held_out()
    assert finder.second_look
    photos = []
    settings = Settings(policy=for_children(Settings().policy, arguments.children))
    with Blurrer(settings, detectors=[finder], threads=arguments.threads) as blurrer:
        for name, faces in labels:
            fold = fold_of(Path(name).name)
            finder.second_look.classifier = classifiers[fold]
            finder.weigh(weights[fold])
            photos.append(look(blurrer, folder, name, faces, check=not arguments.no_check))
    rows = tabulate(photos)
    print_tables(rows)
    visible = [(photo.name, face) for photo in photos for face in photo.faces if _is_visible_child(photo, face)]
    visible.sort(key=lambda item: -item[1].height)
    for name, face in visible[:10]:
        print(f"visible child, {face.fate}: {name} {[round(side) for side in face.box]}")
    if arguments.save:
        RESULTS.mkdir(exist_ok=True)
        listed = [{"photo": name} | asdict(face) for name, face in visible]
        saved = {"check": not arguments.no_check, "rows": rows, "visible_children": listed}
        known = "" if arguments.children is Children.UP_TO_18 else f"_{arguments.children}"
        (RESULTS / f"end_to_end{known}.json").write_text(json.dumps(saved, indent=1) + "\n", encoding="utf-8")


def read_faces(path: Path) -> dict[str, list[tuple[Sides, str]]]:
    """Return boxes and labels of each photo."""
    faces: dict[str, list[tuple[Sides, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            box = (float(row["left"]), float(row["top"]), float(row["right"]), float(row["bottom"]))
            faces.setdefault(row["photo"], []).append((box, row["label"]))
    return faces


def look(
    blurrer: Blurrer,
    folder: Path,
    name: str,
    faces: Sequence[tuple[Sides, str]],
    *,
    check: bool,
) -> SeenPhoto:
    """Run the pipeline on one photo and compare its covers with the labels.

    Args:
        blurrer: The pipeline.
        folder: Folder of the detection photos.
        name: Path of the photo in it.
        faces: Box and label of each labelled face.
        check: Render the photo, too, so that the covers of the independent check count.
    """
    photo = decode((folder / name).read_bytes(), blurrer.settings.load)
    decisions = blurrer.analyze(photo)
    blocked = False
    if check:
        try:
            decisions = blurrer.render(photo, decisions).decisions
        except VerificationError:
            blocked = True
    mask = covered_mask(to_cover(decisions), blurrer.settings.obscure, photo.size, to_keep(decisions))
    fates = judge(np.array([box for box, _ in faces], float), decisions, mask)
    seen = tuple(SeenFace(box, label, *fate) for (box, label), fate in zip(faces, fates, strict=True))
    return SeenPhoto(name, Status.BLOCKED if blocked else verdict(decisions), seen)


def judge(boxes: Boxes, decisions: Sequence[Decision], mask: npt.NDArray[np.bool_]) -> list[tuple[str, bool]]:
    """Return the fate of each labelled face, and whether the program asks a person to look at it.

    Args:
        boxes: Of the labelled faces, shape (n, 4).
        decisions: Of the pipeline.
        mask: Which pixels lie under covers, bool of shape (H, W).
    """
    found = np.array([[d.face.box.left, d.face.box.top, d.face.box.right, d.face.box.bottom] for d in decisions], float)
    iou, shared = overlaps(found, boxes)
    matches = (iou > 0.3) | (shared > 0.7)
    fates = []
    for index, box in enumerate(boxes):
        hit = matches[:, index]
        decision = decisions[int(np.argmax(np.where(hit, iou[:, index], -1.0)))] if hit.any() else None
        if is_covered(box, mask):
            fate = "covered"
        elif decision is None:
            fate = "not found"
        else:
            fate = "kept" if decision.judgement.action is Action.KEEP else "cover beside it"
        fates.append((fate, decision is not None and decision.judgement.doubtful))
    return fates


def is_covered(box: npt.NDArray[np.float64], mask: npt.NDArray[np.bool_]) -> bool:
    """Whether the middle and `COVERED` of a box, as far as it lies in the photo, are under covers."""
    height, width = mask.shape
    left, top, right, bottom = (int(side) for side in np.round(box))
    inside = mask[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    row = min(max(int((box[1] + box[3]) / 2), 0), height - 1)
    column = min(max(int((box[0] + box[2]) / 2), 0), width - 1)
    return bool(mask[row, column] and inside.mean() >= COVERED)


def tabulate(photos: Sequence[SeenPhoto]) -> list[dict[str, object]]:
    """Return one row for each set, smallest height and review; intervals of 95 %."""
    return [
        {"set": name, "from px": smallest, "review": review} | figures(chosen, smallest, review)
        for name, belongs in SETS.items()
        if (chosen := [photo for photo in photos if belongs(photo)])
        for smallest in SMALLEST
        for review in REVIEWS
    ]


def figures(photos: Sequence[SeenPhoto], smallest: float, review: str = "none") -> dict[str, object]:
    """Return the figures of some photos: counts, and shares with the ends of their intervals."""

    def each(label: str, *fates: str) -> npt.NDArray[np.int64]:
        return np.array([photo.count(label, smallest, *fates, review=review) for photo in photos])

    visible, children, adults, unsure = each("child", *VISIBLE), each("child"), each("adult"), each("unsure")
    ready = np.array([photo.status is Status.READY for photo in photos])
    wrongly = int((visible[ready] > 0).sum())
    needless = each("adult", "covered")
    return {
        "photos": len(photos),
        "children": int(children.sum()),
        "visible": int(visible.sum()),
        **{fate: int(each("child", fate).sum()) for fate in VISIBLE},
        "visible per 100 photos": (100 * float(visible.mean()), *per_100(visible)),
        "share of children visible": share(visible, children),
        "ready": int(ready.sum()),
        "ready with a child": int((children[ready] > 0).sum()),
        "ready with a visible child": wrongly,
        "false ready": (wrongly / int(ready.sum()), *wilson(wrongly, int(ready.sum()))) if ready.any() else None,
        "adults": int(adults.sum()),
        "adults covered": share(needless, adults),
        "unsure": int(unsure.sum()),
        "unsure covered": None if review != "none" else share(each("unsure", "covered"), unsure),
    }


def print_tables(rows: Sequence[dict[str, object]]) -> None:
    """Print one table for each set and smallest height, with a column for each review."""
    for start in range(0, len(rows), len(REVIEWS)):
        columns = rows[start : start + len(REVIEWS)]
        print(f"\n{columns[0]['set']}, faces of {columns[0]['from px']} px and more")
        for key in list(columns[0])[2:]:
            print(f"{key:27}" + "".join(f"{_words(row[key]):>29}" for row in columns))
    print()


def _is_visible_child(photo: SeenPhoto, face: SeenFace) -> bool:
    return photo.status is not Status.BLOCKED and face.label == "child" and face.fate != "covered"


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return "{:.3g} ({:.3g} to {:.3g})".format(*value)
    return "-" if value is None else str(value)


if __name__ == "__main__":
    main()
