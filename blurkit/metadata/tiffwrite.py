"""Writes a TIFF of some pages: a header, then each directory with its values and the pieces of its picture."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from blurkit.errors import UnsupportedFormat
from blurkit.metadata.ifd import TYPE_SIZES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.picture.reading import Order

STRIPS, TILES = 273, 324
_HEADER, _LARGEST = 8, 1 << 32


class Page(NamedTuple):
    """One page that is to be written."""

    values: dict[int, tuple[int, bytes]]
    """Type and bytes of each tag; those of the places of the pieces are filled in."""
    pieces: list[bytes]
    """Strips or tiles."""


def write_pages(order: Order, pages: Sequence[Page]) -> bytes:
    """Return a file of these pages.

    Raises:
        UnsupportedFormat: It would be larger than a TIFF of 32 bits can be.
    """
    parts = [b"II*\0" if order == "little" else b"MM\0*", _HEADER.to_bytes(4, order)]
    start = _HEADER
    for number, page in enumerate(pages, 1):
        written = _page(order, page, start, is_last=number == len(pages))
        parts.append(written)
        start += len(written)
    return b"".join(parts)


def _page(order: Order, page: Page, start: int, *, is_last: bool) -> bytes:
    """Return a directory that begins at `start`, with what belongs to it."""

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)

    places: dict[int, int] = {}
    end = start + 2 + 12 * len(page.values) + 4
    for tag, (_, raw) in page.values.items():
        if len(raw) > 4:
            places[tag] = end
            end += len(raw) + len(raw) % 2
    stop = end + sum(map(len, page.pieces))
    if stop >= _LARGEST:
        raise UnsupportedFormat("a TIFF of more than 4 GB", hint="save it in parts")
    offsets = accumulate((len(piece) for piece in page.pieces), initial=end)
    starts = b"".join(number(offset, 4) for offset, _ in zip(offsets, page.pieces, strict=False))
    values = {tag: (kind, starts if tag in (STRIPS, TILES) else raw) for tag, (kind, raw) in page.values.items()}
    table = b"".join(
        number(tag, 2)
        + number(kind, 2)
        + number(len(raw) // TYPE_SIZES[kind], 4)
        + (number(places[tag], 4) if tag in places else raw.ljust(4, b"\0"))
        for tag, (kind, raw) in sorted(values.items())
    )
    body = b"".join(raw + bytes(len(raw) % 2) for tag, (_, raw) in values.items() if tag in places)
    padding = 0 if is_last else stop % 2
    following = number(0 if is_last else stop + padding, 4)
    return b"".join((number(len(values), 2), table, following, body, *page.pieces, bytes(padding)))
