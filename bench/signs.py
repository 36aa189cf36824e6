"""Composes photos with name badges, jersey numbers, banners, posters, plates and codes, and knows where each is.

The scenes are those of `samples/`; no word is that of a real person. Fonts come from packages of the group `bench`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.canvas import Canvas, Corners, Pixels, Sign
from blurkit.geometry import Box
from blurkit.load import decode
from blurkit.settings import LoadSettings

SAMPLES = Path(__file__).parent.parent / "samples"
SCENES = ("group.jpg", "phone.jpg", "hall.heic", "tree/sports-day/IMG_0001.jpg", "tree/summer-fair/IMG_0001.jpg")
"""Of 12, 3, 3 and twice 0.8 megapixels."""

FONTS = {
    "latin": (
        "Roboto-Bold",
        "Roboto-Regular",
        "SourceSerifPro-Bold",
        "Caladea-Bold",
        "Manrope-ExtraBold",
        "Manrope-Regular",
    ),
    "display": ("FredokaOne-Regular", "AmaticSC-Bold", "Intuitive", "Roboto-Black", "SourceSansPro-Black"),
    "wide": ("DejaVuSans-Bold", "DejaVuSans", "DejaVuSerif-Bold"),
}
"""Of these packages: font-*, and matplotlib for the last, which have Greek, Cyrillic and Arabic letters."""

FIRST = ("Anna", "Łukasz", "Zoë", "Mia", "Björn", "Inès", "Chloé", "Jonas", "Noor", "Aoife", "Søren", "Marta")
LAST = ("Klein", "Özdemir", "Nowak", "Dubois", "Rossi", "de Vries", "Murphy", "Hansen", "Kowalska", "Weber")
SCHOOLS = (
    "ST. MARY'S PRIMARY",
    "Grundschule am Park",
    "École Jules Ferry",
    "LYCÉE VOLTAIRE",
    "Szkoła nr 12",
    "OAK HILL U12",
)
CAUSES = (
    "PRIZE DAY",
    "Sommerfest 2026",
    "FINALE",
    "Summer Fair",
    "Champions",
    "Fête de l'école",
    "Welcome!",
    "Sponsored by Acme",
)
OTHER = ("Αθήνα 2026", "Σχολείο", "Школа № 7", "Анна Иванова", "Добро пожаловать", "مدرسة النور")
NOTICE = (
    "Class 3b, Room 12",
    "Monday: swimming",
    "Bring a packed lunch",
    "Bus leaves at 8:15",
    "Mr Brown, tel. 555 0134",
    "Tickets at the office",
)
PLATES = ("KA PX 8136", "B MW 2041E", "AB12 CDE", "AA-123-BB", "4821 KLM", "WX 5K193", "1-ABC-234", "7ABC123")
CODES = ("QRCode", "QRCode", "QRCode", "QRCode", "DataMatrix", "Aztec", "EAN13", "Code128")


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """A photo, and what was drawn into it."""

    name: str
    pixels: Pixels
    signs: tuple[Sign, ...]


def composed(count: int, seed: int = 3) -> Iterator[Composed]:
    """Compose photos: the same for the same numbers and fonts. Those of seed 2 chose thresholds; 3 is for figures."""
    for number in range(count):
        random = np.random.default_rng((seed, number))
        scene = SCENES[number % len(SCENES)]
        photo = decode((SAMPLES / scene).read_bytes(), LoadSettings(), source=Path(scene))
        canvas = Canvas(photo.picture.pixels.astype(np.float32), _faces(scene), random)
        for draw in (_badge, _jersey):
            for face in canvas.chosen_faces():
                draw(canvas, face)
        for draw_one in (_banner, _poster, _plate, _code, _code, _other):
            draw_one(canvas)
        noisy = canvas.pixels + random.normal(0, 3, canvas.pixels.shape)
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(72, 93))]
        data = cv2.imencode(".jpg", noisy.clip(0, 255).astype(np.uint8)[..., ::-1], quality)[1]
        pixels = np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1])
        yield Composed(f"{number:02} {scene}", pixels, tuple(canvas.signs))


@cache
def _faces(scene: str) -> tuple[Box, ...]:
    known: Mapping[str, Any] = json.loads((SAMPLES / "faces.json").read_text(encoding="utf-8"))
    return tuple(
        Box(*face["box"]) for face in known[scene]["faces"] if face["visible"] > 0.9 and abs(face["turn"]) < 45
    )


@cache
def _files() -> Mapping[str, Path]:
    """Return the font files of the packages, by their names."""
    folders = [folder for place in sys.path for folder in Path(place).glob("font_*")] + [
        Path(matplotlib.get_data_path())
    ]
    return {path.stem: path for folder in folders for path in sorted(folder.rglob("*.?tf"))}


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    if name not in _files():
        raise SystemExit(f"the font {name} is not there: pip install --group bench")
    return ImageFont.truetype(str(_files()[name]), size)


def _words(
    canvas: Canvas, words: Sequence[str], fonts: str, *, paper: bool, on: float = 0.0
) -> tuple[Image.Image, list[Corners], float]:
    """Return lines of words on a sheet, the corners of each line's ink, and the height of the lowest.

    Args:
        canvas: The photo.
        words: One a line.
        fonts: A group of `FONTS`.
        paper: Whether they stand on a sheet of their own, or right on what is there.
        on: How bright that is, 0 to 255.
    """
    random, size, gap = canvas.random, 80, 30
    font = _font(canvas.pick(FONTS[fonts]), size)
    boxes = [font.getbbox(line) for line in words]
    rim = int(random.integers(12, 50))
    width = int(max(box[2] - box[0] for box in boxes)) + 2 * rim
    dark, light = random.integers(0, 90, 3), random.integers(190, 256, 3)
    is_dark = random.random() < 0.7 if paper else on > 120
    ink, ground = (dark, light) if is_dark else (light, dark)
    total = sum(int(box[3] - box[1]) + gap for box in boxes) - gap + 2 * rim
    sheet = Image.new("RGBA", (width, total), (*map(int, ground), 255 if paper else 0))
    draw, inks, y = ImageDraw.Draw(sheet), [], rim
    for line, (left, top, right, bottom) in zip(words, boxes, strict=True):
        draw.text((rim - left, y - top), line, font=font, fill=(*map(int, ink), 255))
        inks.append(
            np.array(
                [(rim, y), (rim + right - left, y), (rim + right - left, y + bottom - top), (rim, y + bottom - top)],
                np.float64,
            )
        )
        y += int(bottom - top) + gap
    return sheet, inks, float(min(box[3] - box[1] for box in boxes))


def _lay(
    canvas: Canvas,
    kind: str,
    made: tuple[Image.Image, list[Corners], float],
    height: float,
    at: tuple[float, float] | None,
    most_turn: float,
) -> None:
    sheet, inks, lowest = made
    scale, turn = height / lowest, canvas.random.uniform(-most_turn, most_turn)
    if at is None:
        turned = np.hypot(sheet.width, sheet.height) * scale if most_turn > 30 else sheet.width * scale * 1.1
        at = canvas.free(turned, max(sheet.height * scale * 1.3, turned * np.sin(np.radians(most_turn))))
    if at is not None:
        canvas.put(kind, sheet, inks, at, scale, turn)


def _badge(canvas: Canvas, face: Box) -> None:
    names = [canvas.pick(FIRST)] + ([canvas.pick(LAST)] if canvas.random.random() < 0.5 else [])
    if canvas.random.random() < 0.3:
        names = [" ".join(names)]
    at = (
        face.center.x + canvas.random.uniform(-0.5, 0.5) * face.width,
        face.bottom + canvas.random.uniform(0.6, 1.0) * face.height,
    )
    height = max(12.0, canvas.random.uniform(0.07, 0.16) * face.height)
    _lay(canvas, "badge", _words(canvas, names, "latin", paper=True), height, at, 15)


def _jersey(canvas: Canvas, face: Box) -> None:
    number = str(canvas.random.integers(1, 100))
    at = (
        face.center.x + canvas.random.uniform(-0.1, 0.1) * face.width,
        face.bottom + canvas.random.uniform(1.0, 1.4) * face.height,
    )
    height = max(12.0, canvas.random.uniform(0.35, 0.75) * face.height)
    _lay(
        canvas,
        "jersey",
        _words(canvas, [number], "display", paper=False, on=canvas.brightness(*at, height)),
        height,
        at,
        12,
    )


def _sized(canvas: Canvas, least: float, most: float) -> float:
    """Return a height in pixels, evenly spread over doublings."""
    return float(np.exp(canvas.random.uniform(np.log(least), np.log(most))))


def _banner(canvas: Canvas) -> None:
    for _ in range(3):
        fonts = canvas.pick(("latin", "display"))
        words = [canvas.pick(SCHOOLS if canvas.random.random() < 0.5 else CAUSES)]
        _lay(
            canvas,
            "banner",
            _words(canvas, words, fonts, paper=canvas.random.random() < 0.7),
            _sized(canvas, 14, 120),
            None,
            20,
        )


def _poster(canvas: Canvas) -> None:
    lines = list(canvas.random.permutation(NOTICE)[: int(canvas.random.integers(2, 5))])
    _lay(
        canvas,
        "poster",
        _words(canvas, [str(line) for line in lines], "latin", paper=True),
        _sized(canvas, 12, 40),
        None,
        8,
    )


def _other(canvas: Canvas) -> None:
    for _ in range(2):
        _lay(
            canvas, "other", _words(canvas, [canvas.pick(OTHER)], "wide", paper=True), _sized(canvas, 14, 80), None, 20
        )


def _plate(canvas: Canvas) -> None:
    _lay(canvas, "plate", _words(canvas, [canvas.pick(PLATES)], "latin", paper=True), _sized(canvas, 14, 60), None, 10)


def _code(canvas: Canvas) -> None:
    import zxingcpp

    name = canvas.pick(CODES)
    content = (
        "400638133393"
        if name == "EAN13"
        else f"https://example.org/{canvas.random.integers(1 << 30)}"[: 12 if name == "Code128" else None]
    )
    made = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, name))
    modules = np.array(zxingcpp.write_barcode_to_image(made, scale=8))
    sheet = Image.fromarray(modules).convert("RGBA")
    dark = np.argwhere(modules < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0) + 1
    ink = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)
    side = _sized(canvas, 60, 240)
    _lay(canvas, "code", (sheet, [ink], float(min(right - left, bottom - top))), side, None, 30)
