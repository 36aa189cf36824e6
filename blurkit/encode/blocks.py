"""JPEG block by block: only the blocks under covers are re-encoded. Part of the encode stage.

In: the covered photo, its mask and the source's file. Out: a file whose other coefficients are those of the source.
"""

from __future__ import annotations

import importlib.util
import io
import os
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from blurkit.encode.coefficients import REMEDY, Change, replace_blocks
from blurkit.errors import PixelsChanged, SettingsError
from blurkit.records import ImageFormat

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.records import Photo

    Mask = npt.NDArray[np.bool_]
    Coefficients = npt.NDArray[np.int16]

SIDE = 8
"""Pixels of a block each way."""

SPREAD = 2
"""How far a decoder spreads half-resolution colour beyond re-encoded blocks, in pixels at most."""

COMPONENTS = {"L": 1, "RGB": 3}
"""How many components (gray, YCbCr) each kind of samples has."""

TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.168735892, -0.331264108, 0.5], [0.5, -0.418687589, -0.081312411]])
"""From RGB to YCbCr. Source: JFIF 1.02, https://www.w3.org/Graphics/JPEG/jfif3.pdf"""

_ICC_PIECE = 65_519
"""The largest piece of a colour profile that fits a segment."""


class Plane(NamedTuple):
    """One component of a JPEG."""

    across: int
    """Blocks of it in a unit of coding, side by side."""
    down: int
    """Blocks of it in a unit, one above the other."""
    table: tuple[int, ...]
    """Its quantisation table: 64 numbers in natural order."""


def check_available() -> None:
    """Refuse to keep blocks where that is not possible.

    Raises:
        SettingsError: The library is not installed, or would have to put open photos into files.
    """
    if not hasattr(os, "memfd_create"):
        raise SettingsError("--keep-blocks works on Linux only", hint="leave it out")
    if importlib.util.find_spec("jpeglib") is None:
        raise SettingsError(
            "--keep-blocks needs a library that is not installed", hint="pip install 'blurkit[keep-blocks]'"
        )


def obstacle(photo: Photo) -> str | None:
    """Say why the blocks of a photo cannot be kept; None if they can.

    Args:
        photo: As it is to be written.
    """
    if photo.format is not ImageFormat.JPEG or photo.encoding.stored is None:
        return "only a JPEG that is neither turned nor made smaller can keep its blocks"
    if photo.encoding.quantization is None:
        return "no encoder would choose its tables, in which something may be written"
    planes = _planes(photo)
    unit = _unit(planes)
    is_known = len(planes) == COMPONENTS.get(photo.picture.mode, -1)
    if not is_known or any(unit[0] % plane.across or unit[1] % plane.down for plane in planes):
        return "its blocks are of a rare kind"
    return None


