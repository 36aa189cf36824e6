"""The text stage: a picture and its faces in, readings of words, codes and plates out."""

from blurkit.text.base import INSTALL, MarkFinder
from blurkit.text.finder import BundledFinder, installed

__all__ = ["INSTALL", "BundledFinder", "MarkFinder", "installed"]
