"""Make the documents into a site that asks no other server for anything: `python -m tools.site --out build/site`.

The documents are brought together as they lie in the repository, so that their links lead where they lead there. A
link that leads nowhere, to a file or to a heading, ends it with an error; so does a page that loads anything from
elsewhere. Wants the group `docs`.
"""

from __future__ import annotations

import argparse
import logging
import re
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

PARTS = (
    *("README.md", "THREAT_MODEL.md", "SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md", "NOTICE", "LICENSE"),
    *("docs", "models/README.md", "samples/README.md", "bench/results/*.png", ".github/ISSUE_TEMPLATE/*.md"),
)
"""What is brought together, as patterns from the root."""

LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc=["']?(?:https?:)?//[^"'> ]+"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|preload|preconnect|icon|dns-prefetch))"""
    r"""[^>]*?\bhref=["']?(?:https?:)?//[^"'> ]+"""
    r"""|url\(["']?(?:https?:)?//[^)]+|@import\s+["'](?:https?:)?//[^"']+"""
)
"""What a browser would load from another server."""


def main() -> None:
    """Make the site, as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site", help="folder that gets the site")
    out = parser.parse_args().out
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")  # what is wrong with a link
    make(out)
    pages = list(out.rglob("*.html"))
    print(f"{out}: {len(pages)} pages, nothing of them is loaded from elsewhere")


def make(out: Path) -> None:
    """Make the site.

    Args:
        out: Where it goes; what is there is replaced.

    Raises:
        SystemExit: A link leads nowhere, or a page loads something from elsewhere.
    """
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort

    with tempfile.TemporaryDirectory() as work:
        documents = together(Path(work, "documents"))
        config = load_config(
            str(ROOT / "mkdocs.yml"), docs_dir=str(documents), site_dir=str(out.resolve()), strict=True
        )
        try:
            build(config)
        except Abort as fault:
            raise SystemExit(1) from fault
    if loaded := from_elsewhere(out):
        raise SystemExit("loaded from elsewhere: " + "; ".join(loaded))


def together(folder: Path) -> Path:
    """Copy the documents to a folder, as they lie in the repository, and return it."""
    for pattern in PARTS:
        for source in ROOT.glob(pattern):
            target = folder / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)
    return folder


def from_elsewhere(site: Path) -> list[str]:
    """Return what pages and styles of a site load from other servers."""
    files = [path for path in site.rglob("*") if path.suffix in (".html", ".css")]
    return [
        f"{path.relative_to(site)}: {found.group()[:80]}"
        for path in sorted(files)
        for found in LOADED.finditer(path.read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    main()
