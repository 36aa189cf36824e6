"""Puts something else in place of a photo while it is worked on."""

import os

from tests import pictures

FORGERIES = ("another photo", "link to another", "pipe", "nothing")


def replace(path, forgery):
    """Put something else in place of a photo, as another program would."""
    path.unlink()
    match forgery:
        case "another photo":
            path.write_bytes(pictures.file("jpeg", quality=30))
        case "link to another":
            elsewhere = path.parent.with_name("elsewhere.jpg")
            elsewhere.write_bytes(pictures.file("jpeg", quality=30))
            path.symlink_to(elsewhere)
        case "pipe":
            os.mkfifo(path)
