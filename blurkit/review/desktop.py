"""Opens a folder or a report of this computer as a double-click would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from blurkit.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

OPENERS = ("open",) if sys.platform == "darwin" else ("xdg-open", "gio")
"""Programs that open a path, on systems that have no call for it."""


def show(path: Path) -> None:
    """Open a folder or a file in the program that the user has for it.

    Raises:
        SettingsError: It is not there, or nothing can open it; names the path so that a person can.
    """
    hint = f"open it yourself: {path}"
    if not path.exists():
        raise SettingsError("is not there yet", path=path, hint="write the safe photos first")
    if sys.platform == "win32":
        os.startfile(path)
        return
    opener = next((found for name in OPENERS if (found := shutil.which(name))), None)
    if opener is None:
        raise SettingsError("cannot be opened from here", path=path, hint=hint)
    command = [opener, *(["open"] if opener.endswith("gio") else []), str(path)]
    try:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as fault:
        raise SettingsError(f"cannot be opened from here: {fault.strerror}", path=path, hint=hint) from fault
