"""Every command of the documents runs, on copies of the samples; one that a test cannot run says why, and is read."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from itertools import pairwise

import pytest
import typer

from blurkit.cli.app import app
from blurkit.settings import load_policy
from tests.documents import DOCUMENTS, ROOT, all_blocks, blocks, code_spans, text
from tests.end_to_end.process import small
from tests.pictures import logo
from tools.write_reference import commands

LANGUAGES = {"", "text", "python", "toml", "json", "sh", "bat", "ini", "php"}
TARGETS = set(re.findall(r"^(\w[\w-]*):", text("Makefile"), re.M))
PROJECT = tomllib.loads(text("pyproject.toml"))
INSTALLED = set(PROJECT["dependency-groups"]) | set(PROJECT["project"]["optional-dependencies"])
OF_OTHERS = {
    "--user",
    "--now",
    "--path",
    "--group",
    "--host",
    "--protocol",
    "--tls-ca-file",
    "--tls-cert",
    "--tls-key",
    "--help",
    "--version",
}
"""Options of pip, Dask and others that sentences name."""
READ_ONLY = {"curl", "python3", "uv", "pipx", "git", ".", ".ci/run", "pre-commit"}
"""Programs of others, whose words are theirs."""
DECISIONS = '{"schema": 1, "version": "0.1.0", "policy": "children", "photos": {}}'


def split(line):
    """Return the commands of a line, without what the shell does with their streams."""
    line = re.sub(r"[<>] *\S+", "", line)
    return [shlex.split(part, comments=True) for part in re.split(r"&&|\|(?!\w)|;", line)]


def problem(words):
    """Return what is wrong with a command, or None: it is read, and not run."""
    program, *rest = words
    if program.endswith("bin/blurkit") or program == "blurkit":
        return of_blurkit(rest)
    if program in ("python", ".venv/bin/python") and rest[0] == "-m":
        return None if find_spec(rest[1]) else f"no module {rest[1]}"
    if program == "make":
        return f"no target in {rest}" if set(rest) - TARGETS else None
    if program in ("pip", ".venv/bin/pip"):
        named = [word for before, word in pairwise(rest) if before == "--group"]
        named += re.findall(r"\.\[([\w-]+)\]", " ".join(rest))
        return f"none of {named} is a group or an extra" if set(named) - INSTALLED else None
    if program == "dask":
        known = subprocess.run([sys.executable, "-m", "dask", rest[0], "--help"], capture_output=True, text=True).stdout
        return next((f"no option {word}" for word in rest if word.startswith("--") and word not in known), None)
    return None if program in READ_ONLY else f"no program {program}"


def of_blurkit(words):
    command, name = typer.main.get_command(app), "blurkit"
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return f"no command {words[0]}"
        command, name, words = command.commands[words[0]], words[0], words[1:]
    try:
        command.make_context(name, list(words), resilient_parsing=False)
    except SystemExit:
        return None  # --version and --help
    except Exception as error:
        return f"{type(error).__name__}: {error}" if type(error).__name__ != "NoArgsIsHelpError" else None
    return None


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_of_a_document_is_one_that_there_is(name):
    assert set(re.findall(r"^```(\w*)\n", text(name), re.M)) <= LANGUAGES
    lines = [line for block in blocks(name, "") for line in block.lines]
    assert [(words, problem(words)) for line in lines for words in split(line) if words and problem(words)] == []


@pytest.mark.parametrize(
    "line",
    [
        "blurkit run photos --outt safe",
        "blurkit walk photos",
        "blurkit run photos --style smudge",
        "python -m bench.none",
        "make none",
        "pip install --group none",
        "dask scheduler --none",
        "cd photos && none",
    ],
)
def test_a_command_that_is_not_there_is_noticed(line):
    assert [words for words in split(line) if problem(words)]


def test_a_command_that_is_there_is_taken():
    assert [problem(words) for words in split("blurkit run - < photo.jpg > safe.jpg")] == [None]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_option_that_a_sentence_names_is_there(name):
    of_blurkit = {
        option for each in commands().values() for one in each.params for option in (*one.opts, *one.secondary_opts)
    }
    scripts = [*(ROOT / "bench").glob("*.py"), *(ROOT / "tools").glob("*.py"), ROOT / "tests" / "fuzz.py"]
    of_scripts = {
        option for path in scripts for option in re.findall(r'"(--[\w-]+)"', path.read_text(encoding="utf-8"))
    }
    named = {option for span in code_spans(name) for option in re.findall(r"(?<![\w-])--[a-z][\w-]*", span)}
    assert named - of_blurkit - of_scripts - OF_OTHERS == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_a_sentence_names_is_there(name):
    known = {name.split()[0] for name in commands()} | {
        "policy",
        "photos",
    }  # `blurkit photos` is a mistake that users make
    named = {match[1] for span in code_spans(name) if (match := re.match(r"blurkit ([a-z]\w*)", span))}
    assert named - known == set()
    modules = {match[1] for span in code_spans(name) if (match := re.match(r"python -m ([\w.]+)", span))}
    assert {module for module in modules if not find_spec(module)} == set()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Make a folder with everything that commands of documents name, and `blurkit` on the path."""
    for name in ("photo.jpg", "photos/photo.jpg", "inbox/photo.jpg", "sports day/photo.jpg", "website/photo.jpg"):
        small(tmp_path, name, width=480)
    shutil.copytree(ROOT / "samples" / "policies", tmp_path / "samples" / "policies")
    (tmp_path / "club.toml").write_text(blocks("docs/policies.md", "toml")[0].text, encoding="utf-8")
    (tmp_path / "sports day" / "blurkit-decisions.json").write_text(DECISIONS, encoding="utf-8")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "blurkit"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m blurkit "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


RUNNABLE = [block for block in all_blocks("") if block.reason is None]


def test_most_commands_are_run_and_the_others_say_why():
    assert len(RUNNABLE) >= 5
    assert all(len(block.reason) > 10 for block in all_blocks("") if block.reason is not None)


@pytest.mark.model
@pytest.mark.skipif(os.name == "nt", reason="commands are written for a POSIX shell")
@pytest.mark.parametrize("name", sorted({block.document for block in RUNNABLE}))
def test_the_commands_of_a_document_run(name, folder):
    for line in [line for block in RUNNABLE if block.document == name for line in block.lines]:
        done = subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, timeout=240)
        expected = {8} if line.startswith("blurkit audit") else {0}
        assert done.returncode in expected, (line, done.stdout, done.stderr)


@pytest.mark.parametrize("block", all_blocks("toml"), ids=lambda block: block.document)
def test_a_policy_in_a_document_is_a_policy(block, tmp_path):
    (tmp_path / "policy.toml").write_text(block.text, encoding="utf-8")
    (tmp_path / "our-logo.png").write_bytes(logo())
    load_policy(str(tmp_path / "policy.toml"))


@pytest.mark.model
@pytest.mark.parametrize("name", sorted({block.document for block in all_blocks("python")}))
def test_the_python_in_a_document_runs(name, folder):
    code = "\n".join(block.text for block in blocks(name, "python"))
    run = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=240)
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "safe.jpg").exists()
    for written in {"one-shown.jpg", "corner.jpg", "safe/photo.jpg"} if "developers" in name else ():
        assert (folder / written).exists()
