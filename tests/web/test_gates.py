"""Every page has its gate, and the gate keeps out whom it should."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, reverse

from backend.web import account_urls, urls
from backend.web.gates import Gate


def patterns(resolver: URLResolver | Any) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns if isinstance(resolver, URLResolver) else resolver:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def test_every_view_of_ours_names_its_gate():
    without = [
        p.name for p in patterns(urls.urlpatterns) if not isinstance(getattr(p.callback, "gate", None), Gate)
    ]
    assert without == []


def test_every_page_around_signing_in_is_listed():
    routes = [p for p in account_urls.urlpatterns if isinstance(p, URLPattern)]
    of_others = {p.name for p in routes if not isinstance(getattr(p.callback, "gate", None), Gate)}
    assert of_others <= set(account_urls.GATES) <= {p.name for p in routes}


def test_there_are_no_pages_about_passwords():
    names = {p.name for p in patterns(account_urls.urlpatterns)}
    assert not {name for name in names if name and "password" in name}


def test_pages_for_some_are_kept_out_of_caches(cast, browser_of):
    response = browser_of(cast.kaya).get(reverse("web:worklist"))
    assert "no-store" in response.headers["Cache-Control"]
    refused = browser_of(cast.rita).get(reverse("web:worklist"))
    assert "no-store" in refused.headers["Cache-Control"]
