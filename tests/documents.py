"""The documents as their tests read them: which there are, and their links, headings, blocks and sentences."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = (".", "docs", "models", "samples", ".github", ".github/ISSUE_TEMPLATE")
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).glob("*.md"))

BLOCK = re.compile(r"(?:<!-- not run: (?P<reason>.+?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```", re.M | re.S)
SENTENCE_ENDS = re.compile(r"(?<=[.!?:])[)*]* +(?=[*(]*[A-Z0-9\"'])")


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    document: str
    language: str
    """Empty for commands of a shell."""
    text: str
    reason: str | None
    """Why its commands cannot be run by a test."""

    @property
    def lines(self):
        return [line for line in self.text.splitlines() if line.strip() and not line.startswith("#")]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name, language):
    found = [Block(name, match["language"], match["text"], match["reason"]) for match in BLOCK.finditer(text(name))]
    return [block for block in found if block.language == language]


def all_blocks(language):
    return [block for name in DOCUMENTS for block in blocks(name, language)]


def prose(document):
    """Return a document without what is not text: blocks, tables made from --help, comments and pictures."""
    document = re.sub(r"<!-- (commands|options): made by.*?<!-- end -->", "", document, flags=re.S)
    document = re.sub(r"^```.*?^```|<!--.*?-->|!\[[^\]]*\]\([^)]*\)", "", document, flags=re.M | re.S)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", document)


def code_spans(name):
    return re.findall(r"`([^`\n]+)`", prose(text(name)))


def links(name):
    document = re.sub(r"^```.*?^```", "", text(name), flags=re.M | re.S)
    return re.findall(r"\]\(([^)\s]+)\)", document)


def anchors(document):
    """Return what GitHub makes of the headings, so that a link can lead to them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def sentences(document):
    """Yield the sentences of a document: headings and tables are none, and a piece of code counts as one word."""
    words = re.sub(r"`[^`]+`", "code", prose(document))
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )|^#.*$", words, flags=re.M):
        lines = [line for line in paragraph.splitlines() if not line.startswith(("|", "---"))]
        joined = re.sub(r"^(?:[-*]|\d+\.) ", "", " ".join(" ".join(lines).split())).replace("*", "")
        yield from (sentence for sentence in SENTENCE_ENDS.split(joined) if sentence)
