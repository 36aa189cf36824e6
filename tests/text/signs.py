"""Photos with words, codes and plates that are drawn into them, and where they are."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from blurkit.marks import MarkKind, box_mark
from tests.pictures import Box, smooth


def label(words, height, ink="black", paper="white"):
    """Return a label with words of a height in pixels, as an RGBA picture."""
    font = ImageFont.load_default(size=height)
    left, top, right, bottom = font.getbbox(words)
    label = Image.new("RGBA", (int(right - left) + height, int(bottom - top) + height), paper)
    ImageDraw.Draw(label).text((height / 2 - left, height / 2 - top), words, font=font, fill=ink)
    return label


def code(content="https://example.org/anna-klein", module=4, format="QRCode"):
    """Return a code as an RGBA picture."""
    import zxingcpp

    made = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, format))
    return Image.fromarray(np.array(zxingcpp.write_barcode_to_image(made, scale=module))).convert("RGBA")


def photo(*signs, size=(640, 480)):
    """Return a photo as an RGB picture, and the mark of each sign.

    Args:
        signs: Picture, middle, degrees clockwise, and kind of each.
        size: Width and height.
    """
    scene = Image.fromarray(smooth("RGB", size)).convert("RGBA")
    marks = []
    for picture, (x, y), degrees, kind in signs:
        turned = picture.rotate(-degrees, expand=True, resample=Image.Resampling.BICUBIC)
        left, top = round(x - turned.width / 2), round(y - turned.height / 2)
        scene.alpha_composite(turned, (left, top))
        marks.append(box_mark(Box(left, top, left + turned.width, top + turned.height), MarkKind(kind)))
    return scene.convert("RGB"), marks
