"""A report taken apart as a reader has it: tables, texts, and what a screen reader hears."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img"}


class Taken(HTMLParser):
    """`tables` by caption (rows of cells), `words` all text, `labels` what is heard of drawings."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.words: list[str] = []
        self.labels: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self._caption = ""
        self.feed(page.decode())
        assert [] == self.open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.labels += [value or "" for name, value in attrs if name == "aria-label"]
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag == "caption":
            self._caption = ""
        if tag == "tr":
            self.tables.setdefault(self._caption, []).append([])
        if tag in ("td", "th"):
            self.tables[self._caption][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop(), tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if self.open and self.open[-1] == "caption":
            self._caption += data
        elif {"td", "th"} & set(self.open):
            self.tables[self._caption][-1][-1] += data

    def rows(self, caption: str) -> dict[str, list[str]]:
        """The body of a table: by the words of its first cell, the others."""
        body = self.tables[caption][1:]
        return {" ".join(row[0].split()): [cell.strip() for cell in row[1:]] for row in body}

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())
