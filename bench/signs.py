"""Composes photos with name badges, jersey numbers, banners, posters, plates and codes, and knows where each is.

The scenes are those of `samples/`; no word is that of a real person. Fonts come from packages of the group `bench`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import matplotlib
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from blurkit.geometry import Box
from blurkit.load import decode
from blurkit.settings import LoadSettings

Pixels = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]

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
class Sign:
    """Something that was drawn into a photo."""

    kind: str
    """badge, jersey, banner, poster, other (another script), plate or code."""
    corners: Corners
    """Of what is written, in pixels of the photo, shape (4, 2)."""

    @property
    def height(self) -> float:
        """Of the letters, or the shorter side of the code, in pixels."""
        sides = np.hypot(*(np.roll(self.corners, -1, axis=0) - self.corners).T)
        return float(min((sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2))


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """A photo, and what was drawn into it."""

    name: str
    pixels: Pixels
    signs: tuple[Sign, ...]


def composed(count: int, seed: int = 1) -> Iterator[Composed]:
    """Compose photos: the same for the same numbers and fonts."""
    for number in range(count):
        random = np.random.default_rng((seed, number))
        scene = SCENES[number % len(SCENES)]
        photo = decode((SAMPLES / scene).read_bytes(), LoadSettings(), source=Path(scene))
        canvas = _Canvas(photo.picture.pixels.astype(np.float32), _faces(scene), random)
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


class _Canvas:
    """A photo that is drawn on."""

    def __init__(self, pixels: npt.NDArray[np.float32], faces: Sequence[Box], random: np.random.Generator) -> None:
        self.pixels, self.faces, self.random = pixels, faces, random
        self.signs: list[Sign] = []
        self._taken = np.zeros(pixels.shape[:2], bool)
        for face in faces:
            self._taken[
                int(max(face.top - 0.4 * face.height, 0)) : int(face.bottom), int(max(face.left, 0)) : int(face.right)
            ] = True

    def chosen_faces(self) -> list[Box]:
        """Return about half of the people."""
        return [face for face in self.faces if self.random.random() < 0.5]

    def brightness(self, x: float, y: float, reach: float) -> float:
        """Return how bright a place is, 0 to 255."""
        part = self.pixels[
            max(int(y - reach / 2), 0) : int(y + reach / 2) + 1, max(int(x - reach / 2), 0) : int(x + reach / 2) + 1
        ]
        return float(part.mean()) if part.size else 0.0

    def pick(self, choices: Sequence[str]) -> str:
        """Return one by chance."""
        return choices[int(self.random.integers(len(choices)))]

    def free(self, width: float, height: float) -> tuple[float, float] | None:
        """Return the middle of a free place; None if none was hit upon."""
        rows, columns = self.pixels.shape[:2]
        if width >= columns or height >= rows:
            return None
        for _ in range(60):
            x = self.random.uniform(width / 2, columns - width / 2)
            y = self.random.uniform(height / 2, rows - height / 2)
            if self._is_free(x, y, width, height):
                return x, y
        return None

    def _is_free(self, x: float, y: float, width: float, height: float) -> bool:
        part = self._taken[
            max(int(y - height / 2), 0) : int(y + height / 2), max(int(x - width / 2), 0) : int(x + width / 2)
        ]
        return not part.any()

    def put(
        self, kind: str, sheet: Image.Image, inks: Sequence[Corners], at: tuple[float, float], scale: float, turn: float
    ) -> bool:
        """Lay a sheet into the photo, turned and a little askew, unless its place is taken.

        Args:
            kind: What its inks are.
            sheet: RGBA.
            inks: Corners of what is written on it, in its pixels.
            at: Where its middle comes.
            scale: Pixels of the photo for one of the sheet.
            turn: Degrees clockwise.
        """
        width, height = sheet.size
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64) - (width / 2, height / 2)
        askew = corners * (1 + self.random.uniform(-0.06, 0.06, corners.shape))
        angle = np.radians(turn)
        rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        placed = askew * scale @ rotation + at
        left, top = np.floor(placed.min(axis=0)).astype(int)
        right, bottom = np.ceil(placed.max(axis=0)).astype(int)
        rows, columns = self.pixels.shape[:2]
        if left < 0 or top < 0 or right > columns or bottom > rows or self._taken[top:bottom, left:right].any():
            return False
        self._taken[top:bottom, left:right] = True
        fine = max(1, int(np.ceil(1 / scale))) if scale < 1 else 1
        small = sheet.resize(
            (max(1, round(width * scale * 2)), max(1, round(height * scale * 2))),
            Image.Resampling.BOX if fine > 1 else Image.Resampling.BICUBIC,
        )
        source = np.array([(0, 0), (small.width, 0), small.size, (0, small.height)], np.float32)
        turned = cv2.getPerspectiveTransform(source, (placed - (left, top)).astype(np.float32) * 2)
        layer = cv2.warpPerspective(
            np.asarray(small, np.float32), turned, (2 * (right - left), 2 * (bottom - top)), flags=cv2.INTER_LINEAR
        )
        layer = cv2.resize(layer, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        home = cv2.getPerspectiveTransform(
            (corners + np.array([width / 2, height / 2])).astype(np.float32), placed.astype(np.float32)
        )
        inks_there = [
            cv2.perspectiveTransform(ink[None].astype(np.float32), home)[0].astype(np.float64) for ink in inks
        ]
        for ink in inks_there:
            self.signs.append(Sign(kind, ink))
        least = min(sign.height for sign in self.signs[-len(inks_there) :])
        blur = self.random.uniform(0, 0.045) * min(least, 60) * (0.3 if kind == "code" else 1)
        if blur > 0.3:
            layer = cv2.GaussianBlur(layer, (0, 0), blur)
        alpha = layer[..., 3:] / 255 * self.random.uniform(0.88, 1.0)
        light = self.random.uniform(0.7, 1.05) + np.linspace(-0.1, 0.1, right - left)[
            None, :, None
        ] * self.random.choice((-1, 1))
        part = self.pixels[top:bottom, left:right]
        part += alpha * (layer[..., :3] * light - part)
        return True


def _words(
    canvas: _Canvas, words: Sequence[str], fonts: str, *, paper: bool, on: float = 0.0
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
    canvas: _Canvas,
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


def _badge(canvas: _Canvas, face: Box) -> None:
    names = [canvas.pick(FIRST)] + ([canvas.pick(LAST)] if canvas.random.random() < 0.5 else [])
    if canvas.random.random() < 0.3:
        names = [" ".join(names)]
    at = (
        face.center.x + canvas.random.uniform(-0.5, 0.5) * face.width,
        face.bottom + canvas.random.uniform(0.6, 1.0) * face.height,
    )
    height = max(12.0, canvas.random.uniform(0.07, 0.16) * face.height)
    _lay(canvas, "badge", _words(canvas, names, "latin", paper=True), height, at, 15)


def _jersey(canvas: _Canvas, face: Box) -> None:
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


def _sized(canvas: _Canvas, least: float, most: float) -> float:
    """Return a height in pixels, evenly spread over doublings."""
    return float(np.exp(canvas.random.uniform(np.log(least), np.log(most))))


def _banner(canvas: _Canvas) -> None:
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


def _poster(canvas: _Canvas) -> None:
    lines = list(canvas.random.permutation(NOTICE)[: int(canvas.random.integers(2, 5))])
    _lay(
        canvas,
        "poster",
        _words(canvas, [str(line) for line in lines], "latin", paper=True),
        _sized(canvas, 12, 40),
        None,
        8,
    )


def _other(canvas: _Canvas) -> None:
    for _ in range(2):
        _lay(
            canvas, "other", _words(canvas, [canvas.pick(OTHER)], "wide", paper=True), _sized(canvas, 14, 80), None, 20
        )


def _plate(canvas: _Canvas) -> None:
    _lay(canvas, "plate", _words(canvas, [canvas.pick(PLATES)], "latin", paper=True), _sized(canvas, 14, 60), None, 10)


def _code(canvas: _Canvas) -> None:
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


Draw = Callable[[_Canvas], None]
