"""Several sets of models for a program with many threads, such as a web server: photos in, safe files out."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Self

from blurkit.errors import BlurkitError
from blurkit.machine.workers import available_cpus
from blurkit.pipeline import Blurrer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from blurkit.outcomes import Outcome, PhotoFailure, SafeFile
    from blurkit.settings import Settings


class Pool:
    """Lends models to threads: `with Pool(settings, size=2) as pool: pool.run_bytes(upload, name="photo.jpg")`."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        size: int = 2,
        make: Callable[..., Blurrer] = Blurrer,
    ) -> None:
        """Open the models, so that the first photo does not wait for them.

        Args:
            settings: What the user chose; by default the policy `children`.
            size: Photos at a time, at least 1; each takes memory of its own while it is processed.
            make: Makes a `Blurrer` of the settings and `threads`, if it needs more than those.

        Raises:
            ValueError: The size is below 1.
            ModelError: A model is missing, altered or cannot be opened.
        """
        if size < 1:
            raise ValueError(f"a pool needs a size of at least 1, not {size}")
        threads = max(1, available_cpus() // size)
        self._size, self._idle, self._closing, self._closed = size, SimpleQueue[Blurrer](), Lock(), False
        with ExitStack() as opened:  # closes what is open if a later one fails
            for _ in range(size):
                self._idle.put(opened.enter_context(make(settings, threads=threads)))
            opened.pop_all()

    def run(self, path: Path | str, *, out: Path | str, wait: float | None = None) -> Outcome:
        """Make one photo safe from file to file, as `Blurrer.run`; see `lend` for `wait` and errors."""
        with self.lend(wait) as blurrer:
            return blurrer.run(path, out=out)

    def run_bytes(self, data: bytes, *, name: Path | str, wait: float | None = None) -> SafeFile | PhotoFailure:
        """Make one photo safe in memory, as `Blurrer.run_bytes`; see `lend` for `wait` and errors."""
        with self.lend(wait) as blurrer:
            return blurrer.run_bytes(data, name=name)

    @contextmanager
    def lend(self, wait: float | None = None) -> Iterator[Blurrer]:
        """Lend a `Blurrer` to this thread alone.

        Args:
            wait: Seconds to wait until one is free; by default as long as it takes.

        Raises:
            TimeoutError: None was free in time.
            BlurkitError: The pool is closed.
        """
        self._refuse_if_closed()
        try:
            blurrer = self._idle.get(timeout=wait)
        except Empty as fault:
            raise TimeoutError(f"all {self._size} sets of models are in use") from fault
        try:
            self._refuse_if_closed()
            yield blurrer
        finally:
            self._idle.put(blurrer)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise BlurkitError("the pool is closed", hint="open one when the server starts, and close it at its end")

    def close(self) -> None:
        """Wait for the photos under way, then free the models."""
        with self._closing:
            self._closed = True
            for _ in range(self._size):
                self._idle.get().close()
            self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
