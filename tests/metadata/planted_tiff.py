"""Dirty TIFFs: tags, further directories, gaps."""

import struct
from functools import cache

from blurkit.metadata import Kind
from tests.metadata.expected import SECRET_PROFILE, XMP_KINDS
from tests.metadata.photos import (
    GPS,
    PLANTED,
    ascii_tag,
    directory,
    encode,
    number_tag,
    pixels,
    resources,
    thumbnail,
    video,
    xmp,
)


@cache
def tiffs():
    """Return dirty TIFFs."""
    plain = encode("TIFF")
    rows = plain_rows()
    end = len(plain)

    def basic(*more, width=96, height=64, at=0, sub=0):
        return [
            number_tag(254, sub),
            number_tag(256, width),
            number_tag(257, height),
            number_tag(258, 8, 8, 8, kind=3),
            number_tag(259, 1, kind=3),
            number_tag(262, 2, kind=3),
            number_tag(273, at),
            number_tag(277, 3, kind=3),
            number_tag(278, height),
            number_tag(279, width * height * 3),
            *more,
        ]

    def file(*more, further=b"", following=0):
        """Return a TIFF with rows at 8, whatever is further, then the directory."""
        at = 8 + len(rows) + len(further)
        return struct.pack("<2sHI", b"II", 42, at) + rows + further + directory(basic(*more, at=8), at, following)

    after = 8 + len(rows)
    small = bytes(thumbnail_rows())
    page = small + directory(basic(ascii_tag(305, PLANTED), width=16, height=8, at=after), after + len(small))
    reduced = small + directory(basic(width=16, height=8, at=after, sub=1), after + len(small))
    old = thumbnail()
    old_style = old + directory([number_tag(0x0201, after), number_tag(0x0202, len(old))], after + len(old))
    camera = directory([ascii_tag(0xA431, PLANTED)], after)
    return {
        "caption": (file(ascii_tag(270, PLANTED)), {Kind.TEXT}),
        "software": (file(ascii_tag(305, PLANTED), ascii_tag(306, PLANTED), ascii_tag(315, PLANTED)), {Kind.TEXT}),
        "xmp": (file((700, 1, len(xmp()), xmp())), XMP_KINDS),
        "iptc": (file((33723, 7, len(PLANTED), PLANTED)), {Kind.IPTC}),
        "photoshop": (file((34377, 1, len(resources()), resources())), {Kind.PSD, Kind.IPTC, Kind.THUMBNAIL}),
        "layers": (file((37724, 7, len(PLANTED), PLANTED)), {Kind.PSD}),
        "map": (file((33922, 12, 6, bytes(48)), ascii_tag(34737, PLANTED)), {Kind.OTHER}),
        "unknown": (file((51234, 7, len(PLANTED), PLANTED)), {Kind.OTHER}),
        "twice": (file(ascii_tag(51234, PLANTED), number_tag(278, 64)), {Kind.OTHER}),
        "too-many-values": (file((338, 1, len(PLANTED), PLANTED)), {Kind.OTHER}),
        "wrong-type": (file((283, 2, 5, b"PLAN\0")), {Kind.OTHER}),
        "exif": (file(number_tag(0x8769, after), further=camera), {Kind.EXIF, Kind.SERIAL_NUMBER}),
        "gps": (file(number_tag(0x8825, after), further=directory(GPS, after)), {Kind.GPS}),
        "page": (file(further=page, following=after + len(small)), {Kind.FRAME, Kind.TEXT}),
        "thumbnail": (file(further=reduced, following=after + len(small)), {Kind.THUMBNAIL}),
        "thumbnail-jpeg": (file(further=old_style, following=after + len(old)), {Kind.THUMBNAIL}),
        "preview": (file(number_tag(330, after + len(small)), further=reduced), {Kind.PREVIEW, Kind.OTHER}),
        "gap": (file(further=PLANTED + old), {Kind.GAP, Kind.SECOND_IMAGE}),
        "trailer": (plain + PLANTED, {Kind.GAP}),
        "trailer-video": (plain + bytes(end % 2) + video(), {Kind.VIDEO}),
        "padding": (plain + bytes(100), {Kind.PADDING}),
        "icc": (encode("TIFF", icc_profile=SECRET_PROFILE), {Kind.ICC_TEXT}),
        "jpeg-strip": (_commented_strips(), {Kind.COMMENT}),
        "big": (_big(rows), {Kind.TEXT}),
        "damaged-exif": (file(number_tag(0x8769, 0xFFFFFF)), {Kind.EXIF, Kind.OTHER}),
    }


def plain_rows():
    """Return the samples of the usual picture as rows of RGB."""
    return pixels(encode("PNG"))[1].tobytes()


def thumbnail_rows():
    """Return 16 by 8 pixels that hold the planted text."""
    return (PLANTED * 40)[: 16 * 8 * 3]


def _commented_strips():
    """Return a TIFF of one JPEG strip that holds a comment."""
    strip = encode("JPEG", comment=PLANTED)
    at = 8 + len(strip)
    tags = [number_tag(256, 96), number_tag(257, 64), number_tag(258, 8, 8, 8, kind=3), number_tag(259, 7, kind=3)]
    tags += [number_tag(262, 6, kind=3), number_tag(273, 8), number_tag(277, 3, kind=3), number_tag(278, 64)]
    tags += [number_tag(279, len(strip)), number_tag(530, 2, 2, kind=3)]
    return struct.pack("<2sHI", b"II", 42, at) + strip + directory(tags, at)


def _big(rows):
    """Return a BigTIFF with a caption."""
    tags = [(256, 4, 1, 96), (257, 4, 1, 64), (259, 3, 1, 1), (262, 3, 1, 2), (277, 3, 1, 3)]
    tags += [(278, 16, 1, 64), (279, 16, 1, len(rows))]
    head = 16 + 8 + 20 * (len(tags) + 3) + 8
    table = b"".join(struct.pack("<HHQQ", *tag) for tag in tags)
    bits = struct.pack("<HHQ4H", 258, 3, 3, 8, 8, 8, 0)
    caption = struct.pack("<HHQQ", 270, 2, len(PLANTED), head)
    start = struct.pack("<HHQQ", 273, 16, 1, head + len(PLANTED))
    entries = [*(table[i : i + 20] for i in range(0, len(table), 20)), bits, caption, start]
    entries.sort(key=lambda entry: struct.unpack("<H", entry[:2]))
    return struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, len(entries)) + b"".join(entries) + bytes(8) + PLANTED + rows
