"""Ctrl-C before there is any work to stop: the program is gone at once, without a word."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import Any, NoReturn

_INTERRUPTED = 130


def leave_on_interrupt() -> None:
    """End the program at Ctrl-C, as long as nothing is begun; an interrupt that is ignored stays so."""
    with suppress(ValueError):  # another thread than the main one
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _leave)


def heed_interrupts() -> None:
    """Let Ctrl-C interrupt the work from now on."""
    with suppress(ValueError):
        if signal.getsignal(signal.SIGINT) is _leave:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(*_: Any) -> NoReturn:
    os._exit(_INTERRUPTED)
