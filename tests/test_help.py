"""The help: short, whole, in groups, in words, and each option written once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from blurkit.choices import CHILDREN, Children
from blurkit.cli import options
from blurkit.cli.app import app
from blurkit.cli.help import HEADINGS, OTHER
from blurkit.errors import SettingsError
from blurkit.settings import load_policy

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


@pytest.mark.parametrize("command", ["run", "watch", "detect", "review"])
def test_whoever_decides_by_age_can_be_told_how_old_the_children_are(command):
    assert "--children" in help_of(command)


@pytest.mark.parametrize(("said", "age"), CHILDREN.items())
@pytest.mark.parametrize("policy", ["children", "cautious"])
def test_what_the_user_knows_of_the_children_is_the_age_of_a_child(said, age, policy):
    made = options.settings(options.Cover(policy=policy, children=said)).policy
    assert made == load_policy(policy).model_copy(update={"child_age": age})
    assert options.settings(options.Cover(policy=policy)).policy == load_policy(policy)


@pytest.mark.parametrize("policy", ["everyone", "consent"])
def test_a_policy_that_guesses_no_age_refuses_to_be_told_of_the_children(policy):
    with pytest.raises(SettingsError, match="guesses no age"):
        options.settings(options.Cover(policy=policy, children=Children.UP_TO_11))


def test_a_margin_that_is_below_the_age_said_is_refused(tmp_path):
    (tmp_path / "ours.toml").write_text('preset = "children"\nchild_age = 12\njudge_as_under = 14\n')
    cover = options.Cover(policy=str(tmp_path / "ours.toml"), children=Children.UP_TO_18)
    with pytest.raises(SettingsError, match="judge_as_under"):
        options.settings(cover)
