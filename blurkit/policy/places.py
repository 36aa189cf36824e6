"""Regions of a photo: which there are, and what lies in them. Part of the policy stage; no pixels."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import PurePath
from typing import TYPE_CHECKING

from blurkit.geometry import Box

if TYPE_CHECKING:
    from blurkit.geometry import Size
    from blurkit.settings import PolicySettings, Region


def regions_about(policy: PolicySettings, photo: PurePath | str) -> tuple[Region, ...]:
    """Return the regions that a policy has for a photo, by its path as given."""
    return tuple(region for region in policy.regions if _is_about(region, PurePath(photo)))


def _is_about(region: Region, photo: PurePath) -> bool:
    """Whether a region is for this photo, by file name or by the path as given."""
    return fnmatch(photo.name, region.files) or fnmatch(photo.as_posix(), region.files)


def in_pixels(region: Region, size: Size) -> Box:
    """Return a region in the pixels of a photo."""
    left, top, right, bottom = region.box
    return Box(left * size.width, top * size.height, right * size.width, bottom * size.height)


def is_inside(box: Box, region: Box) -> bool:
    """Whether a box lies wholly in a region, both in pixels."""
    return (
        box.left >= region.left and box.top >= region.top and box.right <= region.right and box.bottom <= region.bottom
    )
