"""The priority at which this process computes: that which it was started with, whatever a library makes of it."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS = Path("/proc/self/task")


@contextmanager
def kept_priority() -> Iterator[None]:
    """Give all threads the scheduling back that this one has now, if it has another one at the end.

    SVT-AV1 asks for the highest real-time priority if it runs as root, as in a container; whatever this process starts
    from then on inherits it, and nothing else on the computer gets on. Elsewhere than on Linux it changes nothing.
    """
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        if os.sched_getscheduler(0) != policy:
            for thread in THREADS.iterdir():
                with suppress(ProcessLookupError):  # it has just ended
                    os.sched_setscheduler(int(thread.name), policy, parameters)
