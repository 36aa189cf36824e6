"""How a process of ours is started: nothing of the working folder is imported, and Ctrl-C is its parent's."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from blurkit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

SAFE_PATH = "PYTHONSAFEPATH"
"""Variable by which a Python imports nothing from the folder it is started in."""

_starting = threading.RLock()
"""Held while the variables of this process are those of the process that is started."""


@contextmanager
def imports_are_safe() -> Iterator[None]:
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
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back until a process is started whole; the process never gets it, not even before its first line."""
    is_main = threading.current_thread() is threading.main_thread()  # only that is interrupted
    held: list[int] = []
    handled = [number for number in (signal.SIGINT, signal.SIGTERM) if is_main and callable(signal.getsignal(number))]
    before = {number: signal.signal(number, lambda number, _: held.append(number)) for number in handled}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    try:  # a process inherits what is blocked here, but no handler
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, handler)
    for stop in held:
        signal.raise_signal(stop)
