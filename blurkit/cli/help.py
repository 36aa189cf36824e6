"""The help of a command: options under the headings of their groups, in plain text, the same on every console."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from blurkit.cli.console import complain
from blurkit.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable

OTHER = "Other options"
"""The heading of options that belong to no group."""

HEADINGS = ("Arguments", "What to cover", "Output", "Which photos", "Report", OTHER)
"""In this order."""


class Command(TyperCommand):
    """A command whose help has headings."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words after the command's name: `[OPTIONS] PHOTOS...`."""
        arguments = [each for each in self.get_params(ctx) if each.param_type_name == "argument"]
        return ["[OPTIONS]", *map(usage, arguments)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then the options by group."""
        _write(self.get_params(ctx), ctx, formatter)


class Group(TyperGroup):
    """A command with commands below it, whose help has headings."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, then the commands."""
        self.format_commands(ctx, formatter)
        _write(self.get_params(ctx), ctx, formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a command by its name; a photo or a folder in its place gets the command that was meant."""
        name = args[0]
        if name not in self.commands and not name.startswith("-") and ("/" in name or Path(name).exists()):
            what = "a folder" if Path(name).is_dir() else "a file"
            complain(f"{name}: is {what}, and a command comes first", f"blurkit run {shlex.quote(name)} --out safe")
            raise typer.Exit(int(ExitCode.USAGE))
        return super().resolve_command(ctx, args)


def usage(argument: Any) -> str:
    """Return how an argument is written: in brackets if it may be left out, with dots if there may be several."""
    name = argument.metavar or argument.name.upper()
    return (name if argument.required else f"[{name}]") + ("" if argument.nargs == 1 else "...")


def record(parameter: Any, context: Any) -> tuple[str, str]:
    """Return how an option or argument is written, and what it does."""
    names = [", ".join(sorted(parameter.opts, key=len)), *parameter.secondary_opts]
    if parameter.param_type_name == "argument":
        names = [usage(parameter).strip("[]")]
    elif not parameter.is_flag:
        names[0] += f" {parameter.metavar or parameter.name.upper()}"
    help = parameter.help or ""
    default = parameter.get_default(context, call=False)
    if default not in (None, False, True, ()) and parameter.param_type_name == "option":
        help += f" [default: {default:g}]" if isinstance(default, float) else f" [default: {default}]"
    return " / ".join(names), help


def _write(parameters: Iterable[Any], context: Any, formatter: Any) -> None:
    groups: dict[str, list[tuple[str, str]]] = {}
    for parameter in parameters:
        argument = parameter.param_type_name == "argument"
        group = "Arguments" if argument else getattr(parameter, "rich_help_panel", None) or OTHER
        if not parameter.hidden:
            groups.setdefault(group, []).append(record(parameter, context))
    for group in sorted(groups, key=HEADINGS.index):
        with formatter.section(group):
            formatter.write_dl(groups[group])
