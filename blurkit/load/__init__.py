"""The load stage: a file in, an upright photo out."""

from blurkit.load.decode import decode, read
from blurkit.load.shown import shown_hash

__all__ = ["decode", "read", "shown_hash"]
