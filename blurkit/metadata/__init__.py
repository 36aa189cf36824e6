"""The metadata stage: the bytes of a file in, its hidden data out; or the bytes without them."""

from blurkit.metadata.base import Hidden, Kind
from blurkit.metadata.hidden import CONTAINERS, check, find, in_words, sniff, strip
from blurkit.metadata.mending import mended, salvage
from blurkit.metadata.motion import video_in
from blurkit.metadata.within import find_within, strip_within

__all__ = [
    "CONTAINERS",
    "Hidden",
    "Kind",
    "check",
    "find",
    "find_within",
    "in_words",
    "mended",
    "salvage",
    "sniff",
    "strip",
    "strip_within",
    "video_in",
]
