"""Values that a user wrote, checked against a model. A mistake becomes words: the key, what it may be, what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args

import pydantic
from pydantic import BaseModel

from blurkit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

LONGEST = 60
"""Letters of a wrong value that are shown."""


def validated(model: type[Model], values: dict[str, Any], *, origin: str, hint: str) -> Model:
    """Check plain values against a settings model.

    Args:
        model: The settings class.
        values: Keys and values, as TOML gives them.
        origin: Where the values come from, for the message.
        hint: What helps if one is wrong.

    Returns:
        The frozen settings.

    Raises:
        SettingsError: An unknown key or a value that is not allowed; names the key and what is allowed.
    """
    try:
        return model.model_validate(values)
    except pydantic.ValidationError as fault:
        problems = fault.errors(include_url=False)
        places = [problem["loc"] for problem in problems]
        lines = [
            _in_words(model, problem)
            for problem in problems
            if not any(
                len(place) > len(problem["loc"]) and place[: len(problem["loc"])] == problem["loc"] for place in places
            )
        ]
        raise SettingsError("; ".join(lines), path=origin, hint=hint) from fault


def _in_words(model: type[BaseModel], problem: ErrorDetails) -> str:
    key = ".".join(str(part) for part in problem["loc"]) or model.__name__
    if problem["type"] == "extra_forbidden":
        return f"unknown key '{key}'; known here: {', '.join(sorted(_known_at(model, problem['loc'])))}"
    what, value = problem["msg"].removeprefix("Value error, "), shown(problem["input"])
    return f"{key}: {what} (got {value})" if value else f"{key}: {what}"


def shown(value: object) -> str:
    """Return a value as somebody may have written it; nothing for a table, whose key says where it is."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, list | tuple):
        inside = [shown(each) for each in value]
        return f"[{', '.join(inside)}]"[:LONGEST] if all(inside) else ""
    return repr(value)[:LONGEST] if isinstance(value, str | int | float) else ""


def _known_at(model: type[BaseModel], location: tuple[int | str, ...]) -> set[str]:
    """Return the keys known at the place of an unknown one."""
    for part in location[:-1]:
        if part in model.model_fields:
            model = next(_models_in(model.model_fields[str(part)].annotation), model)
    return set(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inside in get_args(annotation):
        yield from _models_in(inside)
