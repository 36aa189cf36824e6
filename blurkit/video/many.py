"""The clips of a run, one after the other, in a process of their own: one that crashes or hangs ends only itself."""

from __future__ import annotations

import atexit
from functools import partial
from typing import TYPE_CHECKING

from blurkit.batch.limit import seconds_for
from blurkit.batch.process import process
from blurkit.errors import PhotoTooSlow
from blurkit.machine.serving import tell
from blurkit.machine.workers import Lost, available_cpus, in_processes
from blurkit.outcomes import bug, failure
from blurkit.records import Stage
from blurkit.video import clip as way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from blurkit.batch.run import Means, PieceT
    from blurkit.outcomes import Outcome, PhotoFailure
    from blurkit.settings import Settings
    from blurkit.video.clip import Clips

_held: list[tuple[object, Clips]] = []
"""The models of this process, opened at the first clip."""


def clips_by(
    pieces: Sequence[PieceT],
    settings: Settings,
    means: Means,
    *,
    work: Callable[..., Outcome] = process,
    heard: Callable[[PieceT, float], None] = lambda piece, share: None,
) -> Iterator[Outcome]:
    """Do clips; one clip's failure never stops the rest.

    A clip may take as long as it goes on: the time limit is that for which it gets no further.

    Args:
        pieces: The clips.
        settings: What the user chose.
        means: The limit of time, decisions and journal; one clip at a time has all processors.
        work: Handles one of them, in a spawned process.
        heard: Called with the share of a clip that is through, 0 to 1.

    Yields:
        One outcome per clip, in order; fewer once the run is stopped.
    """
    if not pieces:
        return
    threads = available_cpus()
    given = {"settings": settings, "threads": threads, "decisions": means.decisions, "journal": means.journal}
    results = in_processes(
        partial(work, **given, debug=means.debug, opened=clips_of),
        pieces,
        1,
        seconds=lambda piece: seconds_for(piece.source.path, means.timeout),
        prepare=partial(clips_of, settings, threads, means.decisions),
        stop=means.stop,
        heard=heard,
    )
    for result, piece in zip(results, pieces, strict=False):
        yield _lost(piece.source.path, result, means.timeout) if isinstance(result, Lost) else result


def clips_of(settings: Settings, threads: int, decisions: Path | None = None) -> Clips:
    """Return the models of this process, opened at the first clip; it says how far each clip is."""
    wanted = settings, decisions
    if not _held or _held[0][0] != wanted:
        close_models()
        _held.append((wanted, way.Clips(settings, threads=threads, decisions=decisions, progress=tell)))
    return _held[0][1]


def close_models() -> None:
    """Close the models that `clips_of` opened."""
    while _held:
        _held.pop()[1].close()


atexit.register(close_models)  # MediaPipe complains if it is only swept up


def _lost(source: Path, why: Lost, timeout: float | None) -> PhotoFailure:
    """Return what became of a clip whose process was lost."""
    if why is Lost.DIED:
        hint = "export it again as MP4 with H.264; if that does not help, it needs more memory"
        return bug(source, "its process died twice: the clip is damaged, or memory ran out", hint=hint)
    error = PhotoTooSlow(
        f"got no further for the time limit of {timeout or 0:g} seconds, and was given up",
        hint="allow more with --timeout SECONDS; if that does not help, export it again as MP4 with H.264",
    )
    return failure(source, error, stage=Stage.BATCH)
