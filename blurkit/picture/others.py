"""What a file is that is no photo, by its first bytes, and what to do instead."""

from __future__ import annotations

READ = "export it as JPEG; read are JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC, HEIF and AVIF"

CLIPS = (
    'clips are made safe by `blurkit run`, once this is installed: pip install "blurkit[video]"; '
    "or save the frames you need as JPEG"
)
"""What helps with a clip."""

AS_MP4 = "export it again as MP4 with H.264"
"""What helps with a clip of another kind."""

_BEGINNINGS = (
    (b"%PDF", "a PDF document", "save the pictures in it as JPEG, then give those"),
    (b"PK\x03\x04", "a ZIP archive or an office document", "unpack it, then give the folder with the photos"),
    (b"Rar!", "a RAR archive", "unpack it, then give the folder with the photos"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it, then give the folder with the photos"),
    (b"\x1f\x8b", "a compressed archive", "unpack it, then give the folder with the photos"),
    (b"\x1a\x45\xdf\xa3", "a video (Matroska or WebM)", CLIPS),
    (b"FLV\x01", "a Flash video", AS_MP4),
    (b"\x30\x26\xb2\x75", "a Windows Media video", AS_MP4),
    (b"OggS", "an Ogg file", AS_MP4),
    (b"\x00\x00\x01\xba", "an MPEG video", AS_MP4),
    (b"\x00\x00\x01\xb3", "an MPEG video", AS_MP4),
    (b"<svg", "a drawing (SVG)", "export it as PNG"),
    (b"8BPS", "a Photoshop document", "export it as JPEG or PNG"),
)


def what_else(head: bytes) -> tuple[str, str]:
    """Return what a file that is no photo is, in words, and what helps.

    Args:
        head: Its first 64 bytes.
    """
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide") or (head[:4] == b"RIFF" and head[8:12] == b"AVI "):
        return "a video, not a photo", CLIPS
    for beginning, what, remedy in _BEGINNINGS:
        if head.startswith(beginning):
            return f"{what}, not a photo", remedy
    return "not a photo that blurkit reads", READ
