"""The arrows of STYLE 2.4, read from the imports: who may know whom, and what is loaded when."""

import ast
from pathlib import Path

import pytest

import blurkit

ROOT = Path(blurkit.__file__).parent
MODULES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
MAX_LINES = 300


def part(name):
    """Return the part of the program that a module belongs to: `detect` for `blurkit.detect.views`."""
    return name.split(".")[1] if "." in name else "__init__"


GROUND = {"geometry", "records", "errors", "choices", "formats", "settings", "color", "primaries", "quiet", "words"}
"""What everything stands on; it stands on nothing of ours but itself."""
MAY_KNOW = {
    "geometry": set(),
    "errors": set(),
    "choices": set(),
    "quiet": set(),
    "words": set(),
    "primaries": {"records"},
    "records": {"geometry"},
    "formats": {"records"},
    "color": {"records"},
    "settings": {"choices", "errors", "records"},
    "weights": {"errors"},
    "coding": GROUND,
    "load": GROUND | {"coding"},
    "chips": GROUND,
    "detect": GROUND | {"chips", "detect", "weights"},
    "age": GROUND | {"age", "chips", "weights"},
    "policy": GROUND,
    "obscure": GROUND,
    "shrink": GROUND,
    "coefficients": {"errors"},
    "blocks": GROUND | {"coefficients"},
    "encode": GROUND | {"blocks"},
    "metadata": GROUND | {"metadata"},
    "proof": GROUND,
    "write": GROUND,
    "decisions": GROUND,
    "naming": GROUND,
    "verify": GROUND | {"load", "metadata", "detect.views", "detect.merge"},
    "pipeline": GROUND
    | {"load", "detect", "age", "policy", "shrink", "obscure", "encode", "metadata", "proof", "verify", "write"}
    | {"blocks", "clock", "decisions"},
    "clock": set(),
    "collect": GROUND | {"naming"},
    "inbox": GROUND | {"collect"},
    "seen": {"journal", "naming"},
    "journal": GROUND | {"decisions", "policy", "weights"},
    "numbering": {"journal"},
    "workers": {"errors"},
    "memory": set(),
    "batch": GROUND | {"encode", "journal", "memory", "naming", "numbering", "pipeline", "workers"},
    "cluster": GROUND | {"batch", "journal", "pipeline", "weights"},
    "arrival": GROUND | {"batch", "journal", "load", "memory", "naming", "pipeline", "write"},
    "audit": GROUND
    | {"audit", "batch", "collect", "load", "memory", "metadata", "naming", "pipeline", "proof", "workers"},
    "report": GROUND | {"report", "policy"},
    "forget": GROUND | {"decisions", "journal", "numbering", "report", "seen"},
    "caution": GROUND | {"proof", "report"},
    "starter": {"errors"},
    "doctor": GROUND | {"age", "detect", "load", "encode", "metadata", "weights", "batch"},
}
"""Which of our modules each may import; a folder stands for all in it."""
OUTERMOST = {"__init__", "__main__", "cli", "commands", "console", "options", "review", "stream", "watch"}
"""What meets the user, and may know all."""
INNER = [name for name in MODULES if part(name) not in OUTERMOST]

ADAPTERS = {
    "mediapipe": {"blurkit.detect.mediapipe"},
    "onnxruntime": {"blurkit.weights"},
    "distributed": {"blurkit.cluster"},
    "jpeglib": {"blurkit.coefficients"},
    "typer": {"blurkit.cli", "blurkit.options"},
    "rich": {"blurkit.console"},
    "pydantic": {
        "blurkit.settings",
        "blurkit.decisions",
        "blurkit.journal",
        "blurkit.review.requests",
        "blurkit.review.pages",
    },
    "starlette": {"blurkit.review.pages", "blurkit.review.server"},
    "uvicorn": {"blurkit.review.server"},
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
REACH_IT = {"blurkit.review.server", "blurkit.cluster"}
"""The modules that may open a socket: the local review page, and a cluster if the user names one."""


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


@pytest.mark.parametrize("name", INNER)
def test_a_module_knows_only_what_it_may(name):
    allowed = MAY_KNOW[part(name)]
    for target in imports(name):
        if target.split(".")[0] == "blurkit" and target != "blurkit":
            inside = target.removeprefix("blurkit.")
            assert part(target) in allowed or inside in allowed, f"{name} may not import {target}"


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


@pytest.mark.parametrize("name", INNER)
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


def test_every_part_of_the_program_has_its_place_here():
    assert {part(name) for name in INNER} <= set(MAY_KNOW)
