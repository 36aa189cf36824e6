"""The public names are those of `__all__`, and importing them costs nothing until they are used."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import blurkit
from tests.documents import blocks

SAMPLE = Path(__file__).parent.parent / "samples" / "tree" / "sports-day" / "IMG_0001.jpg"
SLOW = {"numpy", "cv2", "PIL", "pydantic", "mediapipe", "onnxruntime", "typer", "rich"}


def loaded_by(code):
    """Return the packages that a fresh Python has loaded after running some code."""
    shown = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_every_public_name_can_be_imported():
    for name in blurkit.__all__:
        assert getattr(blurkit, name) is not None


def test_the_names_are_listed_once_in_order():
    assert list(blurkit.__all__) == sorted(set(blurkit.__all__))
    assert dir(blurkit) == sorted(blurkit.__all__)


def test_the_names_shown_to_type_checkers_are_the_same():
    homes = {name for names in blurkit._HOMES.values() for name in names}
    assert homes | {"__version__"} == set(blurkit.__all__)


def test_the_page_for_developers_uses_public_names_only():
    python = "\n".join(block.text for block in blocks("docs/developers.md", "python"))
    assert re.findall(r"^\s*(?:from|import) blurkit\.\S*", python, re.MULTILINE) == []
    used = set(re.findall(r"\bblurkit\.(\w+)", python))
    assert len(used) > 10
    assert used - set(blurkit.__all__) == set()


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Manager'"):
        blurkit.Manager  # noqa: B018


def test_importing_blurkit_loads_nothing_slow():
    assert not loaded_by("import blurkit") & SLOW


def test_looking_at_errors_loads_nothing_slow():
    assert not loaded_by("from blurkit import BlurkitError, Box, ExitCode, Face") & SLOW


def test_a_run_on_this_machine_loads_nothing_of_a_cluster():
    run = "blurkit.cli.main(['run', '.', '--out', '/dev/null', '--no-recursive'])"
    code = f"import blurkit.cli, contextlib\nwith contextlib.suppress(SystemExit): {run}"
    assert not loaded_by(code) & {"distributed", "dask", "tornado"}


def test_the_command_line_opens_no_model_before_it_has_to():
    slow = loaded_by("import blurkit.cli")
    assert not slow & {"numpy", "cv2", "PIL", "pydantic", "mediapipe", "onnxruntime"}


@pytest.mark.model
@pytest.mark.parametrize(
    "code", ["blurkit.Blurrer(settings).run(*paths)", "kept = blurkit.Blurrer(settings); kept.run(*paths)"]
)
def test_a_blurrer_that_nobody_closes_ends_quietly(code, tmp_path):
    code = code.replace("*paths", f"{str(SAMPLE)!r}, out={str(tmp_path / 'safe.jpg')!r}")
    shown = f"import blurkit; settings = blurkit.Settings(); {code}"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == ""
    assert (tmp_path / "safe.jpg").exists()
