"""Looks into files with detectors of choice."""

import pytest

from blurkit.audit import examine as audit
from blurkit.audit.examine import examine
from blurkit.audit.matches import Reports
from blurkit.batch.naming import Source
from blurkit.settings import Settings
from tests.fakes import NoFaces


@pytest.fixture
def look(blurrer, monkeypatch, tmp_path):
    """Look into a file with detectors of choice."""

    def look(data, *, detector=None, age=None, reports=None, name="photo.jpg"):
        path = data
        if isinstance(data, bytes):
            path = tmp_path / name
            path.write_bytes(data)
        made = blurrer(detector or NoFaces(), age=age, policy={})
        monkeypatch.setattr(audit, "blurrer_of", lambda *_: made)
        return examine(Source(path, path, None, str(path)), settings=Settings(), reports=reports or Reports())

    return look
