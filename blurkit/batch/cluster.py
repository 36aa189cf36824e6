"""Photos done by the workers of a Dask cluster: paths, settings and outcomes travel there and back, and no pixels."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import threading
import warnings
from collections import deque
from concurrent.futures import Executor, Future
from contextlib import chdir, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blurkit.batch.journal import versions
from blurkit.errors import BlurkitError, OutputNotWritable, SettingsError, UnreadablePhoto
from blurkit.machine.weights import model_hashes
from blurkit.outcomes import PhotoFailure, bug, failure
from blurkit.records import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from blurkit.batch.plan import Task
    from blurkit.outcomes import Outcome

    Work = Callable[[Task], Outcome]

ANSWER_SECONDS = 5.0
"""How long the scheduler may take to answer, and after that to have a worker."""

EMPTY_SECONDS = 60.0
"""How long a cluster may be without any worker before its photos count as failed; one that died is back sooner."""

LOOK_SECONDS = 1.0
"""How often that is looked at."""

AHEAD = 4
"""Photos handed over ahead of time for each worker, so that none waits for a slow one of others."""

SHARED = "photos and outputs must lie on a file system that every worker sees under the same path"
ONE_EACH = "start workers with: dask worker ADDRESS --nthreads 1 --nworkers 2"
AGAIN = "outputs that are there are whole; run it again when the cluster is back"
MEMORY = "it may need more memory: give each worker more, or start fewer"
LOST = "the connection to the scheduler was lost"


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


class Cluster(Executor):
    """Hands photos to workers; each gets an outcome, whatever becomes of the worker, the scheduler or the network."""

    def __init__(self, client: Any, order: Order, workers: int) -> None:
        """Begin to watch over the workers of a connected `distributed.Client`."""
        self.ahead = AHEAD * workers
        """Photos to hand over ahead of time."""
        self._client, self._order = client, order
        self._executor = client.get_executor(pure=False)
        self._lock = threading.RLock()
        self._waiting: dict[Future[Outcome], Task] = {}
        self._running: set[Future[Outcome]] = set()
        self._again: deque[Callable[[], None]] = deque()
        self._lost: str | None = None
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        """Hand one task to a worker; `fn` does it there."""
        (task,) = args
        future: Future[Outcome] = Future()
        with self._lock:
            self._waiting[future] = task
            self._send(fn, task, future, last=False)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Hand over no more; what a worker has begun it ends by itself."""
        self._ended.set()
        self._lost = "the run was stopped"
        with suppress(Exception):  # the scheduler may be gone, and every photo has its outcome
            self._executor.shutdown(wait=False)

    def _send(self, work: Work, task: Task, future: Future[Outcome], *, last: bool) -> None:
        self._running.add(future)
        again = None if last else partial(self._send, work, task, future, last=True)
        try:
            if self._lost is not None:
                raise RuntimeError(self._lost)
            sent = self._executor.submit(_do, work, task, _size(task.source.path), self._order)
        except Exception as error:  # nothing was begun
            self._end(future, _failed(task, f"could not be handed to a worker: {error}", AGAIN))
        else:
            sent.add_done_callback(partial(self._arrived, task, future, again))

    def _arrived(self, task: Task, future: Future[Outcome], again: Callable[[], None] | None, sent: Any) -> None:
        """Take in what came of a photo; one whose workers died is tried once more when nothing else runs.

        Dask gives up on whatever waits at a worker that dies too often, so such a photo may be innocent.
        """
        error = None if sent.cancelled() else sent.exception()
        with self._lock:
            if sent.cancelled():
                self._end(future, _failed(task, LOST, AGAIN))
            elif error is None:
                self._end(future, sent.result())
            elif type(error).__name__ != "KilledWorker":
                self._end(future, _failed(task, f"the worker failed: {_words(error)}", "see the log of the worker"))
            elif again is None:
                self._end(future, _failed(task, "every worker that tried it died", MEMORY))
            else:
                self._running.discard(future)
                self._again.append(again)
            if not self._running and self._again:
                self._again.popleft()()

    def _end(self, future: Future[Outcome], outcome: Outcome) -> None:
        self._running.discard(future)
        if self._waiting.pop(future, None) is not None:
            future.set_result(outcome)

    def _watch(self) -> None:
        """Give up when the scheduler is gone, or no worker has been there for long: photos would wait for ever."""
        empty = 0.0
        while not self._ended.wait(LOOK_SECONDS):
            lost = None
            try:
                workers = self._client.scheduler_info(n_workers=0)["n_workers"]
                empty = 0.0 if workers else empty + LOOK_SECONDS
            except Exception:  # it is connecting again, until it gives up
                lost = LOST if self._client.status == "closed" else None
            if empty >= EMPTY_SECONDS:
                lost = "no worker is left"
            if lost is not None:
                with self._lock:
                    self._lost = lost
                    for future, task in list(self._waiting.items()):
                        self._end(future, _failed(task, lost, AGAIN))


