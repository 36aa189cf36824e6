"""What a written file can be told by later: hashes, a fingerprint of the picture, and how much of it was changed.

No stage: the pipeline makes a proof of each output, and `audit` compares published files with it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from blurkit.outcomes import Proof

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.records import Photo, Pixels

SIDE, KEPT = 64, 16
"""Side of the gray picture whose slow changes make a fingerprint, in pixels, and how many of them each way."""

SAME_PICTURE = 28
"""Bits of 256 by which fingerprints of one picture may differ.

183 re-encoded photos, 150 to 800 px wide and at JPEG quality 40 to 70, moved by at most 20;
any two of them are 72 apart or more.
"""


def prove(source: Photo, data: bytes, decoded: Photo, covered: npt.NDArray[np.bool_], coding: str) -> Proof:
    """Say what a finished file is, compared with its source.

    Args:
        source: The photo as it was loaded.
        data: The whole finished file.
        decoded: The finished file as it was decoded again, of the same size.
        covered: Which pixels lie under covers, bool of shape (H, W).
        coding: How it was coded, in words.
    """
    import cv2

    largest = cv2.norm(source.picture.pixels, decoded.picture.pixels, cv2.NORM_INF, (~covered).view(np.uint8))
    return Proof(
        input_sha256=source.sha256 or "",
        output_sha256=hashlib.sha256(data).hexdigest(),
        fingerprint=fingerprint(decoded.picture.pixels),
        changed_share=float(covered.mean()),
        coding=coding,
        max_difference_outside=int(largest),
    )


def fingerprint(pixels: Pixels) -> str:
    """Return 256 bits, hexadecimal, that stay nearly the same when a picture is resized or coded again.

    They are the signs of its slow changes of light against their median; faces under covers have no part in them.

    Args:
        pixels: uint8 of shape (H, W, 3).

    Source: Zauner 2010, "Implementation and benchmarking of perceptual image hash functions", the DCT hash
    """
    import cv2

    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    while min(gray.shape) >= 8 * SIDE:  # by halves: cv2 is many times faster then
        height, width = (side // 2 for side in gray.shape)
        gray = cv2.resize(gray[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    small = cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    slow = np.asarray(cv2.dct(small))[1 : KEPT + 1, 1 : KEPT + 1]
    return np.packbits(slow > np.median(slow)).tobytes().hex()


def distance(one: str, other: str) -> int:
    """Return in how many bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
