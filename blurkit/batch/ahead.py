"""What a process loads that is started before it is known which photos there are and what is asked for."""

from __future__ import annotations

from blurkit.machine.memory import keep_freed_memory
from blurkit.machine.weights import open_ahead

NEARLY_ALWAYS = ("centerface", "second_look", "blaze_face_full_range", "age_faceres", "age_resnet")
"""Models that a run with few options opens."""


def load(threads: int) -> None:
    """Load what nearly every photo needs.

    Args:
        threads: Threads of one run of a model, as far as that can be guessed.
    """
    from PIL import Image

    keep_freed_memory()
    for name in NEARLY_ALWAYS:
        open_ahead(name, threads=threads)
    Image.preinit()
