"""Compare what blurkit writes with what a browser shows of the source, on test files of other programs.

    python -m bench.viewers FOLDER|FILE...

The test images of Pillow (its sdist) and of scikit-image (its wheel) are such files. Each is decoded and encoded as a
run does it, without covers. Source and output are shown by Chromium on white and on black. A line is printed for each
file that the browser shows and blurkit refuses, and for each that looks different by more than its coder explains.
"""

from __future__ import annotations

import argparse
import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from blurkit.encode import encode, prepare
from blurkit.errors import BlurkitError
from blurkit.load import decode
from blurkit.picture.formats import PHOTO_SUFFIXES, sniff
from blurkit.records import ImageFormat
from blurkit.settings import LoadSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

GROUNDS = ("white", "black")
LARGEST_FILE, MOST_PIXELS = 30_000_000, 12_000_000
"""Larger files are left out, and of larger pictures only the size is compared."""
LOSSY, LOSSLESS = (6.0, 40.0), (2.0, 12.0)
"""Mean and 99 % quantile of the difference, of 255, that a coder may make."""
SUFFIXES = frozenset(suffix for suffixes in PHOTO_SUFFIXES.values() for suffix in suffixes)
LIMIT = LoadSettings()

SHOW = """async ([data, ground, most]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + data;
  try { await image.decode(); } catch { return null; }
  const size = [image.naturalWidth, image.naturalHeight];
  if (!(size[0] * size[1] > 0 && size[0] * size[1] <= most)) return [...size, null];
  const canvas = new OffscreenCanvas(...size), context = canvas.getContext("2d");
  context.fillStyle = ground;
  context.fillRect(0, 0, ...size);
  context.drawImage(image, 0, 0);
  const shown = context.getImageData(0, 0, ...size).data;
  let text = "";
  for (let at = 0; at < shown.length; at += 32768) text += String.fromCharCode(...shown.subarray(at, at + 32768));
  return [...size, btoa(text)];
}"""
"""Draws a picture on a ground in the browser, and gives its size and pixels; null if it shows nothing."""


class Shown(NamedTuple):
    """What a browser shows of a file."""

    width: int
    height: int
    pixels: NDArray[np.int16] | None
    """RGB of shape (H, W, 3); None if there are too many."""


class Browser:
    """A browser without a window."""

    def __init__(self) -> None:
        """Start it."""
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        program = os.environ.get("BLURKIT_BROWSER", "/usr/bin/chromium")
        options = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
        self._browser = self._playwright.chromium.launch(executable_path=program, args=options)
        self._page = self._browser.new_page()

    def close(self) -> None:
        """End it."""
        self._browser.close()
        self._playwright.stop()

    def show(self, data: bytes, ground: str) -> Shown | None:
        """Return what it shows of a file on a ground; None for nothing."""
        told = self._page.evaluate(SHOW, [base64.b64encode(data).decode(), ground, MOST_PIXELS])
        if told is None:
            return None
        width, height, text = told
        pixels = None
        if text is not None:
            pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[..., :3].astype(np.int16)
        return Shown(width, height, pixels)


def judged(data: bytes, browser: Browser) -> tuple[str, str]:
    """Return what came of one file in a word, and what is wrong with it."""
    source = browser.show(data, GROUNDS[0])
    try:
        photo = decode(data, LIMIT)
    except BlurkitError as error:
        return ("refused" if source is not None else "refused by both"), error.message
    if source is None:
        return "shown by no browser", ""
    output = encode(prepare(photo, photo.format))
    is_lossy = photo.format in (ImageFormat.JPEG, ImageFormat.AVIF, ImageFormat.WEBP) and not photo.encoding.lossless
    for ground in GROUNDS:
        fault = difference(browser.show(data, ground), browser.show(output, ground), LOSSY if is_lossy else LOSSLESS)
        if fault:
            return "different", f"{fault} on {ground}"
    return "same", ""


def difference(source: Shown | None, output: Shown | None, allowed: tuple[float, float]) -> str:
    """Say in what two pictures differ by more than is allowed; empty if in nothing."""
    if source is None or output is None:
        return "the output is not shown"
    if source[:2] != output[:2]:
        return f"{source.width}x{source.height} became {output.width}x{output.height}"
    if source.pixels is None or output.pixels is None:
        return ""
    apart = np.abs(source.pixels - output.pixels).max(axis=2)
    mean, most = float(apart.mean()), float(np.percentile(apart, 99))
    return f"differs by {mean:.1f} in the mean, {most:.0f} at 99 %" if mean > allowed[0] or most > allowed[1] else ""


def files(given: Sequence[Path]) -> Iterator[Path]:
    """Yield the photos among files and in folders."""
    for path in given:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_file() and file.stat().st_size <= LARGEST_FILE:
                with file.open("rb") as opened:
                    if file.suffix.lower() in SUFFIXES or sniff(opened.read(64)) is not None:
                        yield file


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare files, and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("paths", nargs="+", type=Path)
    browser = Browser()
    counts: dict[str, int] = {}
    try:
        for file in files(parser.parse_args(arguments).paths):
            word, fault = judged(file.read_bytes(), browser)
            counts[word] = counts.get(word, 0) + 1
            if word in ("refused", "different"):
                print(f"{word}: {file}: {fault}", flush=True)
    finally:
        browser.close()
    print(", ".join(f"{count} {word}" for word, count in sorted(counts.items())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
