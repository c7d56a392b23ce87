"""What a message would say, before it is one."""

import pytest

from backend.dispatch import foresight
from backend.dispatch.client_card import card_token
from backend.dispatch.models import AnswerLink, Assignment, Offer
from backend.errors import Conflict, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.people.commands.pilots import pause_pilot
from backend.people.commands.vetoes import add_veto
from notifications.models import Delivery
from notifications.preview import preview
from tests import factories as make
from tests.factories import NOW


@pytest.fixture
def offers(cast):
    request = make.a_help_request(cast.samir, cast.rita)
    made = make.offers_to(request, [cast.ana, cast.ben], cast.kaya)
    return [make.accepted(offer) for offer in made]


def test_the_foreseen_events_say_what_would_be_sent_and_store_nothing(cast, offers):
    before = (Event.objects.count(), Delivery.objects.count(), AnswerLink.objects.count())
    foreseen = foresight.confirmation(offers[0].help_request, offers[0], by=cast.kaya, now=NOW)
    assert [event.kind for event in foreseen] == [EventKind.ASSIGNMENT_CONFIRMED, EventKind.OFFER_RESERVED]
    letters = [
        letter
        for event in foreseen
        for letter in preview(event.kind, event.subject, by=cast.kaya, at=NOW, facts=event.facts)
    ]
    assert {(letter.template, letter.recipient.email, letter.later) for letter in letters} == {
        ("confirmed_to_pilot", "ana@ana.example", False),
        ("confirmed_to_asking_side", "rita@rita.example", False),
        ("reminder_to_pilot", "ana@ana.example", True),
        ("reminder_to_asking_side", "rita@rita.example", True),
        ("reserve_thanks", "ben@ben.example", False),
    }
    assert (Event.objects.count(), Delivery.objects.count(), AnswerLink.objects.count()) == before
    assert not Assignment.objects.exists()


def test_a_link_to_answer_by_is_never_made_to_be_looked_at(cast, offers):
    with pytest.raises(ValueError, match="makes a link"):
        preview(EventKind.OFFER_MADE, offers[0], by=cast.kaya, at=NOW)
    assert not AnswerLink.objects.exists()


def test_no_link_leads_to_what_is_not_there(cast, offers):
    foreseen, *_rest = foresight.confirmation(offers[0].help_request, offers[0], by=cast.kaya, now=NOW)
    told = preview(foreseen.kind, foreseen.subject, by=cast.kaya, at=NOW, facts=foreseen.facts)
    assert any("/einsaetze/…/" in one.letter.text for one in told)
    for one in told:
        assert str(foreseen.subject.pk) not in one.letter.text
        assert card_token(foreseen.subject) not in one.letter.text


def test_it_refuses_whom_the_command_would_refuse(cast, offers):
    pause_pilot(pilot_id=cast.ana.pk, until=None, by=cast.ana.user, now=NOW)
    add_veto(pilot_id=cast.ben.pk, help_seeker_id=cast.samir.pk, by=cast.ben.user, now=NOW)
    for offer, code in zip(offers, ("pilot_not_active", "pilot_not_eligible"), strict=True):
        offer = Offer.objects.get(pk=offer.pk)
        with pytest.raises(RuleViolated, match=code):
            foresight.confirmation(offer.help_request, offer, by=cast.kaya, now=NOW)
        with pytest.raises(RuleViolated, match=code):
            make.confirm(offer, cast.kaya)


def test_it_refuses_as_the_command_would(cast, offers):
    make.confirm(offers[0], cast.kaya)
    offers[1].help_request.refresh_from_db()
    with pytest.raises(Conflict, match="help_request_not_open"):
        foresight.confirmation(offers[1].help_request, offers[1], by=cast.kaya, now=NOW)
