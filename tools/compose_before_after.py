"""The picture of the README, a sample before and after: `python -m tools.compose_before_after`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from blurkit import Blurrer, PhotoResult, Settings
from blurkit.load import decode, read
from blurkit.settings import LoadSettings, load_policy

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "hall.heic"
PICTURE = ROOT / "docs" / "before-after.jpg"
WIDTH, GAP = 700, 12
"""Width of each half, and the white between them, in pixels."""


def main() -> None:
    """Cover everyone on one sample and write both as one picture."""
    with tempfile.TemporaryDirectory() as folder, Blurrer(Settings(policy=load_policy("everyone"))) as blurrer:
        out = Path(folder) / "safe.jpg"
        outcome = blurrer.run(SAMPLE, out=out)
        if not isinstance(outcome, PhotoResult):
            raise SystemExit(outcome.error)
        halves = [
            Image.fromarray(np.asarray(decode(read(path), LoadSettings()).picture.pixels)) for path in (SAMPLE, out)
        ]
    halves = [
        half.resize((WIDTH, round(half.height * WIDTH / half.width)), Image.Resampling.LANCZOS) for half in halves
    ]
    picture = Image.new("RGB", (2 * WIDTH + GAP, halves[0].height), "white")
    for index, half in enumerate(halves):
        picture.paste(half, (index * (WIDTH + GAP), 0))
    PICTURE.parent.mkdir(exist_ok=True)
    picture.save(PICTURE, quality=85)
    print(f"{PICTURE.name}: {len(outcome.decisions)} faces, {outcome.status}")


if __name__ == "__main__":
    main()
