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
    from blurkit.errors import BlurkitError, ExitCode
    from blurkit.geometry import Box, Point, Size
    from blurkit.outcomes import Outcome, PhotoFailure, PhotoResult, Rendered, Status
    from blurkit.pipeline import Blurrer
    from blurkit.records import Action, AgeEstimate, Decision, Face, ImageFormat, Judgement, Photo, Picture, Reason
    from blurkit.settings import Settings, load_policy

__all__ = [
    "Action",
    "AgeEstimate",
    "BlurkitError",
    "Blurrer",
    "Box",
    "Decision",
    "ExitCode",
    "Face",
    "ImageFormat",
    "Judgement",
    "Outcome",
    "Photo",
    "PhotoFailure",
    "PhotoResult",
    "Picture",
    "Point",
    "Reason",
    "Rendered",
    "Settings",
    "Size",
    "Status",
    "__version__",
    "load_policy",
]

_HOMES = {
    "errors": ("BlurkitError", "ExitCode"),
    "geometry": ("Box", "Point", "Size"),
    "pipeline": ("Blurrer",),
    "outcomes": ("Outcome", "PhotoFailure", "PhotoResult", "Rendered", "Status"),
    "records": ("Action", "AgeEstimate", "Decision", "Face", "ImageFormat", "Judgement", "Photo", "Picture", "Reason"),
    "settings": ("Settings", "load_policy"),
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
