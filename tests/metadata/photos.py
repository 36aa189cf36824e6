"""Photos with things planted in them, made on the spot: no file from elsewhere is used.

Every planted text holds `PLANTED`, so that a test can search the bytes for it.
"""

import base64
import io
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image, ImageCms

PLANTED = b"PLANTED-7f3a"


@cache
def image(mode="RGB", width=96, height=64, seed=1):
    """Return smooth colours, so that every coder has something to do."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 255, (height // 8, width // 8, 3), dtype=np.uint8))
    return small.resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def encode(kind, mode="RGB", *, seed=1, size=(96, 64), **options):
    """Return a file as Pillow writes it."""
    buffer = io.BytesIO()
    if kind == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    image(mode, *size, seed).save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(data):
    """Return the decoded samples of the first frame."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        return opened.mode, np.asarray(opened)


def profile(name="sRGB built-in", *extra):
    """Return a colour profile of version 2 with a name of choice, and extra tags."""
    xyz = b"XYZ " + bytes(4) + struct.pack(">3i", 30000, 65536, 50000)
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, 563) + bytes(2)
    text = name.encode("latin-1") + b"\0"
    description = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
    tags = [(b"desc", description), (b"cprt", b"text" + bytes(4) + b"Public Domain\0"), (b"wtpt", xyz)]
    tags += [(tag, xyz) for tag in (b"rXYZ", b"gXYZ", b"bXYZ")]
    tags += [(tag, curve) for tag in (b"rTRC", b"gTRC", b"bTRC")]
    tags += list(extra)
    table, body = b"", b""
    for tag, content in tags:
        table += struct.pack(">4sII", tag, 132 + 12 * len(tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s", 132 + len(table) + len(body), b"", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head = (head.ljust(36, b"\0") + b"acsp").ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def srgb():
    """Return the sRGB profile of LittleCMS."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def thumbnail(seed=2, size=(40, 24)):
    """Return a small JPEG with a planted comment."""
    return encode("JPEG", seed=seed, size=size, comment=PLANTED + b" thumbnail")


def ascii_tag(tag, text):
    """Return a tag of text for `directory`."""
    return tag, 2, len(text) + 1, text + b"\0"


def number_tag(tag, *values, kind=4):
    """Return a tag of whole numbers for `directory`."""
    return tag, kind, len(values), struct.pack(f"<{len(values)}{'BHxI'[kind - 1] if kind != 3 else 'H'}", *values)


def directory(tags, at, following=0):
    """Return a little-endian TIFF directory that stands at `at`, with its values behind it."""
    tags = sorted(tags)
    values = b""
    table = struct.pack("<H", len(tags))
    start = at + 2 + 12 * len(tags) + 4
    for tag, kind, count, raw in tags:
        place = raw.ljust(4, b"\0") if len(raw) <= 4 else struct.pack("<I", start + len(values))
        values += raw + bytes(len(raw) % 2) if len(raw) > 4 else b""
        table += struct.pack("<HHI", tag, kind, count) + place
    return table + struct.pack("<I", following) + values


GPS = [
    (0, 1, 4, b"\2\3\0\0"),
    ascii_tag(1, b"N"),
    (2, 5, 3, struct.pack("<6I", 51, 1, 30, 1, 0, 1)),
    ascii_tag(3, b"W"),
    (4, 5, 3, struct.pack("<6I", 0, 1, 7, 1, 0, 1)),
    ascii_tag(29, PLANTED),
]


@cache
def exif():
    """Return an EXIF block with a position, serial numbers, names, a maker note with a preview, and a thumbnail."""
    preview = thumbnail(seed=3, size=(64, 48))
    maker = b"Maker\0" + PLANTED + preview + PLANTED
    camera = [
        (0x9286, 7, 8 + len(PLANTED), b"ASCII\0\0\0" + PLANTED),
        (0x927C, 7, len(maker), maker),
        ascii_tag(0xA430, PLANTED + b" owner"),
        ascii_tag(0xA431, PLANTED + b" serial"),
    ]
    names = [
        ascii_tag(0x010E, PLANTED + b" caption"),
        ascii_tag(0x010F, b"Maker"),
        ascii_tag(0x013B, PLANTED + b" artist"),
    ]

    def block(camera_at, gps_at, second_at, thumbnail_at):
        first = directory([*names, number_tag(0x8769, camera_at), number_tag(0x8825, gps_at)], 8, second_at)
        small = thumbnail()
        second = directory([number_tag(0x0201, thumbnail_at), number_tag(0x0202, len(small))], second_at)
        return [first, directory(camera, camera_at), directory(GPS, gps_at), second, small]

    sizes = [len(part) for part in block(0, 0, 0, 0)]
    places = [8 + sum(sizes[: i + 1]) for i in range(4)]
    return b"II*\0\x08\0\0\0" + b"".join(block(*places))


def xmp(extra=b""):
    """Return an XMP packet that names people, a position and a serial number, and holds a thumbnail."""
    small = base64.b64encode(thumbnail(seed=4)).replace(b"A", b"A&#xA;", 3)
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description exif:GPSLatitude="51,30N" '
        b'aux:SerialNumber="' + PLANTED + b'"><dc:creator>' + PLANTED + b"</dc:creator>"
        b"<Iptc4xmpExt:PersonInImage>" + PLANTED + b"</Iptc4xmpExt:PersonInImage>"
        b"<xmpGImg:image>" + small + b"</xmpGImg:image>" + extra + b"</rdf:Description></rdf:RDF></x:xmpmeta>"
    )


def resources():
    """Return Photoshop image resources: captions, a thumbnail and XMP."""

    def resource(number, content):
        return (
            b"8BIM"
            + struct.pack(">HH", number, 0)
            + struct.pack(">I", len(content))
            + content
            + bytes(len(content) % 2)
        )

    small = thumbnail(seed=5)
    caption = b"\x1c\x02\x78" + struct.pack(">H", len(PLANTED)) + PLANTED
    return resource(1028, caption) + resource(1036, bytes(28) + small) + resource(1060, xmp())


def box(kind, payload):
    """Return an ISO box."""
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def video():
    """Return the boxes of a tiny MP4."""
    return box(b"ftyp", b"mp42" + bytes(4) + b"isommp42") + box(b"mdat", PLANTED * 20) + box(b"moov", PLANTED)


# JPEG


def segment(marker, payload):
    """Return a JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, 2 + len(payload)) + payload


def with_segments(data, *segments):
    """Return a JPEG with segments put in behind its JFIF header."""
    at = 4 + struct.unpack(">H", data[4:6])[0] if data[3] == 0xE0 else 2
    return data[:at] + b"".join(segments) + data[at:]


def extended_xmp(content, piece=3000):
    """Return extended XMP in several segments, given last piece first."""
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"0123456789ABCDEF" * 2
    pieces = [
        segment(0xE1, head + struct.pack(">II", len(content), at) + content[at : at + piece])
        for at in range(0, len(content), piece)
    ]
    return b"".join(reversed(pieces))


def jumbf(content, piece=400):
    """Return a JUMBF box in several segments."""
    whole = box(b"jumb", content)
    pieces = [whole[at : at + piece] for at in range(0, len(whole), piece)]
    return b"".join(
        segment(0xEB, b"JP\0\1" + struct.pack(">I", i + 1) + (whole[:8] if i else b"") + part)
        for i, part in enumerate(pieces)
    )


def multi_picture(size):
    """Return the MPF index of two pictures, the second of `size` bytes."""
    entries = struct.pack("<IIIHH", 0x030000, 0, 0, 0, 0) + struct.pack("<IIIHH", 0, size, 1, 0, 0)
    tags = [(0xB000, 7, 4, b"0100"), number_tag(0xB001, 2), (0xB002, 7, len(entries), entries)]
    tags.append(ascii_tag(0xB003, PLANTED))
    return b"MPF\0II*\0\x08\0\0\0" + directory(tags, 8)


# PNG


def chunk(kind, content):
    """Return a PNG chunk."""
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunks(data, *chunks):
    """Return a PNG with chunks put in behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def raw_profile(name, content):
    """Return the text in which ImageMagick keeps a profile."""
    return b"\n" + name + b"\n%8d\n" % len(content) + content.hex().encode() + b"\n"


# WebP


def riff(kind, content):
    """Return a RIFF chunk."""
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def with_riff(data, *chunks, flags=0x0C):
    """Return a WebP with chunks put in behind its picture, announced in an extended header."""
    body = data[12:]
    if body[:4] != b"VP8X":
        body = riff(b"VP8X", bytes((flags, 0, 0, 0)) + struct.pack("<I", 95)[:3] + struct.pack("<I", 63)[:3]) + body
    body = b"WEBP" + body + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body
