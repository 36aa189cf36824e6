"""Colour profiles made on the spot, as ICC.1:2022 describes them: wide-gamut RGB, gray, and CMYK by a table."""

import struct

import numpy as np
from PIL import ImageCms

D50 = (0.9642, 1.0, 0.8249)
P3 = np.array([[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]])
"""Display P3, linear, to XYZ under D50."""
SRGB = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]])
"""sRGB, linear, to XYZ under D50."""


def srgb():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def wide_gamut(name="Wide gamut"):
    """Return a profile with the primaries of Display P3 and a gamma of 2.2."""
    return _profile(b"RGB ", b"XYZ ", name, wide_tags())


def wide_tags():
    """Return the tags of `wide_gamut`."""
    tags = {f"{c}XYZ".encode(): _xyz(P3[:, i]) for i, c in enumerate("rgb")}
    return tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(2.2))


def of_curve(curve, name="Curve"):
    """Return a profile with the primaries of sRGB and a curve, given as the bytes of its tag."""
    tags = {f"{c}XYZ".encode(): _xyz(SRGB[:, i]) for i, c in enumerate("rgb")}
    return _profile(b"RGB ", b"XYZ ", name, tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def table_of_colors(hidden=b""):
    """Return a profile of RGB whose colours are in a table, in the tones of which something may hide."""
    corners = np.array(np.meshgrid(*[np.linspace(0, 1, 9)] * 3, indexing="ij")).reshape(3, -1).T
    table = bytearray(_table(3, 3, 9, _lab(corners**1.4, np.zeros(len(corners)))))
    table[-768 - len(hidden) : -768] = hidden
    return _profile(b"RGB ", b"Lab ", "Table", {b"A2B0": bytes(table)}, device=b"scnr")


def gray_in_lab():
    """Return a profile of gray whose curve leads to lightness, which cannot be written as one that leads to light."""
    return _profile(b"GRAY", b"Lab ", "Gray", {b"kTRC": _gamma(1.3)})


def wide_gamut_shown(rgb):
    """Return what `wide_gamut` colours of shape (..., 3) look like in sRGB, computed apart from LittleCMS."""
    linear = (np.asarray(rgb, float) / 255) ** 2.2 @ P3.T @ np.linalg.inv(SRGB).T
    linear = np.clip(linear, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def gray(gamma=1.0):
    """Return a profile of gray samples that are far darker or lighter than sRGB's."""
    return _profile(b"GRAY", b"XYZ ", "Gray", {b"kTRC": _gamma(gamma)})


def cmyk(*, both_ways=True):
    """Return a profile of inks: four dull colours that overlap, and unless told otherwise the way back."""
    corners = np.array(np.meshgrid(*[[0.0, 1.0]] * 4, indexing="ij")).reshape(4, -1).T
    cyan, magenta, yellow, black = corners.T
    tags = {b"A2B0": _table(4, 3, 2, _lab(np.stack([1 - 0.9 * cyan, 1 - 0.8 * magenta, 1 - 0.7 * yellow], 1), black))}
    if both_ways:
        grid = np.array(np.meshgrid(*[np.linspace(0, 1, 9)] * 3, indexing="ij")).reshape(3, -1).T
        lightness = grid[:, :1]
        tones = np.clip(lightness + (grid[:, 1:2] - 0.5) * [1, -1, 0] + (grid[:, 2:] - 0.5) * [0, 0, -1], 0, 1)
        inks = np.clip((1 - tones) / [0.9, 0.8, 0.7], 0, 1)
        tags[b"B2A0"] = _table(3, 4, 9, np.column_stack([inks, np.zeros(len(inks))]))
    return _profile(b"CMYK", b"Lab ", "Inks", tags, device=b"prtr")


def without(profile, tag):
    """Return a profile with one tag renamed, so that its header is right and it is of no use."""
    return profile.replace(tag, b"none")


def _lab(rgb, black):
    """Return rough Lab of shape (n, 3), each scaled to 0..1."""
    rgb = rgb * (1 - 0.95 * black[:, None])
    red, green, blue = rgb.T
    return np.clip(np.stack([rgb.mean(1), 0.5 + (red - green) / 4, 0.5 + ((red + green) / 2 - blue) / 4], 1), 0, 1)


def _table(inputs, outputs, grid, values):
    """Return a `mft1` table of so many inputs and outputs, each 0..1."""
    ramp = bytes(range(256))
    head = b"mft1" + bytes(4) + struct.pack(">BBBB", inputs, outputs, grid, 0)
    head += struct.pack(">9i", *(np.eye(3) * 65536).astype(int).ravel())
    return head + ramp * inputs + np.round(np.clip(values, 0, 1) * 255).astype(np.uint8).tobytes() + ramp * outputs


def _xyz(values):
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _gamma(value):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256)) + bytes(2)


def _profile(space, pcs, name, tags, *, device=b"mntr"):
    text = name.encode() + b"\0"
    described = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
    tags = {b"desc": described, b"cprt": b"text" + bytes(4) + b"CC0\0", b"wtpt": _xyz(D50), **tags}
    table, body = struct.pack(">I", len(tags)), b""
    for tag, content in tags.items():
        table += struct.pack(">4sII", tag, 132 + 12 * len(tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s", 128 + len(table) + len(body), 0x02400000, device, space, pcs, b"acsp")
    return (head + bytes(28) + _xyz(D50)[8:]).ljust(128, b"\0") + table + body
