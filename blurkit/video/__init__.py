"""The video stage: a clip in, a safe clip out."""

from blurkit.video.source import INSTALL, installed

__all__ = ["INSTALL", "installed"]
