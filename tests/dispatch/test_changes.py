"""A request is changed: what no longer holds is taken back and told, what still holds stays."""

from datetime import timedelta
from typing import Any

import pytest

from backend.dispatch.commands.changes import Change, change_help_request
from backend.dispatch.commands.help_requests import Confidential, Need, file_help_request
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.commands.offers import accept_offer, expire_offer
from backend.dispatch.models import ConfidentialDetails, HelpRequest, Offer
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.models import Event
from backend.web.offers import state_of
from tests import factories as make
from tests.factories import NOW, at

TEN, ELEVEN = (at(10, 10), at(10, 11)), (at(11, 9), at(11, 10))
LATER = (at(17, 10), at(17, 11))
DETAILS = Confidential(meeting_point="Haupteingang", contact_on_site="Frau Beispiel")


def change(help_request: HelpRequest, by: Any, **changed: Any) -> Change:
    """The request as the factory files it, with something different about it."""
    where = changed.pop("where", MeetingPlace(postcode="49074", public=True))
    confidential = changed.pop("confidential", DETAILS)
    now = changed.pop("now", NOW)
    need = Need(**{"topic": "school", "languages": ["kmr"], "slots": [TEN], "gender_wish": "", **changed})
    return change_help_request(
        help_request_id=help_request.pk, need=need, where=where, confidential=confidential, by=by, now=now
    )


@pytest.fixture
def request_of_rita(cast):
    return make.a_help_request(cast.samir, cast.rita)


def kinds(help_request: HelpRequest) -> list[str]:
    return [event.kind for event in Event.objects.timeline_of(help_request.pk)]


def test_nothing_different_is_no_change(cast, request_of_rita):
    with pytest.raises(RuleViolated, match="nothing_changed"):
        change(request_of_rita, cast.rita)


def test_another_date_takes_back_what_was_asked(cast, request_of_rita):
    waiting, yes = make.offers_to(request_of_rita, [cast.ana, cast.ben], cast.kaya)
    make.accepted(yes)
    told = change(request_of_rita, cast.rita, slots=[LATER])
    assert (told.parts, told.retracted, told.released, told.cancelled) == (("dates",), 1, 1, ())
    for offer in (waiting, yes):
        offer.refresh_from_db()
        assert offer.status == "RETRACTED"
        assert [slot.starts_at for slot in offer.slots.all()] == [TEN[0]]  # what was asked is still readable
    assert [slot.starts_at for slot in request_of_rita.slots.all()] == [LATER[0]]
    event = Event.objects.get(kind="HELP_REQUEST_CHANGED")
    assert (event.facts, event.actor_id) == ({"parts": ["dates"]}, cast.rita.pk)
    (again,) = make.offers_to(request_of_rita, [cast.ana], cast.kaya)
    assert [slot.starts_at for slot in again.slots.all()] == [LATER[0]]


def test_a_date_less_keeps_who_can_come_on_the_other(cast):
    help_request = make.a_help_request(cast.samir, cast.rita, slots=[TEN, ELEVEN])
    waiting, yes = make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya)
    make.accepted(yes)  # for the first
    told = change(help_request, cast.rita, slots=[TEN, LATER])
    assert (told.retracted, told.released) == (0, 0)
    waiting.refresh_from_db()
    yes.refresh_from_db()
    assert (waiting.status, yes.status) == ("PENDING", "ACCEPTED")
    assert [slot.starts_at for slot in waiting.slots.all()] == [TEN[0]]
    assert make.confirm(yes, cast.kaya).starts_at == TEN[0]


def test_a_confirmed_assignment_is_cancelled_and_the_request_open_again(cast, request_of_rita):
    assignment = make.an_assignment(request_of_rita, cast.ana, cast.kaya)
    told = change(request_of_rita, cast.rita, slots=[LATER])
    assignment.refresh_from_db()
    request_of_rita.refresh_from_db()
    assert told.cancelled == (assignment.pk,)
    assert (assignment.status, assignment.cancelled_reason) == ("CANCELLED", "request_changed")
    assert (assignment.slot.starts_at, assignment.sequence) == (TEN[0], 1)
    assert request_of_rita.status == "OPEN"
    assert kinds(request_of_rita)[-3:] == [
        "ASSIGNMENT_CANCELLED",
        "HELP_REQUEST_CHANGED",
        "HELP_REQUEST_REOPENED",
    ]


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"where": MeetingPlace(postcode="49076", public=True)}, "place"),
        ({"setting": "phone"}, "need"),
        ({"languages": ["tr"]}, "need"),
        ({"topic": "health"}, "need"),
        ({"required_level": 5}, "need"),
        ({"gender_wish": "f"}, "need"),
        ({"minors": True}, "need"),
    ],
)
def test_what_nobody_has_agreed_to_is_asked_anew(cast, request_of_rita, changed, part):
    assignment = make.an_assignment(request_of_rita, cast.ana, cast.kaya)
    told = change(request_of_rita, cast.rita, **changed)
    assert part in told.parts
    assert told.cancelled == (assignment.pk,)


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"required_level": 1}, "wishes"),
        ({"urgent": True}, "wishes"),
        ({"confidential": Confidential(meeting_point="Seiteneingang")}, "details"),
        ({"slots": [TEN, LATER]}, "dates"),
    ],
)
def test_what_asks_for_less_ends_nothing(cast, request_of_rita, changed, part):
    assignment = make.an_assignment(request_of_rita, cast.ana, cast.kaya)
    told = change(request_of_rita, cast.rita, **changed)
    assert (told.parts, told.cancelled, told.kept) == ((part,), (), (assignment.pk,))
    request_of_rita.refresh_from_db()
    assert request_of_rita.status == "ASSIGNED"


