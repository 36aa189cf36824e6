"""Writes the manual page `docs/blurkit.1` from the command line itself and the reference's exit codes: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.cli.app import app
from blurkit.cli.help import OTHER, record, usage
from tools.write_reference import REFERENCE, commands, context

if TYPE_CHECKING:
    from collections.abc import Iterator

MANUAL = Path(__file__).parent.parent / "docs" / "blurkit.1"


def manual() -> str:
    """Return the whole page, as roff with the macros of man(7)."""
    lines = ['.TH BLURKIT 1 "" "blurkit" "User Commands"', ".SH NAME", "blurkit \\- make photos safe to publish"]
    lines += [".SH SYNOPSIS", ".B blurkit", "\\fICOMMAND\\fR [\\fIOPTIONS\\fR] ...", ".SH DESCRIPTION"]
    lines += [_text(app.info.help or ""), ".SH COMMANDS", *_commands(), *_options(), ".SH EXIT STATUS", *_codes()]
    lines += [".SH SEE ALSO", "The guide for schools and the reference, in the folder \\fIdocs\\fR of the source."]
    return "\n".join(lines) + "\n"


def _commands() -> Iterator[str]:
    for name, command in commands().items():
        arguments = [usage(each) for each in command.params if each.param_type_name == "argument"]
        yield from (".TP", f".B {_text(' '.join(['blurkit', name, *arguments]))}", _text(command.help))


def _options() -> Iterator[str]:
    """Yield a section for each group of options; an option stands once, whatever commands have it."""
    groups: dict[str, dict[tuple[str, str], list[str]]] = {}
    for name, command in commands().items():
        for option in command.params:
            if option.param_type_name == "option" and not option.hidden:
                group = getattr(option, "rich_help_panel", None) or OTHER
                groups.setdefault(group, {}).setdefault(record(option, context(command)), []).append(name)
    for group in sorted(groups, key=lambda group: group == OTHER):
        yield f".SH {_text(group.upper())}"
        for (names, text), of in groups[group].items():
            yield from (".TP", f".B {_text(names)}", f"{_text(text)} ({_text(', '.join(of))})")


def _codes() -> Iterator[str]:
    for code, words in re.findall(r"^\| (\d+) \| (.+) \|$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE):
        yield from (".TP", f".B {code}", _text(words))


def _text(text: str) -> str:
    """Return a text as one line of roff: marks of Markdown gone, hyphens as they are typed."""
    plain = " ".join(text.replace("`", "").split()).replace("\\", "\\e").replace("-", "\\-")
    return plain if not plain.startswith((".", "'")) else f"\\&{plain}"


def main() -> None:
    """Rewrite the manual page."""
    MANUAL.write_text(manual(), encoding="utf-8")


if __name__ == "__main__":
    main()
