"""The tools of a release notice what they are for: builds that differ, parts left out, caps, and a network call."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import ROOT, text
from tools.bundle import READ_VERSIONS, SPOKEN, STARTERS, keep_languages
from tools.check_caps import capped, network_calls
from tools.release import differences
from tools.sbom import LIBRARY, libraries, models, why_invalid


def test_two_builds_that_differ_or_lack_a_file_are_noticed():
    assert differences({"a.whl": "1", "a.tar.gz": "2"}, {"a.whl": "1", "a.tar.gz": "2"}) == []
    assert differences({"a.whl": "1", "a.tar.gz": "2"}, {"a.whl": "3"}) == ["a.tar.gz", "a.whl"]


def test_the_capped_dependencies_are_those_that_would_send():
    assert {each.name for each in capped(text("pyproject.toml"))} == {"mediapipe", "onnxruntime"}


def test_a_socket_that_may_leave_the_computer_is_told_from_others():
    log = "1 socket(AF_UNIX, SOCK_STREAM) = 3\n1 socket(AF_NETLINK, SOCK_RAW) = 4\n2 socket(AF_INET6, SOCK_DGRAM) = 5\n"
    assert network_calls(log) == ["2 socket(AF_INET6, SOCK_DGRAM) = 5"]


@pytest.mark.parametrize(
    ("file", "name", "version"),
    [("libx265-4883ecb5.so.217", "libx265", "217"), ("libopenblasp-r0-59ffcd50.3.15.so", "libopenblasp", "")],
)
def test_a_library_in_a_wheel_is_named(tmp_path, file, name, version):
    path = tmp_path / "pillow_heif.libs" / file
    path.parent.mkdir()
    path.write_bytes(b"code")
    (found,) = libraries(tmp_path)
    assert (found["name"], found.get("version", "")) == (name, version)
    assert found["properties"] == [{"name": "blurkit:inside", "value": "pillow_heif"}]
    assert LIBRARY.match("README.txt") is None


def test_every_model_is_in_the_list_of_parts():
    assert {each["bom-ref"].removeprefix("model-") for each in models()} == {
        line.removeprefix("[models.").removesuffix("]")
        for line in text("models/manifest.toml").splitlines()
        if line.startswith("[models.")
    }


@pytest.mark.skipif(
    importlib.util.find_spec("cyclonedx") is None, reason="of the group release, which .ci/run installs"
)
def test_a_list_that_is_no_cyclonedx_is_noticed():
    good = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(models())}
    assert why_invalid(json.dumps(good)) is None
    assert why_invalid(json.dumps(good | {"components": [{"type": "model"}]})) is not None


def test_a_bundle_asks_for_every_version_that_blurkit_asks_for():
    from blurkit.batch.journal import RUNTIMES
    from blurkit.cli.doctor import PACKAGES

    assert set(READ_VERSIONS) >= set(RUNTIMES) | set(PACKAGES)
    assert set(STARTERS) == {"win32", "darwin", "linux"}


def test_the_days_of_each_language_stay_in_a_bundle(tmp_path):
    import babel

    inside = tmp_path / "_internal" / "babel"
    shutil.copytree(Path(babel.__file__).parent, inside)
    keep_languages(tmp_path)
    assert {path.stem for path in (inside / "locale-data").glob("*.dat")} == SPOKEN
    shown = "from blurkit.language import *; import datetime; day = datetime.datetime(2026, 5, 3)\n"
    shown += "for each in LANGUAGES: speak(each); print(decimal(0.5), moment(day))"

    def said(*first):
        path = {"PYTHONPATH": ":".join(map(str, first)), "PYTHONIOENCODING": "utf-8"}
        return subprocess.run([sys.executable, "-c", shown], capture_output=True, cwd=ROOT, env=path, check=True).stdout

    assert said(inside.parent, ROOT) == said(ROOT)
    (inside / "locale-data" / "en_001.dat").unlink()
    with pytest.raises(subprocess.CalledProcessError):
        said(inside.parent, ROOT)


def test_the_program_of_a_bundle_starts_blurkit_and_its_helpers_and_nothing_else(tmp_path):
    main = ROOT / "tools" / "bundled" / "main.py"

    def run(*words):
        return subprocess.run([sys.executable, main, *words], capture_output=True, text=True, cwd=ROOT, env=env)

    (tmp_path / "evil.py").write_text("print('ran')")
    env = {"PYTHONPATH": f"{ROOT}:{tmp_path}"}
    assert run("--version").stdout == run("-P", "-m", "blurkit", "--version").stdout != ""
    assert "ran" not in run("-P", "-m", "evil").stdout
