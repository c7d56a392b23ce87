"""Does the page, as it comes from the server, keep to the strict policy: nothing inline, nothing from elsewhere?"""

from html.parser import HTMLParser
from urllib.parse import urlsplit

LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


class Source(HTMLParser):
    """Notes what a strict policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.faults += [
            f"inline: {name} on <{tag}>" for name in given if name == "style" or name.startswith("on")
        ]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"inline: <{tag}>")
        address = given.get(LOADING.get(tag, "")) or ""
        if urlsplit(address).netloc:
            self.faults.append(f"from elsewhere: <{tag}> {address}")
        if tag == "a" and (given.get("href") or "").lower().startswith("javascript:"):
            self.faults.append("inline: a link that is a script")


def faults_of_source(html: str) -> list[str]:
    """What of the page's HTML the policy forbids."""
    source = Source()
    source.feed(html)
    return source.faults
