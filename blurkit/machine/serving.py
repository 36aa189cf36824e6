"""What a spawned process of `workers` does: one piece of work after the other, until its parent wants no more."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from blurkit.errors import ExitCode
from blurkit.machine.crash import forbid_core_dumps

if TYPE_CHECKING:
    from collections.abc import Callable
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


def serve(parent: Connection[Any, Any], work: Callable[[Any], Any], prepare: Callable[[], object] | None) -> None:
    """Do one piece of work after the other, until the parent wants no more."""
    forbid_core_dumps()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _parents.append(parent)
    with suppress(Exception):  # each piece says what is wrong
        if prepare is not None:
            prepare()
    with suppress(EOFError, OSError):  # the parent has closed the connection
        parent.send((True, None))
        while True:
            piece = parent.recv()
            try:
                answer = True, work(piece)
            except Exception as error:
                answer = False, error
            parent.send(answer)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(int(ExitCode.INTERRUPTED))
