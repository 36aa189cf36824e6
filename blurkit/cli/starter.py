"""A file to double-click that opens the review page with its folder chooser: for Windows, macOS and Linux."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from blurkit.errors import OutputExists, OutputNotWritable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MARK = "-P -m blurkit review"
"""What every starter runs, by which a later one knows that it may replace it; -P: nothing next to it is imported."""

WAIT = "{ echo; echo 'Press Enter to close this window.'; read -r answer; }"
"""In a shell: what went wrong stays readable."""

NAMES: Mapping[str, str] = {"win32": "blurkit.bat", "darwin": "blurkit.command"}
"""Name of the file by `sys.platform`; others have a desktop entry."""


def make(folder: Path, system: str, python: str) -> Path:
    """Write a starter into a folder, and return its path.

    Args:
        folder: Where to put it, usually the desktop.
        system: As `sys.platform` says.
        python: The Python in which blurkit is installed.

    Raises:
        OutputExists: Another file has that name.
        OutputNotWritable: It cannot be written.
    """
    path = folder / NAMES.get(system, "blurkit.desktop")
    try:
        if path.exists() and MARK.encode() not in path.read_bytes():
            raise OutputExists("is another file", path=path, hint="rename it, or name another folder")
        path.write_bytes(content(system, python).encode())
        path.chmod(0o755)
    except OSError as fault:
        hint = "name a folder: blurkit doctor --starter FOLDER"
        raise OutputNotWritable(f"cannot be written: {fault.strerror}", path=path, hint=hint) from fault
    return path


def content(system: str, python: str) -> str:
    """Return what a starter holds."""
    if system == "win32":
        escaped = python.replace("%", "%%")
        lines = ["@echo off", "chcp 65001 >nul", "title blurkit", f'"{escaped}" {MARK}', "if errorlevel 1 pause"]
        return "\r\n".join([*lines, ""])
    command = f"{shlex.quote(python)} {MARK} || {WAIT}"
    if system == "darwin":
        return f"#!/bin/sh\n{command}\n"
    entries = {
        "Type": "Application",
        "Name": "blurkit",
        "Comment": "Cover children's faces in photos before they are published",
        "Exec": f"/bin/sh -c {_entry_argument(command)}",
        "Icon": "camera-photo",
        "Terminal": "true",
        "Categories": "Graphics;Photography;",
    }
    return "\n".join(["[Desktop Entry]", *(f"{name}={value}" for name, value in entries.items()), ""])


def _entry_argument(argument: str) -> str:
    r"""Quote an argument of a desktop entry's command.

    Inside double quotes `"`, a backtick, `$` and `\` take a backslash, each backslash is doubled once more as in every
    value, and `%` is doubled. Source: Desktop Entry Specification 1.5, "The Exec key",
    https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html
    """
    quoted = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in argument)
    return f'"{quoted}"'.replace("\\", "\\\\").replace("%", "%%")
