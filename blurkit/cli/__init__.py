"""The command line: the only part that prints."""

from blurkit.cli.entry import main

__all__ = ["main"]
