"""Where the command begins, before its modules are loaded."""

from __future__ import annotations

import itertools
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from blurkit.machine.early import heed_interrupts, leave_on_interrupt

if TYPE_CHECKING:
    from collections.abc import Sequence

HELP = {"--help", "-h"}
"""Words with which a command does nothing else."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line. Its modules take a while to load, and until they are nothing is begun."""
    leave_on_interrupt()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # what else is installed has no say in settings
    if arguments is None:
        start_what_will_be_needed(sys.argv[1:])
    try:
        from blurkit.cli.app import main as run

        run(arguments)
    finally:
        heed_interrupts()


def start_what_will_be_needed(words: Sequence[str]) -> None:
    """Start the process that does the first photo while the command line is still being read.

    Args:
        words: The command line.
    """
    if words[:1] not in (["run"], ["detect"]) or not HELP.isdisjoint(words):
        return
    from pathlib import Path

    from blurkit.machine.ahead import start_ahead
    from blurkit.machine.workers import available_cpus

    named = [
        word for before, word in itertools.pairwise(words) if (before == "--" or before[:1] != "-") and word[:1] != "-"
    ]
    is_one = len(named) == 1 and not Path(named[0]).is_dir()
    start_ahead("blurkit.batch.ahead:load", available_cpus() if is_one else 1)
