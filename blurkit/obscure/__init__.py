"""The obscure stage: a photo and decisions in, a covered photo out."""

from blurkit.obscure.covers import covered_mask, drawn_mask, to_cover, to_keep
from blurkit.obscure.draw import Sketch, obscure, sketch
from blurkit.obscure.shrink import moved, shrink

__all__ = ["Sketch", "covered_mask", "drawn_mask", "moved", "obscure", "shrink", "sketch", "to_cover", "to_keep"]
