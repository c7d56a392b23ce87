"""What a test reads off a page: its words, its forms, its faults."""

import re
from html.parser import HTMLParser
from itertools import pairwise

from django.http import HttpResponse

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
LABELLED = frozenset({"input", "select", "textarea"})


class Page(HTMLParser):
    """A parsed page."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.wrapped: set[int] = set()
        self.unclosed: list[str] = []
        self.feed(response.content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in LABELLED and "label" in self.open:
            self.wrapped.add(len(self.tags) - 1)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.unclosed.append(f"</{tag}> within {self.open[-3:]}")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        """All words of the page, blanks folded."""
        return re.sub(r"\s+", " ", "".join(self.words)).strip()

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def faults(self) -> list[str]:
        """What a strict policy or a screen reader would stumble over."""
        ids = [attrs["id"] for _tag, attrs in self.tags if attrs.get("id")]
        labelled = {attrs.get("for") for attrs in self.all("label")}
        found = [*self.unclosed]
        found += [f"id twice: {name}" for name in {i for i in ids if ids.count(i) > 1}]
        found += [f"style attribute on {tag}" for tag, attrs in self.tags if "style" in attrs]
        found += [
            f"inline handler on {tag}" for tag, attrs in self.tags if any(a.startswith("on") for a in attrs)
        ]
        found += ["inline script" for attrs in self.all("script") if not attrs.get("src")]
        found += ["style element" for _ in self.all("style")]
        if len(self.all("h1")) != 1:
            found.append(f"{len(self.all('h1'))} first headings")
        levels = [int(tag[1]) for tag, _attrs in self.tags if re.fullmatch(r"h[1-6]", tag)]
        found += [f"h{after} follows h{before}" for before, after in pairwise(levels) if after > before + 1]
        for index, (tag, attrs) in enumerate(self.tags):
            if tag not in LABELLED or attrs.get("type") in {"hidden", "submit"}:
                continue
            if attrs.get("id") not in labelled and index not in self.wrapped and not attrs.get("aria-label"):
                found.append(f"no label: {tag} {attrs.get('name')}")
            described = (attrs.get("aria-describedby") or "").split()
            found += [f"described by nothing: {name}" for name in described if name not in ids]
        return found


def text_of(response: HttpResponse) -> str:
    """What is read there; joiners, which only keep a line whole, are not."""
    return Page(response).text.replace("\u2060", "")
