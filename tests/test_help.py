"""The help: short, whole, in groups, in words, and each option written once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from blurkit.cli import options
from blurkit.cli.app import app
from blurkit.cli.help import HEADINGS, OTHER

LONGEST_SHORT_HELP = 45
COMMANDS = typer.main.get_command(app).commands


def help_of(*words):
    command = [sys.executable, "-m", "blurkit", *words, "--help"]
    root = Path(__file__).parent.parent
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=root, env={"COLUMNS": "80"}).stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_short_help_of_a_command_fits(name):
    short = COMMANDS[name].help.split("\n\n")[0]
    assert len(short) <= LONGEST_SHORT_HELP
    assert short.endswith(".")


def test_the_list_of_commands_cuts_none():
    shown = help_of()
    assert "..." not in shown.split("Commands:")[1]
    for command in COMMANDS.values():
        assert " ".join(command.help.split("\n\n")[0].split()) in shown


def test_options_stand_under_the_headings_of_their_groups_in_one_order():
    shown = re.findall(r"^(\w.*):$", help_of("run"), re.MULTILINE)
    assert shown == list(HEADINGS)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_an_option_takes_is_said_in_words(name):
    shown = help_of(name)
    assert not re.search(r"<|\brange\b|\blist\[|\{", shown)


def test_a_command_gets_its_groups_filled_and_has_no_option_that_it_leaves_out():
    given = []

    @options.grouped(without={"style", "color"})
    def command(photos: options.Photos, cover: options.Cover, once: bool = False) -> None:
        given.append((photos, cover, once))

    command(["a"], policy="everyone", once=True)
    assert given == [(["a"], options.Cover(policy="everyone"), True)]
    assert "style" not in command.__signature__.parameters
    assert {"policy", "shape", "once"} <= command.__signature__.parameters.keys()


def test_every_option_of_a_group_has_its_heading():
    for command in COMMANDS.values():
        for option in getattr(command, "params", ()):
            panel = getattr(option, "rich_help_panel", None)
            assert panel is None or panel in HEADINGS
            assert panel != OTHER


def test_the_command_line_is_short():
    assert len(Path(app.registered_commands[0].callback.__code__.co_filename).read_text().splitlines()) < 300
