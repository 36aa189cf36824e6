"""Spawned processes that do one piece of work at a time: one that dies takes no other's work with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeVar

from blurkit.errors import ExitCode, SettingsError
from blurkit.machine.crash import forbid_core_dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Piece = TypeVar("Piece")
Result = TypeVar("Result")

SAFE_PATH = "PYTHONSAFEPATH"
"""Variable by which a Python imports nothing from the folder it is started in."""

_starting = threading.RLock()
"""Held while the variables of this process are those of the process that is started."""


def in_processes(work: Callable[[Piece], Result], pieces: Sequence[Piece], jobs: int) -> Iterator[Result | None]:
    """Do pieces of work in so many processes, each one piece at a time.

    If a process dies, its piece is tried once more in a new one while nothing else runs: memory may suffice for it
    alone.

    Args:
        work: A function that a spawned process can import.
        pieces: What to call it with.
        jobs: Number of processes.

    Yields:
        Results in the order of the pieces; None for one whose process died twice.
    """
    todo, again, next_out = deque(range(len(pieces))), deque[int](), 0
    results: dict[int, Result | None] = {}
    running: dict[Future[Result], tuple[int, _Worker]] = {}
    with ExitStack() as workers:
        idle = [workers.enter_context(_Worker()) for _ in range(jobs)]
        while todo or again or running:
            if again and not running:
                index = again.popleft()
                results[index] = _alone(work, pieces[index])
            while todo and idle and not again:
                index, worker = todo.popleft(), idle.pop()
                running[worker.start(work, pieces[index])] = index, worker
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                index, worker = running.pop(future)
                try:
                    results[index] = future.result()
                except BrokenProcessPool:
                    again.append(index)
                    worker = workers.enter_context(_Worker())
                idle.append(worker)
            while next_out in results:
                yield results.pop(next_out)
                next_out += 1


def _alone(work: Callable[[Piece], Result], piece: Piece) -> Result | None:
    with _Worker() as worker:
        try:
            return worker.start(work, piece).result()
        except BrokenProcessPool:
            return None


class _Worker(ProcessPoolExecutor):
    """One process that leaves Ctrl-C to its parent, which lets the work under way end and starts no more."""

    def __init__(self) -> None:
        # Spawned, since MediaPipe hangs in a process that was forked.
        with _imports_are_safe():
            super().__init__(1, multiprocessing.get_context("spawn"), _begin)

    def start(self, work: Callable[[Piece], Result], piece: Piece) -> Future[Result]:
        """Hand over a piece of work; the process starts with its first."""
        with _imports_are_safe(), _interrupts_held():
            return self.submit(work, piece)

    def __exit__(self, *_: object) -> None:
        self.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _imports_are_safe() -> Iterator[None]:
    """Let a process that is started import nothing from the working folder; Python looks there first."""
    if sys.flags.safe_path:  # handed on by itself
        yield
        return
    if sys.flags.ignore_environment:
        why = "with its option -E, Python imports what lies in the working folder"
        raise SettingsError(why, hint="start Python with -I, or with -E -P")
    with _starting:
        before = os.environ.get(SAFE_PATH)
        os.environ[SAFE_PATH] = "1"
        try:
            yield
        finally:
            if before is None:
                del os.environ[SAFE_PATH]
            else:
                os.environ[SAFE_PATH] = before


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back until a process is started whole; the process never gets it, not even before its first line."""
    if threading.current_thread() is not threading.main_thread():  # only that is interrupted
        yield
        return
    held: list[int] = []
    handled = [number for number in (signal.SIGINT, signal.SIGTERM) if callable(signal.getsignal(number))]
    before = {number: signal.signal(number, lambda number, _: held.append(number)) for number in handled}
    if hasattr(signal, "pthread_sigmask"):  # a process inherits what is blocked here, but no handler
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        for number, handler in before.items():
            signal.signal(number, handler)
    for stop in held:
        signal.raise_signal(stop)


def _begin() -> None:
    """Leave Ctrl-C to the parent, end with it, however it ends, and leave no memory behind."""
    forbid_core_dumps()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(int(ExitCode.INTERRUPTED))


def available_cpus() -> int:
    """Return the processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
