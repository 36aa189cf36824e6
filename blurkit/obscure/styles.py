"""The styles of covers: what is painted over each, in layers from the back. Part of the obscure stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from blurkit.choices import Style
from blurkit.marks import Mark
from blurkit.obscure.figures import MOODS, PERSON, TALL
from blurkit.obscure.mosaic import mosaic
from blurkit.obscure.paint import Layer, filled
from blurkit.obscure.sticker import laid
from blurkit.obscure.tones import PAPER, SUN, calm, ink_on, quiet_on, rim_of, shades_of, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from blurkit.appearance import ObscureSettings
    from blurkit.obscure.covers import Cover, Mask
    from blurkit.obscure.figures import Figure
    from blurkit.obscure.heads import Frame
    from blurkit.records import Picture

    Shades = npt.NDArray[np.uint8]

RIM, LEAST_RIM = 0.022, 1.2
"""Width of the light rim around a cover, as a share of its face's longer side, and at least in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How the covers of one picture look: what they have in common."""

    tone: Shades
    """The tone of all covers, shape (1, 3)."""
    settings: ObscureSettings
    """What the user chose."""
    seed: int
    """What chance begins with."""
    picture: Picture
    """Looked at only where it is open."""
    hidden: Mask
    """Where it is not."""

    @classmethod
    def of(
        cls,
        picture: Picture,
        hidden: Mask,
        covers: Sequence[Cover],
        settings: ObscureSettings,
        seed: int,
    ) -> Self:
        """Choose the tones for covers on a picture."""
        if settings.rgb is not None:
            tone = np.array([settings.rgb], np.uint8)
        elif settings.style is Style.SMILEY:
            tone = SUN
        elif settings.style is Style.STICKER:
            tone = PAPER
        else:
            tone = calm(surroundings(picture, hidden, covers))
        return cls(tone, settings, seed, picture, hidden)

    @property
    def shades(self) -> Shades:
        """The colours that all covers share, shape (n, 3); the first is the one for all that is hidden."""
        return np.concatenate([self.tone, rim_of(self.tone), *self._of_figures()])

    def _of_figures(self) -> list[Shades]:
        figures = {Style.SMILEY: [ink_on(self.tone)], Style.SILHOUETTE: [quiet_on(self.tone)]}
        return figures.get(self.settings.style, [])

    def layers(self, cover: Cover, anchor: int) -> Iterator[Layer]:
        """Give what is painted for one cover, from the back.

        Args:
            cover: Where.
            anchor: A number of its own; all its chance depends on that and on `seed`, not on other covers.
        """
        random = np.random.default_rng((self.seed, anchor))
        inner = cover.edge.grown(-max(LEAST_RIM, RIM * cover.length))
        body, rim = cover.alpha(inner), cover.alpha(cover.edge)
        rim[body == 255] = 0
        yield Layer(rim, rim_of(self.tone))
        style = self.settings.style
        if isinstance(cover.face, Mark) and style is not Style.PIXELATE:
            style = Style.SOLID  # a head or a smiley is no sign for words
        match style:
            case Style.PIXELATE:
                around = shades_of(self.tone)
                if self.settings.rgb is None:
                    around = surroundings(self.picture, self.hidden, [cover])
                yield Layer(body, *mosaic(cover, around, self.settings.blocks_across, random))
            case Style.SOLID:
                yield Layer(body, self.tone)
            case Style.SILHOUETTE:
                yield Layer(body, self.tone)
                yield Layer(np.minimum(_drawn(PERSON, cover), body), quiet_on(self.tone))
            case Style.SMILEY:
                mood = list(MOODS.values())[int(random.integers(len(MOODS)))]
                yield Layer(body, self.tone)
                yield Layer(np.minimum(_drawn(mood, cover), body), ink_on(self.tone))
            case Style.STICKER:
                yield Layer(body, self.tone)
                if self.settings.sticker is not None:
                    yield laid(self.settings.sticker, cover, inner)


def placed(cover: Cover) -> Frame:
    """Return where a figure lies on a cover: in its middle, turned with the head."""
    place = cover.frame.around(cover.edge.points)
    return replace(place, across=min(place.across, place.down / TALL))


def _drawn(figure: Figure, cover: Cover) -> npt.NDArray[np.uint8]:
    """Return how much of each pixel of a cover's window lies inside a figure."""
    (rows, columns), place = cover.window, placed(cover)
    return filled([place.placed(part) - (columns.start, rows.start) for part in figure], cover.hidden.shape)
