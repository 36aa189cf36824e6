"""Pictures made on the spot: samples of every kind, photos in memory, and real files of every format."""

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from blurkit.appearance import ObscureSettings, Sticker
from blurkit.detect.tilt import tilt_of
from blurkit.geometry import Box, Point
from blurkit.marks import Mark, MarkDecision, MarkKind, MarkReason
from blurkit.obscure.outline import Outline
from blurkit.picture.color import to_srgb
from blurkit.records import Action, Colors, Decision, Encoding, Face, ImageFormat, Judgement, Photo, Picture, Reason

KINDS = ("L", "LA", "RGB", "RGBA", "CMYK", "P", "L;16", "RGB;16", "RGBA;16")
"""Every kind of samples that a photo can have."""

FILES = {
    "jpeg": ("L", "RGB", "CMYK"),
    "png": ("1", "L", "LA", "RGB", "RGBA", "P", "L;16", "RGB;16", "RGBA;16"),
    "webp": ("RGB", "RGBA"),
    "tiff": ("1", "L", "LA", "RGB", "RGBA", "CMYK", "P", "L;16", "RGB;16", "RGBA;16"),
    "bmp": ("1", "L", "RGB", "P"),
    "gif": ("L", "P"),
    "heif": ("L", "RGB", "RGBA"),
    "avif": ("L", "RGB", "RGBA"),
}
"""Every format, and the kinds that its files come in here."""

EVERY_FILE = [(kind, mode) for kind, modes in FILES.items() for mode in modes]
EVERY_ID = [f"{kind}/{mode}" for kind, mode in EVERY_FILE]

LOSSLESS = ("png", "tiff", "bmp", "gif")


def smooth(mode="RGB", size=(96, 64), seed=1):
    """Return samples of a kind: soft colours that differ everywhere, and an alpha with clear parts."""
    width, height = size
    base = _soft(width, height, 4, seed)
    kind, deep = mode.removesuffix(";16"), mode.endswith(";16")
    if kind == "P":
        return np.asarray(_in_palette(base[..., :3]))
    if kind == "1":
        return (base[..., 0] > 127).astype(np.uint8) * 255
    channels = {"L": [0], "LA": [0, 3], "RGB": [0, 1, 2], "RGBA": [0, 1, 2, 3], "CMYK": [0, 1, 2, 3]}[kind]
    if kind in ("LA", "RGBA"):
        base[..., 3] = np.clip(base[..., 3].astype(int) * 4 - 380, 0, 255)
    samples = base[..., channels[0]] if len(channels) == 1 else base[..., channels]
    samples = np.ascontiguousarray(samples)
    return samples.astype(np.uint16) * 256 + samples if deep else samples


def palette_of(size=(96, 64), seed=1):
    """Return the palette that goes with `smooth("P")`, as RGB triples."""
    return bytes(_in_palette(_soft(*size, 4, seed)[..., :3]).getpalette("RGB"))


def photo(mode="RGB", size=(96, 64), seed=1, *, samples=None, dpi=None, **colors):
    """Return a photo in memory, as `load` gives it."""
    shown = picture(mode, size, seed, samples=samples, **colors)
    return Photo(shown, ImageFormat.PNG, Encoding(dpi=dpi))


def picture(mode="RGB", size=(96, 64), seed=1, *, samples=None, **colors):
    """Return a picture in memory."""
    samples = smooth(mode, size, seed) if samples is None else samples
    if mode == "P":
        colors.setdefault("palette", palette_of(size, seed))
    shown = Colors(**colors)
    samples = samples.copy()
    samples.flags.writeable = False
    pixels = to_srgb(samples, mode, shown)
    pixels.flags.writeable = False
    return Picture(pixels, samples, mode, shown)


def file(kind="jpeg", mode="RGB", size=(96, 64), seed=1, **options):
    """Return the bytes of a real file, as Pillow, OpenCV or tifffile write it."""
    samples = smooth(mode, size, seed)
    if mode in ("RGB;16", "RGBA;16"):
        return _deep(kind, samples, **options)
    if mode == "1":
        image = Image.fromarray(samples).convert("1")
    elif mode == "P":
        image = _in_palette(_soft(*size, 4, seed)[..., :3])
    elif mode == "CMYK":
        image = Image.frombytes("CMYK", size, samples.tobytes())
    else:
        image = Image.fromarray(samples)
    return saved(image, kind, **options)


