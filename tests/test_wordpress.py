"""The plugin for WordPress in the documents: it runs, it hands on safe photos only, and in doubt none."""

import json
import re
import shutil
import subprocess

import pytest

from blurkit.load import decode
from blurkit.settings import LoadSettings
from tests import pictures
from tests.documents import ROOT
from tests.test_serve import started  # noqa: F401  # a fixture

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(shutil.which("php") is None, reason="php is not installed"),
]

STANDS_IN = """<?php
$filters = [];
function add_filter($name, $does) { $GLOBALS['filters'][$name] = $does; }
function wp_check_filetype($name) {
    $known = ['jpg' => 'image/jpeg', 'heic' => 'image/heic', 'pdf' => 'application/pdf'];
    return ['type' => $known[strtolower(pathinfo($name, PATHINFO_EXTENSION))] ?? false];
}
function wp_remote_post($address, $wanted) {
    $http = ['method' => 'POST', 'content' => $wanted['body'], 'timeout' => $wanted['timeout']];
    $http['ignore_errors'] = true;
    $body = @file_get_contents($address, false, stream_context_create(['http' => $http]));
    if ($body === false) return null;
    $headers = [];
    foreach ($http_response_header as $line) {
        if (preg_match('/^([^:]+): *(.*)$/', $line, $found)) $headers[strtolower($found[1])] = $found[2];
    }
    return ['body' => $body, 'headers' => $headers, 'code' => (int) explode(' ', $http_response_header[0])[1]];
}
function is_wp_error($answer) { return $answer === null; }
function wp_remote_retrieve_body($answer) { return $answer['body']; }
function wp_remote_retrieve_response_code($answer) { return $answer['code']; }
function wp_remote_retrieve_header($answer, $name) { return $answer['headers'][$name] ?? ''; }
require $argv[1];
$file = json_decode($argv[2], true);
echo json_encode($filters[$argv[3]]($file));
"""


@pytest.fixture
def uploaded(tmp_path):
    """Hand a file to the plugin as WordPress does; gives what it makes of the entry, and of the file."""
    (source,) = re.findall(r"```php\n(.+?)```", (ROOT / "docs" / "automation.md").read_text(encoding="utf-8"), re.S)
    (tmp_path / "wordpress.php").write_text(STANDS_IN)

    def upload(name, data, port, *, kind="image/jpeg", by="upload"):
        (tmp_path / "plugin.php").write_text(source.replace("127.0.0.1:8400", f"127.0.0.1:{port}"))
        path = tmp_path / "phpA1b2C3"
        path.write_bytes(data)
        entry = {"name": name, "type": kind, "tmp_name": str(path), "size": len(data), "error": 0}
        command = ["php", "wordpress.php", "plugin.php", json.dumps(entry), f"wp_handle_{by}_prefilter"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=True)
        return json.loads(done.stdout), path.read_bytes()

    return upload


def test_a_photo_becomes_a_safe_one_and_what_is_none_stays_out(uploaded, started):  # noqa: F811
    port = started("--policy", "everyone")
    for name, data in (("a.jpg", pictures.file("jpeg")), ("b.heic", pictures.file("heif"))):
        for by in ("upload", "sideload"):
            entry, safe = uploaded(name, data, port, by=by)
            assert entry["error"] == 0
            assert entry["name"] == name.replace(".heic", ".jpg")
            assert (entry["type"], entry["size"]) == ("image/jpeg", len(safe))
            assert safe != data
            assert decode(safe, LoadSettings()).size.width == 96
    for kind in ("image/jpeg", "text/plain"):  # what a browser calls it does not count
        entry, _ = uploaded("c.jpg", b"\xff\xd8 no photo", port, kind=kind)
        assert "could not be made safe" in entry["error"]
    entry, kept = uploaded("letter.pdf", b"%PDF-1.7", port, kind="application/pdf")
    assert (entry["error"], kept) == (0, b"%PDF-1.7")


def test_without_the_service_no_photo_is_uploaded(uploaded):
    entry, _ = uploaded("a.jpg", pictures.file("jpeg"), 9)
    assert "could not be made safe" in entry["error"]
