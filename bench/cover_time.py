"""How long covers take to draw: 24 megapixels with 40 faces in each style, against the ellipses of before.

    python -m bench.cover_time [--rounds 5]

It prints CPU time, the least of all rounds, and its ratio to that of the solid ellipses that blurkit drew until
November 2026 (`bench/ellipses.py`). Both copy the whole photo once. The photo is made up, and nothing is saved.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable

import numpy as np
from PIL import Image

from bench import ellipses
from blurkit.appearance import ObscureSettings, Sticker
from blurkit.choices import Style
from blurkit.geometry import Box
from blurkit.obscure import obscure
from blurkit.records import Action, Decision, Face, Judgement, Picture, Reason

WIDTH, HEIGHT, COLUMNS, ROWS = 6000, 4000, 8, 5
"""Size of the photo in pixels, and how its faces stand."""
SIZES = (200, 400)
"""Least and most height of a face in pixels."""
COVERED = Judgement(None, Action.COVER, Reason.EVERYONE)


def main() -> None:
    """Time each style, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    picture, faces = crowd()
    base = least(lambda: ellipses.obscure(picture, faces), rounds)
    print(f"{'solid ellipses of before':24} {base:.3f} s")
    decisions = [Decision(face, COVERED) for face in faces]
    sticker = Sticker("sticker.png", _sticker())
    for style in Style:
        settings = ObscureSettings(style=style, sticker=sticker)
        spent = least(lambda chosen=settings: obscure(picture, decisions, chosen), rounds)  # type: ignore[misc]
        print(f"{style.value:24} {spent:.3f} s, {spent / base:.2f} times as long")


def crowd() -> tuple[Picture, list[Face]]:
    """Return a photo of soft colours, and where its faces are; a third of them tilted."""
    random = np.random.default_rng(24)
    small = random.integers(20, 235, (40, 60, 3), np.uint8)
    pixels = np.asarray(Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR))
    faces = []
    for place in range(COLUMNS * ROWS):
        height = float(random.uniform(*SIZES))
        x, y = (place % COLUMNS + 0.5) * WIDTH / COLUMNS, (place // COLUMNS + 0.5) * HEIGHT / ROWS
        tilt = float(random.uniform(-40, 40)) if place % 3 == 0 else 0.0
        faces.append(Face(Box(x - 0.4 * height, y - height / 2, x + 0.4 * height, y + height / 2), 0.9, (), tilt=tilt))
    return Picture(pixels, pixels, "RGB"), faces


def least(work: Callable[[], object], rounds: int) -> float:
    """Return the least CPU time of some work, in seconds."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def _sticker() -> bytes:
    buffer = io.BytesIO()
    image = Image.new("RGBA", (800, 800))
    image.paste((31, 58, 95, 255), (100, 100, 700, 700))
    image.save(buffer, "PNG")
    return buffer.getvalue()


if __name__ == "__main__":
    main()
