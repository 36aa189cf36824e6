"""The one place where exceptions become messages and exit codes."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, NoReturn

import typer

from blurkit.cli.console import complain, say
from blurkit.errors import BlurkitError, ExitCode
from blurkit.language import tr
from blurkit.machine.early import heed_interrupts

if TYPE_CHECKING:
    from collections.abc import Callable


def guarded(work: Callable[[], ExitCode], *, debug: bool = False) -> ExitCode:
    """Do the work of a command; the one place where exceptions become messages and exit codes."""
    heed_interrupts()
    try:
        code = work()
    except BlurkitError as error:
        code = error.exit_code
        complain(str(error), error.hint)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
        say(tr("stopped; finished photos are kept, no half-written file is left"))
    except BrokenPipeError:
        code = ExitCode.OUTPUT
    except Exception as error:
        code = ExitCode.BUG
        hint = traceback.format_exc() if debug else tr("run again with --debug")
        complain(tr("a fault of blurkit: {fault}").format(fault=f"{type(error).__name__}: {error}"), hint)
    return code


def end(work: Callable[[], ExitCode], *, debug: bool = False) -> NoReturn:
    """Do the work of a command, and end with its exit code."""
    raise typer.Exit(int(guarded(work, debug=debug)))
