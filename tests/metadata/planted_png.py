"""Dirty PNGs and WebPs: one for every chunk."""

import struct
import zlib
from functools import cache

from blurkit.metadata import Kind
from tests.metadata.expected import EXIF_KINDS, SECRET_PROFILE, XMP_KINDS
from tests.metadata.photos import (
    PLANTED,
    chunk,
    encode,
    exif,
    profile,
    raw_profile,
    resources,
    riff,
    thumbnail,
    video,
    with_chunks,
    with_riff,
    xmp,
)


@cache
def pngs():
    """Return dirty PNGs."""
    plain = encode("PNG")
    frame = struct.pack(">IIIIIHHBB", 1, 96, 64, 0, 0, 1, 10, 0, 0)
    animation = chunk(b"acTL", struct.pack(">II", 2, 0)), chunk(b"fcTL", struct.pack(">I", 0) + frame[4:])
    late = chunk(b"fcTL", frame) + chunk(b"fdAT", struct.pack(">I", 2) + PLANTED)
    broken_profile = chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile()) + PLANTED)
    return {
        "text": (with_chunks(plain, chunk(b"tEXt", b"Author\0" + PLANTED)), {Kind.TEXT}),
        "text-packed": (
            with_chunks(plain, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(PLANTED + thumbnail()))),
            {Kind.TEXT, Kind.PREVIEW},
        ),
        "text-broken": (with_chunks(plain, chunk(b"zTXt", b"Comment\0\0" + PLANTED)), {Kind.TEXT}),
        "text-wide": (with_chunks(plain, chunk(b"iTXt", b"Title\0\0\0en\0titre\0" + PLANTED)), {Kind.TEXT}),
        "text-wide-packed": (
            with_chunks(plain, chunk(b"iTXt", b"Title\0\1\0en\0titre\0" + zlib.compress(PLANTED))),
            {Kind.TEXT},
        ),
        "xmp": (with_chunks(plain, chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp())), XMP_KINDS),
        "exif": (with_chunks(plain, chunk(b"eXIf", exif())), EXIF_KINDS),
        "raw-exif": (
            with_chunks(
                plain,
                chunk(
                    b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw_profile(b"exif", b"Exif\0\0" + exif()))
                ),
            ),
            EXIF_KINDS,
        ),
        "raw-iptc": (
            with_chunks(plain, chunk(b"tEXt", b"Raw profile type iptc\0" + raw_profile(b"iptc", resources()))),
            {Kind.PSD, Kind.IPTC, Kind.THUMBNAIL},
        ),
        "raw-xmp": (
            with_chunks(plain, chunk(b"tEXt", b"Raw profile type xmp\0" + raw_profile(b"xmp", xmp()))),
            XMP_KINDS,
        ),
        "raw-unknown": (
            with_chunks(
                plain, chunk(b"tEXt", b"Raw profile type other\0" + raw_profile(b"other", PLANTED + thumbnail()))
            ),
            {Kind.TEXT, Kind.PREVIEW},
        ),
        "raw-broken": (with_chunks(plain, chunk(b"tEXt", b"Raw profile type exif\0" + PLANTED)), {Kind.TEXT}),
        "time": (with_chunks(plain, chunk(b"tIME", bytes(7))), {Kind.TEXT}),
        "c2pa": (with_chunks(plain, chunk(b"caBX", PLANTED + thumbnail())), {Kind.C2PA, Kind.PREVIEW}),
        "private": (with_chunks(plain, chunk(b"prVt", PLANTED + thumbnail())), {Kind.OTHER, Kind.PREVIEW}),
        "twice": (with_chunks(plain, chunk(b"pHYs", bytes(9)), chunk(b"pHYs", PLANTED[:9])), {Kind.OTHER}),
        "too-long": (with_chunks(plain, chunk(b"gAMA", PLANTED)), {Kind.OTHER}),
        "animation": (plain[:33] + b"".join(animation) + plain[33:-12] + late + plain[-12:], {Kind.FRAME}),
        "trailer": (plain + PLANTED, {Kind.TRAILER}),
        "acropalypse": (plain + encode("PNG", seed=9) + PLANTED, {Kind.SECOND_IMAGE, Kind.TRAILER}),
        "video": (plain + video(), {Kind.VIDEO}),
        "icc": (encode("PNG", icc_profile=SECRET_PROFILE), {Kind.ICC_TEXT}),
        "icc-name": (with_chunks(plain, chunk(b"iCCP", PLANTED + b"\0\0" + zlib.compress(profile()))), {Kind.ICC_TEXT}),
        "icc-longer": (with_chunks(plain, broken_profile), {Kind.ICC_TEXT}),
        "icc-broken": (with_chunks(plain, chunk(b"iCCP", b"icc\0\0" + PLANTED)), {Kind.ICC_TEXT}),
    }


@cache
def webps():
    """Return dirty WebPs."""
    plain = encode("WEBP")
    return {
        "exif": (with_riff(plain, riff(b"EXIF", exif())), EXIF_KINDS),
        "exif-signature": (encode("WEBP", "RGBA", exif=b"Exif\0\0" + exif()), EXIF_KINDS),
        "xmp": (with_riff(plain, riff(b"XMP ", xmp())), XMP_KINDS),
        "unknown": (with_riff(plain, riff(b"PRIV", PLANTED + thumbnail())), {Kind.OTHER, Kind.PREVIEW}),
        "c2pa": (with_riff(plain, riff(b"C2PA", PLANTED)), {Kind.C2PA}),
        "flags": (with_riff(plain), {Kind.OTHER}),
        "second": (with_riff(plain, plain[12:], riff(b"PRIV", PLANTED)), {Kind.OTHER}),
        "trailer": (plain + PLANTED, {Kind.TRAILER}),
        "video": (plain + video(), {Kind.VIDEO}),
        "icc": (encode("WEBP", icc_profile=SECRET_PROFILE), {Kind.ICC_TEXT}),
        "icc-broken": (encode("WEBP", icc_profile=PLANTED * 2), {Kind.ICC_TEXT}),
        "lossless": (with_riff(encode("WEBP", lossless=True), riff(b"EXIF", exif())), EXIF_KINDS),
    }
