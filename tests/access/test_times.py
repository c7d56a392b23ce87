"""By the clock: what a pilot is told of the place before a confirmation, after it, and a day after the session."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from backend.dispatch.commands.assignments import cancel_assignment
from backend.dispatch.disclosure import HIDDEN_AFTER, TOLD, Nearness, Standing, standing_in
from backend.dispatch.models import Assignment
from backend.privacy.access.readers import Reader
from notifications.contents.appointment import confirmed
from tests.access.asking import Asking, undone
from tests.access.conftest import Clock
from tests.access.marks import marks_in
from tests.access.town import Town
from tests.factories import NOW

R = Reader
DETAILS = {"done_meeting_point", "done_contact", "done_note"}
PLACE = {"done_street_of_place"}
OPEN = {"open_meeting_point", "open_contact", "open_note", "open_street_of_place"}


def ways(town: Town, assignment: Assignment) -> dict[str, str]:
    """Every way by which the pilot could learn where it is: name -> address."""
    return {
        "page": f"/einsaetze/{assignment.pk}/",
        "list": "/meine-einsaetze/",
        "file": f"/einsaetze/{assignment.pk}/termin.ics",
        "feed": f"/kalender/{town.own.secrets['feed']}.ics",
        "card": f"/karte/{town.own.secrets['card']}/",
        "api": f"/api/v1/assignments/{assignment.pk}",
        "api list": "/api/v1/assignments",
        "offer": f"/angebote/{assignment.offer_id}/",
        "offer by api": f"/api/v1/offers/{assignment.offer_id}",
        "export": "/meine-daten/auskunft.json",
        "export page": "/meine-daten/auskunft/",
    }


def told(asking: Asking, reader: Reader, assignment: Assignment) -> dict[str, set[str]]:
    """Way -> the marked fields of the own case that it tells of the two requests."""
    asking.sign_in_anew(reader)
    wanted = DETAILS | PLACE | OPEN
    return {
        way: asking.town.own.marks.among(marks_in(asking.at("GET", address, reader).text)) & wanted
        for way, address in ways(asking.town, assignment).items()
    }


@pytest.fixture
def assignment(town: Town) -> Assignment:
    return Assignment.objects.get(pk=town.own.ids["assignment"])


@pytest.fixture
def moved(clock: Clock, asking: Asking) -> Iterator[Clock]:
    before = dict(asking.cookies)
    with undone():
        yield clock
    clock.now, asking.cookies = NOW, before


def test_who_was_asked_is_told_of_no_place(asking: Asking, moved: Clock, assignment: Assignment) -> None:
    by_link = {"feed", "card"}  # whoever holds these holds the confirmed pilot's
    seen = told(asking, R.ASKED, assignment)
    offer = asking.at("GET", f"/api/v1/offers/{asking.town.own.ids['offer']}", R.ASKED).text

    assert {way: fields for way, fields in seen.items() if fields and way not in by_link} == {}
    assert '"cell":{"lat":' in offer and '"distance_band":' in offer
    assert asking.town.own.marks.among(marks_in(offer)) == set()


@pytest.mark.parametrize("after", [timedelta(hours=-24), timedelta(0), HIDDEN_AFTER])
def test_the_confirmed_pilot_is_told_until_a_day_after(
    asking: Asking, moved: Clock, assignment: Assignment, after: timedelta
) -> None:
    moved.now = assignment.ends_at + after
    seen = told(asking, R.CONFIRMED, assignment)

    assert seen["page"] == seen["api"] == DETAILS | PLACE
    assert seen["api list"] == seen["file"] == seen["feed"] == PLACE
    assert seen["export"] == seen["export page"] == seen["offer"] == seen["offer by api"] == set()
    if after < HIDDEN_AFTER:
        assert seen["card"] == PLACE


def test_and_a_moment_later_by_no_way_any_more(asking: Asking, moved: Clock, assignment: Assignment) -> None:
    moved.now = assignment.ends_at + HIDDEN_AFTER + timedelta(seconds=1)

    assert {way: fields for way, fields in told(asking, R.CONFIRMED, assignment).items() if fields} == {}
    for reader in (R.REQUESTER, R.COORDINATOR):
        asking.sign_in_anew(reader)
        text = asking.at("GET", f"/einsaetze/{assignment.pk}/", reader).text
        assert asking.town.own.marks.among(marks_in(text)) & (DETAILS | PLACE) == DETAILS | PLACE


def test_nor_once_it_is_called_off(asking: Asking, moved: Clock, assignment: Assignment) -> None:
    kaya = asking.town.readers[R.COORDINATOR]
    assert kaya
    cancel_assignment(assignment_id=assignment.pk, reason="office_decision", by=kaya, now=NOW)
    assignment.refresh_from_db()

    assert {way: fields for way, fields in told(asking, R.CONFIRMED, assignment).items() if fields} == {}
    # The request may have moved on by the time the message goes out.
    assert asking.town.own.marks.values["done_street_of_place"] not in confirmed(assignment).where.lower()


def test_the_help_seeker_is_not_told_that_the_pilot_fell_ill(asking: Asking, moved: Clock) -> None:
    met = Assignment.objects.get(pk=asking.town.own.of_reader[R.HELP_SEEKER, "assignment"])
    cancel_assignment(assignment_id=met.pk, reason="pilot_ill", by=met.pilot.user, now=NOW)
    addresses = (f"/einsaetze/{met.pk}/", f"/api/v1/assignments/{met.pk}", "/meine-daten/auskunft.json")

    for address in addresses:
        heard = asking.at("GET", address, R.HELP_SEEKER)
        assert heard.status == 200
        assert "pilot_ill" not in heard.text, address
        assert "pilot_ill" in asking.at("GET", address, R.CONFIRMED).text or address.startswith("/einsaetze/")


@pytest.mark.parametrize(
    ("reader", "standing"),
    [
        (R.CONFIRMED, Standing.CONFIRMED),
        (R.REQUESTER, Standing.ASKING),
        (R.COORDINATOR, Standing.OFFICE),
    ],
)
def test_standings(town: Town, assignment: Assignment, reader: Reader, standing: Standing) -> None:
    user = town.readers[reader]
    assert user
    late = assignment.ends_at + HIDDEN_AFTER + timedelta(seconds=1)

    assert standing_in(assignment, by=user, now=NOW) is standing
    afterwards = Standing.AFTERWARDS if standing is Standing.CONFIRMED else standing
    assert standing_in(assignment, by=user, now=late) is afterwards


def test_the_table_hides_more_and_never_less_before_and_after() -> None:
    asked, after = TOLD[Standing.ASKED], TOLD[Standing.AFTERWARDS]

    assert asked.place is after.place is Nearness.CELL
    assert not (asked.contact or asked.pilot or after.contact)
