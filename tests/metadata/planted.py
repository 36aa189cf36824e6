"""One dirty file for every place in which something can hide, with the kinds that must be found in it."""

import base64
import io
import struct
import zlib
from functools import cache

from blurkit.metadata import Kind
from tests.metadata.photos import (
    GPS,
    PLANTED,
    ascii_tag,
    box,
    chunk,
    coded,
    directory,
    encode,
    exif,
    extended_xmp,
    full,
    heif,
    image,
    jumbf,
    multi_picture,
    number_tag,
    pixels,
    profile,
    raw_profile,
    resources,
    riff,
    segment,
    thumbnail,
    video,
    with_chunks,
    with_riff,
    with_segments,
    xmp,
)

XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXIF_KINDS = {Kind.EXIF, Kind.GPS, Kind.SERIAL_NUMBER, Kind.MAKER_NOTE, Kind.TEXT, Kind.THUMBNAIL, Kind.PREVIEW}
XMP_KINDS = {Kind.XMP, Kind.GPS, Kind.SERIAL_NUMBER, Kind.TEXT, Kind.THUMBNAIL}
SECRET_PROFILE = profile("PLANTED-7f3a's display", (b"mmod", b"mmod" + bytes(4) + PLANTED + bytes(4)))


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


@cache
def gifs():
    """Return dirty GIFs."""
    plain = encode("GIF", "P")
    at = 13 + 3 * 256

    def sub_blocks(content):
        pieces = [content[i : i + 255] for i in range(0, len(content), 255)]
        return b"".join(bytes((len(piece),)) + piece for piece in pieces) + b"\0"

    def put(block, into=plain):
        return into[:at] + block + into[at:]

    magic = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    buffer = io.BytesIO()
    frames = [image("P", seed=2)]
    image("P").save(buffer, "GIF", save_all=True, append_images=frames, comment=PLANTED, loop=0)
    return {
        "comment": (put(b"\x21\xfe" + sub_blocks(PLANTED)), {Kind.COMMENT}),
        "application": (put(b"\x21\xff\x0bPRIVATE1234" + sub_blocks(PLANTED)), {Kind.OTHER}),
        "loop-longer": (put(b"\x21\xff\x0bNETSCAPE2.0" + sub_blocks(b"\1\0\0" + PLANTED)), {Kind.OTHER}),
        "xmp": (put(b"\x21\xff\x0bXMP DataXMP" + xmp() + magic), XMP_KINDS),
        "plain-text": (put(b"\x21\x01" + sub_blocks(bytes(12)) + sub_blocks(PLANTED)[:0]), {Kind.TEXT}),
        "unknown": (put(b"\x21\x77" + sub_blocks(PLANTED)), {Kind.OTHER}),
        "control-longer": (put(b"\x21\xf9" + sub_blocks(bytes(4) + PLANTED)), {Kind.FRAME}),
        "animation": (buffer.getvalue(), {Kind.FRAME, Kind.COMMENT}),
        "trailer": (plain + PLANTED, {Kind.TRAILER}),
        "picture": (plain + thumbnail(), {Kind.SECOND_IMAGE}),
    }


@cache
def bmps():
    """Return dirty BMPs."""
    plain = encode("BMP")
    start = 54
    gap = plain[:10] + struct.pack("<I", start + len(PLANTED)) + plain[14:start] + PLANTED + plain[start:]
    wide = (
        struct.pack("<I", 124)
        + plain[18:start]
        + bytes(16)
        + b"%s"
        + bytes(48)
        + struct.pack("<4I", 4, 124 + 96 * 64 * 3, 99, 0)
    )
    head = plain[:10] + struct.pack("<I", 14 + 124)
    return {
        "trailer": (plain + PLANTED, {Kind.TRAILER}),
        "padding": (plain + bytes(7), {Kind.PADDING}),
        "gap": (gap, {Kind.GAP}),
        "picture": (plain + thumbnail(), {Kind.SECOND_IMAGE}),
        "profile": (head + wide % b"DEBM" + plain[start:] + SECRET_PROFILE, {Kind.ICC_TEXT, Kind.TRAILER}),
        "path": (head + wide % b"KNIL" + plain[start:] + PLANTED, {Kind.ICC_TEXT, Kind.TRAILER}),
    }


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


@cache
def everything():
    """Return all dirty files: `format/place` to the file and the kinds that must be found."""
    groups = {
        "jpeg": jpegs,
        "png": pngs,
        "webp": webps,
        "gif": gifs,
        "bmp": bmps,
        "tiff": tiffs,
        "heif": heifs,
        "avif": avifs,
    }
    return {f"{name}/{place}": case for name, cases in groups.items() for place, case in cases().items()}
