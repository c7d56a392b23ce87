"""Confirming on the office's desk: beforehand it says what is sent to whom, and looking changes nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from backend.dispatch.models import AnswerLink, Assignment, Offer
from backend.journal.models import Event
from backend.people.commands.pilots import pause_pilot
from notifications.models import Delivery
from notifications.outbox import fan_out
from tests import factories as make
from tests.factories import at
from tests.web.reading import Page, text_of


@pytest.fixture
def kaya(cast, browser_of):
    return browser_of(cast.kaya)


@pytest.fixture
def offers(cast) -> list[Offer]:
    """Ana and Ben have said yes, Cem has not answered."""
    third = make.a_pilot("cem", cast.kaya)
    request = make.a_help_request(cast.samir, cast.rita)
    made = make.offers_to(request, [cast.ana, cast.ben, third], cast.kaya)
    make.accepted(made[0])
    make.accepted(made[1])
    return made


def page_of(offer: Offer, tail: str = "") -> str:
    return reverse("web:confirm", args=[offer.help_request_id, offer.pk]) + tail


def test_it_says_what_is_sent_to_whom_and_changes_nothing(kaya, offers):
    before = (Event.objects.count(), Delivery.objects.count(), AnswerLink.objects.count())
    answer = kaya.get(page_of(offers[0]))
    text = text_of(answer)
    assert Page(answer).faults() == []
    assert "An Ana" in text and "beauftragt" in text
    assert "rita@rita.example" in text
    assert "An Ben" in text and "jemand anderen" in text
    assert "Haupteingang" in text
    assert (Event.objects.count(), Delivery.objects.count(), AnswerLink.objects.count()) == before
    assert not Assignment.objects.exists()
    offers[1].refresh_from_db()
    assert offers[1].status == "ACCEPTED"


def test_what_was_shown_is_what_is_sent(kaya, offers, clock):
    shown = {
        (letter.recipient.pk, letter.template)
        for letter, _reader in kaya.get(page_of(offers[0])).context["letters"]
    }
    seen = set(Delivery.objects.values_list("pk", flat=True))
    fan_out(now=clock.now)
    seen |= set(Delivery.objects.values_list("pk", flat=True))
    kaya.post(page_of(offers[0]))
    fan_out(now=clock.now)
    sent = set(Delivery.objects.exclude(pk__in=seen).values_list("recipient", "template"))
    # Of a question that never left the house nobody is told that it was taken back: the preview knows.
    assert shown == {pair for pair in sent if pair[1] != "offer_retracted"}
    assert {template for _who, template in sent} >= {
        "confirmed_to_pilot", "confirmed_to_asking_side", "reserve_thanks", "reminder_to_pilot",
    }  # fmt: skip


def test_each_letter_speaks_its_readers_language(kaya, cast, offers):
    cast.ana.user.language = "en"
    cast.ana.user.save()
    letters = {
        letter.template: letter.letter for letter, _reader in kaya.get(page_of(offers[0])).context["letters"]
    }
    assert letters["confirmed_to_pilot"].text.count("You are hereby commissioned") == 1
    assert letters["confirmed_to_asking_side"].language == "de"
    assert letters["confirmed_to_pilot"].attachments


def test_from_the_list_one_comes_back_to_the_list(kaya, offers):
    done = kaya.post(page_of(offers[0]), {"von": "liste"})
    assert done.headers["Location"] == reverse("web:worklist") + "?ansicht=bestaetigen"
    assert Assignment.objects.get().offer_id == offers[0].pk


def test_who_has_not_said_yes_cannot_be_confirmed(kaya, offers):
    answer = kaya.get(page_of(offers[2]))
    assert "hat nicht zugesagt" in text_of(answer)
    assert "letters" in answer.context and answer.context["letters"] == []
    kaya.post(page_of(offers[0]))
    late = kaya.get(page_of(offers[1]))
    assert "nicht mehr offen" in text_of(late)
    assert Page(late).faults() == []


def test_who_has_paused_since_is_not_promised(kaya, cast, offers, clock):
    pause_pilot(pilot_id=cast.ana.pk, until=None, by=cast.ana.user, now=clock.now)
    answer = kaya.get(page_of(offers[0]))
    assert "zurzeit nicht aktiv" in text_of(answer)
    assert "Was Sie tun können" in text_of(answer)
    links = {link["href"] for link in Page(answer).all("a")}
    assert {page_of(offers[1]), reverse("web:pilot", args=[offers[0].pilot_id])} <= links
    assert answer.context["letters"] == []
    assert Page(answer).faults() == []


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [(0, "Zu dieser Zeit gibt es schon einen anderen Einsatz"), (75, "von einem Einsatz zum anderen")],
)
def test_a_clash_is_said_before_the_click_with_the_way_out(kaya, cast, offers, minutes, sentence):
    start = at(10, 10) + timedelta(minutes=minutes)
    other = make.a_help_request(cast.samir, cast.rita, slots=[(start, start + timedelta(hours=1))])
    assignment = make.an_assignment(other, cast.ana, cast.kaya)
    answer = kaya.get(page_of(offers[0]))
    text = text_of(answer)
    assert Page(answer).faults() == []
    assert sentence in text and "Was Sie tun können" in text
    assert other.reference in text
    links = {link["href"] for link in Page(answer).all("a")}
    assert {
        reverse("web:assignment", args=[assignment.pk]),
        reverse("web:change_request", args=[offers[0].help_request_id]),
        page_of(offers[1]),
    } <= links
    kaya.post(page_of(offers[0]))
    assert Assignment.objects.get() == assignment  # and so says the database
    assert "Was Sie tun können" not in text_of(kaya.get(page_of(offers[1])))


def test_one_after_the_other_at_one_address_is_no_clash(kaya, cast):
    requests = [
        make.a_help_request(cast.samir, cast.rita, street="Markt 1", slots=[(at(10, hour), at(10, hour + 1))])
        for hour in (10, 11)
    ]
    make.an_assignment(requests[0], cast.ana, cast.kaya)
    (offer,) = make.offers_to(requests[1], [cast.ana], cast.kaya)
    make.accepted(offer)
    assert "Was Sie tun können" not in text_of(kaya.get(page_of(offer)))


def test_another_office_sees_nothing(cast, browser_of, offers):
    frauke = browser_of(cast.frauke)
    assert frauke.get(page_of(offers[0])).status_code == 404
    assert frauke.post(page_of(offers[0])).status_code == 404
    assert not Assignment.objects.exists()
