"""`blurkit` alone, and a double-clicked starter, open the review page with its folder chooser."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blurkit.cli.starter import content, make
from blurkit.errors import OutputExists, OutputNotWritable
from tests.end_to_end.process import ROOT, blurkit, wait_until
from tests.review.caller import Caller

posix = pytest.mark.skipif(os.name != "posix", reason="starters of macOS and Linux are run by a shell")
ODD = 'it\'s 100% "our" $HOME `x` \\ folder'


@pytest.fixture
def browser(tmp_path):
    """Return the environment of a user whose browser notes the address, and the file it notes it in."""
    noted = tmp_path / "address"
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\nprintf %s "$1" > {noted}.part && mv {noted}.part {noted}\n')
    script.chmod(0o755)
    home = tmp_path / "home"
    (home / "Pictures").mkdir(parents=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTEST", "SSH_"))}
    return {**kept, "HOME": str(home), "BROWSER": f"{script} %s", "DISPLAY": ":0", "PYTHONPATH": str(ROOT)}, noted


def used(browser, *command, **options):
    """Start a command, open the page that it tells the browser, see the chooser, and close it; return its exit code."""
    environment, noted = browser
    process = subprocess.Popen(command, env=environment, **options)
    wait_until(noted.exists, 60)
    call = Caller(noted.read_text())
    call.enter()
    assert b"Which photos?" in call("/").body
    assert environment["HOME"].encode() in call.post("folders", {"path": ""}).body
    assert call.post("end", {}).status == 200
    return process.wait(60)


def python_at(folder):
    """Return a Python in a folder."""
    folder.mkdir()
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return str(python)


def unquoted(entry):
    """Return the words of a desktop entry's command, by the specification."""
    command = next(line for line in entry.splitlines() if line.startswith("Exec=")).removeprefix("Exec=")
    command = command.replace("\\\\", "\\").replace("%%", "%")
    program, option, argument = command.split(" ", 2)
    assert argument[0] == argument[-1] == '"'
    inside, letters = [], iter(argument[1:-1])
    for letter in letters:
        assert letter not in '"`$'
        inside.append(next(letters) if letter == "\\" else letter)
    return [program, option, "".join(inside)]


@posix
@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_a_starter_opens_the_folder_chooser(browser, tmp_path, system):
    path = make(tmp_path, system, python_at(tmp_path / ODD))
    assert os.access(path, os.X_OK)
    command = [str(path)] if system == "darwin" else unquoted(path.read_text())
    assert used(browser, *command, cwd=tmp_path, stdin=subprocess.DEVNULL) == 0


@posix
def test_a_starter_imports_nothing_that_lies_beside_it(browser, tmp_path):
    (tmp_path / "blurkit.py").write_text("raise SystemExit('a file of the desktop was run')")
    path = make(tmp_path, "darwin", sys.executable)
    environment, noted = browser
    environment.pop("PYTHONPATH")
    assert used((environment, noted), str(path), cwd=tmp_path, stdin=subprocess.DEVNULL) == 0


@posix
def test_a_starter_that_fails_stays_readable(tmp_path):
    path = make(tmp_path, "darwin", "/nowhere/python")
    done = subprocess.run([str(path)], input=b"\n", capture_output=True, timeout=60)
    assert b"/nowhere/python" in done.stderr
    assert b"Press Enter" in done.stdout


def test_the_starter_for_windows_is_a_batch_file():
    lines = content("win32", r"C:\Users\Jürgen\100%\python.exe").split("\r\n")
    assert lines[0] == "@echo off"
    assert r'"C:\Users\Jürgen\100%%\python.exe" -P -m blurkit review' in lines
    assert lines[-2:] == ["if errorlevel 1 pause", ""]


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_a_starter_replaces_an_older_one_and_nothing_else(tmp_path, system):
    path = make(tmp_path, system, "/old/python")
    make(tmp_path, system, "/new/python")
    assert "/new/python" in path.read_text()
    path.write_text("mine")
    with pytest.raises(OutputExists):
        make(tmp_path, system, "/new/python")
    assert path.read_text() == "mine"


def test_a_starter_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(OutputNotWritable) as caught:
        make(tmp_path / "gone", "linux", "/python")
    assert "--starter" in caught.value.hint


@posix
def test_doctor_puts_a_starter_on_the_desktop(tmp_path):
    (tmp_path / "Desktop").mkdir()
    done = blurkit("doctor", "--starter", HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path))
    assert done.code == 0
    (starter,) = (tmp_path / "Desktop").iterdir()
    assert f"double-click to start: {starter}" in done.err


@posix
def test_doctor_without_a_desktop_says_how_to_name_a_folder(tmp_path):
    done = blurkit("doctor", "--starter", HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path))
    assert done.code == 2
    assert done.err.endswith("hint: blurkit doctor --starter FOLDER\n")
    assert blurkit("doctor", tmp_path).code == 2


@posix
def test_blurkit_alone_at_a_screen_opens_the_folder_chooser(browser, tmp_path):
    ours, theirs = os.openpty()
    code = used(browser, sys.executable, "-m", "blurkit", cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.close(ours)
    assert code == 0


@posix
@pytest.mark.parametrize("has", ["a terminal", "a screen"])
def test_blurkit_alone_without_a_terminal_or_a_screen_prints_the_help(browser, has):
    environment, noted = browser
    ours, theirs = os.openpty()
    if has == "a terminal":
        environment.pop("DISPLAY")
        environment.pop("WAYLAND_DISPLAY", None)
    stream = theirs if has == "a terminal" else subprocess.DEVNULL
    process = subprocess.run(
        [sys.executable, "-m", "blurkit"], env=environment, stdin=stream, stdout=stream, stderr=subprocess.PIPE
    )
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 2
    assert b"blurkit [OPTIONS] COMMAND" in process.stderr
    assert not Path(noted).exists()
