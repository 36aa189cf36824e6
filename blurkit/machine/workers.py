"""Spawned processes that do one piece of work at a time: one that dies or hangs takes no other's work with it."""

from __future__ import annotations

import math
import os
import time
from collections import deque
from contextlib import suppress
from enum import StrEnum
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from blurkit.machine.ahead import Started, started
from blurkit.machine.serving import Said

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

Piece = TypeVar("Piece")
Result = TypeVar("Result")

START_SECONDS = 300.0
"""How long a process may take until it is ready for its first piece."""

END_SECONDS = 5.0
"""How long work under way may take to end when no more is wanted; then its process is killed."""

POLL_SECONDS = 0.5
"""How often it is looked whether more is wanted."""


class Lost(StrEnum):
    """Why a piece of work has no result."""

    DIED = "died"
    """Its process died twice."""
    LATE = "late"
    """It took longer than it may, and its process was killed."""


def in_processes(
    work: Callable[[Piece], Result],
    pieces: Sequence[Piece],
    jobs: int,
    *,
    seconds: Callable[[Piece], float] = lambda _: math.inf,
    prepare: Callable[[], object] | None = None,
    stop: threading.Event | None = None,
    heard: Callable[[Piece, Any], None] = lambda piece, value: None,
) -> Iterator[Result | Lost]:
    """Work on pieces in several processes, each one piece at a time.

    If a process dies, its piece is tried once more while nothing else runs: memory may suffice for it alone.

    Args:
        work: A function that a spawned process can import.
        pieces: What to call it with.
        jobs: Number of processes.
        seconds: How long a piece may take, or go on without a word.
        prepare: Called first in each process, outside that time; what it raises is left to the work to meet.
        stop: Once it is set, no more results are wanted.
        heard: Called with what a piece said by `tell`.

    Yields:
        Results in the order of the pieces, or why a piece has no result.
    """
    crew = _Crew(work, pieces, seconds, [_Worker(work, prepare) for _ in range(min(jobs, len(pieces)))], heard)
    try:
        for index in range(len(pieces)):
            while index not in crew.results:
                if stop is not None and stop.is_set():
                    return
                crew.hand_out()
                crew.take()
            yield crew.results.pop(index)
    finally:
        crew.end()


class Standing(Generic[Piece, Result]):
    """A process that stays for pieces of work that come one at a time; for one thread."""

    def __init__(self, work: Callable[[Piece], Result], *, prepare: Callable[[], object] | None = None) -> None:
        """Start nothing yet; the arguments are those of `in_processes`."""
        self._work = work
        self._worker: _Worker[Piece, Result] = _Worker(work, prepare)

    def do(self, piece: Piece, seconds: float) -> Result | Lost:
        """Return what comes of a piece, or why it has no result; the process is there again for the next one."""
        crew = _Crew(self._work, [piece], lambda _: seconds, [self._worker])
        while not crew.results:
            crew.hand_out()
            crew.take()
        return crew.results[0]

    def close(self) -> None:
        """End the process."""
        self._worker.kill()


