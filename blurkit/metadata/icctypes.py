"""Which types the tags of a colour profile may have, and how long each is: what is longer hides something."""

from __future__ import annotations

from blurkit.errors import UnreadablePhoto
from blurkit.picture.reading import uint

_LUTS = (b"mft1", b"mft2", b"mAB ", b"mBA ")
_TYPES: dict[bytes, tuple[bytes, ...]] = {
    **dict.fromkeys((b"wtpt", b"bkpt", b"rXYZ", b"gXYZ", b"bXYZ", b"lumi"), (b"XYZ ",)),
    **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC", b"kTRC"), (b"curv", b"para")),
    **dict.fromkeys((b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"gamt", b"pre0", b"pre1", b"pre2"), _LUTS),
    **dict.fromkeys((b"D2B0", b"D2B1", b"D2B2", b"D2B3", b"B2D0", b"B2D1", b"B2D2", b"B2D3"), (b"mpet",)),
    **dict.fromkeys((b"tech", b"ciis", b"rig0", b"rig2"), (b"sig ",)),
    b"chad": (b"sf32",),
    b"chrm": (b"chrm",),
    b"meas": (b"meas",),
    b"view": (b"view",),
    b"cicp": (b"cicp",),
}
"""Tags that describe colour, and their types. Source: ICC.1:2022, 9.2"""
_SIZES = {b"XYZ ": 20, b"sig ": 12, b"meas": 36, b"view": 36, b"cicp": 12, b"sf32": 44}
"""Bytes of the types that have one size. Source: ICC.1:2022, 10"""
_FORMULA_SIZES = (16, 24, 28, 32, 40)


def fits_its_type(tag: bytes, content: bytes) -> bool:
    """Return whether a tag describes colour, is of a type that is meant for it, and no longer than that."""
    kind = content[:4]
    if kind not in _TYPES.get(tag, ()) or content[4:8] != bytes(4):
        return False
    try:
        size = _size(kind, content)
    except (UnreadablePhoto, IndexError):
        return False
    return size is None or (size <= len(content) < size + 4 and not content[size:].strip(b"\0"))


def _size(kind: bytes, content: bytes) -> int | None:
    """Return how many bytes a tag needs; None for types that are made of parts."""
    if kind in _SIZES:
        return _SIZES[kind]
    if kind == b"curv":
        return 12 + 2 * uint(content, 8, 4)
    if kind == b"para":
        return _FORMULA_SIZES[uint(content, 8, 2)]
    if kind == b"chrm":
        return 12 + 8 * uint(content, 8, 2)
    if kind in (b"mft1", b"mft2"):
        inputs, outputs, grid = content[8], content[9], content[10]
        cells: int = grid**inputs * outputs
        if kind == b"mft1":
            return 48 + 256 * inputs + cells + 256 * outputs
        return 52 + 2 * (uint(content, 48, 2) * inputs + cells + uint(content, 50, 2) * outputs)
    return None
