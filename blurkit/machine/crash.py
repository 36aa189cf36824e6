"""What a crash leaves behind: no copy of the memory, since that holds the photo as it came."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import Any

PR_SET_DUMPABLE = 4
"""Source: prctl(2), https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html"""

NO_ERROR_REPORTS = 0x1 | 0x2
"""SEM_FAILCRITICALERRORS and SEM_NOGPFAULTERRORBOX: Windows writes no dump and asks nothing.

Source: https://learn.microsoft.com/en-us/windows/win32/api/errhandlingapi/nf-errhandlingapi-seterrormode
"""


def forbid_core_dumps() -> None:
    """Let no crash of this process write its memory to a file; the processes it starts must ask for themselves.

    On Linux that needs two settings: a limit of nothing does not stop a core that is piped to a program, and the other
    setting ends with every new program.
    """
    with suppress(OSError, AttributeError, ValueError):  # a system that has it not
        if sys.platform == "win32":
            windows: Any = ctypes.windll.kernel32
            windows.SetErrorMode(windows.GetErrorMode() | NO_ERROR_REPORTS)
            return
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with suppress(OSError, AttributeError):
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
