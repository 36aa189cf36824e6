"""A process that does one piece of work after the other, and one that is started before its work is known."""

from __future__ import annotations

import multiprocessing
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

from blurkit.errors import SettingsError
from blurkit.machine.serving import serve
from blurkit.machine.spawning import imports_are_safe, interrupts_held

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection


@dataclass(frozen=True, slots=True)
class Started:
    """A process that was started, and the connection to it."""

    process: Any
    """Of `multiprocessing`."""
    connection: Connection[Any, Any]
    """It takes what the process does, and then one piece after the other."""

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.join()
        self.connection.close()


_ahead: list[Started] = []
"""At most one, which waits to be told what it does."""


def start_ahead(loads: str, *given: object) -> None:
    """Start the process that will be the first to serve, so that it loads what it needs meanwhile.

    Args:
        loads: What it calls first, as `module:function`; this process need not have loaded that. What it raises is
            left to the work to meet.
        given: What it is called with.
    """
    with suppress(OSError, SettingsError):  # whoever needs the process starts one, and says what is wrong
        _ahead.append(_start((loads, given)))


def end_ahead() -> None:
    """End the process that was started ahead, if nothing needed it."""
    while _ahead:
        _ahead.pop().kill()


def started(work: Callable[[Any], Any], prepare: Callable[[], object] | None) -> Started:
    """Return a process that does a kind of work; it answers once when it is ready, and then each piece.

    Args:
        work: A function that a spawned process can import.
        prepare: Called first; what it raises is left to the work to meet.
    """
    one = _ahead.pop() if _ahead else _start()
    try:
        one.connection.send((work, prepare))
    except OSError:
        pass  # it died meanwhile, which its end of the connection tells as well
    except Exception:  # this cannot be sent
        one.kill()
        raise
    return one


def _start(ahead: tuple[str, tuple[object, ...]] | None = None) -> Started:
    spawn = multiprocessing.get_context("spawn")  # MediaPipe hangs in a process that was forked
    here, there = spawn.Pipe()
    process = spawn.Process(target=serve, args=(there, ahead), daemon=True)
    with imports_are_safe():
        if hasattr(signal, "pthread_sigmask"):  # started later, it would let Ctrl-C through again
            resource_tracker.ensure_running()
        with interrupts_held():
            process.start()
    there.close()
    return Started(process, here)
