"""The models of this process and thread, opened at the first photo and kept for the next ones."""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING

from blurkit.machine.memory import keep_freed_memory
from blurkit.machine.weights import forget_ahead

if TYPE_CHECKING:
    from pathlib import Path

    from blurkit.pipeline import Blurrer
    from blurkit.settings import Settings

_blurrers = threading.local()
"""The models of this process and thread, opened at the first photo."""


def blurrer_of(settings: Settings, threads: int, decisions: Path | None = None) -> Blurrer:
    """Return the models of this process and thread, opened at the first photo; `close_models` closes them."""
    from blurkit.pipeline import Blurrer

    held: tuple[object, Blurrer] | None = getattr(_blurrers, "held", None)
    wanted = settings, decisions
    if held is None or held[0] != wanted:
        close_models()
        keep_freed_memory()
        held = wanted, Blurrer(settings, threads=threads, decisions=decisions)
        _blurrers.held = held
        forget_ahead()
    return held[1]


def close_models() -> None:
    """Close the models that `process` opened in this process and thread."""
    held: tuple[object, Blurrer] | None = getattr(_blurrers, "held", None)
    _blurrers.held = None
    if held is not None:
        held[1].close()


atexit.register(close_models)  # for spawned processes: MediaPipe complains if it is only swept up
