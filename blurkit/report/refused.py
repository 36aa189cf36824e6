"""Why a photo has no output, in words for a person; the exact fault is in the JSON and CSV reports."""

from __future__ import annotations

from blurkit.errors import (
    BlurkitError,
    DiskFull,
    FaceVisible,
    ModelError,
    OutputExists,
    OutputNotWritable,
    PhotoChanged,
    PhotoLeftOut,
    PhotoTooLarge,
    PhotoTooSlow,
    UnreadablePhoto,
    UnsupportedFormat,
    VerificationError,
)
from blurkit.language import mark

FAULT = mark("Something went wrong inside blurkit. Close it and start it again.")

WORDS: dict[type[BlurkitError], str] = {
    UnreadablePhoto: mark("The file is damaged or incomplete. Copy it again from the camera or phone."),
    UnsupportedFormat: mark("blurkit cannot read this kind of file. Save the photo as JPEG."),
    PhotoTooLarge: mark("The photo is too large for blurkit. Make it smaller, and try again."),
    PhotoChanged: mark("The file was changed after it was looked at. Open the folder again."),
    PhotoTooSlow: mark("This photo took too long. Save it as JPEG once more, and try again."),
    PhotoLeftOut: mark("You decided not to publish it."),
    ModelError: mark("A part of blurkit is missing or damaged. Install blurkit again."),
    OutputExists: mark("A file with this name is there already, and blurkit did not write it. Move it away."),
    OutputNotWritable: mark(
        "The file could not be written. Check who may write to the folder, and whether another program has it open."
    ),
    DiskFull: mark("The disk is full. Make room, and try again."),
    VerificationError: mark("The finished photo did not pass its check, so it was not written."),
    FaceVisible: mark("A face could still be seen in the finished photo, so it was not written. Cover it by hand."),
}
"""A sentence for each kind of error; one that has none takes that of the kind above it."""


def in_plain_words(kind: type[BlurkitError]) -> str:
    """Return why there is no output, and what helps, in English words that `tr` knows."""
    return next((WORDS[each] for each in kind.__mro__ if each in WORDS), FAULT)
