"""The documents say what the program does: every command, option and exit code, and one way to run the tests."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import blurkit
from blurkit.choices import PRESETS
from blurkit.cli.app import app
from blurkit.errors import ExitCode
from tests.end_to_end.process import small

ROOT = Path(__file__).parent.parent
TEST_COMMAND = "python -m pytest -n 2"
DOCUMENTS = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "THREAT_MODEL.md",
    "models/README.md",
    "samples/README.md",
    "docs/schools.md",
    "docs/dpia.md",
    "docs/developers.md",
)


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def commands():
    """Return every command by its words, with Click's own description of it."""

    def below(group, words):
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from below(command, (*words, name))
            else:
                yield (*words, name), command

    return dict(below(typer.main.get_command(app), ()))


def options():
    return sorted({name for command in commands().values() for option in command.params for name in option.opts})


def test_every_command_is_in_the_readme():
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text("README.md"), re.MULTILINE | re.DOTALL))
    lines = [line for line in blocks.splitlines() if line.startswith("blurkit ")]
    missing = [words for words in commands() if not any(set(words) <= set(re.findall(r"\w+", line)) for line in lines)]
    assert missing == []


def test_every_option_is_in_the_readme():
    readme = text("README.md")
    missing = [name for name in options() if name.startswith("--") and not re.search(rf"{name}\b", readme)]
    assert missing == []


def test_every_option_in_the_readme_is_there():
    of_others = {"--group", "--help", "--version"}
    known = {name for command in commands().values() for option in command.params for name in option.opts}
    known |= {name for command in commands().values() for option in command.params for name in option.secondary_opts}
    table = "\n".join(line for line in text("README.md").splitlines() if line.startswith("|") or "blurkit " in line)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", table)) - known - of_others == set()


def test_every_exit_code_is_in_the_readme():
    rows = dict(re.findall(r"^\| (\d+) \| (.+) \|$", text("README.md"), re.MULTILINE))
    assert {int(code) for code in rows} == {int(code) for code in ExitCode}


def test_every_command_and_option_has_help():
    for words, command in commands().items():
        assert command.help, words
        for option in command.params:
            assert getattr(option, "help", None), (words, option.name)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_in_the_readme(preset):
    assert f"`{preset}`" in text("README.md")


@pytest.mark.parametrize("name", ["README.md", ".ci/run", "CONTRIBUTING.md"])
def test_the_tests_are_run_by_the_same_command_everywhere(name):
    assert TEST_COMMAND in text(name)


def test_make_test_is_that_command():
    recipe = re.search(r"^test:\n\t(.+)$", text("Makefile"), re.MULTILINE)
    assert recipe.group(1).replace("$(PYTHON)", "python") == TEST_COMMAND


def test_make_has_five_words():
    phony = re.search(r"^\.PHONY: all (.+)$", text("Makefile"), re.MULTILINE)
    assert phony.group(1).split() == ["test", "lint", "fmt", "golden", "bench"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_a_document_names_is_there(name):
    folder = (ROOT / name).parent
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text(name))
    assert [link for link in links if "://" not in link and not (folder / link).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_that_a_document_names_is_there(name):
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [test for test in re.findall(r"`(test_\w+)`", text(name)) if f"def {test}(" not in tests] == []
    paths = re.findall(r"`(tests/[\w/.]+)`", text(name))
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.model
@pytest.mark.parametrize("name", ["README.md", "docs/developers.md"])
def test_the_python_in_a_document_runs(name, tmp_path):
    small(tmp_path, "photo.jpg", width=480)
    shutil.copytree(tmp_path, tmp_path / "photos")
    blocks = re.findall(r"^```python\n(.*?)^```", text(name), re.MULTILINE | re.DOTALL)
    assert blocks
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "safe.jpg").exists()
    for written in {"one-shown.jpg", "corner.jpg", "safe/photo.jpg"} if "developers" in name else ():
        assert (tmp_path / written).exists()


def test_every_key_of_the_json_document_is_described():
    def keys(value):
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    document = json.loads((ROOT / "tests" / "golden" / "report.json").read_text(encoding="utf-8"))
    of_the_example = set(document["models"]) | set(document["companions"])
    described = set(re.findall(r"`(\w+)`", text("docs/developers.md").split("## The JSON document")[1]))
    assert keys(document) - of_the_example - described == set()


def test_every_figure_for_an_assessment_is_in_the_readme():
    """Figures are measured once, and stand in one place; elsewhere they are the same."""
    errs = text("docs/dpia.md").split("## How often it errs")[1].split("## What remains")[0]
    figures = set(re.findall(r"\d[\d.]* %|none of \d+|of \d{2,}|\d[\d.]* to \d[\d.]*", errs))
    assert len(figures) > 15
    readme = text("README.md").replace("none of\n63 Black", "none of 63 Black")
    assert [figure for figure in figures if figure not in readme] == []


def test_the_changelog_has_the_version_or_what_comes_next():
    changelog = text("CHANGELOG.md")
    assert "## [Unreleased]" in changelog or f"## [{blurkit.__version__}]" in changelog


def test_commands_in_the_readme_are_spelt_as_they_are():
    """Every line that starts with `blurkit` names a command that is there, once `review` and others are."""
    known = {words[0] for words in commands()}
    blocks = re.findall(r"^```\w*\n(.*?)^```", text("README.md"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("blurkit ")]
    assert lines
    assert {shlex.split(line.replace("|", " "))[1] for line in lines} <= known


@pytest.mark.parametrize("model", sorted(path.name for path in (ROOT / "models").glob("*.onnx")))
def test_every_model_is_in_the_notice_and_has_a_card(model):
    assert model in text("NOTICE")
    assert model in text("models/README.md")
