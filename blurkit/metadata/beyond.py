"""What a picture holds beyond its edges: it is coded in blocks or tiles, and viewers cut the last ones off.

Up to 15 columns and rows stand there in JPEG and lossy WebP, and almost a tile in HEIC, AVIF and TIFF. Encoders fill
them with the colours at the edge, or with one tone. What looks like neither is a strip of another picture. It cannot be
taken out bit for bit: the same numbers code both.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.errors import PhotoError
from blurkit.metadata.base import Hidden, Kind
from blurkit.metadata.heifwrite import write_picture
from blurkit.picture.formats import sniff
from blurkit.picture.jpegscan import EOI, FRAMES, SOI, SOS, segments
from blurkit.picture.reading import take, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from blurkit.picture.heifitems import Heif, IsoBox

    Pixels = npt.NDArray[np.uint8]
    Picture = npt.NDArray[np.int16]

WORDS = "strip of a picture beyond the edge"
DIFFERS = 9.0
"""Mean tones, of 255, by which a strip must differ from the edge to show something of its own.

What coding makes of the edge again differs by less than 5 in photos, and by up to 8 at the lowest qualities; a strip of
another picture differs by 40 and more.
"""
LEAST_LINES, FLAT = 5, 4.0
"""Fewer lines show nothing; a block whose tones vary by less holds one number, as encoders put behind the picture."""
_BLOCK, _MACROBLOCK = 8, 16
_BASELINE = (0xC0, 0xC1)
_START, _END = bytes((0xFF, SOI)), bytes((0xFF, EOI))
_MOST_PIXELS = 1 << 27
_GRID_HEAD = 4
"""Bytes of a grid before its size: version, flags, rows and columns less one."""
_TURNS = (b"irot", b"imir", b"clap")
_VP8_SIZE = 6
"""Byte of a VP8 frame from which its width and height stand, of 14 bits each."""
_SIZE_BITS = 0x3FFF


def beyond_jpeg(data: bytes, where: str, *, tables: bytes = b"") -> Iterator[Hidden]:
    """Yield the strips of a picture that a JPEG holds beyond its right and lower edge.

    Args:
        data: The stream.
        where: What it is called.
        tables: A stream of tables that it relies on, as in TIFF.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    found = list(segments(data))
    frame = next((segment for segment in found if segment.marker in FRAMES), None)
    if frame is None:
        return
    head = take(data, frame.payload, 6)
    factors = [divmod(data[frame.payload + 7 + 3 * i], 16) for i in range(head[5])]
    if any(not 1 <= factor <= 4 for pair in factors for factor in pair):
        return
    is_together = frame.marker in _BASELINE and all(
        data[segment.payload] == head[5] for segment in found if segment.marker == SOS
    )
    size, whole = (uint(head, 3, 2), uint(head, 1, 2)), []
    for side, length in enumerate(size):
        most = max((pair[side] for pair in factors), default=1)
        unit = _BLOCK * most if is_together and head[5] > 1 else _BLOCK
        whole.append(min(-(-length // unit) * unit, 65535))
    if not all(size) or tuple(whole) == size:
        return
    larger = whole[1].to_bytes(2) + whole[0].to_bytes(2)
    stream = data[: frame.payload + 1] + larger + data[frame.payload + 5 :]
    if tables:
        stream = _START + tables[2:].removesuffix(_END) + stream[2:]
    yield from _strips(stream, "JPEG", (size[0], size[1]), where)


def beyond_webp(frame: bytes, where: str) -> Iterator[Hidden]:
    """Yield the strips that a frame of VP8, the content of its chunk, holds beyond its right and lower edge."""
    if len(frame) < _VP8_SIZE + 4:
        return
    fields = [uint(frame, _VP8_SIZE + 2 * side, 2, "little") for side in (0, 1)]
    size = fields[0] & _SIZE_BITS, fields[1] & _SIZE_BITS
    whole = [min(-(-length // _MACROBLOCK) * _MACROBLOCK, _SIZE_BITS) for length in size]
    if not all(size) or tuple(whole) == size:
        return
    larger = b"".join(
        (new | field & ~_SIZE_BITS).to_bytes(2, "little") for new, field in zip(whole, fields, strict=True)
    )
    content = frame[:_VP8_SIZE] + larger + frame[_VP8_SIZE + 4 :]
    chunk = b"VP8 " + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)
    yield from _strips(b"RIFF" + (len(chunk) + 4).to_bytes(4, "little") + b"WEBP" + chunk, "WEBP", size, where)


def beyond_grid(heif: Heif, ftyp: IsoBox, number: int, where: str) -> Iterator[Hidden]:
    """Yield the strips that the tiles of a HEIC or AVIF hold beyond the right and lower edge of their grid.

    Args:
        heif: The file.
        ftyp: Its first box.
        number: The item that is a grid.
        where: What it is called.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    data, content = heif.data, heif.content(number)
    tiles = heif.inputs.get(number, ())
    sizes = [
        next((box for box in heif.properties_of(one) if box.type == b"ispe"), None) for one in (number, *tiles[:1])
    ]
    extents = heif.extents.get(number, ())
    if len(sizes) != 2 or None in sizes or len(extents) != 1 or len(content) < _GRID_HEAD + 4:
        return
    whole_box, tile_box = (box for box in sizes if box is not None)
    wide = 4 if content[1] & 1 else 2
    size = uint(content, _GRID_HEAD, wide), uint(content, _GRID_HEAD + wide, wide)
    tile = uint(data, tile_box.payload + 4, 4), uint(data, tile_box.payload + 8, 4)
    whole = tile[0] * (content[3] + 1), tile[1] * (content[2] + 1)
    if whole == size or max(whole) >> 8 * wide or whole[0] * whole[1] > _MOST_PIXELS:
        return
    larger = bytearray(data)
    at = extents[0][0] + _GRID_HEAD
    larger[at : at + 2 * wide] = b"".join(length.to_bytes(wide) for length in whole)
    larger[whole_box.payload + 4 : whole_box.payload + 12] = b"".join(length.to_bytes(4) for length in whole)
    plain = tuple(each for each in heif.associations[number] if heif.properties[each[0]].type not in _TURNS)
    associations = heif.associations | {number: plain}
    inputs = heif.inputs | {number: list(tiles[: (content[2] + 1) * (content[3] + 1)])}
    try:
        stream = write_picture(
            replace(heif, data=bytes(larger), associations=associations, inputs=inputs), ftyp, number
        )
    except PhotoError:
        return
    kind = sniff(stream[:64])
    if kind is not None:
        yield from _strips(stream, kind.value.upper(), size, where)


def _strips(stream: bytes, kind: str, size: tuple[int, int], where: str) -> Iterator[Hidden]:
    """Yield what a file that shows all its blocks shows beyond a size, where it is a picture of its own."""
    pixels = _decoded(stream, kind)
    if pixels is None:
        return
    width, height = size
    tones = luma_and_chroma(pixels)
    across = tones.swapaxes(0, 1)
    for side, strip, lines, place in (
        ("right", pixels[:, width:], across, width),
        ("lower", pixels[height:], tones, height),
    ):
        if strip.size and shows_something(lines[place:], lines[place - 1 : place]):
            yield Hidden(Kind.CROP, where, strip.size, f"{WORDS} ({side})", None, as_png(strip))


def shows_something(strip: Picture, edge: Picture) -> bool:
    """Whether a strip below a picture shows anything but what encoders fill it with: the edge again, or flat blocks.

    Args:
        strip: Luma and chroma, shape (lines, w, 3); it ends at the end of a block.
        edge: The last line of the picture, shape (1, w, 3).
    """
    lines, width = strip.shape[:2]
    if lines < LEAST_LINES:
        return False
    apart = np.abs(strip - edge)
    for top in range(lines % _BLOCK, lines, _BLOCK):
        for left in range(0, width, _BLOCK):
            block = np.s_[top : top + _BLOCK, left : left + _BLOCK]
            if strip[block][..., 0].std() < FLAT:
                apart[block][..., : 3 if strip[block].std(axis=(0, 1)).max() < FLAT else 1] = 0
    return bool(apart[..., 0].mean() >= DIFFERS or apart[..., 1:].mean() >= DIFFERS)


def _decoded(stream: bytes, kind: str) -> Pixels | None:
    """Return the RGB pixels of a file; None if it cannot be decoded, which its decoder says where it matters."""
    from PIL import Image

    if kind == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    try:
        with Image.open(io.BytesIO(stream), formats=[kind]) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def luma_and_chroma(pixels: Pixels) -> Picture:
    """Return pixels as `shows_something` compares them."""
    from PIL import Image

    return np.asarray(Image.fromarray(pixels).convert("YCbCr")).astype(np.int16)


def as_png(strip: Pixels) -> bytes:
    """Return pixels as a file to look at."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(strip)).save(buffer, "PNG")
    return buffer.getvalue()