def saved(image, kind, **options):
    """Return a Pillow image as a file."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    buffer = io.BytesIO()
    image.save(buffer, {"mpo": "MPO"}.get(kind, kind.upper()), **options)
    return buffer.getvalue()


def opened(data):
    """Return a file as Pillow shows it, loaded."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def exif(orientation):
    """Return an EXIF block that says how the camera was held, 1 to 8."""
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def stored(upright, orientation):
    """Return what a camera stores so that an orientation of 1 to 8 shows the upright array again."""
    return {
        1: lambda a: a,
        2: lambda a: np.fliplr(a),
        3: lambda a: np.rot90(a, 2),
        4: lambda a: np.flipud(a),
        5: lambda a: np.swapaxes(a, 0, 1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(np.swapaxes(a, 0, 1), 2),
        8: lambda a: np.rot90(a, -1),
    }[orientation](upright).copy()


def corners(size=(96, 64)):
    """Return RGB quarters of four colours, so that every turn and mirroring shows."""
    width, height = size
    picture = np.full((height, width, 3), 240, np.uint8)
    picture[: height // 2, : width // 2] = (220, 30, 30)
    picture[: height // 2, width // 2 :] = (30, 190, 30)
    picture[height // 2 :, : width // 2] = (30, 30, 220)
    return picture


def face(left=30, top=20, right=50, bottom=44, score=0.9):
    return Face(Box(left, top, right, bottom), score, ("fixed",))


def tilted(degrees, center=(100, 100), height=60):
    """Return a face of a head tilted clockwise: the box around its ellipse, and landmarks turned with it."""
    turn = np.radians(degrees)
    cos, sin, width = np.cos(turn), np.sin(turn), 0.8 * height
    half_width, half_height = np.hypot(width * cos, height * sin) / 2, np.hypot(width * sin, height * cos) / 2
    places = np.array([(-0.2, -0.15), (0.2, -0.15), (0, 0.05), (-0.15, 0.25), (0.15, 0.25)]) * height
    landmarks = tuple(Point(center[0] + x * cos - y * sin, center[1] + x * sin + y * cos) for x, y in places)
    box = Box(center[0] - half_width, center[1] - half_height, center[0] + half_width, center[1] + half_height)
    return Face(box, 0.9, ("fixed",), landmarks, tilt_of(box, landmarks))


def touched(face, settings, size):
    """Return which pixels the outline of a face's cover touches: bool of shape (H, W)."""
    left, right = Outline.around(face, settings.shape, settings.margin).rows(0, size.height, 1)
    columns = np.arange(size.width)
    return (columns >= left[:, None]) & (columns < right[:, None])


def logo(size=(90, 60)):
    """Return a PNG as a school may have one: two colours, clear around them."""
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    pixels[5:-5, 5:-5] = (180, 20, 40, 255)
    pixels[size[1] // 2 :, 10:-10] = (250, 240, 200, 128)
    return saved(Image.fromarray(pixels), "png")


def look(**values):
    """Return how covers look, with a sticker at hand for the style that needs one."""
    return ObscureSettings(**({"style": "solid", "sticker": Sticker("logo.png", logo())} | values))


def covering(*places):
    return tuple(
        MarkDecision(place, Action.COVER, MarkReason.POLICY)
        if isinstance(place, Mark)
        else Decision(place, Judgement(None, Action.COVER, Reason.EVERYONE))
        for place in places
    )


def line(degrees, middle, height, kind=MarkKind.TEXT, length=4.0):
    """Return a mark around a middle, turned clockwise, so many times as long as it is high."""
    turn = np.radians(degrees)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    corners = ((-length, -1), (length, -1), (length, 1), (-length, 1))
    places = (np.array(middle) + height / 2 * (x * along + y * across) for x, y in corners)
    first, second, third, fourth = (Point(float(x), float(y)) for x, y in places)
    return Mark((first, second, third, fourth), kind, 0.9)


def keeping(*faces):
    return tuple(Decision(face, Judgement(None, Action.KEEP, Reason.LOOKS_ADULT)) for face in faces)


def asked_to_look(*decisions):
    """Return decisions that ask for a person's look."""
    return tuple(replace(each, judgement=replace(each.judgement, doubtful=True)) for each in decisions)


def video(path, frames):
    """Write frames of RGB to a real MP4 at a path, and return its bytes."""
    import cv2

    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 30, (width, height))
    assert writer.isOpened()
    for frame in frames:
        writer.write(np.ascontiguousarray(frame[..., ::-1]))
    writer.release()
    return path.read_bytes()


def _soft(width, height, channels, seed):
    """Return uint8 of shape (height, width, channels) that changes slowly, with a little noise."""
    random = np.random.default_rng(seed)
    small = random.integers(20, 235, (max(2, height // 12), max(2, width // 12), channels), dtype=np.uint8)
    planes = [
        np.asarray(Image.fromarray(small[..., c]).resize((width, height), Image.Resampling.BILINEAR), float)
        for c in range(channels)
    ]
    noisy = np.stack(planes, axis=2) + random.normal(0, 2, (height, width, channels))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _in_palette(rgb):
    return Image.fromarray(np.ascontiguousarray(rgb)).quantize(60)


def _deep(kind, samples, **options):
    if kind == "tiff":
        import tifffile

        buffer = io.BytesIO()
        extra = {"extrasamples": ["unassalpha"]} if samples.shape[2] == 4 else {}
        tifffile.imwrite(buffer, samples, photometric="rgb", metadata=None, **extra, **options)
        return buffer.getvalue()
    import cv2

    order = [2, 1, 0, 3][: samples.shape[2]]
    done, data = cv2.imencode(".png", np.ascontiguousarray(samples[..., order]))
    assert done
    return data.tobytes()
