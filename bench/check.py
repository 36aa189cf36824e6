"""What the independent check sees by itself, if nothing is covered: `python -m bench.check`.

Faces of whole posed photos count, and the highest face of each, cut out as a portrait of 400 x 500.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.data import LabelledPhoto, detection_photos, evaluation_folder
from bench.scoring import Boxes, PhotoScore, score_photo, summary
from blurkit import verify
from blurkit.detect import make_independent_check
from blurkit.detect.views import Network
from blurkit.geometry import Size
from blurkit.load import decode
from blurkit.records import Colors, Picture
from blurkit.settings import LoadSettings

if TYPE_CHECKING:
    from blurkit.records import Pixels

RESULTS = Path(__file__).parent / "results" / "check.json"
PORTRAIT = Size(400, 500)
LEAST = 60
"""Height in pixels from which a face is cut out as a portrait."""


def main() -> None:
    """Show every photo to the check at the sides that it uses, and at others to compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--every", type=int, default=1, help="only every n-th photo")
    parser.add_argument("--other", type=int, nargs="*", default=[768], help="sides of the view to compare with")
    parser.add_argument("--save", action="store_true", help="write bench/results/check.json")
    arguments = parser.parse_args()
    photos = [photo for photo in detection_photos(evaluation_folder(arguments.folder)) if photo.posed]
    network, result = make_independent_check(), {}
    used = verify.LEVELS
    scores: dict[str, list[PhotoScore]] = {}
    for photo in photos[:: arguments.every]:
        for kind, pixels, faces, ignored in cases(photo):
            for levels in (used, tuple(arguments.other)):
                verify.LEVELS = levels
                scores.setdefault(f"{kind} at {levels}", []).append(seen(pixels, faces, ignored, network))
    verify.LEVELS = used
    for name, each in scores.items():
        figures = summary(each)
        result[name] = {key: figures[key] for key in ("photos", "faces", "missed", "false_alarms_per_photo")}
        print(name, json.dumps(result[name]))
    network.close()
    if arguments.save:
        RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def seen(pixels: Pixels, faces: Boxes, ignored: Boxes, network: Network) -> PhotoScore:
    """Return what the check sees of labelled faces."""
    found = verify.uncovered(Picture(pixels, pixels, "RGB", Colors()), (), network)
    boxes = np.array([[f.box.left, f.box.top, f.box.right, f.box.bottom] for f in found], float).reshape(-1, 4)
    return score_photo(boxes, faces, ignored, Size(pixels.shape[1], pixels.shape[0]))


def cases(photo: LabelledPhoto) -> Iterator[tuple[str, Pixels, Boxes, Boxes]]:
    """Yield a whole photo, and its highest face as a portrait: kind, pixels, faces, and what counts neither way."""
    pixels = decode(photo.path.read_bytes(), LoadSettings()).picture.pixels
    yield "whole", pixels, photo.faces, photo.ignored
    heights: Sequence[float] = (photo.faces[:, 3] - photo.faces[:, 1]).tolist()
    if max(heights, default=0.0) >= LEAST:
        yield from _portrait(pixels, photo, int(np.argmax(heights)))


def _portrait(pixels: Pixels, photo: LabelledPhoto, index: int) -> Iterator[tuple[str, Pixels, Boxes, Boxes]]:
    import cv2

    left, top, right, bottom = photo.faces[index]
    scale = PORTRAIT.height / (2.5 * (bottom - top))
    shift = np.array([PORTRAIT.width - scale * (left + right), PORTRAIT.height - scale * (top + bottom)]) / 2
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    shown = cv2.warpAffine(
        pixels, matrix, (PORTRAIT.width, PORTRAIT.height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    moved = photo.faces * scale + np.tile(shift, 2)
    others = np.delete(moved, index, axis=0)
    yield "portrait", np.asarray(shown, np.uint8), moved[index : index + 1], others


if __name__ == "__main__":
    main()
