"""The styles of covers: what is painted over each, in layers from the back. Part of the obscure stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from blurkit.choices import Style
from blurkit.obscure.mosaic import mosaic
from blurkit.obscure.paint import Layer
from blurkit.obscure.tones import calm, rim_of, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from blurkit.obscure.covers import Cover, Mask
    from blurkit.records import Picture
    from blurkit.settings import ObscureSettings

    Shades = npt.NDArray[np.uint8]

RIM, LEAST_RIM = 0.022, 1.2
"""Width of the light rim around a cover, as a share of its face's longer side, and at least in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How the covers of one picture look: what they have in common."""

    tone: Shades
    """The tone of all covers, shape (1, 3)."""
    rim: Shades
    """The tone of their rims, shape (1, 3)."""
    settings: ObscureSettings
    """What the user chose."""
    random: np.random.Generator
    """Chance."""
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
        random: np.random.Generator,
    ) -> Self:
        """Choose the tones for covers on a picture."""
        tone = np.array([settings.rgb], np.uint8) if settings.rgb else calm(surroundings(picture, hidden, covers))
        return cls(tone, rim_of(tone), settings, random, picture, hidden)

    @property
    def shades(self) -> Shades:
        """The colours that all covers share, shape (n, 3); the first is the one for all that is hidden."""
        return np.concatenate([self.tone, self.rim])

    def layers(self, cover: Cover) -> Iterator[Layer]:
        """Give what is painted for one cover, from the back."""
        width = max(LEAST_RIM, RIM * cover.length)
        body, rim = cover.alpha(cover.edge.grown(-width)), cover.alpha(cover.edge)
        rim[body == 255] = 0
        yield Layer(rim, self.rim)
        if self.settings.style is Style.PIXELATE:
            around = surroundings(self.picture, self.hidden, [cover])
            yield Layer(body, *mosaic(cover, around, self.settings.blocks_across, self.random))
        else:
            yield Layer(body, self.tone)
