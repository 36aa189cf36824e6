"""Compare what blurkit writes with what a browser shows of the source, on test files of other programs.

    python -m bench.viewers FOLDER|FILE... [--whole]

The test images of Pillow (its sdist) and of scikit-image (its wheel) are such files. Each is decoded and encoded as a
run does it, without covers. Source and output are shown by Chromium on white and on black. A line is printed for each
file that the browser shows and blurkit refuses, and for each that looks different by more than its coder explains.
With `--whole` each goes through the whole run: it is searched for faces, covered, cleaned, checked and written, and
compared outside its covers. At the end stands how often each reason to refuse came up.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from blurkit.encode import encode, prepare
from blurkit.errors import BlurkitError
from blurkit.load import decode
from blurkit.obscure import drawn_mask
from blurkit.outcomes import PhotoFailure
from blurkit.picture.formats import PHOTO_SUFFIXES, sniff
from blurkit.pipeline import Blurrer
from blurkit.records import Action, ImageFormat
from blurkit.settings import LoadSettings, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

GROUNDS = ("white", "black")
LARGEST_FILE, MOST_PIXELS = 30_000_000, 12_000_000
"""Larger files are left out, and of larger pictures only the size is compared."""
LOSSY, LOSSLESS = (6.0, 40.0), (2.0, 12.0)
"""Mean and 99 % quantile of the difference, of 255, that a coder may make."""
BLOCK = 16
"""Side in pixels of what a lossy coder codes together."""
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


def judged_whole(file: Path, browser: Browser, blurrer: Blurrer, folder: Path) -> tuple[str, str]:
    """Return what the whole run made of one file in a word, and what is wrong with it."""
    data = file.read_bytes()
    source = browser.show(data, GROUNDS[0])
    outcome = blurrer.run(file, out=folder / "safe")
    if isinstance(outcome, PhotoFailure):
        return ("refused" if source is not None else "refused by both"), outcome.error
    written = (folder / "safe").read_bytes()
    (folder / "safe").unlink()
    if source is None:
        return "shown by no browser", ""
    shown = browser.show(written, GROUNDS[0])
    covered = [each.face for each in outcome.decisions if each.judgement.action is Action.COVER]
    mask = drawn_mask(covered, blurrer.settings.obscure, outcome.size)
    is_lossy = written[:2] == b"\xff\xd8" or written[8:15] == b"WEBPVP8"
    if is_lossy:  # the blocks that a cover touches are coded with its edge
        mask = cv2.dilate(mask.astype(np.uint8), np.ones((2 * BLOCK + 1, 2 * BLOCK + 1), np.uint8)) > 0
    fault = difference(source, shown, LOSSY if is_lossy else LOSSLESS, ~mask)
    return ("different", f"{fault} outside {len(covered)} covers") if fault else (str(outcome.status), "")


def kind_of(reason: str) -> str:
    """Return a reason to refuse without its numbers and names, so that it can be counted."""
    return re.sub(r"\d[\d,.]*", "N", reason)


def difference(
    source: Shown | None,
    output: Shown | None,
    allowed: tuple[float, float],
    where: NDArray[np.bool_] | None = None,
) -> str:
    """Say in what two pictures differ by more than is allowed; empty if in nothing.

    Args:
        source: The one.
        output: The other.
        allowed: Mean and 99 % quantile of the difference, of 255.
        where: The pixels that count, bool of shape (H, W); all by default.
    """
    if source is None or output is None:
        return "the output is not shown"
    if source[:2] != output[:2]:
        return f"{source.width}x{source.height} became {output.width}x{output.height}"
    if source.pixels is None or output.pixels is None:
        return ""
    apart = np.abs(source.pixels - output.pixels).max(axis=2)
    apart = apart if where is None else apart[where]
    if not apart.size:
        return ""
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
    parser.add_argument("--whole", action="store_true", help="make each safe, as a run does")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of the files, every Nth only")
    asked = parser.parse_args(arguments)
    counts, reasons = Counter[str](), Counter[str]()
    with ExitStack() as opened:
        browser = Browser()
        opened.callback(browser.close)
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        blurrer = opened.enter_context(Blurrer(Settings.of(policy="everyone"))) if asked.whole else None
        for number, file in enumerate(files(asked.paths)):
            if number % asked.every:
                continue
            if blurrer is None:
                word, fault = judged(file.read_bytes(), browser)
            else:
                word, fault = judged_whole(file, browser, blurrer, folder)
            counts[word] += 1
            if word.startswith("refused"):
                reasons[f"{word}: {kind_of(fault)}"] += 1
            if word in ("refused", "different"):
                print(f"{word}: {file}: {fault}", flush=True)
    for reason, count in reasons.most_common() if asked.whole else ():
        print(f"{count} x {reason}")
    print(", ".join(f"{count} {word}" for word, count in sorted(counts.items())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
