"""The audit of files that may be published already: faces, everything hidden, and which run a file is from.

It changes nothing. Beside the pipeline: it loads and searches as `run` does, and neither covers nor writes.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit import metadata
from blurkit.audit.clips import hidden_in, seen_in
from blurkit.audit.found import Audited, Beside, Finding
from blurkit.audit.searching import searched
from blurkit.audit.videos import MAX_BYTES, frames_of
from blurkit.batch import blurrer_of
from blurkit.batch.limit import lost, seconds_for
from blurkit.errors import BlurkitError, ExitCode, ModelError, PhotoError, UnreadablePhoto
from blurkit.load import decode, read
from blurkit.machine.files import MAX_HASHED, content_of, read_regular
from blurkit.machine.memory import give_freed_memory_back
from blurkit.machine.workers import Lost, available_cpus, in_processes
from blurkit.metadata import Hidden, Kind
from blurkit.outcomes import failure
from blurkit.picture.formats import COMPANIONS
from blurkit.picture.proof import fingerprint
from blurkit.records import Picture, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.audit.clips import OpenClip
    from blurkit.audit.matches import Reports
    from blurkit.batch.naming import Source
    from blurkit.outcomes import PhotoFailure
    from blurkit.pipeline import Blurrer
    from blurkit.records import Photo
    from blurkit.settings import Settings

MAX_VIDEOS = 2
"""Videos inside one file that are looked at; phones write one, and each may take seconds."""

NO_PHOTO = b"P6 "
"""How rows of plain RGB begin that a file hides: a header of Netpbm, which is no photo to `load`."""


def audit(
    sources: Sequence[Source],
    settings: Settings,
    *,
    reports: Reports,
    jobs: int = 1,
    timeout: float | None = None,
    open_clip: OpenClip | None = None,
) -> Iterator[Audited]:
    """Look into files, one by one or side by side.

    Args:
        sources: The files.
        settings: The limit on megapixels, the detectors, and who counts as a child.
        reports: Earlier runs to compare with.
        jobs: Processes on this machine.
        timeout: Seconds that a file of ordinary size may take; without a limit, one job works in this process.
        open_clip: Opens a clip; a function that a spawned process can import.

    Yields:
        What each shows and hides, in their order.
    """
    jobs = max(1, min(jobs, len(sources)))
    threads = max(1, available_cpus() // jobs)
    work = partial(examine, settings=settings, reports=reports, threads=threads, open_clip=open_clip)
    prepare = partial(blurrer_of, settings, threads)

    def seconds(source: Source) -> float:
        return seconds_for(source.path, timeout)

    if jobs == 1 and timeout is None:
        yield from map(work, sources)
        return
    for source, audited in zip(
        sources, in_processes(work, sources, jobs, seconds=seconds, prepare=prepare), strict=True
    ):
        if isinstance(audited, Lost):
            audited = Audited(source.given, error=lost(source.path, audited, timeout))
        yield audited


def examine(
    source: Source, *, settings: Settings, reports: Reports, threads: int = 1, open_clip: OpenClip | None = None
) -> Audited:
    """Look into one file; say what could not be looked at, and look at the rest all the same."""
    try:
        if source.is_clip and open_clip is not None:
            return _examine_clip(source, settings, reports, threads, open_clip)
        return _examine(source, settings, reports, threads)
    finally:
        give_freed_memory_back()


def _examine(source: Source, settings: Settings, reports: Reports, threads: int) -> Audited:
    try:
        data = read(source.path)
    except PhotoError as error:
        return Audited(source.given, error=failure(source.path, error, stage=Stage.LOAD))
    sha256, beside = hashlib.sha256(data).hexdigest(), tuple(Beside(name) for name in companions(source.path))
    hidden, shown, damage = searched(data, source.path)
    findings: tuple[Finding, ...] = ()
    stage = Stage.DETECT
    try:
        blurrer = blurrer_of(settings, threads)
        findings = look_at(data, hidden, blurrer, settings)
        beside = tuple(_beside(source.path.with_name(each.name), blurrer) for each in beside)
        stage = Stage.LOAD
        photo, damage = _decoded(data, shown, settings, source.path, damage)
        stage = Stage.DETECT
        visible = blurrer.analyze(photo)
    except BlurkitError as error:
        findings = findings or tuple(Finding(thing, None) for thing in hidden)
        matches = reports.matches(sha256, None)
        problem = damage or failure(source.path, error, stage=stage)
        return Audited(source.given, sha256, findings=findings, beside=beside, matches=matches, error=problem)
    matches = reports.matches(sha256, fingerprint(photo.picture.pixels) if reports else None)
    return Audited(source.given, sha256, photo.size, visible, findings, beside, matches, damage)


def _examine_clip(source: Source, settings: Settings, reports: Reports, threads: int, open_clip: OpenClip) -> Audited:
    sha256, size, stage = content_of(source.path, max_bytes=MAX_HASHED) or None, None, Stage.LOAD
    found: tuple[Finding, ...] = ()
    try:
        clip = open_clip(source.path, settings.load.max_megapixels)
        size, found = clip.size, tuple(Finding(hidden, None) for hidden in hidden_in(clip.hidden))
        stage = Stage.DETECT
        people, mark = seen_in(clip, blurrer_of(settings, threads))
    except BlurkitError as error:
        problem = failure(source.path, error, stage=stage)
        return Audited(source.given, sha256, size, findings=found, error=problem)
    matches = reports.matches(sha256 or "", mark if reports else None)
    return Audited(source.given, sha256, size, people, found, matches=matches)


def _decoded(
    data: bytes, shown: bytes | None, settings: Settings, path: Path, damage: PhotoFailure | None
) -> tuple[Photo, PhotoFailure | None]:
    """Decode a file, or its intact part as far as viewers show it, and say what is wrong with the file.

    Raises:
        PhotoError: Neither can be decoded.
    """
    try:
        return decode(data, settings.load, source=path), damage
    except UnreadablePhoto as error:
        part = shown or metadata.mended(data)
        if part is None:
            raise
        return decode(part, settings.load), damage or failure(path, error, stage=Stage.LOAD)


def look_at(data: bytes, hidden: Sequence[Hidden], blurrer: Blurrer, settings: Settings) -> tuple[Finding, ...]:
    """Look for faces in every picture that a file hides, and in a few frames of its videos.

    Raises:
        ModelError: A detector failed.
    """
    findings, videos = [], 0
    for thing in hidden:
        if thing.kind is Kind.VIDEO and thing.offset is not None and videos < MAX_VIDEOS:
            videos += 1
            video = data[thing.offset : thing.offset + thing.size]
            findings.append(Finding(thing, *faces_in_video(video if video[4:8] == b"ftyp" else data, blurrer)))
        else:
            findings.append(Finding(thing, faces_in(thing, blurrer, settings)))
    return tuple(findings)


def faces_in_video(video: bytes, blurrer: Blurrer) -> tuple[int | None, int]:
    """Return most faces in one frame of a video, and how many frames were looked at; None and 0 if none could be.

    Raises:
        ModelError: A detector failed.
    """
    frames = frames_of(video)
    found = [len(blurrer.find_faces(Picture(frame, frame, "RGB"))) for frame in frames]
    return max(found, default=None), len(frames)


def _beside(path: Path, blurrer: Blurrer) -> Beside:
    """Look into a file that travels with a photo, if it is a video."""
    is_video = COMPANIONS[path.suffix.lower()].startswith("videos")
    try:
        if is_video:
            return Beside(path.name, *faces_in_video(read_regular(path, max_bytes=MAX_BYTES), blurrer))
    except OSError:  # it is named all the same, as not looked into
        pass
    return Beside(path.name)


def faces_in(hidden: Hidden, blurrer: Blurrer, settings: Settings) -> int | None:
    """Count the faces in a hidden picture; None if no picture is hidden, or if it cannot be decoded.

    Raises:
        ModelError: A detector failed.
    """
    if hidden.picture is None:
        return None
    try:
        picture = _plain_rows(hidden.picture) or decode(hidden.picture, settings.load).picture
        return len(blurrer.find_faces(picture))
    except ModelError:
        raise
    except BlurkitError:
        return None


def companions(path: Path) -> tuple[str, ...]:
    """Return the files next to a photo that are named like it and travel with it."""
    try:
        names = sorted(other.name for other in path.parent.iterdir() if other.stem.lower() == path.stem.lower())
    except OSError:
        return ()
    return tuple(name for name in names if Path(name).suffix.lower() in COMPANIONS)


def exit_code(audited: Sequence[Audited], *, is_one: bool) -> ExitCode:
    """Return the exit code of an audit; what was found comes before what failed.

    Args:
        audited: All files.
        is_one: Whether one file was named itself, whose own error counts.
    """
    if any(each.has_found for each in audited):
        return ExitCode.FOUND
    failures = [each.error for each in audited if each.error is not None]
    if not failures:
        return ExitCode.OK if audited else ExitCode.INPUT
    return failures[0].exit_code if is_one else ExitCode.PARTIAL


def _plain_rows(picture: bytes) -> Picture | None:
    """Return a thumbnail of plain RGB rows; None if it is something else."""
    import numpy as np

    if not picture.startswith(NO_PHOTO):
        return None
    head, _, rows = picture.partition(b"\n")
    width, height = (int(number) for number in head.split()[1:3])
    if len(rows) != width * height * 3:
        return None
    pixels = np.frombuffer(rows, np.uint8).reshape(height, width, 3)
    return Picture(pixels, pixels, "RGB")
