"""The site of the documents holds every one of them, and loads nothing from other servers."""

import re

import pytest

from tests.documents import ROOT
from tools import site


def test_every_document_is_on_the_site_and_in_its_menu(tmp_path):
    folder = site.together(tmp_path)
    documents = {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")}
    named = set(re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.M))
    assert {name for name in documents if not name.startswith(".")} == named


def test_the_settings_ask_for_no_font_and_no_plugin_from_elsewhere():
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "font: false" in settings
    assert "plugins: [search]" in settings
    assert "http" not in settings


@pytest.mark.parametrize(
    ("page", "is_loaded"),
    [
        ('<script src="https://cdn.example/a.js"></script>', True),
        ('<link rel="stylesheet" href="//fonts.example/css">', True),
        ('<link href="https://fonts.example" rel="preconnect">', True),
        ('<img alt="" src="http://img.example/a.png">', True),
        ("<style>a { background: url(https://a.example/b.png) }</style>", True),
        ('<a href="https://example.org">elsewhere</a><script src="../a.js"></script>', False),
        ('<link rel="canonical" href="https://example.org/"><img src="a.png">', False),
    ],
)
def test_what_a_page_loads_from_elsewhere_is_noticed(page, is_loaded, tmp_path):
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert bool(site.from_elsewhere(tmp_path)) == is_loaded
