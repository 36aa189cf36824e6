"""Files that hide a small photo, or a text, inside what codes their picture; made on the spot."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from blurkit.picture.heifitems import Heif, boxes
from tests.metadata.photos import PLANTED, chunk, encode, image, riff, thumbnail

SMALL = thumbnail()
STUFFED = SMALL.replace(b"\xff", b"\xff\0")
"""The photo as it may stand in a scan."""
TEXT = (PLANTED * 70)[:768]
SIZE = (96, 64)


def jpeg(mode="RGB", **options):
    return encode("JPEG", mode, **options)


def behind_the_scan(data):
    return data[:-2] + STUFFED + data[-2:]


def between_restarts(data):
    at = data.index(b"\xff\xd1", data.index(b"\xff\xda"))
    return data[:at] + STUFFED + data[at:]


def scan_of(data):
    """Return the first scan of a JPEG: where it begins, and where the next marker is."""
    start = data.index(b"\xff\xda")
    return start, data.index(b"\xff\xd9", start)


def painted_over():
    """Return a JPEG with a scan that a second one paints over."""
    shown, other = jpeg(), jpeg(seed=9)
    start, end = scan_of(shown)
    return shown[:start] + other[slice(*scan_of(other))] + shown[start:end] + shown[end:]


def in_odd_bits():
    """Return a JPEG with text in the bits before each marker that restarts its scan."""
    data = bytearray(jpeg(size=(256, 256), restart_marker_blocks=1))
    start = data.index(b"\xff\xda")
    rng = np.random.default_rng(1)
    for at in range(start + 14, len(data) - 1):
        if data[at] == 0xFF and 0xD0 <= data[at + 1] <= 0xD7 and data[at - 1] & 1 and data[at - 1] != 0xFF:
            data[at - 1] ^= int(rng.integers(2))
    return bytes(data)


def png_palette(*, entries=TEXT, clear=b""):
    """Return a PNG of three colours with a palette of 256."""
    samples = np.arange(64 * 96, dtype=np.uint8).reshape(64, 96) % 3
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 96, 64, 8, 3, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + row.tobytes() for row in samples))
    body = chunk(b"PLTE", entries) + (chunk(b"tRNS", clear) if clear else b"")
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


MANY_ENTRIES = b"".join(b"%03d" % number for number in range(256))


def png_frames(*, entries=MANY_ENTRIES):
    """Return an animated PNG of two frames, the later one smaller and of other colours, with a palette."""
    first, later = (
        np.arange(rows * 96, dtype=np.uint8).reshape(rows, 96) % 3 + kind for rows, kind in ((64, 0), (32, 3))
    )
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 96, 64, 8, 3, 0, 0, 0)) + chunk(b"PLTE", entries)
    coded = [zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows)) for rows in (first, later)]
    control = [
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", i, 96, rows, 0, 0, 1, 10, 0, 0)) for i, rows in ((0, 64), (1, 32))
    ]
    animation = chunk(b"acTL", struct.pack(">II", 2, 0)) + control[0] + chunk(b"IDAT", coded[0])
    later_frame = control[1] + chunk(b"fdAT", struct.pack(">I", 2) + coded[1])
    return b"\x89PNG\r\n\x1a\n" + head + animation + later_frame + chunk(b"IEND", b"")


def three_colors():
    picture = Image.fromarray(np.arange(64 * 96, dtype=np.uint8).reshape(64, 96) % 3, "P")
    picture.putpalette(TEXT)
    return picture


def saved(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def bmp_palette():
    """Return a BMP of three colours with a palette of 256."""
    data = bytearray(saved(three_colors(), "BMP"))
    entries = np.zeros((256, 4), np.uint8)
    entries[:, :3] = np.frombuffer(TEXT, np.uint8).reshape(256, 3)
    data[54 : 54 + 1024] = entries.tobytes()
    return bytes(data)


def gif_palette():
    data = saved(three_colors(), "GIF", optimize=False)
    return data[:13] + TEXT[: 3 << ((data[10] & 7) + 1)] + data[13 + (3 << ((data[10] & 7) + 1)) :]


def gif_with(content):
    """Return a GIF with bytes behind the last code of its frame."""
    data = saved(image("RGB").quantize(64), "GIF", optimize=False)
    blocks = b"".join(bytes((len(content[i : i + 255]),)) + content[i : i + 255] for i in range(0, len(content), 255))
    return data[:-2] + blocks + b"\0" + data[-1:]


def webp(kind, content, **options):
    """Return a WebP with bytes behind the picture in a chunk."""
    picture = image("RGB").copy()
    if kind == b"ALPH":
        picture.putalpha(Image.linear_gradient("L").resize(SIZE))
    data = saved(picture, "WEBP", **options)
    at = data.index(kind)
    size = struct.unpack("<I", data[at + 4 : at + 8])[0]
    new = data[:at] + riff(kind, data[at + 8 : at + 8 + size] + content) + data[at + 8 + size + size % 2 :]
    return new[:4] + struct.pack("<I", len(new) - 8) + new[8:]


def webp_modes(content):
    """Return a WebP with bytes behind the first part of its picture, before the coefficients."""
    data = saved(image("RGB"), "WEBP", quality=60)
    at = data.index(b"VP8 ") + 8
    size = struct.unpack("<I", data[at - 4 : at])[0]
    tag = int.from_bytes(data[at : at + 3], "little")
    end = at + 10 + (tag >> 5)
    new = (tag & 31 | ((tag >> 5) + len(content)) << 5).to_bytes(3, "little")
    picture = new + data[at + 3 : end] + content + data[end : at + size]
    return b"RIFF" + struct.pack("<I", 4 + len(riff(b"VP8 ", picture))) + b"WEBP" + riff(b"VP8 ", picture)


def webp_frames(content):
    """Return an animation, with bytes behind the picture of its first frame."""
    frames = [image("RGB", seed=seed) for seed in (1, 2)]
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], quality=60)
    at = data.index(b"ANMF")
    size = struct.unpack("<I", data[at + 4 : at + 8])[0]
    frame = data[at + 8 : at + 8 + size]
    inner = struct.unpack("<I", frame[20:24])[0]
    new = riff(b"ANMF", frame[:16] + riff(frame[16:20], frame[24 : 24 + inner] + content))
    whole = data[:at] + new + data[at + 8 + size + size % 2 :]
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def tiff(compression, content, mode="RGB"):
    """Return a TIFF of one strip with bytes behind its rows."""
    data = saved(image(mode), "TIFF", compression=compression, tiffinfo={278: 64})
    with Image.open(io.BytesIO(data)) as opened:
        (start,), (size,) = opened.tag_v2[273], opened.tag_v2[279]
    strip = data[start : start + size]
    entries, at = struct.unpack("<I", data[4:8])[0], 0
    for at in range(entries + 2, entries + 2 + 12 * struct.unpack("<H", data[entries : entries + 2])[0], 12):
        tag = struct.unpack("<H", data[at : at + 2])[0]
        value = {273: len(data), 279: size + len(content)}.get(tag)
        if value is not None:
            data = data[: at + 2] + struct.pack("<HII", 4, 1, value) + data[at + 12 :]
    return data[:start] + bytes(size) + data[start + size :] + strip + content


def bmp_rows():
    """Return a BMP whose rows are filled up with text."""
    data = bytearray(encode("BMP", size=(97, 64)))
    for row in range(64):
        data[54 + 292 * row + 291] = TEXT[row]
    return bytes(data)


def bmp_fourth():
    """Return a BMP of 32 bits whose fourth bytes are a photo."""
    data = bytearray(encode("BMP", "RGBA"))
    data[57::4] = np.asarray(image("L", seed=5)).tobytes()
    return bytes(data)


def heif_unit(kind, unit):
    """Return a HEIC or AVIF with one more unit in the stream of its picture."""
    data = encode(kind)
    (meta,) = (box for box in boxes(data, 0, len(data)) if box.type == b"meta")
    heif = Heif.read(data, meta)
    ((start, end),) = heif.extents[heif.primary]
    mdat = next(box for box in boxes(data, 0, len(data)) if box.type == b"mdat")
    assert end == len(data) == mdat.end
    length = data.index(struct.pack(">I", end - start), data.index(b"iloc"))
    data = data[:length] + struct.pack(">I", end - start + len(unit)) + data[length + 4 :]
    return data[: mdat.start] + struct.pack(">I", mdat.end - mdat.start + len(unit)) + data[mdat.start + 4 :] + unit


def tiff_of_fewer_rows(compression):
    """Return a TIFF of one strip that says it has fewer rows than its strip holds."""
    data = bytearray(saved(image("RGB"), "TIFF", compression=compression, tiffinfo={278: SIZE[1]}))
    for tag in (257, 278):
        entry = struct.pack("<HHI", tag, 4, 1)
        at = data.find(entry) if entry in data else data.index(struct.pack("<HHI", tag, 3, 1))
        data[at + 8 : at + 10] = (SIZE[1] - 20).to_bytes(2, "little")
    return bytes(data)