def recode(photo: Photo, covered: Mask) -> tuple[bytes, Mask]:
    """Return the source's file with new blocks where covers touch, and nothing in it but the picture.

    A unit of coding (a block, or 16 pixels each way where colour has half the resolution) that a cover touches, or that
    reaches beyond the edge, is made of the picture with its covers; no coefficient of the source is left in it. All
    others keep theirs bit for bit.

    Args:
        photo: The photo with its covers, for which `obstacle` knows none.
        covered: Which pixels lie under covers, bool of shape (H, W).

    Returns:
        The file, and which pixels may differ from the source: re-encoded units, and what decoders spread of them.

    Raises:
        PixelsChanged: The library could not read the source, or wrote something else than it was given.

    Invariant: the bytes depend on no coefficient of a block that lies within a cover's outline.
    """
    planes = _planes(photo)
    across, down = _unit(planes)
    rows, columns = -(-photo.size.height // (SIDE * down)), -(-photo.size.width // (SIDE * across))
    padded = np.zeros((rows * SIDE * down, columns * SIDE * across), bool)
    padded[: photo.size.height, : photo.size.width] = covered
    padded[photo.size.height :] = padded[:, photo.size.width :] = True  # what the source holds beyond its edges goes
    touched = np.asarray(padded.reshape(rows, SIDE * down, columns, SIDE * across).any(axis=(1, 3)), bool)
    changes = []
    for component, plane in enumerate(planes):
        shape = _shape(photo, plane, (across, down))
        blocks = np.repeat(np.repeat(touched, plane.down, axis=0), plane.across, axis=1)
        where = np.nonzero(blocks[: shape[0], : shape[1]])
        changes.append(Change(shape, where[0], where[1], _coded(photo, component, planes, where)))
    size = photo.size.height, photo.size.width
    data = _with_header(replace_blocks(photo.encoding.stored or b"", size, changes), photo)
    return data, _may_differ(touched, (across, down), covered.shape)


def _planes(photo: Photo) -> tuple[Plane, ...]:
    """Return the components of the source, as its header says; none if they are not gray or YCbCr."""
    from PIL import Image

    with Image.open(io.BytesIO(photo.encoding.stored or b""), formats=("JPEG",)) as image:
        layers: list[tuple[int, int, int, int]] = image.layer  # type: ignore[attr-defined]
        tables: dict[int, list[int]] = image.quantization  # type: ignore[attr-defined]
        is_rgb = image.info.get("adobe_transform", 1) != 1 or [layer[0] for layer in layers] == [*b"RGB"]
    if len(layers) == 1:  # one component alone is coded block by block, whatever its factors say
        return (Plane(1, 1, tuple(tables[layers[0][3]])),)
    return () if is_rgb else tuple(Plane(layer[1], layer[2], tuple(tables[layer[3]])) for layer in layers)


def _unit(planes: tuple[Plane, ...]) -> tuple[int, int]:
    """Return how many blocks of the finest component a unit of coding holds, across and down."""
    return max((plane.across for plane in planes), default=1), max((plane.down for plane in planes), default=1)


def _shape(photo: Photo, plane: Plane, unit: tuple[int, int]) -> tuple[int, int]:
    """Return how many rows and columns of blocks a component has."""
    height, width = -(-photo.size.height * plane.down // unit[1]), -(-photo.size.width * plane.across // unit[0])
    return -(-height // SIDE), -(-width // SIDE)


def _coded(
    photo: Photo, component: int, planes: tuple[Plane, ...], where: tuple[npt.NDArray[np.intp], ...]
) -> Coefficients:
    """Return the quantised coefficients of some blocks of the picture: int16 of shape (n, 8, 8)."""
    plane, unit = planes[component], _unit(planes)
    step = unit[1] // plane.down, unit[0] // plane.across
    rows = where[0][:, None] * SIDE * step[0] + np.arange(SIDE * step[0])
    columns = where[1][:, None] * SIDE * step[1] + np.arange(SIDE * step[1])
    rows, columns = np.minimum(rows, photo.size.height - 1), np.minimum(columns, photo.size.width - 1)
    picture = photo.picture
    samples = picture.samples[rows[:, :, None], columns[:, None, :]].astype(np.float32)
    tones = samples if picture.mode == "L" else samples @ TO_YCC[component].astype(np.float32) + 128 * (component > 0)
    means = tones.reshape(-1, SIDE, step[0], SIDE, step[1]).mean(axis=(2, 4)) - 128
    table = np.maximum(np.reshape(plane.table, (SIDE, SIDE)), 1)  # a damaged one may hold zeros
    coefficients = np.rint(_COSINES @ means @ _COSINES.T / table)
    return np.asarray(coefficients.clip(-1023, 1023), np.int16)


def _cosines() -> npt.NDArray[np.float32]:
    """Return the matrix of the cosine transform."""
    number = np.arange(SIDE)
    matrix = np.cos((2 * number[None] + 1) * number[:, None] * np.pi / (2 * SIDE)) / 2
    matrix[0] /= np.sqrt(2)
    return matrix.astype(np.float32)


_COSINES = _cosines()


def _may_differ(touched: Mask, unit: tuple[int, int], shape: tuple[int, ...]) -> Mask:
    """Return units as pixels, and their neighbours."""
    import cv2

    whole = np.repeat(np.repeat(touched, SIDE * unit[1], axis=0), SIDE * unit[0], axis=1)[: shape[0], : shape[1]]
    reach = np.ones((2 * SPREAD + 1, 2 * SPREAD + 1), np.uint8)
    return np.asarray(cv2.dilate(whole.astype(np.uint8), reach), bool)


def _with_header(data: bytes, photo: Photo) -> bytes:
    """Return a JPEG, as the library wrote it, with density and colour profile in its header."""
    end = 4 + int.from_bytes(data[4:6])
    if data[:4] != b"\xff\xd8\xff\xe0" or data[6:11] != b"JFIF\0":
        raise PixelsChanged("the output has no header", hint=REMEDY)
    dpi = photo.encoding.dpi
    across, down = (round(value) for value in dpi) if dpi else (1, 1)
    density = bytes([dpi is not None]) + across.to_bytes(2) + down.to_bytes(2)
    profile = photo.picture.colors.icc_profile or b""
    pieces = [profile[at : at + _ICC_PIECE] for at in range(0, len(profile), _ICC_PIECE)]
    segments = b"".join(
        b"\xff\xe2" + (16 + len(piece)).to_bytes(2) + b"ICC_PROFILE\0" + bytes([number, len(pieces)]) + piece
        for number, piece in enumerate(pieces, 1)
    )
    return data[:13] + density + data[18:end] + segments + data[end:]
