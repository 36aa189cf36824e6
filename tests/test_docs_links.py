"""Every link, test, file and model that a document names is there."""

import re

import pytest

from tests.documents import DOCUMENTS, ROOT, anchors, links, prose, text


def broken(name, document_links):
    """Return the links that lead nowhere: to a file or a heading that is not there."""
    wrong = []
    for link in document_links:
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name):
    assert broken(name, links(name)) == []


def test_a_broken_link_is_noticed():
    good = ["docs/schools.md", "#install", "https://example.org/none", "docs/reference.md#exit-codes"]
    bad = ["docs/none.md", "#none", "docs/reference.md#none"]
    assert broken("README.md", [*good, *bad]) == bad


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_that_a_document_names_is_there(name):
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", text(name))
    assert [test for test in named if not re.search(rf"def {test}\(", tests)] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_a_document_names_is_there(name):
    named = re.findall(r"`((?:tests|bench|tools|blurkit|samples|models|docs)/[\w/.-]+)`", prose(text(name)))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_document_is_reached_from_the_readme():
    reached, ahead = set(), ["README.md"]
    while ahead:
        name = ahead.pop()
        reached.add(name)
        targets = [((ROOT / name).parent / link.partition("#")[0]).resolve() for link in links(name) if ":" not in link]
        found = {target.relative_to(ROOT).as_posix() for target in targets if target.suffix == ".md"}
        ahead += found - reached
    assert {name for name in DOCUMENTS if not name.startswith(".github/")} - reached == set()


@pytest.mark.parametrize("model", sorted(path.name for path in (ROOT / "models").glob("*.onnx")))
def test_every_model_is_in_the_notice_and_has_a_card(model):
    assert model in text("NOTICE")
    assert model in text("models/README.md")
