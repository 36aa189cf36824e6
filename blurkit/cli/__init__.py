"""The command line: the only part that prints."""

from blurkit.cli.app import main

__all__ = ["main"]
