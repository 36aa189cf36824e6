"""The manual page is what the command line says, and shells complete commands and options."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.documents import ROOT, text
from tools.write_manual import manual
from tools.write_reference import commands


def test_the_manual_page_is_what_the_command_line_says():
    assert manual() == text("docs/blurkit.1"), "run `make docs`"


def test_the_manual_page_has_every_command_and_option():
    page = text("docs/blurkit.1").replace("\\-", "-")
    options = {name for command in commands().values() for each in command.params for name in each.opts}
    assert [name for name in commands() if f"blurkit {name}" not in page] == []
    assert [name for name in options if name.startswith("--") and name not in page] == []


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff sets the page")
def test_the_manual_page_is_set_without_a_warning():
    words = ["groff", "-man", "-Tutf8", "-ww", "-z", ROOT / "docs" / "blurkit.1"]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stderr == ""


@pytest.mark.parametrize(("typed", "offered"), [("blurkit re", "review"), ("blurkit run --pol", "--policy")])
def test_a_shell_completes_commands_and_options(typed, offered):
    words = {"_BLURKIT_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    run = "import sys; sys.argv = ['blurkit']; from blurkit.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", run], env=os.environ | words, capture_output=True, text=True)
    assert offered in done.stdout.split()
