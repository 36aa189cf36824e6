"""Words from outside, such as file names, made fit to be shown."""

from __future__ import annotations


def one_line(text: str) -> str:
    """Return text with what would start a line or steer a terminal written out: file names hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def count(number: int, thing: str) -> str:
    """Return a number of things in words."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def clock(seconds: float) -> str:
    """Return a moment of a clip as minutes and seconds, such as `1:05`."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
