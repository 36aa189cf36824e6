"""What an audit finds in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.metadata import Hidden, Kind

if TYPE_CHECKING:
    from blurkit.audit.matches import Match
    from blurkit.geometry import Size
    from blurkit.outcomes import PhotoFailure
    from blurkit.records import Decision


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a file that is not its main picture, and whether it shows a face."""

    hidden: Hidden
    """What it is and where."""
    faces: int | None
    """Faces in the picture it holds, or most in one frame of a video; None if there is none that could be looked at."""
    frames: int = 0
    """Frames of a video that were looked at."""

    @property
    def is_unseen_picture(self) -> bool:
        """Whether it is a picture or video that could not be looked at, and so may show a face."""
        pictures = (Kind.THUMBNAIL, Kind.PREVIEW, Kind.SECOND_IMAGE, Kind.FRAME, Kind.VIDEO)
        return self.faces is None and (self.hidden.picture is not None or self.hidden.kind in pictures)


@dataclass(frozen=True, slots=True)
class Beside:
    """A file that travels with a photo, and whether it is a video that shows a face."""

    name: str
    """Its name, in the photo's folder."""
    faces: int | None = None
    """Most faces in one frame of a video; None if it is none that could be looked at."""
    frames: int = 0
    """Frames that were looked at."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What one file shows and hides."""

    given: str
    """Its path as the user gave it."""
    sha256: str | None = None
    """Hash of the file, hexadecimal; None if it could not be read."""
    size: Size | None = None
    """Of the upright photo in pixels; None if it could not be decoded."""
    visible: tuple[Decision, ...] = ()
    """Visible faces, with how old they look; a face under a cover does not count."""
    findings: tuple[Finding, ...] = ()
    """Everything hidden in it."""
    beside: tuple[Beside, ...] = ()
    """Files that travel with it, such as the video of a Live Photo."""
    matches: tuple[Match, ...] = ()
    """Photos of earlier runs that it is, or was made of."""
    error: PhotoFailure | None = None
    """Why it could not be looked at as a whole."""

    @property
    def has_found(self) -> bool:
        """Whether there is a face, something hidden, a file next to it, or a photo that should not be there."""
        return bool(self.visible or self.findings or self.beside or any(match.is_original for match in self.matches))
