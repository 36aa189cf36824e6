"""The command line in this process: what tests of real processes cannot reach."""

import signal
import sys
from datetime import date

import pytest

from blurkit.cli import console
from blurkit.errors import ExitCode, FaceVisible
from blurkit.version import __version__
from tests import pictures


def test_the_version(command):
    assert command("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    "words", [(), ("run",), ("detect",), ("policy",), ("policy", "show"), ("policy", "check"), ("doctor",), ("watch",)]
)
def test_every_command_has_help(command, words):
    code, out, _ = command(*words, "--help")
    assert code == 0
    assert "Usage" in out


def test_every_option_reaches_the_settings(command, fakes, photo_file, out):
    code, _, err = command(
        *("run", photo_file(), "--out", out, "--policy", "cautious", "--style", "pixelate", "--shape", "box"),
        *("--color", "#102030", "--detector", "centerface", "--detector", "mediapipe", "--format", "png"),
        *("--overwrite", "--max-megapixels", "12", "--jobs", "1"),
    )
    assert code == 0, err
    (settings,) = fakes
    assert settings.policy.name == "cautious"
    assert (settings.obscure.style, settings.obscure.shape) == ("pixelate", "box")
    assert settings.obscure.rgb == (16, 32, 48)
    assert settings.detect.detector == ("centerface", "mediapipe")
    assert (settings.output.format, settings.write.overwrite) == ("png", True)
    assert settings.load.max_megapixels == 12
    assert [path.name for path in out.iterdir()] == ["photo.png"]


def test_keep_format_is_the_format_same(command, fakes, photo_file, out):
    command("run", photo_file(), "--out", out, "--keep-format")
    assert fakes[0].output.format == "same"


@pytest.mark.parametrize(
    ("more", "side", "kind", "suffix"),
    [
        ((), 1600, "jpeg", ".jpg"),
        (("--max-side", "64"), 64, "jpeg", ".jpg"),
        (("--format", "png"), 1600, "png", ".png"),
    ],
)
def test_publish_is_a_preset(command, fakes, photo_file, out, more, side, kind, suffix):
    code, _, err = command("run", photo_file(name="anna.png", kind="png"), "--out", out, "--publish", *more)
    assert code == 0, err
    assert (fakes[0].output.max_side, fakes[0].output.format) == (side, kind)
    (written,) = out.iterdir()
    assert written.name == f"{date.today().isoformat()}-001{suffix}"


def test_detect_writes_nothing(command, fakes, photo_file, tmp_path):
    path = photo_file()
    code, _, err = command("detect", path)
    assert code == 0
    assert "1 photo looked at, nothing written" in err
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [path]


def test_a_missing_detector_is_said_once(command, fakes, photo_file, monkeypatch):
    monkeypatch.setattr("blurkit.detect.mediapipe_installed", lambda: False)
    _, _, err = command("detect", photo_file())
    assert "note: mediapipe has no build for this system" in err
    _, _, err = command("detect", photo_file(), "--quiet")
    assert err == ""
    _, _, err = command("detect", photo_file(), "--detector", "centerface")
    assert "note" not in err


@pytest.mark.parametrize("debug", [False, True])
def test_a_fault_outside_any_photo_is_one_line_unless_debug(command, fakes, photo_file, monkeypatch, debug):
    monkeypatch.setattr("blurkit.batch.collect.collect", lambda *_, **__: 1 / 0)
    code, _, err = command("detect", photo_file(), *(["--debug"] if debug else []))
    assert code == ExitCode.BUG
    assert err.startswith("error: a fault of blurkit: ZeroDivisionError: division by zero\nhint: ")
    assert ("Traceback" in err) is debug


@pytest.mark.parametrize(
    ("fault", "code"),
    [(KeyboardInterrupt(), 130), (FaceVisible("seen", hint="look"), 6), (BrokenPipeError(), 5), (RuntimeError("x"), 1)],
)
def test_one_place_turns_faults_into_exit_codes(command, fakes, photo_file, monkeypatch, fault, code):
    def collect(*_, **__):
        raise fault

    monkeypatch.setattr("blurkit.batch.collect.collect", collect)
    assert command("detect", photo_file())[0] == code


def test_an_interrupt_in_the_middle_of_a_photo_leaves_nothing(command, fakes, photo_file, out, monkeypatch):
    def write(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("blurkit.pipeline.write", write)
    code, shown, err = command("run", photo_file(), "--out", out, "--json")
    assert (code, shown) == (130, "")
    assert err == "stopped; finished photos are kept, no half-written file is left\n"
    assert not out.exists()


def test_being_told_to_end_is_like_an_interrupt(command, fakes, photo_file):
    command("detect", photo_file())
    assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler


def test_a_progress_bar_on_a_terminal_changes_nothing_else(command, fakes, tmp_path, out, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{name}.jpg").write_bytes(pictures.file())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, shown, err = command("run", tmp_path / "in", "--out", out, "--jobs", "1")
    assert (code, shown) == (0, "")
    assert "2 photos written" in err
    assert sorted(path.name for path in out.iterdir()) == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – ünï.jpg", "plain – ünï.jpg"),
        ("a\nerror: b", r"a\nerror: b"),
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("caf\udce9", r"caf\udce9"),
        ("a\u202egpj", r"a\u202egpj"),
    ],
)
def test_no_name_of_a_file_starts_a_line_or_steers_the_terminal(text, shown):
    assert console.one_line(text) == shown


@pytest.mark.parametrize("content", [None, "half a fi", "{}"])
def test_decisions_that_cannot_be_read_are_a_bad_option_and_nothing_is_written(
    command, fakes, photo_file, out, tmp_path, content
):
    file = tmp_path / "decisions.json"
    if content is not None:
        file.write_text(content)
    code, _, err = command("run", photo_file(), "--out", out, "--decisions", file)
    assert (code, out.exists()) == (ExitCode.USAGE, False)
    assert "hint: give the file that the review wrote" in err


def test_a_review_of_no_folder_is_a_bad_option(command, photo_file, tmp_path):
    for wrong in (tmp_path / "nothing", photo_file()):
        code, _, err = command("review", wrong, "--no-browser")
        assert code == ExitCode.USAGE
        assert "is no folder" in err
