"""A list costs as many queries with many rows as with few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as make
from tests.factories import at


def queries(browser, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def one_more(cast, number: int) -> None:
    """A further pilot, organisation, applicant, and requests in every state about them."""
    pilot = make.a_pilot(f"pilot{number}", cast.kaya, skills={"kmr": 5, "tr": 3})
    make.a_pilot(f"new{number}", cast.kaya, active=False)
    make.an_organisation(f"org{number}", cast.kaya)
    day = 10 + number
    open_request = make.a_help_request(cast.samir, cast.rita, slots=[(at(day, 9), at(day, 10))])
    make.offers_to(open_request, [pilot, cast.ana], cast.kaya)
    agreed = make.a_help_request(cast.samir, cast.rita, slots=[(at(day, 14), at(day, 15))])
    for offer in make.offers_to(agreed, [cast.ana], cast.kaya):
        make.accepted(offer)
    confirmed = make.a_help_request(cast.samir, cast.rita, slots=[(at(day, 17), at(day, 18))])
    make.an_assignment(confirmed, cast.ana, cast.kaya)


@pytest.mark.parametrize(
    ("who", "page", "at_most"),
    [
        ("kaya", "worklist", 12),
        ("kaya", "pilots", 14),
        ("kaya", "organisations", 10),
        ("rita", "my_requests", 10),
        ("ana", "my_assignments", 14),
    ],
)
def test_lists_do_not_grow(cast, browser_of, who, page, at_most):
    people = {"kaya": cast.kaya, "rita": cast.rita, "ana": cast.ana.user}
    browser, address = browser_of(people[who]), reverse(f"web:{page}") + "?ansicht=alle"
    one_more(cast, 1)
    few = queries(browser, address)
    for number in range(2, 6):
        one_more(cast, number)
    assert queries(browser, address) == few <= at_most


def test_the_ranking_does_not_grow(cast, browser_of):
    kaya = browser_of(cast.kaya)

    def page_with_one_request() -> int:
        request = make.a_help_request(cast.samir, cast.rita)
        kaya.post(reverse("web:suggest", args=[request.pk]))
        return queries(kaya, reverse("web:office_request", args=[request.pk]))

    assert cast.ana.status == "ACTIVE"
    few = page_with_one_request()
    for number in range(5):
        make.a_pilot(f"more{number}", cast.kaya)
    assert page_with_one_request() == few <= 24
