"""The pages of the knowledge, made from its data.

`python -m tests.docs.knowledge_pages` writes them anew, and removes those of what is gone.
"""

from __future__ import annotations

from pathlib import Path

from knowledge.load import load
from knowledge.sheets.markdown import MADE, markdown_pages
from tests.docs.pages import REPOSITORY

FOLDER = REPOSITORY / "docs" / "reference" / "knowledge"


def written(folder: Path = FOLDER) -> dict[str, str]:
    """The pages that are there, by their path below the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.md"))
    }


def write(folder: Path = FOLDER) -> None:
    """Write every page. Only a page that was made here is ever removed."""
    pages = markdown_pages(load())
    for name, text in written(folder).items():
        if name not in pages and MADE in text:
            (folder / name).unlink()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
