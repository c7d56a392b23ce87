"""How does a page become a PDF that everybody can read, and that fetches nothing while it is made?

Tagged (PDF/UA-1), in the project's own fonts. The pictures of letters come from the built front-end files; where these
are missing, whatever sans-serif the system has takes their place.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

FONT = "ilos-font"  # the scheme of the one kind of address that is answered
FAMILIES = (
    # Families by script and not one with ranges: the layout engine goes along the list until one has the letter.
    ("Fira", "fira-sans-latin"),
    ("Fira Ext", "fira-sans-latin-ext"),
    ("Fira Cyrillic", "fira-sans-cyrillic"),
    ("Vazirmatn", "vazirmatn-arabic"),
)
WEIGHTS = (400, 600)


class FetchesNothing(ValueError):
    """A paper named something that would have to be fetched."""


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """The template as a PDF. In German: papers go to insurers and authorities here."""
    # Here and not above: loading the layout engine takes half a second, which no other page should wait for.
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFonts(URLFetcher):
        """Answers for our fonts, and for nothing else."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            return URLFetcherResponse(url, _fetch(url), {"Content-Type": "font/woff2"})

    with translation.override("de"):
        page = render_to_string(template, {**context, "families": _families(), "weights": WEIGHTS})
    made: bytes = HTML(string=page, url_fetcher=OwnFonts(), base_url=f"{FONT}:").write_pdf(
        font_config=FontConfiguration(), pdf_variant="pdf/ua-1"
    )
    return made


def _families() -> list[tuple[str, str]]:
    return [(family, stem) for family, stem in FAMILIES if finders.find(_file(f"{stem}-400"))]


def _file(name: str) -> str:
    return f"vendor/{name}-normal.woff2"


def _fetch(url: str) -> bytes:
    asked = urlsplit(url)
    known = {f"{stem}-{weight}" for _family, stem in FAMILIES for weight in WEIGHTS}
    found = finders.find(_file(asked.path)) if asked.scheme == FONT and asked.path in known else None
    if not found:
        raise FetchesNothing("a paper fetches nothing but its fonts")
    return Path(str(found)).read_bytes()
