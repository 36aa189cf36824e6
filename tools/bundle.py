"""Make a folder that runs blurkit on a computer without Python: `python -m tools.bundle --out dist`.

It is made for the system it is made on, with PyInstaller: the interpreter, the libraries and the models lie in the
folder, the programs `blurkit` and, to double-click, `review-photos` beside them. Nothing has to be installed, and no
administrator is needed. PyAV is left out: its encoders are under the GPL.
So is x265, which comes along with what reads HEIC: docs/releasing.md says what that means.

Measured for Linux x86-64, by this command with `--pack`: the folder has 388 MB, packed 163 MB. `blurkit --version`
takes 0.5 s. OpenCV and what it is linked to are 159 MB of the folder, and cannot be taken apart.
"""

from __future__ import annotations

import argparse
import shutil
import stat
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from blurkit.language import LANGUAGES

ROOT = Path(__file__).parents[1]

READ_VERSIONS = ("mediapipe", "onnxruntime", "opencv-python-headless", "numpy", "pillow", "pillow-heif", "typer")
"""Packages whose version blurkit asks for."""

UNUSED = (
    *("tkinter", "matplotlib", "setuptools", "pkg_resources", "pip", "av", "distributed", "imagecodecs"),
    *("PIL._imagingft", "PIL.ImageFont", "PIL._imagingtk", "readline", "curses", "sqlite3"),
    *("sounddevice", "_sounddevice", "cffi", "_cffi_backend"),
)
"""What PyInstaller would follow, and a bundle does not hold."""

SPOKEN = {"root", "en_001", "en_GB", *LANGUAGES}
"""The locales that blurkit asks for, and those that they build upon."""

STARTERS = {
    "win32": ("review-photos.bat", '@echo off\r\n"%~dp0blurkit.exe" review\r\nif errorlevel 1 pause\r\n'),
    "darwin": ("review-photos.command", '#!/bin/sh\nexec "$(dirname "$0")/blurkit" review\n'),
    "linux": ("review-photos", '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/blurkit" review\n'),
}
"""File to double-click, and what it holds, by `sys.platform`."""


def main() -> None:
    """Make a bundle, as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder that gets blurkit/")
    parser.add_argument("--python", type=Path, help="Python with blurkit and PyInstaller; by default a fresh one")
    parser.add_argument("--pack", action="store_true", help="pack the folder, too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = bundle(asked.python or fresh_python(Path(work, "env")), asked.out)
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    print(f"{folder}: {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
    if asked.pack:
        kind = "zip" if sys.platform == "win32" else "gztar"  # a ZIP would hold each library that is linked to twice
        packed = Path(shutil.make_archive(str(folder), kind, asked.out, folder.name))
        print(f"{packed}: {packed.stat().st_size / 1e6:.0f} MB")


def fresh_python(folder: Path) -> Path:
    """Return the Python of a new environment with this checkout and the group `bundle`."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    for words in (["--upgrade", "pip>=25.1"], [str(ROOT), "--group", f"{ROOT / 'pyproject.toml'}:bundle"]):
        subprocess.run([python, "-m", "pip", "install", "-qq", *words], check=True)
    return python


def bundle(python: Path, out: Path) -> Path:
    """Make the folder of a bundle from an environment, and return it.

    Args:
        python: The interpreter of an environment that holds blurkit and PyInstaller.
        out: Where `blurkit/` goes; one that is there is replaced.

    Raises:
        subprocess.CalledProcessError: PyInstaller failed.
    """
    with tempfile.TemporaryDirectory() as work:
        entry = ROOT / "tools" / "bundled" / "main.py"
        places = ["--distpath", str(out), "--workpath", work, "--specpath", work]
        words = [*places, "--noconfirm", "--onedir", "--log-level", "WARN", "--name", "blurkit"]
        words += ["--collect-submodules", "blurkit", "--collect-data", "blurkit", "--collect-all", "mediapipe"]
        words += ["--collect-submodules", "uvicorn"]
        for package in ("blurkit", *READ_VERSIONS):
            words += ["--copy-metadata", package]
        for package in UNUSED:
            words += ["--exclude-module", package]
        subprocess.run([python, "-m", "PyInstaller", *words, entry], check=True, cwd=work)
    folder = out / "blurkit"
    for name in ("LICENSE", "NOTICE", "README.md"):
        shutil.copy(ROOT / name, folder)
    docs = ROOT / "docs"
    for path in (*docs.glob("**/schools.md"), *docs.glob("review-*.jpg")):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    name, content = STARTERS["linux" if sys.platform.startswith("linux") else sys.platform]
    starter = folder / name
    starter.write_bytes(content.encode())
    starter.chmod(starter.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    keep_languages(folder)
    _strip(folder)
    return folder


def keep_languages(folder: Path) -> None:
    """Take the days and numbers of languages out that blurkit does not speak, 33 of 35 MB, from a bundle."""
    for locale in folder.glob("_internal/babel/locale-data/*.dat"):
        if locale.stem not in SPOKEN:
            locale.unlink()


def _strip(folder: Path) -> None:
    """Take symbols that nothing is linked to out of large libraries, where the system has `strip`."""
    if (strip := shutil.which("strip")) is None:
        return
    for pattern in ("libpython*.so*", "mediapipe/**/*.so"):  # others were patched by their wheels, and break
        for library in folder.glob(f"_internal/{pattern}"):
            subprocess.run([strip, "--strip-unneeded", library], check=True)


if __name__ == "__main__":
    main()
