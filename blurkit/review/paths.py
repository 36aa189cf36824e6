"""Numbers in the paths of the page."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor


class Short(Convertor[int]):
    """A number in a path, of at most nine digits: Python refuses to read thousands of them."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Return the number as it stands in a path."""
        return str(value)


def register() -> None:
    """Let paths of routes name such numbers as `short`."""
    register_url_convertor("short", Short())
