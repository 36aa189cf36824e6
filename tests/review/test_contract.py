"""The types that the page is checked with are what the server really sends."""

import json
import re

import pytest

from blurkit.review.pages import STATIC
from blurkit.review.requests import Edit
from tests.end_to_end.process import wait_until
from tests.review.caller import Caller
from tests.review.serving import choosing, copies, serving


def declared(kind):
    """Return the properties of a type, and whether each must be there."""
    text = (STATIC / "contract.js").read_text(encoding="utf-8")
    body = re.search(rf"@typedef \{{object\}} {kind}\n(.*?)\*/", text, re.DOTALL).group(1)
    return {name: not optional for optional, name in re.findall(r"@property \{.*\} (\[?)(\w+)", body)}


def agrees(kind, told):
    known = declared(kind)
    assert known.keys() >= told.keys(), "the page is told what no type says"
    assert {name for name, must in known.items() if must} <= told.keys(), "a type says what the page is not told"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = copies(tmp_path_factory.mktemp("review") / "in", "a.jpg")
    (folder / "b.jpg").write_bytes(b"no photo")
    (folder / "c.pdf").write_bytes(b"no photo")
    with serving(folder, scale=600 / 1024) as (server, review):
        wait_until(lambda: review.work.done and not review.work.is_busy)
        call = Caller(server.door)
        call.enter()
        paths = {name: f"/api/{name}" for name in ("about", "state", "warnings")} | {"covers": "/photo/0/covers"}
        yield {name: json.loads(call(path).body) for name, path in paths.items()}


def test_what_a_review_is_about(told):
    agrees("About", told["about"])


def test_the_state_its_photos_and_their_faces(told):
    agrees("State", told["state"])
    good, bad = told["state"]["photos"]
    assert "error" in bad
    for photo in (good, bad):
        agrees("Photo", photo)
    for face in good["faces"]:
        agrees("Face", face)


def test_the_covers_of_a_photo(told):
    agrees("Sketch", told["covers"])
    covered = [face["number"] for face in told["state"]["photos"][0]["faces"] if face["action"] == "cover"]
    assert sorted(face for face, _ in told["covers"]["edges"]) == covered
    assert all(path.startswith("M") and path.endswith("Z") for _, path in told["covers"]["edges"])
    assert re.fullmatch("#[0-9a-f]{6}", told["covers"]["tone"])


def test_the_warnings(told):
    agrees("Warning", told["warnings"]["warnings"][0])


def test_the_folders_of_the_chooser(tmp_path, monkeypatch):
    copies(tmp_path / "Pictures" / "day", "a.jpg")
    with choosing(tmp_path, monkeypatch) as (server, _):
        call = Caller(server.door)
        call.enter()
        listing = json.loads(call.post("folders", {"path": ""}).body)
    agrees("Listing", {name: value for name, value in listing.items() if name != "done"})
    agrees("Folder", listing["folders"][0])


def test_the_changes_that_the_page_asks_for():
    assert declared("Edit").keys() == Edit.model_fields.keys()


def test_a_property_that_no_type_has_is_found(told):
    with pytest.raises(AssertionError, match="no type says"):
        agrees("State", told["state"] | {"new": 1})
    with pytest.raises(AssertionError, match="is not told"):
        agrees("State", {})
