"""Threads that use one object take turns."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Class = TypeVar("Class", bound=type)


def in_turns(*names: str) -> Callable[[Class], Class]:
    """Let one thread at a time into methods of a class; its objects hold a reentrant lock, `_turn`.

    Args:
        names: The methods.
    """

    def decorate(of: Class) -> Class:
        for name in names:
            setattr(of, name, _locked(getattr(of, name)))
        return of

    return decorate


def _locked(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def locked(self: Any, *arguments: Any, **options: Any) -> Any:
        with self._turn:
            return method(self, *arguments, **options)

    return locked
