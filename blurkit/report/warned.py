"""One warning of something besides faces that could identify a child."""

from __future__ import annotations

from dataclasses import dataclass

from blurkit.language import tr


@dataclass(frozen=True, slots=True)
class Caution:
    """One warning: its English words, and the photos that it is about."""

    words: str
    """With `{photo}`, and `{other}` if there are two."""
    photo: str
    """The path of the photo, or of its output, as the user gave it."""
    other: str = ""

    def __str__(self) -> str:
        """Return it in English, as documents have it."""
        return self.words.format(photo=self.photo, other=self.other)

    def told(self) -> str:
        """Return it in the language that is spoken."""
        return tr(self.words).format(photo=self.photo, other=self.other)
