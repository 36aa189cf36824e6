"""From where Python may import: never from the folder somebody works in, which may hold files of others.

This is imported before anything else of blurkit, so it imports nothing of the standard library that is not loaded yet.
"""

import os
import sys


def leave_working_folder_out() -> None:
    """Take back what `python -m blurkit` does: it looks for every module in the working folder first.

    If blurkit itself lies there, the folder comes after the standard library.
    """
    if sys.flags.safe_path or sys.argv[:1] != ["-m"] or not _is_ours(sys.orig_argv[-len(sys.argv)]):
        return
    home = os.path.abspath(__file__).rsplit(os.sep, 3)[0]
    folder = sys.path.pop(0)
    if os.path.realpath(folder) == os.path.realpath(home):
        packages = [place for place, entry in enumerate(sys.path) if entry.endswith("-packages")]
        sys.path.insert(packages[0] if packages else len(sys.path), home)


def _is_ours(module: str) -> bool:
    return module.removeprefix("-m") in ("blurkit", "blurkit.__main__")
