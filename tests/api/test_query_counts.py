"""Does a longer list cost as many queries as a short one?"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.api.conftest import Caller
from tests.conftest import Cast

FEW, MANY = 2, 9
ADDRESSES = (
    "pilots",
    "pilots?names=true",
    "help-seekers",
    "help-requests",
    "offers",
    "assignments",
    "organisations",
    "offices",
    "deliveries?status=DUE",
    "help-requests/{first}/offers",
    "help-requests/{first}/timeline",
    "help-requests/{first}/suggestions",
)


def grow(cast: Cast, rows: range) -> None:
    """More of everything: pilots, organisations, requests with suggestions, offers and an assignment each."""
    for n in rows:
        pilot = make.a_pilot(f"pilot{n}", cast.kaya, skills={"kmr": 5})
        make.an_organisation(f"school{n}", cast.kaya)
        make.an_office(f"office{n}", [])
        day = make.at(10, 10) + timedelta(days=n)
        filed = make.a_help_request(
            make.a_help_seeker(cast.rita), cast.rita, slots=[(day, day + timedelta(hours=1))]
        )
        make.an_assignment(filed, pilot, cast.kaya)


def counts(caller: Caller, first: object) -> dict[str, int]:
    found = {}
    for address in ADDRESSES:
        with CaptureQueriesContext(connection) as captured:
            answer = caller.get(address.format(first=first))
        assert answer.status_code == 200, answer.content
        found[address] = len(captured)
    return found


@pytest.fixture
def measured(cast: Cast, as_user: Callable[..., Caller]) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    caller = as_user(cast.kaya)
    first = make.a_help_request(cast.samir, cast.rita, slots=[(make.at(9, 15), make.at(9, 16))])

    def ask_more() -> None:
        from backend.people.models import Pilot

        asked = first.offers.values("pilot")
        make.offers_to(first, list(Pilot.objects.exclude(pk__in=asked)), cast.kaya)
        caller.post(f"help-requests/{first.pk}/suggestions")

    grow(cast, range(FEW))
    ask_more()
    few = counts(caller, first.pk)
    grow(cast, range(FEW, MANY))
    ask_more()
    yield few, counts(caller, first.pk)


def test_no_list_costs_more_queries_for_more_rows(measured: tuple[dict[str, int], dict[str, int]]) -> None:
    few, many = measured
    assert few == many
    assert max(many.values()) <= 12, many
