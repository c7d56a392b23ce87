"""What a message would say, before it is one."""

import pytest

from backend.dispatch import foresight
from backend.dispatch.models import AnswerLink, Assignment
from backend.errors import Conflict
from backend.journal.kinds import EventKind
from backend.journal.models import Event
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


def test_it_refuses_as_the_command_would(cast, offers):
    make.confirm(offers[0], cast.kaya)
    offers[1].help_request.refresh_from_db()
    with pytest.raises(Conflict, match="help_request_not_open"):
        foresight.confirmation(offers[1].help_request, offers[1], by=cast.kaya, now=NOW)