class _Crew(Generic[Piece, Result]):
    """Workers, and what they have and had to do."""

    def __init__(
        self,
        work: Callable[[Piece], Result],
        pieces: Sequence[Piece],
        seconds: Callable[[Piece], float],
        workers: Sequence[_Worker[Piece, Result]],
        heard: Callable[[Piece, Any], None] = lambda piece, value: None,
    ) -> None:
        self.results: dict[int, Result | Lost] = {}
        """What came of each piece, by its number."""
        self._pieces, self._seconds, self._workers, self._heard = pieces, seconds, workers, heard
        self._todo, self._again, self._alone = deque(range(len(pieces))), deque[int](), set[int]()

    def hand_out(self) -> None:
        """Give a piece to whoever has none; one whose process died runs while nothing else does."""
        for worker in self._workers:
            busy = {other.index for other in self._workers if other.index is not None}
            if worker.index is not None or (self._again and busy) or busy & self._alone:
                continue
            if waiting := self._again or self._todo:
                index = waiting.popleft()
                worker.begin(index, self._pieces[index], self._seconds(self._pieces[index]))

    def take(self) -> None:
        """Wait a little for something to come of a piece."""
        busy = [(worker, worker.index) for worker in self._workers if worker.index is not None]
        left = min(worker.deadline for worker, _ in busy) - time.monotonic()
        answered = wait([worker.connection for worker, _ in busy], min(POLL_SECONDS, max(0.0, left)))
        for worker, index in busy:
            result: Result | Lost | Said
            if worker.connection in answered:
                if worker.is_new:
                    worker.send_first()
                    continue
                result = worker.answer()
                if isinstance(result, Said):
                    worker.deadline = time.monotonic() + self._seconds(self._pieces[index])
                    self._heard(self._pieces[index], result.value)
                    continue
            elif worker.deadline <= time.monotonic():
                worker.kill()
                result = Lost.LATE
            else:
                continue
            if result is Lost.DIED and index not in self._alone:
                self._again.append(index)
                self._alone.add(index)
            else:
                self.results[index] = result

    def end(self) -> None:
        """Let the work under way end, if it does so soon: whatever it writes is whole or not there."""
        until = time.monotonic() + END_SECONDS
        try:
            for worker in self._workers:
                worker.dismiss()
            for worker in self._workers:
                worker.wait(until - time.monotonic())
        finally:
            for worker in self._workers:
                worker.kill()


class _Worker(Generic[Piece, Result]):
    """A process that leaves Ctrl-C to its parent; it starts with its first piece, and again after its death."""

    def __init__(self, work: Callable[[Piece], Result], prepare: Callable[[], object] | None) -> None:
        self.index: int | None = None
        """The piece under way; None while it waits."""
        self.deadline = math.inf
        """When that is late."""
        self._does = work, prepare
        self._process: Started | None = None
        self._first: tuple[Piece, float] | None = None

    def begin(self, index: int, piece: Piece, seconds: float) -> None:
        """Hand over a piece of work; a process that is new gets it when it is ready."""
        self.index = index
        if self._process is not None:
            self._send(piece, seconds)
            return
        self._process = started(*self._does)
        self._first, self.deadline = (piece, seconds), time.monotonic() + START_SECONDS

    @property
    def connection(self) -> Connection[Any, Any]:
        """To the process, while there is one."""
        if self._process is None:
            raise RuntimeError("no process was started")
        return self._process.connection

    @property
    def is_new(self) -> bool:
        """Whether the process has not had its first piece yet."""
        return self._first is not None

    def send_first(self) -> None:
        """Hand over the first piece to a process that is ready; one that has died says so in the next answer."""
        if self._first is not None:
            piece, seconds = self._first
            self._first = None
            with suppress(EOFError, OSError):
                self.connection.recv()
            self._send(piece, seconds)

    def answer(self) -> Result | Lost | Said:
        """Return what came of the piece, or what it says of itself.

        Raises:
            Exception: What the work raised.
        """
        try:
            is_result, value = self.connection.recv()
        except (EOFError, OSError):
            self.kill()
            return Lost.DIED
        if is_result is None:
            return Said(value)
        self.index, self.deadline = None, math.inf
        if is_result:
            result: Result = value
            return result
        raise value

    def dismiss(self) -> None:
        """Give the process no more work; it ends after what it is at."""
        if self._process is not None:
            self._process.connection.close()

    def wait(self, seconds: float) -> None:
        """Wait for its end."""
        if self._process is not None:
            self._process.process.join(max(0.0, seconds))

    def kill(self) -> None:
        """End the process at once, if it is there."""
        process, self._process, self._first, self.index = self._process, None, None, None
        self.deadline = math.inf
        if process is not None:
            process.kill()

    def _send(self, piece: Piece, seconds: float) -> None:
        with suppress(OSError):  # it died meanwhile, which its end of the connection tells as well
            self.connection.send(piece)
        self.deadline = time.monotonic() + seconds


def available_cpus() -> int:
    """Return the processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
