"""A local privacy tool for group photos: finds faces, decides which look like children, covers them for good.

In a program:

    import blurkit

    with blurkit.Blurrer(blurkit.Settings()) as blurrer:
        outcome = blurrer.run("photo.jpg", out="safe.jpg")
"""

from blurkit.machine.imports import leave_working_folder_out
from blurkit.version import __version__

leave_working_folder_out()  # before anything of the standard library is imported

TYPE_CHECKING = False  # as in `typing`, which is slow to import
if TYPE_CHECKING:
    from blurkit.batch.collect import collect
    from blurkit.batch.plan import plan
    from blurkit.batch.run import run_batch
    from blurkit.detect.finder import Finder
    from blurkit.errors import BlurkitError, DetectorFailed, ExitCode, ModelError, SettingsError, VerificationError
    from blurkit.geometry import Box, Point, Size
    from blurkit.load import decode
    from blurkit.marks import Mark, MarkDecision, MarkKind
    from blurkit.outcomes import Outcome, PhotoFailure, PhotoResult, Rendered, SafeFile, Status
    from blurkit.pipeline import Blurrer
    from blurkit.pool import Pool
    from blurkit.records import (
        Action,
        AgeEstimate,
        Decision,
        Face,
        ImageFormat,
        Judgement,
        Photo,
        Picture,
        Reason,
        Stage,
    )
    from blurkit.settings import DetectSettings, PolicySettings, Settings, load_policy

__all__ = [
    "Action",
    "AgeEstimate",
    "BlurkitError",
    "Blurrer",
    "Box",
    "Decision",
    "DetectSettings",
    "DetectorFailed",
    "ExitCode",
    "Face",
    "Finder",
    "ImageFormat",
    "Judgement",
    "Mark",
    "MarkDecision",
    "MarkKind",
    "ModelError",
    "Outcome",
    "Photo",
    "PhotoFailure",
    "PhotoResult",
    "Picture",
    "Point",
    "PolicySettings",
    "Pool",
    "Reason",
    "Rendered",
    "SafeFile",
    "Settings",
    "SettingsError",
    "Size",
    "Stage",
    "Status",
    "VerificationError",
    "__version__",
    "collect",
    "decode",
    "load_policy",
    "plan",
    "run_batch",
]

_HOMES = {
    "batch.collect": ("collect",),
    "batch.plan": ("plan",),
    "batch.run": ("run_batch",),
    "detect.finder": ("Finder",),
    "errors": ("BlurkitError", "DetectorFailed", "ExitCode", "ModelError", "SettingsError", "VerificationError"),
    "geometry": ("Box", "Point", "Size"),
    "load": ("decode",),
    "marks": ("Mark", "MarkDecision", "MarkKind"),
    "outcomes": ("Outcome", "PhotoFailure", "PhotoResult", "Rendered", "SafeFile", "Status"),
    "pipeline": ("Blurrer",),
    "pool": ("Pool",),
    "records": (
        "Action",
        "AgeEstimate",
        "Decision",
        "Face",
        "ImageFormat",
        "Judgement",
        "Photo",
        "Picture",
        "Reason",
        "Stage",
    ),
    "settings": ("DetectSettings", "PolicySettings", "Settings", "load_policy"),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that `import blurkit` stays fast."""
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"blurkit.{home}"), name)
    raise AttributeError(f"module 'blurkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
