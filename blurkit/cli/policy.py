"""`blurkit policy`: prints or checks a policy."""

from __future__ import annotations

from typing import Annotated

import typer

from blurkit.cli import help
from blurkit.cli.console import write_out
from blurkit.cli.guard import end
from blurkit.errors import ExitCode
from blurkit.words import one_line

app = typer.Typer(cls=help.Group, no_args_is_help=True, rich_markup_mode=None, help="Print or check a policy.")


@app.command("show", cls=help.Command)
def policy_show(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A preset or a TOML file.")] = "children",
) -> None:
    """Print a policy as TOML, complete."""

    def work() -> ExitCode:
        from blurkit.settings import policy_toml, read_policy

        write_out(policy_toml(*read_policy(name)).rstrip())
        return ExitCode.OK

    end(work)


@app.command("check", cls=help.Command)
def policy_check(name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A preset or a TOML file.")]) -> None:
    """Check a policy and say in words what it does."""

    def work() -> ExitCode:
        from blurkit.appearance import in_words
        from blurkit.policy import explain
        from blurkit.settings import Settings

        checked = Settings.of(policy=name)
        write_out("\n".join(map(one_line, [*explain(checked.policy), in_words(checked.obscure)])))
        return ExitCode.OK

    end(work)
