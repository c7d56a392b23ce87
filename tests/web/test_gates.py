"""Every page has its gate, and the gate keeps out whom it should."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from backend.web import account_urls, urls
from backend.web.gates import Gate
from tests import factories as make
from tests.web.reading import text_of


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
    own = [p.name for p in account_urls.urlpatterns if isinstance(p, URLPattern)]
    assert sorted(own) == sorted(account_urls.GATES)


def test_there_are_no_pages_about_passwords():
    names = {p.name for p in patterns(account_urls.urlpatterns)}
    assert not {name for name in names if name and "password" in name}


OPEN = {Gate.PUBLIC, Gate.LINK, Gate.DEMO}
GUARDED = sorted(p.name for p in urls.urlpatterns if p.callback.gate not in OPEN)
ANY_ID = "01a200e6-5b43-76a4-a97d-a7ec5999f884"


def address(name: str) -> str:
    pattern = next(p for p in urls.urlpatterns if p.name == name)
    return reverse(f"web:{name}", kwargs=dict.fromkeys(pattern.pattern.converters, ANY_ID))


@pytest.mark.parametrize("name", GUARDED)
def test_strangers_are_asked_to_sign_in(db, name):
    for method in ("get", "post"):
        response = getattr(Client(), method)(address(name))
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("account_login"))


def of(gate: Gate) -> list[str]:
    return [p.name for p in urls.urlpatterns if p.callback.gate is gate]


def test_each_role_meets_closed_gates_and_foreign_things_are_not_there(cast, browser_of):
    people = {
        Gate.PILOT: browser_of(cast.ana.user),
        Gate.REQUESTER: browser_of(cast.rita),
        Gate.COORDINATOR: browser_of(cast.kaya),
        Gate.ADMIN: browser_of(make.an_admin("adam", cast.osnabrueck)),
    }
    for gate in people:
        for name in of(gate):
            for other, browser in people.items():
                answers = {browser.get(address(name)).status_code, browser.post(address(name)).status_code}
                # 405: through the gate, but not with this method; 404: nothing there for this id.
                assert answers <= ({200, 302, 404, 405, 422} if other is gate else {403}), (name, other)


def test_another_office_sees_nothing(cast, browser_of):
    request = make.a_help_request(cast.samir, cast.rita)
    (offer,) = make.offers_to(request, [cast.ana], cast.kaya)
    frauke, otto = browser_of(cast.frauke), browser_of(cast.otto)
    foreign = [
        reverse("web:office_request", args=[request.pk]),
        reverse("web:pilot", args=[cast.ana.pk]),
        reverse("web:contact", args=[cast.ana.pk]),
    ]
    assert [frauke.get(page).status_code for page in foreign] == [404, 404, 404]
    assert otto.get(reverse("web:request", args=[request.pk])).status_code == 404
    for name, args in {
        "suggest": [request.pk],
        "ask": [request.pk],
        "close": [request.pk],
        "office_withdraw": [request.pk],
        "retract": [request.pk, offer.pk],
        "confirm": [request.pk, offer.pk],
        "activate": [cast.ana.pk],
        "office_pause": [cast.ana.pk],
        "approve": [cast.school.pk],
    }.items():
        data = {"reason": "not_needed", "pilot": str(cast.ana.pk)}
        assert frauke.post(reverse(f"web:{name}", args=args), data).status_code == 404, name
    assert request.reference not in text_of(frauke.get(reverse("web:worklist") + "?ansicht=alle"))
    offer.refresh_from_db()
    assert offer.status == "PENDING"


def test_pages_for_some_are_kept_out_of_caches(cast, browser_of):
    response = browser_of(cast.kaya).get(reverse("web:worklist"))
    assert "no-store" in response.headers["Cache-Control"]
    refused = browser_of(cast.rita).get(reverse("web:worklist"))
    assert "no-store" in refused.headers["Cache-Control"]
