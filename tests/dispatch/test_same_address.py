"""May one pilot have two appointments in a row at one address, where nobody has to travel?"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.dispatch.commands.assignments import cancel_assignment
from backend.dispatch.commands.help_requests import Need, file_help_request, suggest_pilots
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.models import HelpRequest
from backend.errors import Conflict
from tests import factories as make
from tests.asserting import refused
from tests.conftest import Cast
from tests.factories import NOW, at

TEN, ELEVEN, TWELVE = at(10, 10), at(10, 11), at(10, 12)


def request(
    cast: Cast, starts_at: datetime, *, street: str = "Markt 1", postcode: str = "49074", **need: Any
) -> HelpRequest:
    slots = [(starts_at, starts_at + timedelta(hours=1))]
    return file_help_request(
        help_seeker_id=cast.samir.pk,
        need=Need(**{"topic": "school", "slots": slots, **need}),
        where=MeetingPlace(postcode=postcode, street=street, public=True),
        by=cast.rita,
        now=NOW,
    )


def assign(help_request: HelpRequest, cast: Cast) -> Any:
    return make.an_assignment(help_request, cast.ana, cast.kaya)


def is_suggested(help_request: HelpRequest, cast: Cast) -> bool:
    run = suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
    return [s.pilot for s in run.suggestions.all()] == [cast.ana]


def accepted(help_request: HelpRequest, cast: Cast) -> Any:
    (offer,) = make.offers_to(help_request, [cast.ana], cast.kaya)
    return make.accepted(offer)


@pytest.mark.parametrize("street", ["Markt 1", " markt  1 ", "MARKT 1"])
def test_one_after_the_other(cast: Cast, street: str) -> None:
    assign(request(cast, TEN), cast)
    for starts_at in (ELEVEN, at(10, 9)):
        following = request(cast, starts_at, street=street)
        assert is_suggested(following, cast)
        assert assign(following, cast).pilot == cast.ana


@pytest.mark.parametrize(
    "elsewhere",
    [{"street": "Markt 2"}, {"postcode": "49076"}, {"street": ""}, {"setting": "phone"}],
    ids=str,
)
def test_not_at_another_address(cast: Cast, elsewhere: dict[str, str]) -> None:
    following = request(cast, ELEVEN, **elsewhere)
    offer = accepted(following, cast)
    assign(request(cast, TEN), cast)
    assert not is_suggested(following, cast)
    with refused(Conflict, "travel_time_missing"):
        make.confirm(offer, cast.kaya)


def test_an_unknown_street_is_no_address(cast: Cast) -> None:
    following = request(cast, ELEVEN, street="")
    offer = accepted(following, cast)
    assign(request(cast, TEN, street=""), cast)
    assert not is_suggested(following, cast)
    with refused(Conflict, "travel_time_missing"):
        make.confirm(offer, cast.kaya)


def test_but_never_at_the_same_time(cast: Cast) -> None:
    overlapping = request(cast, at(10, 10, 59))
    offer = accepted(overlapping, cast)
    assign(request(cast, TEN), cast)
    assert not is_suggested(overlapping, cast)
    with refused(Conflict, "pilot_double_booked"):
        make.confirm(offer, cast.kaya)


def test_the_way_to_the_next_address_is_kept(cast: Cast) -> None:
    assign(request(cast, TEN), cast)
    assign(request(cast, ELEVEN), cast)
    assert not is_suggested(request(cast, at(10, 12, 29), street="Markt 2"), cast)
    assert is_suggested(request(cast, at(10, 12, 30), street="Markt 2"), cast)


def test_a_cancelled_neighbour_gives_its_whole_time_back(cast: Cast) -> None:
    first = assign(request(cast, TEN), cast)
    assign(request(cast, ELEVEN), cast)
    cancel_assignment(assignment_id=first.pk, reason="office_decision", by=cast.kaya, now=NOW)
    assert not is_suggested(request(cast, at(10, 9, 31), street="Markt 2"), cast)
    assert is_suggested(request(cast, at(10, 9, 30), street="Markt 2"), cast)


def test_short_sessions_too(cast: Cast) -> None:
    """Shorter than the travel buffer, so that a buffer subtracted would leave less than nothing."""
    quarter = timedelta(minutes=15)
    assign(request(cast, TEN, slots=[(TEN, TEN + quarter)]), cast)
    following = request(cast, TEN + quarter, slots=[(TEN + quarter, TEN + 2 * quarter)])
    assert is_suggested(following, cast)
    assert assign(following, cast)
