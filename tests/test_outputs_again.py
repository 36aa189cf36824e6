"""Outputs of an earlier run that lie among photos are not taken for photos, and whoever names them means them."""

from pathlib import Path

import pytest

from blurkit.batch.collect import OUTPUTS, collect
from blurkit.batch.journal import Journal, is_output
from blurkit.settings import Settings


@pytest.fixture
def written(blurrer, photo_file, monkeypatch, tmp_path):
    """Return a photo and its safe copy in a subfolder, as `run in/photo.jpeg --out in/safe` leaves them."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    source = photo_file()
    target = source.parent / "safe" / source.name
    target.parent.mkdir()
    journal = Journal.open(str(target.parent), Settings())
    blurrer().run(source, out=target, before_write=lambda result: journal.record(Path(source.name), result, None))
    return source, target


def found(folder):
    collected = collect([str(folder)], is_output=is_output)
    return [source.path for source in collected.sources], dict(collected.companions)


def test_an_output_among_photos_is_left_alone_and_counted(written):
    source, _ = written
    assert found(source.parent) == ([source], {OUTPUTS: 1})


def test_a_folder_of_outputs_that_is_named_itself_is_processed(written):
    _, target = written
    assert found(target.parent) == ([target], {})


def test_a_photo_put_beside_outputs_or_an_output_that_was_changed_is_processed(written):
    source, target = written
    (target.parent / "new.jpeg").write_bytes(source.read_bytes())
    target.write_bytes(source.read_bytes())
    assert found(source.parent) == ([source, target.parent / "new.jpeg", target], {})


def test_a_link_to_an_output_is_processed(written):
    source, target = written
    moved = source.parent / "elsewhere.jpeg"
    target.rename(moved)
    target.symlink_to(moved)
    assert target in found(source.parent)[0]
