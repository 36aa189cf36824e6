"""Standard error is for people and holds only our lines; standard output is for results; help is quick."""

import subprocess
import sys

import pytest

from tests.end_to_end.process import QUICK, SAMPLES, blurkit, foreign_lines, small

HEAVY = ("numpy", "cv2", "PIL", "mediapipe", "onnxruntime", "pillow_heif", "tifffile", "rich", "multiprocessing")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with photos of several kinds, one of which fails."""
    folder = tmp_path_factory.mktemp("photos")
    for name in ("a.jpg", "b.png", "sub/c.webp"):
        small(folder, name, width=240)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff" + bytes(100))
    return folder


@pytest.mark.model
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_line_on_standard_error_is_ours(jobs, folder, tmp_path):
    """MediaPipe's native log stays out, also that of spawned processes."""
    done = blurkit("run", folder, "--out", tmp_path / "out", "--jobs", jobs)
    assert done.code == 7
    assert foreign_lines(done.err) == []
    assert done.out == ""
    assert "3 photos written" in done.err


@pytest.mark.model
def test_quiet_says_only_what_failed(folder, tmp_path):
    done = blurkit("run", folder, "--out", tmp_path / "out", "--quiet", "--jobs", "2")
    assert [line.split(":")[0] for line in done.err.splitlines()] == ["error", "hint"]
    assert done.out == ""


@pytest.mark.model
def test_verbose_says_what_became_of_each_face(tmp_path):
    done = blurkit("run", small(tmp_path), "--out", tmp_path / "out", "--verbose", *QUICK)
    faces = [line for line in done.err.splitlines() if line.startswith(("  cover: face at ", "  keep: face at "))]
    assert len(faces) == 3


@pytest.mark.model
def test_the_summary_says_what_was_removed_and_why_faces_were_covered(tmp_path):
    done = blurkit("run", SAMPLES / "phone.jpg", "--out", tmp_path / "out", "--policy", "everyone", *QUICK)
    assert done.code == 0
    assert "4 faces covered (4 everyone is covered)" in done.err
    for word in ("the place", "serial number", "hidden copies"):
        assert word in done.err


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("policy", "show", "--help"), ("--version",)])
def test_help_loads_nothing_heavy(arguments):
    heavy = (*HEAVY, "pydantic") if arguments == ("--help",) else HEAVY  # Typer itself loads pydantic for a command
    code = (
        "import sys\nfrom blurkit.cli.app import app\napp(sys.argv[1:], standalone_mode=False)\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_importing_the_library_loads_nothing_heavy():
    code = (
        f"import sys, blurkit; dir(blurkit); print([name for name in {(*HEAVY, 'pydantic')!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_help_and_policies_print_on_every_console(encoding):
    for arguments in (("--help",), ("run", "--help"), ("policy", "check", "children"), ("policy", "show", "consent")):
        done = blurkit(*arguments, PYTHONIOENCODING=encoding)
        assert done.code == 0
        assert done.out
        assert done.err == ""


def test_an_error_prints_on_every_console(tmp_path):
    done = blurkit("policy", "check", tmp_path / "日本.toml", PYTHONIOENCODING="cp1252")
    assert done.code == 2
    assert r"\u65e5\u672c.toml" in done.err


def test_without_a_command_there_is_help():
    done = blurkit()
    assert done.code in (0, 2)
    assert "run" in done.out + done.err


def test_what_policy_show_prints_is_a_policy(tmp_path):
    shown = blurkit("policy", "show", "cautious")
    (tmp_path / "ours.toml").write_text(shown.out)
    assert blurkit("policy", "show", tmp_path / "ours.toml").out == shown.out


@pytest.mark.parametrize("preset", ["children", "consent", "everyone", "cautious"])
def test_policy_check_explains_every_preset(preset):
    done = blurkit("policy", "check", preset)
    assert (done.code, done.err) == (0, "")
    assert f"'{preset}'" in done.out
    assert "Covers everyone" in done.out


@pytest.mark.model
def test_doctor_finds_everything_in_order():
    done = blurkit("doctor")
    assert done.code == 0, done.out
    assert "FAILS" not in done.out
    assert done.err == ""
    for word in ("python", "mediapipe", "model centerface: unaltered", "detector centerface", "HEIF", "AVIF"):
        assert word in done.out
