"""Palette entries that no pixel uses: each holds bytes that no viewer shows."""

from __future__ import annotations

_FEW = 4
"""So few spare entries hide nothing; pictures of two or three colours have them."""


def spare_entries(palette: bytes, used: set[int], *, size: int = 3) -> list[int]:
    """Return the entries of a palette that no pixel uses, if they could hide anything.

    All of one colour, and a ramp of grays, are what programs fill a palette up with.

    Args:
        palette: The entries, one after the other.
        used: The numbers of those that pixels use.
        size: Bytes of an entry.
    """
    count = len(palette) // size
    spare = [number for number in range(count) if number not in used]
    contents = [palette[number * size : (number + 1) * size] for number in spare]
    known = {palette[number * size : (number + 1) * size] for number in used if number < count}
    odd = [number for number, content in zip(spare, contents, strict=True) if content not in known]
    if len(odd) < _FEW or len(set(contents)) == 1 or _is_ramp(dict(zip(spare, contents, strict=True)), count):
        return []
    return spare


def _is_ramp(contents: dict[int, bytes], count: int) -> bool:
    """Whether entries are the grays that their numbers stand for, in one direction or the other."""
    tones = {number: max(content) for number, content in contents.items()}
    if any(set(content) - {tones[number], 0} for number, content in contents.items()):
        return False
    ramp = {number: number * 255 // (count - 1) for number in tones} if count > 1 else {}
    return tones in (ramp, {number: 255 - tone for number, tone in ramp.items()})


def blanked(palette: bytes, spare: list[int], *, size: int = 3) -> bytes:
    """Return a palette with zeros in place of spare entries."""
    new = bytearray(palette)
    for number in spare:
        new[number * size : (number + 1) * size] = bytes(size)
    return bytes(new)
