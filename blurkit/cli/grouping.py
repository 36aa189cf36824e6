"""Gives a command one option for each field of the groups that it takes whole."""

from __future__ import annotations

import dataclasses
import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

Command = TypeVar("Command", bound="Callable[..., None]")


def grouped(*, without: Collection[str] = ()) -> Callable[[Command], Command]:
    """Give a command one option for each field of the groups that it takes, which it gets filled.

    Args:
        without: Fields that the command has no use for; they keep their defaults.
    """

    def decorate(command: Command) -> Command:
        own, flat = [], []
        groups: dict[str, Any] = {}
        for parameter in inspect.signature(command, eval_str=True).parameters.values():
            if not dataclasses.is_dataclass(parameter.annotation):
                own.append(parameter)
                continue
            group: Any = parameter.annotation
            groups[parameter.name] = group
            hints = inspect.get_annotations(group, eval_str=True)
            fields = [field for field in dataclasses.fields(group) if field.name not in without]
            flat += [
                inspect.Parameter(each.name, parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name])
                for each in fields
            ]

        @wraps(command)
        def filled(*arguments: Any, **values: Any) -> None:
            for name, group in groups.items():
                known = [field.name for field in dataclasses.fields(group) if field.name in values]
                values[name] = group(**{field: values.pop(field) for field in known})
            command(*arguments, **values)

        parameters = [*own, *flat]
        filled.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        filled.__annotations__ = {each.name: each.annotation for each in parameters}
        return filled  # type: ignore[return-value]

    return decorate
