"""Where the command begins, before its modules are loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from blurkit.machine.early import heed_interrupts, leave_on_interrupt

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line. Its modules take a while to load, and until they are nothing is begun."""
    leave_on_interrupt()
    try:
        from blurkit.cli.app import main as run

        run(arguments)
    finally:
        heed_interrupts()
