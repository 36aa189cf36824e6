"""One photo from standard input to standard output, for a website's upload step."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.choices import ExecutorName
from blurkit.errors import ExitCode, OutputNotWritable, PhotoTooLarge, SettingsError, UnreadablePhoto
from blurkit.machine.files import MAX_BYTES
from blurkit.outcomes import PhotoFailure, SafeFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.cli.console import Show
    from blurkit.cli.run import PhotosAsked
    from blurkit.pipeline import Blurrer
    from blurkit.settings import Settings

NAME = "standard input"
"""What the photo is called in messages and in the report."""

IN_USE = "standard output is for the photo"

PIECE = 1 << 20
"""Bytes read at once."""

HINT = "blurkit run - < photo.jpg > safe.jpg"


def do_stream(work: PhotosAsked, settings: Settings, show: Show) -> ExitCode:
    """Make the photo on standard input safe; nothing is on standard output unless it passed all its checks.

    Raises:
        SettingsError: Options that mean files, or that need standard output themselves.
        BlurkitError: There is no photo, or it could not be read or written.
    """
    from blurkit import batch
    from blurkit.policy.reviewed import load as load_decisions

    _check(work, show)
    show.begin(settings)
    if work.decisions is not None:
        load_decisions(work.decisions)
    run = batch.Run(settings)
    with _standard_output() as descriptor:
        safe = _made_safe(_standard_input(), settings, work)
        outcome = safe.result if isinstance(safe, SafeFile) else safe
        show.outcome(outcome)
        if isinstance(safe, SafeFile):
            _write(safe.data, descriptor)
    run.add(NAME, "standard output" if isinstance(safe, SafeFile) else None, outcome)
    show.end(run.report(), written=True)
    return outcome.exit_code


def _made_safe(data: bytes, settings: Settings, work: PhotosAsked) -> SafeFile | PhotoFailure:
    """Make the photo safe, in a process of its own if its time is limited."""
    from blurkit import batch
    from blurkit.batch.limit import lost, seconds_for_size
    from blurkit.machine.workers import Lost, in_processes

    given = settings, work.decisions
    if work.timeout is None:
        try:
            return _one(data, *given)
        finally:
            batch.close_models()
    limit = seconds_for_size(len(data), work.timeout)
    one, prepare = partial(_one, settings=given[0], decisions=given[1]), partial(_open, *given)
    (answer,) = in_processes(one, [data], 1, seconds=lambda _: limit, prepare=prepare)
    return lost(Path(NAME), answer, work.timeout) if isinstance(answer, Lost) else answer


def _open(settings: Settings, decisions: Path | None) -> Blurrer:
    from blurkit import batch
    from blurkit.machine.workers import available_cpus

    return batch.blurrer_of(settings, available_cpus(), decisions)


def _one(data: bytes, settings: Settings, decisions: Path | None) -> SafeFile | PhotoFailure:
    return _open(settings, decisions).run_bytes(data, name=NAME)


def _check(work: PhotosAsked, show: Show) -> None:
    """Refuse what does not go with a photo from standard input."""
    if len(work.photos) > 1:
        raise SettingsError("standard input is one photo, and goes with no other", path="-", hint=HINT)
    for option, given in (("--out", work.out), ("--dry-run", work.dry_run), ("--json", show.json)):
        if given:
            raise SettingsError(f"{IN_USE}, so there can be no {option}", path="-", hint=HINT)
    if work.scheduler is not None or work.executor is not ExecutorName.LOCAL:
        raise SettingsError("a photo from standard input is processed on this machine", path="--executor", hint=HINT)
    if sys.stdin is None or sys.stdin.isatty():
        raise SettingsError("no photo comes from standard input", path="-", hint=HINT)
    if sys.stdout is None:
        raise OutputNotWritable("standard output is closed", hint=HINT)
    if os.isatty(1):
        raise SettingsError(f"{IN_USE}, and a terminal cannot show it", path="-", hint=HINT)


def _standard_input() -> bytes:
    """Return what is on standard input, unless it begins as no photo does, or is larger than any.

    Raises:
        UnreadablePhoto: It cannot be read.
        PhotoTooLarge: There is more than is read of a file.
    """
    from blurkit.batch.collect import SNIFF_BYTES
    from blurkit.picture.formats import sniff

    data = bytearray()
    try:
        while piece := sys.stdin.buffer.read(PIECE):
            data += piece
            if sniff(bytes(data[:SNIFF_BYTES])) is None:  # the rest is not waited for; the pipeline says what it is
                break
            if len(data) > MAX_BYTES:
                raise PhotoTooLarge(f"is larger than {MAX_BYTES >> 20} MB", path=NAME, hint=HINT)
    except OSError as fault:
        raise UnreadablePhoto(f"cannot be read: {fault.strerror}", path=NAME, hint=HINT) from fault
    return bytes(data)


@contextmanager
def _standard_output() -> Iterator[int]:
    """Lend standard output to the photo alone: what any library prints meanwhile goes to standard error."""
    sys.stdout.flush()
    lent = os.dup(1)
    os.dup2(2, 1)
    try:
        yield lent
    finally:
        sys.stdout.flush()
        os.dup2(lent, 1)
        os.close(lent)


def _write(data: bytes, descriptor: int) -> None:
    left = memoryview(data)
    try:
        while left:
            left = left[os.write(descriptor, left) :]
    except OSError as fault:
        raise OutputNotWritable(f"standard output cannot be written: {fault.strerror}", hint=HINT) from fault