@contextmanager
def connected(scheduler: str, paths: Sequence[str | Path | None], out: str | None) -> Iterator[Cluster]:
    """Lend a cluster whose workers are fit for photos.

    Args:
        scheduler: Its address, such as `tcp://10.0.0.5:8786`.
        paths: What workers will open, as the user gave it.
        out: The output folder; None if nothing is written.

    Raises:
        SettingsError: Dask is not installed, the scheduler does not answer, it has no worker, or one that is not fit.
        OutputNotWritable: The output folder cannot be made.
    """
    try:
        import distributed
    except ImportError as fault:
        raise SettingsError("dask is not installed", path="--executor", hint="pip install distributed") from fault
    are_absolute = all(Path(path).is_absolute() for path in (*paths, out) if path is not None)
    folder = None if are_absolute else str(Path.cwd())
    with _quiet(), _probe(out) as probe, _client(distributed, scheduler) as client:
        order = Order(versions(), dict(model_hashes()), folder, probe)
        with Cluster(client, order, _examined(client, order, scheduler)) as cluster:
            yield cluster


@contextmanager
def _client(distributed: Any, scheduler: str) -> Iterator[Any]:
    async def call() -> None:
        security = distributed.Security().get_connection_args("client")
        comm = await distributed.core.connect(scheduler, timeout=ANSWER_SECONDS, **security)
        comm.abort()

    try:  # first, since a client that cannot connect hangs when it is swept up
        asyncio.run(asyncio.wait_for(call(), ANSWER_SECONDS))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Dask's own versions may differ as long as it works
            client = distributed.Client(scheduler, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as fault:
        what = f"no scheduler answers: {str(fault) or 'it takes too long'}"
        hint = "give the address that `dask scheduler` prints, such as tcp://10.0.0.5:8786"
        raise SettingsError(what, path=scheduler, hint=hint) from fault
    try:
        yield client
    finally:
        with suppress(Exception):  # the scheduler may be gone already
            client.close(timeout=ANSWER_SECONDS)


def _examined(client: Any, order: Order, scheduler: str) -> int:
    """Refuse a cluster with a worker that is not fit; return how many there are."""
    with suppress(Exception):  # whether there is one is looked at next
        client.wait_for_workers(1, timeout=ANSWER_SECONDS)
    answers: dict[str, Any] = client.run(_examine, order, on_error="return")
    for worker, answer in answers.items():
        if isinstance(answer, BaseException):
            what = f"the worker {worker} cannot use blurkit: {_words(answer)}"
            raise SettingsError(what, path=scheduler, hint="install blurkit there, the same version")
        if answer is not None:
            raise SettingsError(f"the worker {worker} {answer[0]}", path=scheduler, hint=answer[1])
    if not answers:
        raise SettingsError("the cluster has no worker", path=scheduler, hint=ONE_EACH)
    return len(answers)


def _examine(order: Order, dask_worker: Any) -> tuple[str, str] | None:
    return order.misfit(dask_worker.state.nthreads)


def _do(work: Work, task: Task, size: int | None, order: Order) -> Outcome:
    """Do a photo on a worker, which may have come after the others were examined; `size` is the file's in bytes."""
    from distributed import get_worker

    worker, path = get_worker(), task.source.path
    try:
        misfit = order.misfit(worker.state.nthreads)
        if misfit is not None:
            raise SettingsError(f"the worker {worker.address} {misfit[0]}", hint=misfit[1])
        with chdir(order.folder) if order.folder is not None else nullcontext():
            if size is not None and size != _size(path):
                raise UnreadablePhoto(f"the worker {worker.address} does not see this file", hint=SHARED)
            return work(task)
    except BlurkitError as error:
        return failure(path, error, stage=Stage.BATCH)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:  # each machine says so when it is read
        return None


@contextmanager
def _probe(out: str | None) -> Iterator[str | None]:
    """Make the output folder, and for a while an empty file in it that workers must see."""
    if out is None:
        yield None
        return
    probe = Path(os.path.abspath(out), f".blurkit-{secrets.token_hex(8)}.tmp")
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.touch(exist_ok=False)
    except OSError as fault:
        raise OutputNotWritable(f"cannot be written: {fault.strerror}", path=out) from fault
    try:
        yield str(probe)
    finally:
        with suppress(OSError):
            probe.unlink()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's log off standard error, which holds only our own lines; what matters becomes an outcome."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _failed(task: Task, what: str, hint: str) -> PhotoFailure:
    return bug(task.source.path, what, hint=hint)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
