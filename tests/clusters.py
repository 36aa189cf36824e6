"""Real Dask clusters on this machine, whose workers are processes of their own, and what tests have them do."""

from __future__ import annotations

import os
import signal
import sys
import time
import warnings
from contextlib import contextmanager
from pathlib import Path

from blurkit.batch import Task
from blurkit.batch.naming import Source
from blurkit.errors import Bug
from blurkit.outcomes import PhotoFailure
from blurkit.records import Stage

LOCAL = {"host": "127.0.0.1", "protocol": "tcp://", "dashboard_address": None, "memory_limit": 0, "silence_logs": 60}

LINK = getattr(os, "link", None)
"""How outputs get their names, as it is."""


@contextmanager
def cluster(workers=2, *, processes=True):
    """Run so many workers with a thread each: spawned processes, or for speed threads of this one."""
    from distributed import LocalCluster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Dask's own making
        running = LocalCluster(n_workers=workers, threads_per_worker=1, processes=processes, **LOCAL)
        try:
            yield running
        finally:
            running.close()


@contextmanager
def client(of):
    """Connect to a cluster or an address."""
    from distributed import Client

    connected = Client(of, timeout=5, set_as_default=False)
    try:
        yield connected
    finally:
        connected.close()


def task(path, out=None):
    return Task(Source(Path(path), Path(path), None, str(path)), out, Path(Path(path).name))


def told(task, what):
    """Return an outcome that says something."""
    return PhotoFailure(task.source.path, Stage.BATCH, Bug, what, None)


def where(task):
    return told(task, str(Path.cwd()))


def kill_worker(task):
    """Die as for lack of memory if the photo is called deadly."""
    time.sleep(0.1)
    if task.source.path.stem == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return told(task, "done")


def hang(task):
    """Never end if the photo is called so."""
    if task.source.path.stem == "hangs":
        time.sleep(1000)
    return told(task, "done")


def die_after_writing(mark):
    """Let the first of these processes die when it has written an output, and leave a mark; None undoes it."""
    os.link = LINK
    if mark is None:
        return

    def deadly(*arguments):
        LINK(*arguments)
        if not Path(mark).exists():
            Path(mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)

    os.link = deadly


def wait_long(task):
    time.sleep(60)


def serve_until_killed():
    """Run a cluster with one worker, and print its address."""
    with cluster(1, processes=False) as running:
        sys.stdout.write(running.scheduler_address + "\n")
        sys.stdout.flush()
        time.sleep(90)


def fail(task):
    raise ZeroDivisionError("unforeseen")
