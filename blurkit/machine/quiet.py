"""Keep libraries from writing to standard error, which holds only our own lines."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Shared:
    """A state of the whole process: the first of several threads changes it, and the last one changes it back."""

    def __init__(self, begin: Callable[[], Callable[[], None]]) -> None:
        """Change nothing yet; `begin` does, and returns what changes it back."""
        self._begin, self._lock, self._users = begin, threading.Lock(), 0
        self._end: Callable[[], None] = _nothing

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have it changed for a while."""
        with self._lock:
            if not self._users:
                self._end = self._begin()
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._end()


def _nothing() -> None:
    pass


def _without_stderr() -> Callable[[], None]:
    if sys.stderr is not None:
        with suppress(OSError, ValueError):  # nobody reads it
            sys.stderr.flush()
    try:
        saved = os.dup(2)
    except OSError:  # no standard error at all, as in a windowed program
        return _nothing
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)

    def end() -> None:
        os.dup2(saved, 2)
        os.close(saved)

    return end


def _without_warnings() -> Callable[[], None]:
    before = warnings.catch_warnings()
    before.__enter__()
    warnings.simplefilter("ignore")
    return lambda: before.__exit__(None, None, None)


_stderr, _warnings = _Shared(_without_stderr), _Shared(_without_warnings)


@contextmanager
def native_stderr_silenced() -> Iterator[None]:
    """Send file descriptor 2 to nowhere for a while; Python's own errors are raised, not printed, so none is lost."""
    with _stderr.held():
        yield


@contextmanager
def warnings_silenced() -> Iterator[None]:
    """Let libraries warn of nothing for a while."""
    with _warnings.held():
        yield
