"""What a spawned process of `workers` does: one piece of work after the other, until its parent wants no more."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from blurkit.errors import ExitCode
from blurkit.machine.crash import forbid_core_dumps

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


class Said:
    """What work that is under way said of itself."""

    def __init__(self, value: object) -> None:
        """Hold what it said."""
        self.value = value


_parents: list[Connection[Any, Any]] = []
"""The way to the parent of this process, if it is one that serves."""


def tell(value: object) -> None:
    """Say how far the work under way is, from within it: its time starts over. Elsewhere nobody listens."""
    for parent in _parents:
        with suppress(OSError):  # the parent has closed the connection
            parent.send((None, value))


def serve(parent: Connection[Any, Any], ahead: tuple[str, tuple[object, ...]] | None) -> None:
    """Be told what to do, then do one piece of it after the other, until the parent wants no more.

    Args:
        parent: The way to the parent.
        ahead: What to call first, as `module:function`, and with what; what it raises is left to the work to meet.
    """
    forbid_core_dumps()
    with suppress(OSError):  # standard output is the parent's own: it may hold a photo or a document
        os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _parents.append(parent)
    if ahead is not None:
        _load(*ahead)
    with suppress(EOFError, OSError):  # the parent has closed the connection
        work, prepare = parent.recv()
        with suppress(Exception):  # each piece says what is wrong
            if prepare is not None:
                prepare()
        parent.send((True, None))
        while True:
            piece = parent.recv()
            try:
                answer = True, work(piece)
            except Exception as error:
                answer = False, error
            parent.send(answer)
    _end()


def _load(loads: str, given: tuple[object, ...]) -> None:
    module, _, function = loads.partition(":")
    gc.disable()  # nothing of what is loaded is garbage, and looking for it takes a tenth of the time
    with suppress(Exception):  # each piece says what is wrong
        getattr(import_module(module), function)(*given)
    gc.enable()


def _end() -> NoReturn:
    """End without taking apart what is loaded, which takes as long as a photo's check."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # nobody reads it
            stream.flush()
    os._exit(0)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(int(ExitCode.INTERRUPTED))
