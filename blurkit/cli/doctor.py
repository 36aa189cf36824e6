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
from blurkit.language import mark, tn, tr
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


ALONE = mark("not installed; CenterFace works alone")
"""What is said of a detector that has no build for every system."""

CLIPS = mark(
    "read and written; PyAV's wheels hold x264 and x265, which are GPL (--clip-codec vp9 or av1 needs neither)"
)
"""What is said of clips that work."""


def examine() -> Iterator[Trial]:
    """Try everything blurkit needs, and yield what came of it."""
    processors = tn("{n} processor", "{n} processors", available_cpus())
    system = f"{platform.system()} {platform.machine()}, {processors}"
    yield Trial("python", works=True, detail=f"{platform.python_version()}, {system}")
    for package in PACKAGES:
        try:
            yield Trial(package, works=True, detail=version(package))
        except PackageNotFoundError:
            optional = package == "mediapipe"
            yield Trial(package, works=optional, detail=tr(ALONE) if optional else tr("not installed"))
    try:
        for name in weights.model_hashes():
            yield _tried(tr("model {name}").format(name=name), partial(weights.model_path, name), tr("unaltered"))
    except BlurkitError as error:
        yield Trial(tr("models"), works=False, detail=str(error))
    for detector in DETECTORS:
        if detector != DetectorName.MEDIAPIPE or mediapipe_installed():
            yield _tried(
                tr("detector {name}").format(name=detector), partial(_detect, detector), tr("looks at pictures")
            )
    yield _tried(tr("second look"), _look_again, tr("looks at pictures"))
    yield _tried(tr("independent check"), _check, tr("looks at pictures"))
    yield _tried(tr("age models"), _estimate, tr("can be opened"))
    yield _tried(tr("age thresholds"), load_calibration, tr("can be read"))
    for facts in FORMATS.values():
        yield _tried(facts.pillow, partial(_read_and_write, facts.pillow), tr("read and written"))
    if text.installed():
        yield _tried(tr("words and codes"), _read_words, tr("looked for"))
    else:
        yield Trial(
            tr("words and codes"),
            works=True,
            detail=tr("not installed; nobody looks for them ({how})").format(how=text.INSTALL),
        )
    if installed():
        yield _tried(tr("clips"), _write_and_read_clip, tr(CLIPS))
    else:
        yield Trial(
            tr("clips"),
            works=True,
            detail=tr("not installed; photos alone are made safe ({how})").format(how=INSTALL),
        )


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
        raise SettingsError(tr("is for a starter"), path=folder, hint="blurkit doctor --starter FOLDER")
    findings = list(examine())
    for finding in findings:
        verdict = tr("ok") if finding.works else tr("FAILS")
        write_out(f"{verdict:<5} {finding.name}: {finding.detail}")
    if desktop is not None:
        say(tr("double-click to start: {path}").format(path=make(desktop, sys.platform, sys.executable)))
        if sys.platform not in ("win32", "darwin"):
            say(tr("if your desktop asks: right-click it and allow it to be started"))
    return ExitCode.OK if all(finding.works for finding in findings) else ExitCode.MODEL


def _desktop() -> Path:
    from platformdirs import user_desktop_path

    desktop = user_desktop_path()
    if not desktop.is_dir():
        raise SettingsError(tr("there is no desktop folder"), path=desktop, hint="blurkit doctor --starter FOLDER")
    return desktop
