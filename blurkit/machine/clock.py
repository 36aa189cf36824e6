"""How long each stage of a photo takes, and which one it is in."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from blurkit.records import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Thing = TypeVar("Thing")


class Clock:
    """Times the stages of one photo, and remembers which one it is in when something fails."""

    def __init__(self, progress: Callable[[Stage], None] = lambda stage: None) -> None:
        """Begin with no stage.

        Args:
            progress: Called with the name of each stage as it begins.
        """
        self._progress = progress
        self.seconds: dict[Stage, float] = {}
        self.stage = Stage.LOAD

    def each(self, stage: Stage, things: Iterable[Thing]) -> Iterator[Thing]:
        """Pass things on, and time only how long each takes to come."""
        coming = iter(things)
        while True:
            with self(stage):
                thing = next(coming, None)
            if thing is None:
                return
            yield thing

    @contextmanager
    def __call__(self, stage: Stage) -> Iterator[None]:
        """Time a stage, as a context."""
        self.stage = stage
        self._progress(stage)
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start
