"""What works on this machine: models, libraries and formats, each tried."""

from __future__ import annotations

import io
import platform
import sys
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from blurkit import text
from blurkit.age import make_estimator
from blurkit.age.calibration import load_calibration
from blurkit.choices import DetectorName
from blurkit.cli.console import say, write_out
from blurkit.detect import DETECTORS, make_detector, make_independent_check, mediapipe_installed
from blurkit.detect.second_look import SecondLook
from blurkit.errors import BlurkitError, ExitCode, SettingsError
from blurkit.geometry import Box
from blurkit.machine import weights
from blurkit.machine.workers import available_cpus
from blurkit.picture.formats import FORMATS
from blurkit.records import Face
from blurkit.settings import DetectSettings
from blurkit.video import INSTALL, installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from blurkit.records import Pixels

PACKAGES = ("opencv-python-headless", "mediapipe", "onnxruntime", "numpy", "pillow", "pillow-heif", "typer")
"""Libraries whose version matters."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that was tried."""

    name: str
    """What."""
    works: bool
    """Whether it works."""
    detail: str
    """Version, or what is wrong."""


CLIPS = "read and written; PyAV's wheels hold x264 and x265, which are GPL (--clip-codec vp9 or av1 needs neither)"
"""What is said of clips that work."""


def examine() -> Iterator[Trial]:
    """Try everything blurkit needs, and yield what came of it."""
    system = f"{platform.system()} {platform.machine()}, {available_cpus()} processors"
    yield Trial("python", works=True, detail=f"{platform.python_version()} on {system}")
    for package in PACKAGES:
        try:
            yield Trial(package, works=True, detail=version(package))
        except PackageNotFoundError:
            optional = package == "mediapipe"
            yield Trial(package, works=optional, detail="not installed" + ("; CenterFace works alone" * optional))
    try:
        for name in weights.model_hashes():
            yield _tried(f"model {name}", partial(weights.model_path, name), "unaltered")
    except BlurkitError as error:
        yield Trial("models", works=False, detail=str(error))
    for detector in DETECTORS:
        if detector != DetectorName.MEDIAPIPE or mediapipe_installed():
            yield _tried(f"detector {detector}", partial(_detect, detector), "looks at pictures")
    yield _tried("second look", _look_again, "looks at pictures")
    yield _tried("independent check", _check, "looks at pictures")
    yield _tried("age models", _estimate, "open")
    yield _tried("age thresholds", load_calibration, "read")
    for facts in FORMATS.values():
        yield _tried(facts.pillow, partial(_read_and_write, facts.pillow), "read and written")
    if text.installed():
        yield _tried("words and codes", _read_words, "looked for")
    else:
        yield Trial("words and codes", works=True, detail=f"not installed; nobody looks for them ({text.INSTALL})")
    if installed():
        yield _tried("clips", _write_and_read_clip, CLIPS)
    else:
        yield Trial("clips", works=True, detail=f"not installed; photos alone are made safe ({INSTALL})")


def _tried(name: str, work: Callable[[], object], detail: str) -> Trial:
    try:
        work()
    except Exception as error:  # what is not there or broken says so in many ways
        return Trial(name, works=False, detail=str(error) or type(error).__name__)
    return Trial(name, works=True, detail=detail)


def _detect(name: str) -> None:
    with closing(make_detector(name, DetectSettings())) as detector:
        detector.detect(_blank())


def _look_again() -> None:
    with closing(SecondLook()) as look:
        look.judge(_blank(), [Face(Box(32, 32, 96, 96), 0.5, ("doctor",))])


def _check() -> None:
    with closing(make_independent_check()) as network:
        network.look(_blank())


def _estimate() -> None:
    with closing(make_estimator()) as estimator:
        estimator.estimate(_blank(), ())


def _read_words() -> None:
    with closing(text.BundledFinder()) as finder:
        finder.find(_blank(), ())


def _blank() -> Pixels:
    import numpy as np

    return np.full((128, 128, 3), 128, np.uint8)


def _read_and_write(name: str) -> None:
    from PIL import Image
    from pillow_heif import register_heif_opener

    register_heif_opener()
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "gray").save(buffer, name)
    Image.open(io.BytesIO(buffer.getvalue()), formats=[name]).load()


def _write_and_read_clip() -> None:
    import numpy as np

    from blurkit.geometry import Size
    from blurkit.video.codecs import CODINGS, has_encoder
    from blurkit.video.container import Writer
    from blurkit.video.frames import Frames
    from blurkit.video.planes import Planes
    from blurkit.video.source import facts_of, plain

    gray = Planes(*(np.full((64 >> shift, 64 >> shift), 128, np.uint8) for shift in (0, 1, 1)))
    file = io.BytesIO()
    coding = next((each for each in CODINGS.values() if has_encoder(each)), CODINGS["h264"])
    with Writer(file, plain(Size(64, 64)), coding=coding) as writer:
        writer.add(gray, 0)
        writer.finish()
    list(Frames(file, facts_of(file, max_megapixels=1)))


def do_doctor(folder: Path | None, *, starter: bool) -> ExitCode:
    """Say what works on this machine, and make a starter if it is wanted."""
    from blurkit.cli.doctor import examine
    from blurkit.cli.starter import make

    desktop = _desktop() if starter and folder is None else folder
    if folder is not None and not starter:
        raise SettingsError("is for a starter", path=folder, hint="blurkit doctor --starter FOLDER")
    findings = list(examine())
    for finding in findings:
        write_out(f"{'ok   ' if finding.works else 'FAILS'} {finding.name}: {finding.detail}")
    if desktop is not None:
        say(f"double-click to start: {make(desktop, sys.platform, sys.executable)}")
        if sys.platform not in ("win32", "darwin"):
            say("if your desktop asks: right-click it and allow it to be started")
    return ExitCode.OK if all(finding.works for finding in findings) else ExitCode.MODEL


def _desktop() -> Path:
    from platformdirs import user_desktop_path

    desktop = user_desktop_path()
    if not desktop.is_dir():
        raise SettingsError("there is no desktop folder", path=desktop, hint="blurkit doctor --starter FOLDER")
    return desktop
