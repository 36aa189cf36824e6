"""Dirty HEICs and AVIFs: items, boxes, unused bytes."""

import struct
from functools import cache

from blurkit.metadata import Kind
from tests.metadata.expected import EXIF_KINDS, SECRET_PROFILE, XMP_KINDS
from tests.metadata.photos import PLANTED, box, encode, exif, thumbnail, video, xmp
from tests.metadata.photos_heif import coded, full, heif


@cache
def heifs():
    """Return dirty HEICs."""
    content, properties = coded()
    other, same = coded(seed=7)
    main = (b"hvc1", content, properties, b"", b"")
    second = (b"hvc1", other, same, b"", b"")
    base = struct.pack(">I", 6) + b"Exif\0\0" + exif()

    def auxiliary(name):
        return (b"hvc1", other, (*same, full(b"auxC", name + b"\0")), b"", b"")

    caption = full(b"udes", b"en\0" + PLANTED + b"\0\0\0")
    colour = box(b"colr", b"prof" + SECRET_PROFILE)
    uuid = box(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + PLANTED)
    return {
        "exif": (heif([main, (b"Exif", base, (), b"", b"")], [(b"cdsc", 2, [1])]), EXIF_KINDS),
        "xmp": (heif([main, (b"mime", xmp(), (), b"", b"application/rdf+xml")], [(b"cdsc", 2, [1])]), XMP_KINDS),
        "mime": (heif([main, (b"mime", PLANTED, (), b"", b"text/plain")]), {Kind.OTHER}),
        "second": (heif([main, second]), {Kind.SECOND_IMAGE}),
        "thumbnail": (heif([main, second], [(b"thmb", 2, [1])]), {Kind.THUMBNAIL}),
        "depth": (heif([main, auxiliary(b"urn:mpeg:hevc:2015:auxid:2")], [(b"auxl", 2, [1])]), {Kind.DEPTH_MAP}),
        "disparity": (
            heif([main, auxiliary(b"urn:com:apple:photo:2017:aux:disparity")], [(b"auxl", 2, [1])]),
            {Kind.DEPTH_MAP},
        ),
        "gain-map": (
            heif([main, auxiliary(b"urn:com:apple:photo:2020:aux:hdrgainmap")], [(b"auxl", 2, [1])]),
            {Kind.GAIN_MAP},
        ),
        "tone-map": (heif([main, second, (b"tmap", PLANTED, (), b"", b"")], [(b"dimg", 3, [1, 2])]), {Kind.GAIN_MAP}),
        "matte": (
            heif([main, auxiliary(b"urn:com:apple:photo:2018:aux:portraiteffectsmatte")], [(b"auxl", 2, [1])]),
            {Kind.SECOND_IMAGE},
        ),
        "burst": (
            heif(
                [main, (b"grid", bytes(4) + struct.pack(">HH", 96, 64), (same[2],), b"", b""), second],
                [(b"dimg", 2, [3])],
            ),
            {Kind.SECOND_IMAGE},
        ),
        "item-name": (heif([(b"hvc1", content, properties, PLANTED, b"")]), {Kind.TEXT}),
        "property": (heif([(b"hvc1", content, (*properties, caption), b"", b"")]), {Kind.OTHER}),
        "icc": (heif([(b"hvc1", content, (properties[0], colour, *properties[2:]), b"", b"")]), {Kind.ICC_TEXT}),
        "group": (heif([main], meta=box(b"grpl", full(b"altr", struct.pack(">3I", 9, 1, 1)))), {Kind.OTHER}),
        "unused": (heif([main], unused=PLANTED), {Kind.GAP}),
        "unused-video": (heif([main], unused=video()), {Kind.VIDEO}),
        "free": (heif([main], before=box(b"free", PLANTED)), {Kind.GAP}),
        "padding": (heif([main], before=box(b"free", bytes(99))), {Kind.PADDING}),
        "motion-photo": (heif([main], after=box(b"mpvd", video())), {Kind.VIDEO}),
        "movie": (heif([main], after=box(b"moov", PLANTED)), {Kind.VIDEO}),
        "samsung": (heif([main], after=box(b"sefd", PLANTED)), {Kind.OTHER}),
        "c2pa": (heif([main], before=uuid), {Kind.C2PA}),
        "uuid": (heif([main], after=box(b"uuid", PLANTED * 2 + thumbnail())), {Kind.OTHER, Kind.PREVIEW}),
        "trailer": (heif([main]) + b"\0\0\0\5" + PLANTED, {Kind.TRAILER}),
        "brand": (heif([main], base=box(b"ftyp", b"heic\0\0\0\0heicmif1" + PLANTED)), {Kind.OTHER}),
    }


@cache
def avifs():
    """Return dirty AVIFs, as Pillow writes them."""
    plain = encode("AVIF")
    return {
        "exif": (encode("AVIF", exif=b"Exif\0\0" + exif()), EXIF_KINDS),
        "xmp": (encode("AVIF", xmp=xmp()), XMP_KINDS),
        "icc": (encode("AVIF", icc_profile=SECRET_PROFILE), {Kind.ICC_TEXT}),
        "alpha-exif": (encode("AVIF", "RGBA", exif=b"Exif\0\0" + exif()), EXIF_KINDS),
        "trailer": (plain + PLANTED, {Kind.TRAILER}),
        "video": (plain + box(b"mpvd", video()), {Kind.VIDEO}),
    }
