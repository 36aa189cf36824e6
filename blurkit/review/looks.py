"""What each style of cover looks like, drawn on a made-up person as it would be drawn on a photo."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from blurkit.appearance import ObscureSettings, Sticker
from blurkit.choices import Style
from blurkit.geometry import Box
from blurkit.obscure import obscure
from blurkit.records import Action, Decision, Face, Judgement, Picture, Reason
from blurkit.validation import validated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image as Images

SIZE = (240, 200)
"""Width and height of the picture in pixels."""

FACE = Box(88, 52, 152, 132)
"""Where the person's face is in it."""

LARGER = 3
"""So much larger it is drawn before it is made small, so that edges are smooth."""

WALL, FLOOR, SHIRT, HAIR, SKIN, INK = "#cfd8d3", "#a9937a", "#2f6f9f", "#5b4030", "#e2b18f", "#3b2a22"


def look(style: str, wanted: Mapping[str, str], usual: ObscureSettings) -> bytes:
    """Return a picture of a style as JPEG.

    Args:
        style: Its name.
        wanted: `shape`, `color` and `margin` as they are chosen so far.
        usual: Where the picture for the style `sticker` may be; a star stands in for it.

    Raises:
        SettingsError: A value is not allowed.
    """
    values = {name: wanted[name] for name in ("shape", "color", "margin") if name in wanted}
    if style == Style.STICKER:
        values["sticker"] = usual.sticker or _star()  # type: ignore[assignment]
    settings = validated(ObscureSettings, values | {"style": style}, origin="cover", hint="choose it on the page")
    from PIL import Image

    pixels = np.asarray(_person())
    decision = Decision(Face(FACE, 1.0, ("drawn",)), Judgement(None, Action.COVER, Reason.EVERYONE))
    covered = obscure(Picture(pixels, pixels, "RGB"), [decision], settings, random=np.random.default_rng(2))
    file = io.BytesIO()
    Image.fromarray(covered.pixels).save(file, "JPEG", quality=88)
    return file.getvalue()


def _person() -> Images.Image:
    """Draw nobody: head and shoulders before a wall."""
    from PIL import Image, ImageDraw

    width, height = SIZE
    image = Image.new("RGB", (width * LARGER, height * LARGER), WALL)
    pen = ImageDraw.Draw(image)

    def oval(left: float, top: float, right: float, bottom: float, color: str) -> None:
        pen.ellipse([LARGER * side for side in (left, top, right, bottom)], fill=color)

    pen.rectangle([0, 172 * LARGER, width * LARGER, height * LARGER], fill=FLOOR)
    oval(50, 140, 190, 290, SHIRT)
    oval(106, 116, 134, 160, SKIN)
    oval(80, 30, 160, 120, HAIR)
    oval(88, 44, 152, 134, SKIN)
    for x in (106, 134):
        oval(x - 4, 82, x + 4, 91, INK)
    pen.arc([LARGER * side for side in (104, 92, 136, 118)], 25, 155, fill=INK, width=3 * LARGER)
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def _star(side: int = 240) -> Sticker:
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (side, side))
    angles = np.radians(np.arange(10) * 36 - 90)
    reach = np.where(np.arange(10) % 2, 0.24, 0.5) * side
    points = [(side / 2 + x, side / 2 + y) for x, y in zip(reach * np.cos(angles), reach * np.sin(angles), strict=True)]
    ImageDraw.Draw(image).polygon(points, fill=(244, 194, 76, 255))
    file = io.BytesIO()
    image.save(file, "PNG")
    return Sticker("star.png", file.getvalue())
