"""What a worker of a Dask cluster does: it makes sure that it is fit for photos, and does one within its time."""

from __future__ import annotations

import faulthandler
import os
import threading
import time
from contextlib import chdir, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blurkit.batch.journal import versions
from blurkit.errors import BlurkitError, SettingsError, UnreadablePhoto
from blurkit.machine.weights import model_hashes
from blurkit.outcomes import failure
from blurkit.records import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from blurkit.batch.plan import Task
    from blurkit.outcomes import Outcome

    Work = Callable[[Task], Outcome]

SHARED = "photos and outputs must lie on a file system that every worker sees under the same path"
ONE_EACH = "start workers with: dask worker ADDRESS --nthreads 1 --nworkers 2"

LATE = "blurkit-late"
"""What the event is called by which a worker says that it gives a photo up, and itself with it."""

SAID_SECONDS = 1.0
"""How long the scheduler may take to hear that."""

STUCK_SECONDS = 10.0
"""How much later a worker ends that cannot even say so, since the decoder lets no other thread run."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A photo as it is handed to a worker."""

    task: Task
    """The photo."""
    size: int | None
    """Bytes of its file, so that a worker knows that it sees the same one; None for a file that is not there."""
    number: str
    """What it is called in the event that says that it is late."""
    seconds: float | None
    """How long it may take; None for ever."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker must be and see, so that it processes a photo as this machine would."""

    versions: Mapping[str, str | None]
    """Versions of blurkit and of what runs its models: an output by others must not count as what this one makes."""
    models: Mapping[str, str]
    """The sha256 of each model and table, by name."""
    folder: str | None
    """The working folder that paths start from; None if all are absolute."""
    probe: str | None
    """A file in the output folder; None if nothing is written."""

    def misfit(self, threads: int) -> tuple[str, str] | None:
        """Say what is wrong with this worker, and what helps; None if nothing is."""
        for name, there in versions().items():
            if there != (here := self.versions[name]):
                return f"has {name} {there}, and this machine has {here}", "install the same version"
        if self.models != model_hashes():
            return "has other models than this machine", "install the same version, unaltered"
        if threads != 1:  # each thread would open the models, and a working folder is the whole process's
            return f"does {threads} photos at a time in one process", ONE_EACH
        if self.folder is not None and not Path(self.folder).is_dir():
            return f"does not see the folder {self.folder}", SHARED
        if self.probe is not None and not Path(self.probe).exists():
            return f"does not see the output folder {Path(self.probe).parent}", SHARED
        return None


def examine(order: Order, dask_worker: Any) -> tuple[str, str] | None:
    """Say what is wrong with this worker, and what helps; None if nothing is."""
    return order.misfit(dask_worker.state.nthreads)


def do(work: Work, piece: Piece, order: Order) -> Outcome:
    """Do a photo on a worker, which may have come after the others were examined."""
    from distributed import get_worker

    worker, path, size = get_worker(), piece.task.source.path, piece.size
    try:
        misfit = order.misfit(worker.state.nthreads)
        if misfit is not None:
            raise SettingsError(f"the worker {worker.address} {misfit[0]}", hint=misfit[1])
        with chdir(order.folder) if order.folder is not None else nullcontext():
            if size is not None and size != size_of(path):
                raise UnreadablePhoto(f"the worker {worker.address} does not see this file", hint=SHARED)
            with _within(piece, worker):
                return work(piece.task)
    except BlurkitError as error:
        return failure(path, error, stage=Stage.BATCH)


def size_of(path: Path) -> int | None:
    """Return the bytes of a file; None if it cannot be seen."""
    try:
        return path.stat().st_size
    except OSError:  # each machine says so when it is read
        return None


@contextmanager
def _within(piece: Piece, worker: Any) -> Iterator[None]:
    """End this process if a photo takes longer than it may: nothing else ends a decoder that hangs."""
    if piece.seconds is None:
        yield
        return

    def late() -> None:
        worker.log_event(LATE, {"number": piece.number})
        time.sleep(SAID_SECONDS)
        os._exit(1)

    timer = threading.Timer(piece.seconds, late)
    timer.daemon = True
    timer.start()
    faulthandler.dump_traceback_later(piece.seconds + STUCK_SECONDS, exit=True, file=2)
    try:
        yield
    finally:
        timer.cancel()
        faulthandler.cancel_dump_traceback_later()
