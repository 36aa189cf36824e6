"""The arrows of LAYOUT.md, read from the imports: who may know whom, and what is loaded when."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import blurkit

ROOT = Path(blurkit.__file__).parent
MODULES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
MAX_LINES = 300


PRINTS = {name for name in MODULES if name.split(".")[1:2] == ["cli"]}
"""What meets the user, and may print."""

ADAPTERS = {
    "mediapipe": {"blurkit.detect.mediapipe"},
    "onnxruntime": {"blurkit.machine.weights"},
    "distributed": {"blurkit.batch.cluster", "blurkit.batch.onworker"},
    "jpeglib": {"blurkit.encode.coefficients"},
    "zxingcpp": {"blurkit.text.codes"},
    "typer": {
        "blurkit.cli.app",
        "blurkit.cli.guard",
        "blurkit.cli.help",
        "blurkit.cli.options",
        "blurkit.cli.policy",
        "blurkit.cli.serve",
        "blurkit.cli.speaking",
    },
    "rich": {"blurkit.cli.console"},
    "pydantic": {
        "blurkit.appearance",
        "blurkit.settings",
        "blurkit.validation",
        "blurkit.policy.reviewed",
        "blurkit.policy.reviewed_marks",
        "blurkit.batch.journal",
        "blurkit.report.clip",
        "blurkit.report.marks",
        "blurkit.report.signed",
        "blurkit.report.schema",
        "blurkit.review.requests",
        "blurkit.review.pages",
        "blurkit.review.wishes",
    },
    "starlette": {"blurkit.review.pages", "blurkit.review.paths", "blurkit.review.server", "blurkit.serve"},
    "uvicorn": {"blurkit.review.server", "blurkit.machine.connections", "blurkit.serve"},
}
"""Vendors, and the one place that knows each."""
LATE = {
    "cv2",
    "distributed",
    "PIL",
    "jpeglib",
    "mediapipe",
    "onnxruntime",
    "pillow_heif",
    "rich",
    "tifffile",
    "tomli_w",
    "zxingcpp",
}
"""Imported inside functions only, so that `blurkit --help` answers at once."""
NETWORK = {
    "socket",
    "ssl",
    "http",
    "urllib",
    "requests",
    "httpx",
    "ftplib",
    "smtplib",
    "asyncio",
    "webbrowser",
    "xmlrpc",
    "distributed",
}
REACH_IT = {"blurkit.review.server", "blurkit.serve", "blurkit.batch.cluster", "blurkit.batch.onworker"}
"""The modules that may open a socket: the local review page and service, and a cluster if the user names one."""


def run_contracts(folder):
    """Return whether the contracts of a checkout hold, and what is said if not."""
    code = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    return done.returncode == 0, "" if done.returncode == 0 else done.stdout


def tree(name):
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imports(name, *, top_level=False):
    """Return what a module imports outside `if TYPE_CHECKING`; `top_level` leaves out what functions import."""

    def walk(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            if top_level and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(child, ast.Import):
                yield from (alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{name} imports by a relative path"
                yield from _targets(child)
            yield from walk(child)

    return set(walk(tree(name)))


def _targets(node):
    """Return `package.module` where a module is imported from its package, else the package."""
    inner = [f"{node.module}.{alias.name}" for alias in node.names if f"{node.module}.{alias.name}" in MODULES]
    return inner if len(inner) == len(node.names) else [node.module, *inner]


def test_the_layers_hold_and_nothing_goes_in_a_circle():
    """The contracts are in pyproject.toml; `lint-imports` prints what breaks them."""
    assert run_contracts(ROOT.parent) == (True, "")


def test_an_import_that_runs_upward_breaks_the_contract(tmp_path):
    shutil.copytree(ROOT, tmp_path / "blurkit", ignore=shutil.ignore_patterns("__pycache__", "models"))
    shutil.copy(ROOT.parent / "pyproject.toml", tmp_path)
    with (tmp_path / "blurkit/policy/decide.py").open("a") as file:
        file.write("import blurkit.batch.run\n")
    held, words = run_contracts(tmp_path)
    assert not held
    assert "blurkit.policy.decide" in words


@pytest.mark.parametrize("name", MODULES)
def test_a_vendor_is_known_in_one_place(name):
    for target in imports(name):
        vendor = target.split(".")[0]
        assert name in ADAPTERS.get(vendor, {name}), f"only {ADAPTERS[vendor]} may import {vendor}"


@pytest.mark.parametrize("name", MODULES)
def test_what_is_slow_to_import_is_imported_late(name):
    early = {target.split(".")[0] for target in imports(name, top_level=True)}
    assert not early & LATE


@pytest.mark.parametrize("name", sorted(MODULES.keys() - REACH_IT))
def test_no_module_can_reach_the_network(name):
    assert not {target.split(".")[0] for target in imports(name)} & NETWORK


@pytest.mark.parametrize("name", sorted(MODULES.keys() - PRINTS))
def test_only_what_meets_the_user_prints(name):
    calls = [node.func for node in ast.walk(tree(name)) if isinstance(node, ast.Call)]
    assert "print" not in {call.id for call in calls if isinstance(call, ast.Name)}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_short_and_says_what_it_is(name):
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= MAX_LINES
    assert ast.get_docstring(tree(name))


@pytest.mark.parametrize("name", MODULES)
def test_no_module_has_a_name_that_says_nothing(name):
    assert not {"utils", "helpers", "common", "core", "manager", "misc"} & set(name.split("."))


@pytest.mark.parametrize("name", sorted(name for name, path in MODULES.items() if path.name == "__init__.py"))
def test_a_folder_hands_on_names_and_holds_no_logic(name):
    kinds = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
    if name != "blurkit":  # the package itself imports its names late, so that it is loaded fast
        assert all(isinstance(node, kinds) for node in tree(name).body)
