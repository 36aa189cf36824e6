"""The examples of the documents run."""

import io
import runpy
from pathlib import Path

import pytest

import blurkit
from tests import pictures
from tests.end_to_end.process import small

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "flask_upload.py"


@pytest.fixture
def client(tmp_path, monkeypatch):
    """Return a client of the example, which stores in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    example = runpy.run_path(str(EXAMPLE))
    with example["pool"]:
        yield example["app"].test_client()


def test_the_upload_fits_on_a_page():
    assert len(EXAMPLE.read_text(encoding="utf-8").split("@app.post")[1].splitlines()) <= 15


@pytest.mark.model
def test_an_upload_in_flask_stores_only_safe_files(client, tmp_path):
    photo = small(tmp_path, width=240).read_bytes()
    stored = client.post("/photos", data={"photo": (io.BytesIO(photo), "class 3b.jpg")})
    assert (stored.status_code, stored.json["status"]) == (201, "ready")
    (path,) = (tmp_path / "photos").iterdir()
    assert path.name == stored.json["stored"]
    assert path.suffix == ".jpg"
    with blurkit.Blurrer(blurkit.Settings.of(policy="everyone")) as blurrer:
        assert path.read_bytes() == blurrer.run_bytes(photo, name="photo.jpg").data
    for wrong in (b"%PDF-1.7", photo[: len(photo) // 2], pictures.file("gif")[:40]):
        refused = client.post("/photos", data={"photo": (io.BytesIO(wrong), "a.jpg")})
        assert refused.status_code == 422
        assert refused.json["error"]
        assert refused.json["hint"]
    assert len(list((tmp_path / "photos").iterdir())) == 1