def test_an_offer_that_ran_out_before_is_no_way_in(cast, request_of_rita):
    (offer,) = make.offers_to(request_of_rita, [cast.ana], cast.kaya)
    later = offer.expires_at + timedelta(minutes=1)
    expire_offer(offer_id=offer.pk, by=None, now=later)
    change(request_of_rita, cast.rita, urgent=True, now=later)
    offer = Offer.objects.get()
    assert state_of(offer, now=later) == ("late", "yes_only")
    change(request_of_rita, cast.rita, languages=["ar"], urgent=True, now=later)
    offer = Offer.objects.get()
    assert state_of(offer, now=later) == ("retracted", "neither")
    with pytest.raises(Conflict, match="offer_retracted"):
        accept_offer(offer_id=offer.pk, slot_id=None, by=cast.ana.user, now=later)


def test_a_home_that_moves_leaves_its_old_street(cast):
    request = file_help_request(
        help_seeker_id=cast.samir.pk,
        need=Need(topic="school", languages=["kmr"], slots=[TEN], gender_wish=""),
        where=MeetingPlace(postcode="49074", street="Alte Gasse 3", public=False),
        confidential=Confidential(meeting_point="Klingel 2"),
        by=cast.rita,
        now=NOW,
    )
    for street, typed, kept in (
        ("Neue Allee 9", "Klingel 2", "Neue Allee 9, Klingel 2"),
        ("Lange Reihe 1", "Neue Allee 9, Klingel 2", "Lange Reihe 1, Klingel 2"),  # as it was read
        ("", "Lange Reihe 1, Klingel 4", "Lange Reihe 1, Klingel 4"),
        ("Kurze Straße 5", "Lange Reihe 1, Klingel 4", "Kurze Straße 5, Klingel 4"),
    ):
        change(
            request,
            cast.rita,
            where=MeetingPlace(postcode="49074", street=street, public=False),
            confidential=Confidential(meeting_point=typed),
        )
        assert ConfidentialDetails.objects.get().meeting_point == kept
    change(
        request,
        cast.rita,
        where=MeetingPlace(postcode="49074", street="Schulweg 5", public=True),
        confidential=Confidential(meeting_point="Kurze Straße 5, Klingel 4"),
    )
    details = ConfidentialDetails.objects.get()
    assert (details.home, details.meeting_point) == ("", "Klingel 4")


def test_languages_are_kept_by_one_code_and_seats_stay(cast, request_of_rita):
    HelpRequest.objects.filter(pk=request_of_rita.pk).update(seats=2)
    change(request_of_rita, cast.rita, languages=["KMR", "kmr"], urgent=True)
    request_of_rita.refresh_from_db()
    assert (request_of_rita.languages, request_of_rita.seats) == (["kmr"], 2)


def test_the_details_are_stored_sealed(cast, request_of_rita):
    change(request_of_rita, cast.rita, confidential=Confidential(note="Bitte klingeln"))
    details = request_of_rita.confidential
    details.refresh_from_db()
    assert (details.meeting_point, details.note) == ("", "Bitte klingeln")


def test_the_reserve_for_a_date_that_stays_is_asked_again(cast):
    help_request = make.a_help_request(cast.samir, cast.rita, slots=[TEN, ELEVEN])
    ana, ben = make.offers_to(help_request, [cast.ana, cast.ben], cast.kaya)
    make.accepted(ana, now=NOW)
    later = ben.slots.order_by("starts_at").last()
    accept_offer(offer_id=ben.pk, slot_id=later.pk, by=cast.ben.user, now=NOW)
    ana.refresh_from_db()
    make.confirm(ana, cast.kaya)
    change(help_request, cast.rita, slots=[ELEVEN])
    assert kinds(help_request)[-1] == "RESERVE_ASKED"


def test_who_may_and_when(cast, request_of_rita):
    with pytest.raises(NotThere):
        change(request_of_rita, cast.otto, slots=[LATER])
    with pytest.raises(NotThere):
        change(request_of_rita, cast.frauke, slots=[LATER])
    assert change(request_of_rita, cast.kaya, slots=[LATER]).parts == ("dates",)
    HelpRequest.objects.filter(pk=request_of_rita.pk).update(
        status="WITHDRAWN", withdrawn_at=NOW, withdrawn_reason="mistake"
    )
    with pytest.raises(Conflict, match="not_changeable"):
        change(request_of_rita, cast.rita, slots=[TEN])


def test_new_dates_keep_to_the_rules_and_old_ones_may_stay(cast, request_of_rita):
    with pytest.raises(RuleViolated, match="lead_time"):
        change(request_of_rita, cast.rita, slots=[(at(3, 10), at(3, 11))])
    with pytest.raises(RuleViolated, match="slot_count"):
        change(request_of_rita, cast.rita, slots=[])
    with pytest.raises(RuleViolated, match="slot_in_past"):
        change(request_of_rita, cast.rita, slots=[TEN], topic="health", now=at(10, 12))
    # The day before, the date that was asked for in time is not too early.
    assert change(request_of_rita, cast.rita, slots=[TEN], topic="health", now=at(9, 12)).parts == ("need",)


def test_what_has_begun_is_not_changed_any_more(cast, request_of_rita):
    make.an_assignment(request_of_rita, cast.ana, cast.kaya)
    with pytest.raises(RuleViolated, match="session_has_begun"):
        change(request_of_rita, cast.rita, slots=[LATER], now=at(10, 10, 30))
