"""The obscure stage: a picture and decisions in, a picture with covers out.

What covers hide is wiped first; then they are drawn on what is left. So nothing that is drawn can depend on a pixel
under any cover, whatever its style, and nothing of a face can be got back from it. An edge is smooth only outside of
what is hidden: there a cover's tone is mixed with pixels that stay open anyway.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.marks import MarkDecision
from blurkit.obscure.covers import covers_of, hidden_by, to_cover, to_keep
from blurkit.obscure.paint import paint
from blurkit.obscure.palette import open_palette
from blurkit.obscure.styles import Look
from blurkit.picture.color import from_srgb, to_srgb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.appearance import ObscureSettings
    from blurkit.records import Decision, Picture


@dataclass(frozen=True, slots=True)
class Sketch:
    """How covers will look, as far as it can be told without drawing them."""

    tone: str
    """The colour of all covers, #rrggbb."""
    rim: str
    """The colour of their rims."""
    edges: tuple[tuple[int, str], ...]
    """The number of each face that is covered, and its cover's edge as the path of an SVG; from back to front."""


def sketch(picture: Picture, decisions: Sequence[Decision | MarkDecision], settings: ObscureSettings) -> Sketch:
    """Return what `obscure` would draw, as curves and tones.

    Args:
        picture: The upright picture.
        decisions: One per face, place or mark; their order numbers them.
        settings: As for `obscure`.
    """
    numbers = _numbers(decisions, range(len(decisions)))
    covers = covers_of(to_cover(decisions), settings, picture.size, to_keep(decisions))
    hidden = hidden_by(covers, picture.size)
    look = Look.of(picture, hidden, covers, settings, seed=0)
    tone, rim = ("#" + shade.tobytes().hex() for shade in look.shades[:2])
    return Sketch(tone, rim, tuple((numbers[id(cover.face)], cover.edge.svg()) for cover in covers))


def obscure(
    picture: Picture,
    decisions: Sequence[Decision | MarkDecision],
    settings: ObscureSettings,
    *,
    random: np.random.Generator | None = None,
    anchors: Sequence[int] | None = None,
) -> Picture:
    """Draw a cover over each face and mark that is to be covered.

    Args:
        picture: The upright picture; not written to.
        decisions: One per face, place or mark.
        settings: Style, shape, colour, margin and cells.
        random: For tests and clips; by default seeded from the operating system, and the seed is not stored.
        anchors: A number for each decision, by default its place among them. With the same `random`, a cover with the
            same number has the same cells or mood in all frames of a clip, whoever else is in them.

    Returns:
        A new picture. Palette entries that only hidden pixels used are gone from its palette.

    Invariant: outside of `drawn_mask` nothing changes; nothing that is drawn depends on a pixel of `covered_mask`.
    """
    covers = covers_of(to_cover(decisions), settings, picture.size, to_keep(decisions))
    if not covers:
        return picture
    hidden = hidden_by(covers, picture.size)
    random = random or np.random.default_rng(secrets.randbits(128))
    look = Look.of(picture, hidden, covers, settings, seed=int(random.integers(1 << 63)))
    numbers = _numbers(decisions, range(len(decisions)) if anchors is None else anchors)
    if picture.mode == "P":
        picture = replace(picture, colors=open_palette(picture, hidden, look.shades))
    pixels = picture.pixels.copy()
    samples = pixels if picture.samples is picture.pixels else picture.samples.copy()
    wiped = from_srgb(look.shades[:1], picture.mode, picture.colors)[0]
    for cover in covers:
        samples[cover.window][cover.hidden] = wiped
    for cover in covers:
        for layer in look.layers(cover, numbers[id(cover.face)]):
            paint(samples[cover.window], layer, picture.mode, picture.colors)
    if pixels is not samples:
        for cover in covers:
            drawn = samples[cover.window].copy()
            pixels[cover.window] = to_srgb(drawn, picture.mode, picture.colors)
    samples.flags.writeable = pixels.flags.writeable = False
    return replace(picture, samples=samples, pixels=pixels)


def _numbers(decisions: Sequence[Decision | MarkDecision], numbers: Sequence[int]) -> dict[int, int]:
    """Return a number for each face and mark, by its identity."""
    things = [each.mark if isinstance(each, MarkDecision) else each.face for each in decisions]
    return {id(thing): number for thing, number in zip(things, numbers, strict=True)}
