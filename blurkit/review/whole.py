"""Which photos a person has opened: a face that was not found shows only in the whole photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.errors import SettingsError

if TYPE_CHECKING:
    from blurkit.review.session import Session


def note(session: Session, number: int) -> None:
    """Note that a person has a photo on the screen. It is kept for this review only; the next one asks again.

    Raises:
        SettingsError: An unknown photo, or one that is not analysed.
    """
    with session.lock:
        if not 0 <= number < len(session.photos) or session.photos[number].sha256 is None:
            raise SettingsError(f"photo {number} cannot be opened")
        photo = session.photos[number]
        if not photo.opened:
            session.revision += 1
            photo.opened, photo.revision = True, session.revision
