"""How pictures are coded in a clip that is written: by H.264, or by what a user asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.choices import ClipCodec
from blurkit.errors import UnsupportedFormat

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """One way to code pictures."""

    words: str
    """What it is called."""
    encoder: str
    """Name of its encoder in FFmpeg."""
    quality: int
    """Constant quality, near enough to the source not to be told apart."""
    options: Mapping[str, str]
    """What else the encoder is told."""
    one_thread: Mapping[str, str]
    """What makes it give the same bytes for the same frames, with one thread."""
    clean: str | None = None
    """A filter of FFmpeg that takes out what the encoder writes about itself."""
    tag: str | None = None
    """What the track is called in the file, where FFmpeg's own choice does not play everywhere."""

    def options_for(self, threads: int) -> dict[str, str]:
        """Return what the encoder is told, apart from the number of threads."""
        return {"crf": str(self.quality), **self.options, **(self.one_thread if threads == 1 else {})}


LEVEL = "SVT_LOG", "1"
"""Keeps the encoder of AV1, which has no other switch for it, from printing anything but errors."""

CODINGS: dict[str, Coding] = {
    "h264": Coding(
        words="H.264",
        encoder="libx264",
        quality=18,
        # With its macroblock tree, x264 gives other bytes from run to run, even with one thread (measured): what memory
        # held before plays a part in it. Nothing but the frames handed over may.
        options={"preset": "faster", "x264-params": "no-mbtree=1"},
        one_thread={},
        clean="filter_units=remove_types=6",
    ),
    "hevc": Coding(
        words="HEVC",
        encoder="libx265",
        quality=20,
        options={"preset": "superfast", "x265-params": "log-level=none:info=0"},
        one_thread={"x265-params": "log-level=none:info=0:pools=none:frame-threads=1:wpp=0"},
        clean="filter_units=remove_types=39|40",
        tag="hvc1",
    ),
    "vp9": Coding(
        words="VP9",
        encoder="libvpx-vp9",
        quality=24,
        options={"b": "0", "deadline": "good", "cpu-used": "5", "row-mt": "1"},
        one_thread={},
    ),
    "av1": Coding(
        words="AV1",
        encoder="libsvtav1",
        quality=26,
        options={"preset": "8"},
        one_thread={"svtav1-params": "lp=1"},
    ),
}
"""By the name that FFmpeg gives to the codec."""


def coding_of(asked: ClipCodec, source: str) -> Coding:
    """Return how a clip is coded.

    Args:
        asked: What the user chose.
        source: How the source is coded, by the name that FFmpeg gives to it.

    Raises:
        UnsupportedFormat: The library for clips was built without the encoder.
    """
    coding = CODINGS[source if asked is ClipCodec.SAME and source in CODINGS else _OWN.get(asked, "h264")]
    if not has_encoder(coding):
        others = [each.words for each in CODINGS.values() if has_encoder(each)]
        hint = f"--clip-codec for one of {', '.join(others)}" if others else 'pip install "blurkit[video]"'
        raise UnsupportedFormat(f"no {coding.words} can be written here: PyAV was built without it", hint=hint)
    os.environ.setdefault(*LEVEL)
    return coding


def has_encoder(coding: Coding) -> bool:
    """Whether the library for clips was built with an encoder."""
    import av

    return coding.encoder in av.codecs_available


_OWN = {ClipCodec.H264: "h264", ClipCodec.VP9: "vp9", ClipCodec.AV1: "av1"}
