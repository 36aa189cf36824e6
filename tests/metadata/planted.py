"""One dirty file for every place in which something can hide, with the kinds that must be found in it."""

from functools import cache

from tests.metadata.planted_gif import bmps, gifs
from tests.metadata.planted_heif import avifs, heifs
from tests.metadata.planted_jpeg import jpegs
from tests.metadata.planted_png import pngs, webps
from tests.metadata.planted_tiff import tiffs


@cache
def everything():
    """Return all dirty files: `format/place` to the file and the kinds that must be found."""
    groups = {
        "jpeg": jpegs,
        "png": pngs,
        "webp": webps,
        "gif": gifs,
        "bmp": bmps,
        "tiff": tiffs,
        "heif": heifs,
        "avif": avifs,
    }
    return {f"{name}/{place}": case for name, cases in groups.items() for place, case in cases().items()}
