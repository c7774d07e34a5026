"""Pages as a reader has them: the text of each row of a table, and the text of the whole."""

import re
from html.parser import HTMLParser


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.rows: list[list[str]] = []
        self.text: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.rows = []
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        elif tag == "caption":
            self.inside = "caption"
            self.caption = ""
        label = dict(attributes).get("aria-label")
        if label and self.rows and self.rows[-1]:
            self.rows[-1][-1] += f" [{label}]"

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption":
            self.inside = ""
            self.tables[self.caption.strip()] = self.rows
        if tag == "table":
            self.rows = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.inside == "caption":
            self.caption += data
        elif self.rows and self.rows[-1]:
            self.rows[-1][-1] += f" {data}"


def tables(html: str) -> dict[str, list[list[str]]]:
    """Caption → rows of cells, their words with single spaces; drawings by their label in brackets."""
    found = _Tables()
    found.feed(html)
    return {
        caption: [[" ".join(cell.split()) for cell in row] for row in rows] for caption, rows in found.tables.items()
    }


def text(html: str) -> str:
    """All words of a page with single spaces."""
    found = _Tables()
    found.feed(re.sub(r"<(?!/?(?:small|strong|em|span|code)\b)", " <", html))
    return " ".join("".join(found.text).split()).replace(" ,", ",").replace(" .", ".")
