"""Writes the tables of commands and options in `docs/reference.md` from the command line itself: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from blurkit.cli.app import app
from blurkit.cli.help import OTHER, record, usage

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = Path(__file__).parent.parent / "docs" / "reference.md"


def commands() -> dict[str, Any]:
    """Return every command by its words, as Click describes it."""

    def below(group: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from below(command, (*words, name))
            elif not command.hidden:
                yield " ".join((*words, name)), command

    return dict(below(typer.main.get_command(app), ()))


def command_table() -> str:
    """Return one row per command: how it is called, and what it is for."""
    rows = []
    for name, command in commands().items():
        arguments = [usage(each) for each in command.params if each.param_type_name == "argument"]
        call = " ".join(["blurkit", name, *arguments])
        rows.append(f"| `{_cell(call)}` | {_cell(command.help)} |")
    return "\n".join(["| command | |", "|---|---|", *rows])


def option_tables() -> str:
    """Return one table per group of options, with one row per option: its names, its commands and its help."""
    groups: dict[str, dict[tuple[str, str], list[str]]] = {}
    for name, command in commands().items():
        for option in command.params:
            if option.param_type_name == "option" and not option.hidden:
                group = getattr(option, "rich_help_panel", None) or OTHER
                groups.setdefault(group, {}).setdefault(record(option, context(command)), []).append(name)
    tables = [_table(group, groups[group]) for group in sorted(groups, key=lambda group: group == OTHER)]
    return "\n\n".join([*tables, "`--help` explains a command, and `blurkit --version` prints the version."])


def _table(group: str, rows: dict[tuple[str, str], list[str]]) -> str:
    lines = [f"| `{_cell(names)}` | {', '.join(of)} | {_cell(text)} |" for (names, text), of in rows.items()]
    return "\n".join([f"### {group}", "", "| option | commands | |", "|---|---|---|", *lines])


def context(command: Any) -> Any:
    """Return what Click needs to know of a command to tell its options."""
    return command.make_context(command.name, ["--help"], resilient_parsing=True)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def current(document: str) -> str:
    """Return the document with its tables as the command line is now."""
    for mark, table in (("commands", command_table()), ("options", option_tables())):
        document = re.sub(
            rf"(<!-- {mark}: .*? -->\n).*?(<!-- end -->)",
            rf"\g<1>\n{_literal(table)}\n\n\g<2>",
            document,
            flags=re.DOTALL,
        )
    return document


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\")


def main() -> None:
    """Rewrite the reference."""
    REFERENCE.write_text(current(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
