"""What can go wrong, what to do about it, and the exit code that says so.

Our exception hierarchy:

    BlurkitError
      Bug                            1  a fault of blurkit itself
      SettingsError                  2  bad flag, bad TOML key or value
      PhotoError                     3  this file cannot be processed
        UnreadablePhoto                 truncated, empty, encrypted, damaged
        UnsupportedFormat               not a photo format, animated, several pages
        PhotoTooLarge                   more megapixels than allowed
        PhotoChanged                    not the file that was reviewed
        PhotoTooSlow                    longer than the time limit
        PhotoLeftOut                    the review does not publish it
      ModelError                     4  weights absent, altered or failing
        ModelMissing
        ModelChecksum
        DetectorFailed
        EstimatorFailed
        ReaderFailed
      OutputError                    5  nothing was overwritten
        OutputExists
        OutputNotWritable
          DiskFull
      VerificationError              6  withheld: the output did not pass its own check
        MetadataRemains
        PixelsChanged
        FaceVisible
        MarkVisible
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ExitCode(IntEnum):
    """Exit codes of the `blurkit` command."""

    OK = 0
    """Every photo was written and verified."""
    BUG = 1
    """A fault of blurkit itself; `--debug` shows the traceback."""
    USAGE = 2
    """A bad option, policy key or value."""
    INPUT = 3
    """The photo cannot be processed, or no photo was found."""
    MODEL = 4
    """A model file is missing, altered or failing."""
    OUTPUT = 5
    """The output could not be written; nothing was overwritten."""
    UNSAFE = 6
    """The output was withheld: it did not pass its own checks."""
    PARTIAL = 7
    """The batch finished, but some photos were not written."""
    FOUND = 8
    """`audit` found a face, a hidden image or metadata."""
    INTERRUPTED = 130
    """Stopped by the user; no half-written file is left."""


class BlurkitError(Exception):
    """Base of every error that blurkit raises on purpose.

    Args:
        message: What happened, in words a user understands.
        path: The file it is about, as the user gave it.
        hint: One command or action that helps.
    """

    exit_code = ExitCode.BUG

    def __init__(self, message: str, *, path: Path | str | None = None, hint: str | None = None) -> None:
        super().__init__(message, path, hint)
        self.message = message
        self.path = path
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path is not None else self.message

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.path, self.hint)


def _rebuild(kind: type[BlurkitError], message: str, path: Path | str | None, hint: str | None) -> BlurkitError:
    """Make the error again in another process (exceptions lose keyword arguments in pickle)."""
    return kind(message, path=path, hint=hint)


class Bug(BlurkitError):
    """A fault of blurkit itself; nothing raises it, but outcomes name it."""


class SettingsError(BlurkitError):
    """A flag, a policy key or a value is not one of those allowed."""

    exit_code = ExitCode.USAGE


class PhotoError(BlurkitError):
    """This file cannot be processed."""

    exit_code = ExitCode.INPUT


class UnreadablePhoto(PhotoError):
    """The file is empty, truncated, encrypted or damaged."""


class UnsupportedFormat(PhotoError):
    """The file is no photo that blurkit reads, or holds several pictures."""


class PhotoTooLarge(PhotoError):
    """The picture has more megapixels than the limit."""


class PhotoChanged(PhotoError):
    """The file is not the one that a person reviewed."""


class PhotoTooSlow(PhotoError):
    """The photo took longer than the time limit."""


class PhotoLeftOut(PhotoError):
    """A person decided in the review that it is not published."""


class ModelError(BlurkitError):
    """A model is missing, altered or failing."""

    exit_code = ExitCode.MODEL


class ModelMissing(ModelError):
    """A model file is not there."""


class ModelChecksum(ModelError):
    """A model file is not the one in the manifest."""


class DetectorFailed(ModelError):
    """A face detector could not be run, or returned something unusable."""


class EstimatorFailed(ModelError):
    """An age estimator could not be run, or returned something unusable."""


class ReaderFailed(ModelError):
    """Words, codes and plates could not be looked for, or the model returned something unusable."""


class OutputError(BlurkitError):
    """The output could not be written."""

    exit_code = ExitCode.OUTPUT


class OutputExists(OutputError):
    """The output is there already, or is the source itself."""


class OutputNotWritable(OutputError):
    """The output folder or file cannot be written."""


class DiskFull(OutputNotWritable):
    """There is no room left for the output, or this user may not use more."""


class VerificationError(BlurkitError):
    """The output was made but did not pass its own check, so it was withheld."""

    exit_code = ExitCode.UNSAFE


class MetadataRemains(VerificationError):
    """Something that is not on the allow-list is still in the file."""


class PixelsChanged(VerificationError):
    """The encoded file does not show what was drawn."""


class FaceVisible(VerificationError):
    """An independent check still finds a face that should be covered."""


class MarkVisible(VerificationError):
    """Words, a code or a plate that should be covered can still be read."""
