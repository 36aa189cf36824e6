"""The documents say what the program does: every command, option, exit code, key and figure, each in one place."""

import json
import re
import tomllib

import pytest

import blurkit
from blurkit.choices import PRESETS
from blurkit.errors import ExitCode
from tests.conftest import SLOW, SLOW_TESTS
from tests.documents import ROOT, blocks, text
from tools.write_reference import REFERENCE, commands, current

TEST_COMMAND = "python -m pytest -n 2"
README_BYTES = 7000


def test_the_readme_is_short():
    assert len(text("README.md").encode()) <= README_BYTES


def test_every_command_is_in_the_readme():
    lines = [line for block in blocks("README.md", "text") for line in block.lines]
    missing = [
        name for name in commands() if not any(set(name.split()) <= set(re.findall(r"\w+", line)) for line in lines)
    ]
    assert missing == []


def test_the_reference_has_the_commands_and_options_of_the_command_line():
    assert current(text("docs/reference.md")) == text("docs/reference.md"), "run `make docs`"


def test_a_reference_that_is_out_of_date_is_noticed():
    changed = text("docs/reference.md").replace("--policy", "--polity", 1)
    assert current(changed) != changed
    assert current(changed) == REFERENCE.read_text(encoding="utf-8")


STAGES = (
    "load",
    "detect",
    "age",
    "policy",
    "obscure",
    "encode",
    "metadata",
    "batch",
    "review",
    "audit",
    "watch",
    "report",
)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_says_in_one_line_what_goes_in_and_what_comes_out(stage):
    line = text(f"blurkit/{stage}/__init__.py").splitlines()[0]
    assert re.fullmatch(r'"""[^"]+ in\b[^"]+ out\b[^"]*\."""', line)


def test_every_exit_code_is_in_the_reference():
    rows = dict(re.findall(r"^\| (\d+) \| (.+) \|$", text("docs/reference.md"), re.MULTILINE))
    assert {int(code) for code in rows} == {int(code) for code in ExitCode}


def test_every_command_and_option_has_help():
    for name, command in commands().items():
        assert command.help, name
        for option in command.params:
            assert getattr(option, "help", None), (name, option.name)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_described(preset):
    assert f"| `{preset}`" in text("docs/policies.md")


@pytest.mark.parametrize("policy", sorted(path.name for path in (ROOT / "samples" / "policies").glob("*.toml")))
def test_every_policy_to_start_from_is_described(policy):
    assert f"`samples/policies/{policy}`" in text("docs/policies.md")


@pytest.mark.parametrize("name", ["README.md", ".ci/run", "CONTRIBUTING.md"])
def test_the_tests_are_run_by_the_same_command_everywhere(name):
    assert TEST_COMMAND in text(name)


def test_make_test_is_that_command():
    recipe = re.search(r"^test:\n\t(.+)$", text("Makefile"), re.MULTILINE)
    assert recipe.group(1).replace("$(PYTHON)", "python") == TEST_COMMAND


def test_slow_tests_that_the_quick_loop_leaves_out_are_there():
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in SLOW_TESTS if f"def {name}(" not in tests] == []
    assert [name for name in SLOW if not (ROOT / "tests" / name).exists()] == []


def test_contributing_has_every_word_of_make():
    words = re.search(r"^\.PHONY: all (.+)$", text("Makefile"), re.MULTILINE).group(1).split()
    assert [word for word in words if f"| `make {word}` |" not in text("CONTRIBUTING.md")] == []


def test_every_key_of_the_json_document_is_described():
    def keys(value):
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    document = json.loads(text("tests/golden/report.json"))
    of_the_example = set(document["models"]) | set(document["companions"])
    described = set(re.findall(r"`(\w+)`", text("docs/developers.md").split("## The JSON document")[1]))
    assert keys(document) - of_the_example - described == set()


def figures(words):
    return set(re.findall(r"\d[\d.]* %|none of \d+|of \d{2,}|\d[\d.]* to \d[\d.]*|\d[\d.]* s\b", words))


@pytest.mark.parametrize(
    ("name", "heading", "least"), [("README.md", "## Six numbers", 6), ("docs/dpia.md", "## How often it errs", 15)]
)
def test_every_figure_elsewhere_is_the_measured_one(name, heading, least):
    """Figures are measured once, and stand in one place; elsewhere they are the same."""
    section = text(name).split(heading)[1].split("\n## ")[0]
    measured = text("docs/figures.md")
    assert len(figures(section)) >= least
    assert [figure for figure in figures(section) if figure not in measured] == []


def test_a_figure_that_differs_is_noticed():
    assert figures("0.3 % of 1,475") - figures(text("docs/figures.md")) == {"0.3 %"} or "0.3 %" in text(
        "docs/figures.md"
    )


def test_the_changelog_has_the_version_or_what_comes_next():
    changelog = text("CHANGELOG.md")
    assert "## [Unreleased]" in changelog or f"## [{blurkit.__version__}]" in changelog


def test_the_citation_names_the_version_and_nobody():
    version = re.search(r"^version: (\S+)$", text("CITATION.cff"), re.MULTILINE).group(1)
    assert version == blurkit.__version__
    assert re.findall(r"^ +- name: (.+)$", text("CITATION.cff"), re.MULTILINE) == ["The blurkit authors"]


def test_what_users_read_travels_with_the_source():
    included = tomllib.loads(text("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {"docs", "*.md", "samples", "models"} <= set(included)
