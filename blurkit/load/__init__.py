"""The load stage: a file in, an upright photo out."""

from blurkit.load.decode import decode, read

__all__ = ["decode", "read"]
