"""The picture of all styles of covers on one sample: `python -m tools.compose_styles`."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from blurkit import Blurrer, PhotoResult, Settings
from blurkit.choices import Style
from blurkit.load import decode, read
from blurkit.settings import LoadSettings, load_policy

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "hall.heic"
PICTURE = ROOT / "docs" / "styles.jpg"
PART = (0.02, 0.33, 0.98, 0.86)
"""Left, top, right, bottom of what is shown, as shares of the sample."""
WIDTH, GAP, CAPTION, ACROSS = 620, 14, 44, 3
"""Width of each picture, the white between them, the height of its caption in pixels, and pictures in a row."""
INK, NAVY, GOLD = (40, 46, 54), (31, 58, 95, 255), (244, 194, 76, 255)


def main() -> None:
    """Cover everyone in each style and write all as one picture."""
    with tempfile.TemporaryDirectory() as folder:
        sticker = Path(folder) / "logo.png"
        sticker.write_bytes(logo())
        shown = [("before", _part(SAMPLE))]
        for style in Style:
            look = {"style": style} | ({"sticker": sticker} if style is Style.STICKER else {})
            with Blurrer(Settings.of(policy=load_policy("everyone"), obscure=look)) as blurrer:
                out = Path(folder) / f"{style}.jpg"
                outcome = blurrer.run(SAMPLE, out=out)
                if not isinstance(outcome, PhotoResult):
                    raise SystemExit(outcome.error)
                shown.append((style.value, _part(out)))
    picture = composed(shown)
    picture.save(PICTURE, quality=85)
    print(f"{PICTURE.name}: {len(shown)} pictures, {picture.width} x {picture.height}")


def composed(shown: list[tuple[str, Image.Image]]) -> Image.Image:
    """Return pictures in rows, each with its name under it."""
    height = shown[0][1].height + CAPTION
    rows = -(-len(shown) // ACROSS)
    picture = Image.new("RGB", (ACROSS * (WIDTH + GAP) - GAP, rows * (height + GAP) - GAP), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=25)
    for place, (name, each) in enumerate(shown):
        left, top = place % ACROSS * (WIDTH + GAP), place // ACROSS * (height + GAP)
        picture.paste(each, (left, top))
        pen.text((left + WIDTH / 2, top + each.height + CAPTION / 2), name, fill=INK, font=font, anchor="mm")
    return picture


def logo(side: int = 800) -> bytes:
    """Return the made-up logo of a school as PNG: an owl's face in a round badge."""
    large = 4 * side
    image = Image.new("RGBA", (large, large))
    pen = ImageDraw.Draw(image)

    def disc(x: float, y: float, radius: float, color: tuple[int, ...]) -> None:
        pen.ellipse([large * each for each in (x - radius, y - radius, x + radius, y + radius)], fill=color)

    def shape(color: tuple[int, ...], *points: tuple[float, float]) -> None:
        pen.polygon([(large * x, large * y) for x, y in points], fill=color)

    disc(0.5, 0.5, 0.49, NAVY)
    disc(0.5, 0.5, 0.45, (255, 255, 255, 255))
    disc(0.5, 0.5, 0.43, NAVY)
    shape(GOLD, (0.24, 0.2), (0.5, 0.36), (0.76, 0.2), (0.72, 0.46), (0.28, 0.46))
    for x in (0.36, 0.64):
        disc(x, 0.46, 0.165, GOLD)
        disc(x, 0.46, 0.12, (255, 255, 255, 255))
        disc(x, 0.46, 0.065, NAVY)
        disc(x - 0.02, 0.435, 0.02, (255, 255, 255, 255))
    shape(GOLD, (0.44, 0.55), (0.56, 0.55), (0.5, 0.68))
    for row, count in enumerate((3, 2)):
        for number in range(count):
            x, y = 0.5 + (number - (count - 1) / 2) * 0.15, 0.75 + 0.075 * row
            shape(GOLD, (x - 0.055, y), (x + 0.055, y), (x, y + 0.05))
    buffer = io.BytesIO()
    image.resize((side, side), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()


def _part(path: Path) -> Image.Image:
    """Return the part of a photo that is shown."""
    whole = Image.fromarray(np.asarray(decode(read(path), LoadSettings()).picture.pixels))
    left, top, right, bottom = PART
    part = whole.crop(
        (
            round(left * whole.width),
            round(top * whole.height),
            round(right * whole.width),
            round(bottom * whole.height),
        )
    )
    return part.resize((WIDTH, round(part.height * WIDTH / part.width)), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
