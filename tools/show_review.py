"""Makes the pictures of the review page in `docs/` from the samples (needs Chromium).

`blurkit detect samples --report report.json && python -m tools.show_review report.json`
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from blurkit.review.pages import Chooser
from blurkit.review.server import Server
from blurkit.review.start import prepare
from blurkit.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
WIDTH, HEIGHT = 1200, 800
"""Size of the pictures in pixels."""

LOADED = """[...document.images].every((each) => each.complete && each.naturalWidth > 0
    || !each.src || each.hidden || each.getBoundingClientRect().top > innerHeight)"""
"""Whether every picture in view is there."""

SHOWN = """([real, shown]) => {
    document.getElementById("path").value = document.getElementById("path").value.replace(real, shown);
    const out = document.querySelector("#chosen span");
    out.textContent = out.textContent.replace(real, shown);
}"""
"""Shows a usual path in place of that of a temporary folder."""


def main(report: Path, target: Path) -> None:
    """Open the page on a copy of the samples, go through its screens, and save each as a small JPEG."""
    with tempfile.TemporaryDirectory() as folder:
        report = report.absolute()
        _choose(Path(folder), target.absolute())
        target = target.absolute()
        os.chdir(folder)
        photos = Path("sports day")
        shutil.copytree(ROOT / "samples", photos, ignore=shutil.ignore_patterns("*.json", "*.toml", "*.md"))
        review = prepare(photos, Path("sports day, safe"), Settings(), report=report)
        server = Server(review, Chooser(lambda *_: review, Settings()))
        serving = threading.Thread(target=server.run)
        serving.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
                page.goto(server.door.as_uri())
                _walk(page, target)
                browser.close()
        finally:
            server.end()
            serving.join()


def _choose(folder: Path, target: Path) -> None:
    """Save the folder chooser as a person with a few folders of photos sees it."""
    home, shown = folder / "home", Path("/home/office")
    for name in ("sports day", "summer fair", "school trip"):
        shutil.copytree(ROOT / "samples" / "tree" / "sports-day", home / "Pictures" / name)
    for name in ("Desktop", "Downloads", "Documents"):
        (home / name).mkdir()
    os.environ["HOME"] = str(home)
    server = Server(None, Chooser(lambda chosen, *_: prepare(chosen, None, Settings()), Settings()))
    serving = threading.Thread(target=server.run)
    serving.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(server.door.as_uri())
            page.locator("button.folder:has-text('sports day')").click()
            page.locator("#chosen span").wait_for()
            page.locator("input[name=policy]").first.wait_for()
            page.evaluate("window.scrollTo(0, 0)")
            page.evaluate(SHOWN, [str(home), str(shown)])
            page.screenshot(path=target / "review-choose.jpg", type="jpeg", quality=60)
            browser.close()
    finally:
        server.end()
        serving.join()


def _walk(page: Page, target: Path) -> None:
    def keep(name: str) -> None:
        while not page.evaluate(LOADED):
            page.wait_for_timeout(50)  # the page's policy forbids what wait_for_function does
        page.wait_for_timeout(500)
        page.screenshot(path=target / f"review-{name}.jpg", type="jpeg", quality=60)

    page.on("pageerror", lambda fault: sys.exit(f"the page failed: {fault}"))
    page.locator("#totals").wait_for()
    page.locator("#progress").wait_for(state="hidden", timeout=300_000)
    keep("photos")
    page.click("#step-visible")
    page.locator("button.face").first.wait_for()
    keep("visible")
    page.click("#step-covered")
    page.locator(".strip .act").first.click()
    page.locator("dialog[open]").wait_for()
    keep("reason")
    page.keyboard.press("Escape")
    page.click("#step-photos")
    page.click("a.card:has-text('group.jpg')")
    page.locator(".box.cover").last.focus()
    keep("photo")
    page.click("#step-finish")
    keep("finish")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs")
