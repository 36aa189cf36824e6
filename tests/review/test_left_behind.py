"""No picture of a review stays behind in a browser's profile or the folder for temporary files."""

import http.server
import os
import shutil
import tempfile
import threading
from pathlib import Path

from tests.end_to_end.process import pictures_in, small
from tests.review.browsing import sure
from tests.review.serving import CHROMIUM, FLAGS, copies, in_browser, serving

pytestmark = in_browser


def visit(playwright, folder, address, ready):
    """Open a page in a browser with a folder of its own, and return the pictures that this leaves on the disk."""
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=FLAGS, env=dict(os.environ)
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    ready(page)
    context.close()
    return pictures_in(folder)


def test_no_picture_is_left_in_a_browser_or_a_temporary_folder(playwright, tmp_path, monkeypatch):
    temporary = Path(tempfile.mkdtemp())  # not below tmp_path: the browser's socket needs a short path
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    def look(page):
        page.locator("a.card img").wait_for()
        sure(page, lambda: page.evaluate("document.querySelector('a.card img')?.naturalWidth > 0"))
        page.click("a.card")
        sure(page, lambda: page.evaluate("document.querySelector('.base')?.naturalWidth > 0"))

    with serving(copies(tmp_path / "in", "a.jpg"), scale=600 / 1024) as (server, _):
        assert visit(playwright, tmp_path / "profile", server.door.as_uri(), look) == []
    left = pictures_in(temporary)
    shutil.rmtree(temporary, ignore_errors=True)  # a part of the browser may still be tidying up
    assert left == []


def test_a_picture_that_may_be_kept_would_be_found(playwright, tmp_path):
    picture = small(tmp_path, "a.jpg").read_bytes()

    class Keeps(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            page = self.path == "/"
            self.send_response(200)
            self.send_header("Cache-Control", "max-age=3600")
            self.send_header("Content-Type", "text/html" if page else "image/jpeg")
            self.end_headers()
            self.wfile.write(b"<img src=a.jpg>" if page else picture)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeps) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        kept = visit(
            playwright,
            tmp_path / "profile",
            address,
            lambda page: page.wait_for_function("document.images[0].complete"),
        )
        server.shutdown()
    assert kept
