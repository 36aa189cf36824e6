"""MP4 clips: what is hidden besides the picture track and the sound track, found in the open file.

A clip that is written holds what decoding needs, and nothing else: this is how that is proved.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from blurkit.errors import MetadataRemains, UnreadablePhoto
from blurkit.metadata import units
from blurkit.metadata.base import Hidden, Kind, gaps
from blurkit.picture.mp4boxes import inside, read_box, samples_of, top_boxes, walk, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.picture.heifitems import IsoBox

BRANDS = (b"mp42", b"mp41", b"isom", b"iso2", b"avc1", b"av01", b"dby1", b"\0\0\2\0")
"""Words of the header; one of them says that the sound is AC-3."""

_TRACK = b"mvhd trak tkhd edts elst mdia mdhd hdlr minf vmhd smhd dinf dref stbl".split()
_TABLES = b"stsd stts stss ctts stsc stsz stco co64 sgpd sbgp sdtp".split()
ALLOWED = {b"moov", *_TRACK, *_TABLES}
"""Boxes of the index that decoding needs."""

PICTURE, SOUND = (b"vide", b"VideoHandler"), (b"soun", b"SoundHandler")
"""Kind of a track, and the name that every track of that kind has."""

PICTURES = {b"avc1": b"avcC", b"hvc1": b"hvcC", b"vp09": b"vpcC", b"av01": b"av1C"}
"""Codings of pictures, and the box that holds what each needs to be decoded."""

CODINGS = dict.fromkeys(PICTURES, 78) | dict.fromkeys(
    (b"mp4a", b"Opus", b"ac-3", b"ec-3", b"alac", b"fLaC", b"ipcm", b"fpcm"), 28
)
"""Codings of a clip that is written, and the bytes of their descriptions before its boxes."""

ENTRIES = {
    *PICTURES.values(),
    b"pasp",
    b"colr",
    b"btrt",
    b"esds",
    b"dOps",
    b"dac3",
    b"dec3",
    b"alac",
    b"dfLa",
    b"pcmC",
    b"chnl",
}
"""What a description of the coding may hold."""

_COMPRESSOR = slice(42, 74)
"""Where the name of a program may stand in one."""

DATED = {b"mvhd": 4, b"tkhd": 4, b"mdhd": 4}
"""Boxes with a date of creation and of change, and where those are."""

UNDETERMINED = 0x55C4
"""The language that nobody named."""

_WORDS = {b"udta": "text or place", b"meta": "text or place", b"uuid": "private box", b"mvex": "fragments"}


def find(file: IO[bytes]) -> tuple[Hidden, ...]:
    """List what an MP4 file hides, in its order.

    Args:
        file: Open for reading.

    Raises:
        UnreadablePhoto: It is damaged or cut off.
    """
    found: list[Hidden] = []
    index, media = b"", []
    for box in top_boxes(file):
        if box.type == b"ftyp":
            found += _header(read_box(file, box), box)
        elif box.type == b"moov" and not index:
            index = read_box(file, box)
        elif box.type == b"mdat":
            media.append((box.payload, box.end))
        else:
            found.append(_hidden(box, "private box" if box.end - box.start > 8 else "empty box"))
    if not index:
        return (*found, Hidden(Kind.OTHER, "MP4", 0, "no index"))
    root = whole(index)
    found += _boxes(index, root)
    tracks = [samples_of(index, box) for box in inside(index, root) if box.type == b"trak"]
    for kind in {track.kind for track in tracks}:
        if kind not in (PICTURE[0], SOUND[0]) or [track.kind for track in tracks].count(kind) > 1:
            found.append(Hidden(Kind.VIDEO, "MP4 track", 0, "further track"))
    places = [place for track in tracks for place in track.places]
    outside = gaps([(0, media[0][0] if media else 0), *places], media[-1][1] if media else 0)
    found += [Hidden(Kind.GAP, "MP4 media", end - start, "bytes of no track", start) for start, end in outside]
    for track in tracks:
        found += units.find(file, track)
    return tuple(found)


def check(file: IO[bytes]) -> None:
    """Check that a finished clip holds nothing but its picture and its sound.

    Raises:
        MetadataRemains: Something that is not on the allow-list is in the file.
    """
    if hidden := find(file):
        what = ", ".join(sorted({thing.detail for thing in hidden}))
        raise MetadataRemains(f"the output would still hold: {what}", hint="report the clip's kind")


def _hidden(box: IsoBox, words: str, kind: Kind = Kind.OTHER) -> Hidden:
    return Hidden(kind, f"MP4 {box.type.decode('latin-1')}", box.end - box.start, words, box.start)


def _header(data: bytes, box: IsoBox) -> Iterator[Hidden]:
    if any(data[at : at + 4] not in BRANDS for at in range(8, len(data), 4)):
        yield _hidden(box, "unknown words in the header")


def _boxes(data: bytes, root: IsoBox) -> Iterator[Hidden]:
    """Yield what stands in the index and is not needed."""
    for path, box in walk(data, root):
        if box.type not in ALLOWED:
            if all(part in ALLOWED for part in path[:-1]):
                yield _hidden(box, _WORDS.get(box.type, "private box"))
        elif box.type in DATED:
            wide = 8 if data[box.payload] == 1 else 4
            if any(data[box.payload + 4 : box.payload + 4 + 2 * wide]):
                yield _hidden(box, "date of creation", Kind.TEXT)
            language = box.payload + 4 + 2 * wide + 4 + wide
            if box.type == b"mdhd" and int.from_bytes(data[language : language + 2]) != UNDETERMINED:
                yield _hidden(box, "language", Kind.TEXT)
        elif box.type == b"hdlr":
            named = data[box.payload + 8 : box.payload + 12], data[box.payload + 24 : box.end].rstrip(b"\0")
            if named not in (PICTURE, SOUND):
                yield _hidden(box, "name of a track or a program", Kind.TEXT)
        elif box.type == b"dref" and data[box.payload + 8 : box.end] != b"\0\0\0\x0curl \0\0\0\1":
            yield _hidden(box, "name of another file", Kind.TEXT)
        elif box.type == b"stsd":
            yield from _descriptions(data, box)


def _descriptions(data: bytes, box: IsoBox) -> Iterator[Hidden]:
    start = type(box)(box.type, box.start, box.payload + 8, box.end)
    entries = inside(data, start)
    if len(entries) != 1:
        yield _hidden(box, "further coding")
    for entry in entries:
        if entry.type not in CODINGS:
            yield _hidden(entry, "another coding")
            continue
        if entry.type in PICTURES and data[entry.payload : entry.end][_COMPRESSOR].strip(b"\0"):
            yield _hidden(entry, "name of a program", Kind.TEXT)
        try:
            parts = inside(data, type(box)(entry.type, entry.start, entry.payload + CODINGS[entry.type], entry.end))
        except UnreadablePhoto:  # QuickTime has longer ones
            yield _hidden(entry, "another coding")
            continue
        for each in parts:
            if each.type in PICTURES.values() and units.hides_words(data[each.payload : each.end], entry.type):
                yield _hidden(each, "words in the picture track", Kind.TEXT)
            is_profile = each.type == b"colr" and data[each.payload : each.payload + 4] != b"nclx"
            if each.type not in ENTRIES or is_profile:
                yield _hidden(each, "private box")
