"""Draw `docs/attack.png` from the figures of `bench.attack` and a face of `samples/`, never from the evaluation data.

python -m bench.attack_picture
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np

from bench.attack import AROUND, GRAY, RESULTS, UNDER, Cover, Pixels
from blurkit.appearance import ObscureSettings
from blurkit.detect.centerface import CenterFaceNetwork
from blurkit.detect.tilt import tilt_of, yaw_of
from blurkit.load import decode
from blurkit.obscure import covered_mask
from blurkit.records import Face, Picture
from blurkit.settings import LoadSettings

ROOT = Path(__file__).parent.parent
SAMPLE, WINDOW = ROOT / "samples" / "group.jpg", (2440, 2080, 3240, 3024)
"""A photo and a part of it with one large face: left, top, right, bottom in pixels."""
SIDE = 260
"""Width of the part as it is drawn, near that of the attacked photos, in pixels."""
STRONGEST = "all together"
WORDS = {
    "clear": "clear",
    "Gaussian blur, sigma = face / 10": "blur,\nface / 10",
    "Gaussian blur, sigma = face / 5": "blur,\nface / 5",
    "mosaic of block averages, 12 across": "mosaic,\n12 across",
    "mosaic of block averages, 8 across": "mosaic,\n8 across",
    "mosaic of block averages, 5 across": "mosaic,\n5 across",
    "blurkit, pixelate": "blurkit,\npixelate",
    "blurkit, solid": "blurkit,\nsolid",
}


def main() -> None:
    """Draw the picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    found = json.loads(RESULTS.read_text())
    picture, face = portrait()
    figure, axes = pyplot.subplots(2, len(UNDER), figsize=(13, 6), dpi=110)
    for axis, (name, cover) in zip(axes[0], UNDER.items(), strict=True):
        _panel(axis, _shown(picture, face, cover, only_cover=True), WORDS[name], found["face"][name])
    around = {name: cover for name, cover in AROUND.items() if not name.startswith("ellipses")}
    for axis, (name, cover) in zip(axes[1], around.items(), strict=False):
        words = name.removeprefix("blurkit, ")
        _panel(axis, _shown(picture, face, cover, only_cover=False), words, found["head"][name])
    for axis in axes[1][len(around) :]:
        axis.axis("off")
    figure.suptitle(
        f"Rank-1 identification among {found['people']} people, attackers trained on photos covered alike "
        f"(chance {1 / found['people']:.1%})\nabove: only what is drawn over the face; "
        f"below: only what is left around a solid cover",
        fontsize=11,
    )
    figure.tight_layout(rect=(0, 0, 1, 0.96), h_pad=2)
    figure.savefig(ROOT / "docs" / "attack.png")


def portrait() -> tuple[Picture, Face]:
    """Return a part of the sample, about as large as the attacked photos, and its face."""
    from PIL import Image

    with Image.open(SAMPLE) as image:
        part = image.convert("RGB").crop(WINDOW)
        height = SIDE * part.height // part.width
        buffer = io.BytesIO()
        part.resize((SIDE, height), Image.Resampling.LANCZOS).save(buffer, "PNG")
    picture = decode(buffer.getvalue(), LoadSettings()).picture
    seen = max(CenterFaceNetwork().look(picture.pixels), key=lambda sighting: sighting.box.area)
    turn = tilt_of(seen.box, seen.landmarks), yaw_of(seen.box, seen.landmarks)
    return picture, Face(seen.box, seen.score, ("centerface",), seen.landmarks, *turn)


def _shown(picture: Picture, face: Face, cover: Cover, *, only_cover: bool) -> Pixels:
    pixels = cover(picture, face).copy()
    if only_cover:
        pixels[~covered_mask([face], ObscureSettings(), picture.size)] = GRAY
    return pixels


def _panel(axis: object, pixels: Pixels, words: str, rows: dict[str, dict[str, list[float]]]) -> None:
    """Show a picture with its share of right names."""
    axis.imshow(np.asarray(pixels))  # type: ignore[attr-defined]
    axis.set_title(words, fontsize=9)  # type: ignore[attr-defined]
    axis.set_xlabel(f"{rows[STRONGEST]['rank_1'][0]:.1%}", fontsize=12)  # type: ignore[attr-defined]
    axis.set_xticks([])  # type: ignore[attr-defined]
    axis.set_yticks([])  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
