"""The coefficients of a JPEG, read and written in a process of its own. Part of the encode stage: bytes in, bytes out.

The library ends the process when it meets what it cannot read: that must not be ours. It reads and writes files by
name, and leaves copies in the folder for temporary files if left to itself, so it is given names of memory that no
folder shows.
"""

from __future__ import annotations

import ctypes
import io
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from blurkit.errors import PixelsChanged
from blurkit.machine.crash import forbid_core_dumps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    Coefficients = npt.NDArray[np.int16]

COLOR_SPACES = {1: 1, 3: 3}
"""Number of the colour space of the coefficients in libjpeg (gray, YCbCr), by number of components."""

SECONDS, SECONDS_A_MEGABYTE = 10.0, 2.0
"""How long the other process may take: for any file, and more for a large one."""

REMEDY = "leave out --keep-blocks"


class Change(NamedTuple):
    """Blocks of one component that are to be replaced."""

    shape: tuple[int, int]
    """Rows and columns of blocks of the component."""
    rows: npt.NDArray[np.intp]
    """The row of each block that is replaced."""
    columns: npt.NDArray[np.intp]
    """Its column."""
    blocks: Coefficients
    """What stands there instead: int16 of shape (n, 8, 8)."""


def replace_blocks(stored: bytes, size: tuple[int, int], changes: Sequence[Change]) -> bytes:
    """Return a JPEG with some blocks replaced, all others as they are, and no segment that is not needed.

    Args:
        stored: The whole source file.
        size: Height and width in pixels.
        changes: One for each component.

    Raises:
        PixelsChanged: The library could not read the source, or wrote something else than it was given.
    """
    packed = io.BytesIO()
    arrays: dict[str, Any] = {"stored": np.frombuffer(stored, np.uint8), "size": size}
    for number, change in enumerate(changes):
        arrays |= {f"{name}{number}": value for name, value in change._asdict().items()}
    np.savez(packed, **arrays)
    command = [sys.executable, "-P", "-m", __name__]  # -P: nothing is imported from the folder that the user is in
    limit = SECONDS + SECONDS_A_MEGABYTE * len(stored) / 1e6
    try:
        done = subprocess.run(
            command,
            input=packed.getvalue(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limit,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as fault:
        raise PixelsChanged("the blocks of the photo cannot be read or written one by one", hint=REMEDY) from fault
    return done.stdout


def exchange(stored: bytes, size: tuple[int, int], changes: Sequence[Change]) -> bytes:
    """Do what `replace_blocks` says, in this process, and read again what was written.

    Raises:
        PixelsChanged: As `replace_blocks`.
    """
    shapes = [change.shape for change in changes]
    kept = _read(stored, shapes)
    for plane, change in zip(kept, changes, strict=True):
        plane[change.rows, change.columns] = change.blocks
    data = _written(stored, size, kept)
    if any((one != other).any() for one, other in zip(kept, _read(data, shapes), strict=True)):
        raise PixelsChanged("the output's blocks are not those that were kept and made", hint=REMEDY)
    return data


def main() -> None:
    """Read a task from standard input, and write the file to standard output."""
    with np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False) as packed:
        count = sum(name.startswith("shape") for name in packed)
        changes = []
        for number in range(count):
            rows, columns = (int(value) for value in packed[f"shape{number}"])
            places = packed[f"rows{number}"], packed[f"columns{number}"]
            changes.append(Change((rows, columns), *places, packed[f"blocks{number}"]))
        height, width = (int(value) for value in packed["size"])
        data = exchange(packed["stored"].tobytes(), (height, width), changes)
    sys.stdout.buffer.write(data)


@contextmanager
def _in_memory(data: bytes = b"") -> Iterator[tuple[str, int]]:
    """Give bytes a name that lives in memory only: the name, and the number of the open file."""
    number = os.memfd_create("blurkit", os.MFD_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]
    try:
        with os.fdopen(os.dup(number), "wb") as file:
            file.write(data)
        yield f"/proc/self/fd/{number}", number
    finally:
        os.close(number)


def _library() -> Any:
    """Return the library's bare functions."""
    from jpeglib._bind import CJpegLib

    return CJpegLib


def _read(data: bytes, shapes: Sequence[tuple[int, int]]) -> list[Coefficients]:
    """Return the coefficients of each component, int16 of shape (rows, columns, 8, 8)."""
    found = [np.zeros((*shape, 8, 8), np.int16) for shape in shapes]
    luma, blue, red, black = [*map(_pointer, found), None, None, None][:4]
    with _in_memory(data) as (name, _):  # not through the class, which prints when this fails
        done = _library().get().read_jpeg_dct(name.encode(), luma, blue, red, black, None, None)
    if not done:
        raise PixelsChanged("its blocks cannot be read", hint=REMEDY)
    return found


def _written(stored: bytes, size: tuple[int, int], planes: Sequence[Coefficients]) -> bytes:
    """Return a file of these coefficients, with tables and sampling of the source and no segment of it."""
    luma, *chroma = map(_pointer, planes)
    blue, red = chroma or (None, None)
    try:
        with _in_memory(stored) as (source, _), _in_memory() as (target, number):
            _library().write_jpeg_dct(
                srcfile=source,
                dstfile=target,
                **{"Y": luma, "Cb": blue, "Cr": red, "K": None},
                image_dims=(ctypes.c_int * 2)(*size),
                block_dims=None,
                in_color_space=COLOR_SPACES[len(planes)],
                in_components=len(planes),
                samp_factor=None,
                qt=None,
                quality=-1,
                quant_tbl_no=None,
                num_markers=0,
                marker_types=None,
                marker_lengths=None,
                markers=None,
                flags=["+OPTIMIZE_CODING"],
            )
            return os.pread(number, os.fstat(number).st_size, 0)
    except OSError as fault:
        raise PixelsChanged("its blocks cannot be written", hint=REMEDY) from fault


def _pointer(array: Coefficients) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_short))


if __name__ == "__main__":
    forbid_core_dumps()
    main()
