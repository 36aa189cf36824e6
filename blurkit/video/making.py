"""The second pass over a clip: draw, encode, check, again and again until the independent check sees nobody."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING

from blurkit.errors import FaceVisible, UnreadablePhoto
from blurkit.metadata import mp4
from blurkit.obscure import moved
from blurkit.records import Stage
from blurkit.video.check import Check
from blurkit.video.container import Writer
from blurkit.video.draw import anchors_at, decisions_at, draw, tone_at
from blurkit.video.frames import Frames
from blurkit.video.front import lay_out
from blurkit.video.look import check_same

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from blurkit.appearance import ObscureSettings
    from blurkit.detect.views import Network
    from blurkit.machine.clock import Clock
    from blurkit.policy import Reviewed
    from blurkit.records import Decision
    from blurkit.settings import Settings
    from blurkit.video.check import Checked
    from blurkit.video.codecs import Coding
    from blurkit.video.judging import Judged
    from blurkit.video.look import Watched
    from blurkit.video.planes import Coloring, Planes
    from blurkit.video.source import Facts

MAX_ROUNDS = 3
"""How often somebody whom the independent check found is covered and the clip made again."""

LOOKING, DRAWING = 0.75, 0.92
"""Shares of the whole time after which the first pass and the second one are through, roughly."""


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What is known of a clip after its first pass."""

    source: Path
    """Its path."""
    sha256: str
    """Hash of its file, hexadecimal."""
    facts: Facts
    """What is known of its file."""
    coding: Coding
    """How the safe clip is coded."""
    watched: Watched
    """What was seen in it."""
    notes: tuple[str, ...]
    """What a person is told of it."""
    reviewed: Reviewed | None = None
    """What a person decided about it."""


def advance(progress: Callable[[float], None], facts: Facts, start: float, end: float, seconds: float) -> None:
    """Say how far a clip is; of one that does not say how long it is, only that it goes on.

    Args:
        progress: Told a share of the whole, 0 to 1.
        facts: Of the clip.
        start: Share of the whole at which this part of the work begins.
        end: Likewise at which it ends.
        seconds: How far into the clip it is.
    """
    share = min(1.0, max(0.0, seconds / facts.seconds)) if facts.seconds > 0 else 0.0
    progress(start + (end - start) * share)


class Maker:
    """Makes a safe clip of what the first pass knows."""

    def __init__(
        self, settings: Settings, network: Network, clock: Clock, progress: Callable[[float], None], *, threads: int
    ) -> None:
        """Make nothing yet.

        Args:
            settings: What the user chose.
            network: That of the independent check.
            clock: Times the stages.
            progress: See `advance`.
            threads: Of decoders and of the encoder.
        """
        self._chosen = self._settings = settings
        self._network, self._clock, self._progress, self._threads = network, clock, progress, threads

    def make(
        self, first: Pass, judged: Callable[[], list[Judged]], made: IO[bytes]
    ) -> tuple[list[Judged], Checked, float]:
        """Write a safe clip into a file, which holds nothing else afterwards.

        Args:
            first: What the first pass knows; it takes in what the independent check finds.
            judged: Links what is known and judges everybody.
            made: The file.

        Returns:
            Everybody in the clip, what the last check found, and the share of it that lies under covers.

        Raises:
            VerificationError: The clip did not pass its checks.
            PhotoError: It cannot be read again as it was.
        """
        seed, frames = secrets.randbits(128), 0
        for _ in range(1 + MAX_ROUNDS):
            people = judged()
            share = self._draw(first, people, made, seed)
            with self._clock(Stage.METADATA):
                mp4.check(made)
            with self._clock(Stage.VERIFY):
                check = Check(first.source, first.facts, self._settings, self._network, threads=self._threads)
                tell = partial(advance, self._progress, first.facts, DRAWING, 1.0)
                checked = check.look(made, first.watched, people, seed=seed, advance=tell)
            if not checked.missed:
                return people, checked, share
            frames = len(checked.missed)
            for frame, faces in checked.missed.items():
                first.watched.add_missed(frame, faces)
        raise FaceVisible(
            f"faces in {frames} frames are still seen by the independent check after {MAX_ROUNDS} rounds",
            path=first.source,
            hint="use --policy everyone",
        )

    def _look(self, planes: Planes, decisions: Sequence[Decision], coloring: Coloring) -> ObscureSettings:
        """Return how covers look; their tone is that of the first frame with covers, and stays."""
        look = self._settings.obscure
        if look.rgb is None and (tone := tone_at(planes, decisions, look, coloring)):
            look = look.model_copy(update={"color": tone})
            self._settings = self._settings.model_copy(update={"obscure": look})
        return look

    def _draw(self, first: Pass, people: Sequence[Judged], made: IO[bytes], seed: int) -> float:
        """Write the clip with its covers into an empty file; return the share of it under covers."""
        self._settings = self._chosen  # somebody may be covered by now who was open when a tone was chosen
        facts, watched = first.facts, first.watched
        size = facts.shown_size(self._settings.output.max_clip_side)
        sound = first.source if facts.has_sound and self._settings.output.keep_sound else None
        frames = self._clock.each(Stage.LOAD, Frames(first.source, facts, threads=self._threads))
        covered, count = 0.0, 0
        made.seek(0)
        made.truncate()
        with (
            tempfile.TemporaryFile() as raw,
            Writer(raw, facts, size=size, coding=first.coding, sound=sound, threads=self._threads) as writer,
        ):
            for frame in frames:
                check_same(frame, watched)
                count += 1
                with self._clock(Stage.OBSCURE):
                    decisions = moved(decisions_at(frame.index, people), facts.size, size)
                    small, anchors = frame.planes.shrunk(size), anchors_at(frame.index, people)
                    look = self._look(small, decisions, facts.coloring)
                    drawn, mask = draw(small, decisions, look, facts.coloring, seed=seed, anchors=anchors)
                covered += 0.0 if mask is None else float(mask.mean())
                with self._clock(Stage.ENCODE):
                    writer.add(drawn, frame.time)
                advance(self._progress, facts, LOOKING, DRAWING, watched.seconds[frame.index])
            if count != len(watched.times):
                raise UnreadablePhoto("has other frames each time it is read", hint="export it again as MP4")
            with self._clock(Stage.ENCODE):
                writer.finish()
                writer.close()
                lay_out(raw, made)
        return covered / count
