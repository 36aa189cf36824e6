"""Dirty JPEGs: one for every segment, and for what phones append."""

import base64
import struct
from functools import cache

from blurkit.metadata import Kind
from tests.metadata.expected import EXIF_KINDS, SECRET_PROFILE, XMP, XMP_KINDS
from tests.metadata.photos import (
    PLANTED,
    encode,
    exif,
    extended_xmp,
    jumbf,
    multi_picture,
    resources,
    segment,
    thumbnail,
    video,
    with_segments,
    xmp,
)


@cache
def jpegs():
    """Return dirty JPEGs."""
    plain = encode("JPEG")
    second = encode("JPEG", seed=7, comment=PLANTED)
    index = segment(0xE2, multi_picture(len(second)))
    gain_map = with_segments(second, segment(0xE1, XMP + b'<x hdrgm:Version="1.0"/>'))
    depth = with_segments(second, segment(0xE1, XMP + b"urn:com:apple:photo:2018:aux:disparity"))
    samsung = b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + video() + b"SEFH" + PLANTED + b"SEFT"
    data = base64.b64encode(second)
    depth_xmp = b'<rdf:Description GDepth:Data="' + data + b'" GImage:Data="' + data + b'"/>'
    progressive = encode("JPEG", progressive=True)
    scan = progressive.rindex(b"\xff\xda")
    return {
        "exif": (with_segments(plain, segment(0xE1, b"Exif\0\0" + exif())), EXIF_KINDS),
        "exif-split": (
            with_segments(
                plain, *(segment(0xE1, b"Exif\0\0" + exif()[at : at + 900]) for at in range(0, len(exif()), 900))
            ),
            EXIF_KINDS,
        ),
        "xmp": (with_segments(plain, segment(0xE1, XMP + xmp())), XMP_KINDS),
        "xmp-extended": (with_segments(plain, extended_xmp(depth_xmp)), {Kind.XMP, Kind.DEPTH_MAP, Kind.SECOND_IMAGE}),
        "photoshop": (
            with_segments(plain, segment(0xED, b"Photoshop 3.0\0" + resources())),
            {Kind.PSD, Kind.IPTC, Kind.THUMBNAIL, Kind.XMP},
        ),
        "photoshop-split": (
            with_segments(
                plain,
                *(
                    segment(0xED, b"Photoshop 3.0\0" + resources()[at : at + 500])
                    for at in range(0, len(resources()), 500)
                ),
            ),
            {Kind.PSD, Kind.IPTC, Kind.THUMBNAIL},
        ),
        "mpf": (with_segments(plain, index) + second, {Kind.OTHER, Kind.SECOND_IMAGE}),
        "gain-map": (
            with_segments(plain, segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0" + PLANTED)) + gain_map,
            {Kind.GAIN_MAP},
        ),
        "depth-map": (plain + depth, {Kind.DEPTH_MAP}),
        "motion-photo": (
            with_segments(plain, segment(0xE1, XMP + b'<x GCamera:MotionPhoto="1"/>')) + video(),
            {Kind.VIDEO, Kind.XMP},
        ),
        "motion-photo-no-xmp": (plain + video(), {Kind.VIDEO}),
        "motion-photo-samsung": (plain + samsung, {Kind.VIDEO, Kind.TRAILER}),
        "picture-after-png": (plain + encode("PNG", seed=8) + PLANTED, {Kind.SECOND_IMAGE, Kind.TRAILER}),
        "picture-after-webp": (plain + encode("WEBP", seed=8) + PLANTED, {Kind.SECOND_IMAGE, Kind.TRAILER}),
        "picture-after-heic": (plain + encode("HEIF", seed=8) + PLANTED, {Kind.SECOND_IMAGE, Kind.TRAILER}),
        "trailer": (plain + PLANTED, {Kind.TRAILER}),
        "padding": (plain + bytes(512), {Kind.PADDING}),
        "comment": (with_segments(plain, segment(0xFE, PLANTED)), {Kind.COMMENT}),
        "comment-between-scans": (progressive[:scan] + segment(0xFE, PLANTED) + progressive[scan:], {Kind.COMMENT}),
        "c2pa": (with_segments(plain, jumbf(b"c2pa" + PLANTED + thumbnail() + PLANTED)), {Kind.C2PA, Kind.PREVIEW}),
        "jumbf": (with_segments(plain, jumbf(PLANTED)), {Kind.OTHER}),
        "jfif-thumbnail": (_with_jfif_thumbnail(plain), {Kind.THUMBNAIL}),
        "jfif-longer": (plain[:4] + b"\0\x20" + plain[6:20] + PLANTED + b"1234" + plain[20:], {Kind.OTHER}),
        "jfif-twice": (with_segments(plain, segment(0xE0, b"JFIF\0" + PLANTED)), {Kind.OTHER}),
        "jfxx": (with_segments(plain, segment(0xE0, b"JFXX\0\x10" + thumbnail())), {Kind.THUMBNAIL}),
        "flashpix": (
            with_segments(plain, segment(0xE2, b"FPXR\0" + PLANTED + thumbnail())),
            {Kind.OTHER, Kind.PREVIEW},
        ),
        "unknown-app": (with_segments(plain, segment(0xE9, PLANTED)), {Kind.OTHER}),
        "unknown-marker": (with_segments(plain, segment(0xF3, PLANTED)), {Kind.OTHER}),
        "adobe-longer": (with_segments(plain, segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + PLANTED)), {Kind.OTHER}),
        "stray": (with_segments(plain, PLANTED), {Kind.GAP}),
        "fill": (with_segments(plain, b"\xff" * 40), {Kind.PADDING}),
        "icc": (encode("JPEG", icc_profile=SECRET_PROFILE), {Kind.ICC_TEXT}),
        "icc-damaged": (with_segments(plain, segment(0xE2, b"ICC_PROFILE\0\1\2" + PLANTED)), {Kind.ICC_TEXT}),
    }


def _with_jfif_thumbnail(plain):
    """Return a JPEG whose JFIF header holds 3 by 4 pixels: one of them the planted text."""
    rows = (PLANTED * 4)[:36]
    return plain[:4] + struct.pack(">H", 16 + 36) + plain[6:18] + b"\3\4" + rows + plain[20:]
