"""Asking against a rule: those about fit may be bent with a note, all others stand."""

from datetime import date

import pytest

from backend.dispatch.commands.overrides import ask_all_the_same
from backend.dispatch.models import Offer, Override
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.models import Event
from backend.people.models import Veto
from tests import factories as make
from tests.factories import NOW, at


def ask(request, pilot, by, note="Am Telefon vereinbart", **given) -> Offer:
    return ask_all_the_same(
        help_request_id=request.pk, pilot_id=pilot.pk, note=note, by=by, now=given.get("now", NOW)
    )


@pytest.fixture
def request_of_rita(cast):
    return make.a_help_request(cast.samir, cast.rita)


@pytest.fixture
def far(cast):
    """In Bielefeld, comes 5 km."""
    return make.a_pilot("fera", cast.kaya, postcode="33602", reach_km=5)


def test_which_rules_and_why_is_kept(cast, request_of_rita, far):
    offer = ask(request_of_rita, far, cast.kaya, note="  Sie ist an dem Tag in der Stadt. ")
    kept = Override.objects.get()
    assert (kept.offer, kept.codes, kept.made_by) == (offer, ["reach"], cast.kaya)
    assert kept.note == "Sie ist an dem Tag in der Stadt."
    event = Event.objects.get(kind="OFFER_MADE")
    assert event.facts["overridden"] == ["reach"]
    assert "Stadt" not in str(event.facts)
    assert offer.status == "PENDING"
    assert [slot.starts_at for slot in offer.slots.all()] == [at(10, 10)]


def test_the_note_lies_sealed_in_the_database(cast, request_of_rita, far):
    from django.db import connection

    ask(request_of_rita, far, cast.kaya, note="Geheim")
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM dispatch_override")
        assert cursor.fetchone()[0].startswith("v1:")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"skills": {"ru": 6}}, "language"),
        ({"german_level": 1}, "german"),
        ({"week": []}, "availability"),
        ({"topics_refused": ["school"]}, "topic"),
    ],
)
def test_rules_of_fit_may_be_bent_and_what_a_pilot_has_ruled_out_stands(cast, request_of_rita, given, code):
    pilot = make.a_pilot("gita", cast.kaya, **given)
    if code == "topic":
        with pytest.raises(RuleViolated) as refused:
            ask(request_of_rita, pilot, cast.kaya)
        assert refused.value.code == "rule_stands"
        assert [reason["code"] for reason in refused.value.facts["reasons"]] == ["topic"]
        assert not Offer.objects.exists()
    else:
        ask(request_of_rita, pilot, cast.kaya)
        assert Override.objects.get().codes == [code]


def test_the_law_stands_where_minors_are_present(cast):
    unchecked = make.a_pilot("hira", cast.kaya, checked=None, reach_km=1, postcode="49324")
    request = make.a_help_request(cast.samir, cast.rita, minors=True)
    with pytest.raises(RuleViolated) as refused:
        ask(request, unchecked, cast.kaya)
    assert [reason["code"] for reason in refused.value.facts["reasons"]] == ["background_check"]
    once = make.a_pilot("ines", cast.kaya, checked=date(2019, 1, 1))
    with pytest.raises(RuleViolated, match="rule_stands"):
        ask(request, once, cast.kaya)


def test_nobody_is_asked_to_two_places_at_once_nor_against_a_veto(cast, request_of_rita, far):
    other = make.a_help_request(cast.samir, cast.rita)
    make.an_assignment(other, cast.ana, cast.kaya)
    with pytest.raises(RuleViolated, match="rule_stands"):
        ask(request_of_rita, cast.ana, cast.kaya)
    Veto.objects.create(pilot=far, help_seeker=cast.samir)
    with pytest.raises(RuleViolated, match="rule_stands"):
        ask(request_of_rita, far, cast.kaya)


def test_of_several_dates_those_are_offered_on_which_the_rest_holds(cast):
    taken = make.a_help_request(cast.samir, cast.rita)
    make.an_assignment(taken, cast.ana, cast.kaya)
    week = [span for span in make.ALL_WEEK if span.weekday == 1]
    cast.ana.availabilities.exclude(weekday=week[0].weekday).delete()
    two = make.a_help_request(
        cast.samir, cast.rita, slots=[(at(10, 10), at(10, 11)), (at(12, 10), at(12, 11))]
    )
    offer = ask(two, cast.ana, cast.kaya)
    assert [slot.starts_at for slot in offer.slots.all()] == [at(12, 10)]
    assert Override.objects.get().codes == ["availability"]


def test_who_can_be_asked_anyway_is_asked_without_an_override(cast, request_of_rita):
    ask(request_of_rita, cast.ana, cast.kaya)
    assert not Override.objects.exists()
    assert "overridden" not in Event.objects.get(kind="OFFER_MADE").facts


@pytest.mark.parametrize(
    ("note", "code"),
    [("", "override_note_missing"), (" \n ", "override_note_missing"), ("x" * 501, "note_too_long")],
)
def test_a_note_is_needed(cast, request_of_rita, far, note, code):
    with pytest.raises(RuleViolated, match=code):
        ask(request_of_rita, far, cast.kaya, note=note)
    assert not Offer.objects.exists()


def test_not_active_not_known_not_open_not_theirs(cast, request_of_rita, far):
    with pytest.raises(RuleViolated, match="rule_stands"):
        ask(request_of_rita, make.a_pilot("jana", cast.kaya, active=False), cast.kaya)
    stranger = make.a_pilot("kurt", cast.frauke, postcode="26441")
    with pytest.raises(NotThere, match="pilot_unknown"):
        ask(request_of_rita, stranger, cast.kaya)
    with pytest.raises(NotThere, match="help_request_unknown"):
        ask(request_of_rita, far, cast.frauke)
    ask(request_of_rita, far, cast.kaya)
    with pytest.raises(Conflict, match="offer_already_pending"):
        ask(request_of_rita, far, cast.kaya)
    make.an_assignment(request_of_rita, cast.ben, cast.kaya)
    with pytest.raises(Conflict, match="help_request_not_open"):
        ask(request_of_rita, far, cast.kaya)


def test_the_override_goes_all_the_way_to_the_confirmation(cast, request_of_rita, far):
    offer = make.accepted(ask(request_of_rita, far, cast.kaya))
    assert make.confirm(offer, cast.kaya).pilot == far
