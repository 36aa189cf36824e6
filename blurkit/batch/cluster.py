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
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blurkit.batch.journal import versions
from blurkit.batch.limit import lost, seconds_for
from blurkit.batch.onworker import LATE, ONE_EACH, Order, Piece, do, examine, size_of
from blurkit.errors import OutputNotWritable, SettingsError
from blurkit.machine.files import ORDINARY, lock, new_file
from blurkit.machine.weights import model_hashes
from blurkit.machine.workers import Lost
from blurkit.outcomes import PhotoFailure, bug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from blurkit.batch.onworker import Work
    from blurkit.batch.plan import Task
    from blurkit.outcomes import Outcome

ANSWER_SECONDS = 5.0
"""How long the scheduler may take to answer, and after that to have a worker."""

EMPTY_SECONDS = 60.0
"""How long a cluster may be without any worker before its photos count as failed; one that died is back sooner."""

LOOK_SECONDS = 1.0
"""How often that is looked at."""

AHEAD = 4
"""Photos handed over ahead of time for each worker, so that none waits for a slow one of others."""

AGAIN = "outputs that are there are whole; run it again when the cluster is back"
MEMORY = "it may need more memory: give each worker more, or start fewer"
LOST = "the connection to the scheduler was lost"


class Cluster(Executor):
    """Hands photos to workers; each gets an outcome, whatever becomes of the worker, the scheduler or the network."""

    def __init__(self, client: Any, order: Order, workers: int, timeout: float | None = None) -> None:
        """Begin to watch over the workers of a connected `distributed.Client`.

        Args:
            client: It.
            order: What a worker must be and see.
            workers: How many there are.
            timeout: Seconds that a photo of ordinary size may take; None for no limit.
        """
        self.ahead = AHEAD * workers
        """Photos to hand over ahead of time."""
        self._client, self._order = client, order
        self._executor = client.get_executor(pure=False)
        self._lock = threading.RLock()
        self._timeout = timeout
        self._waiting: dict[Future[Outcome], Task] = {}
        self._sent: dict[str, tuple[Future[Outcome], Any]] = {}
        self._running: set[Future[Outcome]] = set()
        self._again: deque[Callable[[], None]] = deque()
        self._lost: str | None = None
        self._ended = threading.Event()
        client.subscribe_topic(LATE, self._late)
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
            path, number = task.source.path, secrets.token_hex(8)
            seconds = None if self._timeout is None else seconds_for(path, self._timeout)
            piece = Piece(task, size_of(path), number, seconds)
            sent = self._executor.submit(do, work, piece, self._order)
            self._sent[number] = future, sent
        except Exception as error:  # nothing was begun
            self._end(future, _failed(task, f"could not be handed to a worker: {error}", AGAIN))
        else:
            sent.add_done_callback(partial(self._arrived, task, future, again))
            sent.add_done_callback(lambda _: self._sent.pop(number, None))

    def _late(self, event: Any) -> None:
        """Take in that a worker gives up a photo, and let no other try it."""
        with self._lock:
            future, sent = self._sent.pop(event[1]["number"], (None, None))
            if future is None or sent is None:
                return
            if (task := self._waiting.get(future)) is not None:
                self._end(future, lost(task.source.path, Lost.LATE, self._timeout))
        threading.Thread(target=sent.cancel, daemon=True).start()  # it waits for the thread that this is

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
def connected(
    scheduler: str, paths: Sequence[str | Path | None], out: str | None, *, timeout: float | None = None
) -> Iterator[Cluster]:
    """Lend a cluster whose workers are fit for photos.

    Args:
        scheduler: Its address, such as `tcp://10.0.0.5:8786`.
        paths: What workers will open, as the user gave it.
        out: The output folder; None if nothing is written.
        timeout: Seconds that a photo of ordinary size may take; None for no limit.

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
        with Cluster(client, order, _examined(client, order, scheduler), timeout) as cluster:
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
    answers: dict[str, Any] = client.run(examine, order, on_error="return")
    for worker, answer in answers.items():
        if isinstance(answer, BaseException):
            what = f"the worker {worker} cannot use blurkit: {_words(answer)}"
            raise SettingsError(what, path=scheduler, hint="install blurkit there, the same version")
        if answer is not None:
            raise SettingsError(f"the worker {worker} {answer[0]}", path=scheduler, hint=answer[1])
    if not answers:
        raise SettingsError("the cluster has no worker", path=scheduler, hint=ONE_EACH)
    return len(answers)


@contextmanager
def _probe(out: str | None) -> Iterator[str | None]:
    """Make the output folder, and for a while an empty file in it that workers must see."""
    if out is None:
        yield None
        return
    probe = Path(os.path.abspath(out), f".blurkit-{secrets.token_hex(8)}.tmp")
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        file = new_file(probe, ORDINARY)
    except OSError as fault:
        raise OutputNotWritable(f"cannot be written: {fault.strerror}", path=out) from fault
    try:
        with file:
            with suppress(OSError):  # there may be no locks here
                lock(file.fileno())  # so that no other run sweeps it away
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
