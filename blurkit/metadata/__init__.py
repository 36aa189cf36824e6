"""The metadata stage: the bytes of a file in, what it hides out; or the bytes without it."""

from blurkit.metadata.base import Hidden, Kind
from blurkit.metadata.hidden import FORMATS, describe, find, frames, sniff, strip

__all__ = ["FORMATS", "Hidden", "Kind", "describe", "find", "frames", "sniff", "strip"]
