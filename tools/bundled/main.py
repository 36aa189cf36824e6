"""What the program of a bundle runs: `blurkit`, or with `-P -m blurkit.MODULE` a helper that blurkit starts itself."""

from __future__ import annotations

import runpy
import sys
from multiprocessing import freeze_support

HELPER = ["-P", "-m"]
"""How blurkit starts a module of its own with `sys.executable`, which in a bundle is this program."""

if __name__ == "__main__":
    freeze_support()
    if sys.argv[1:3] == HELPER and sys.argv[3].split(".")[0] == "blurkit":
        del sys.argv[:3]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        from blurkit.cli import main

        main()
