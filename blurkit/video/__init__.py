"""The video stage: a clip in, a safe clip out."""

from blurkit.video.source import installed

__all__ = ["installed"]
