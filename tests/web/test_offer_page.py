"""The page behind the link of a message: looking changes nothing, answering is a POST, the answer is honest."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from backend.dispatch.commands.assignments import cancel_assignment, confirm_assignment
from backend.dispatch.commands.help_requests import Need, file_help_request, withdraw_help_request
from backend.dispatch.commands.meeting_places import MeetingPlace
from backend.dispatch.commands.offers import expire_offer
from backend.dispatch.models import AnswerLink, Offer
from backend.dispatch.queries import distance_band_of
from backend.journal.models import Event
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page, text_of

TWO_DATES = [(at(10, 10), at(10, 11)), (at(11, 14), at(11, 15))]


@pytest.fixture
def asked(cast):
    """Ana, asked for two dates."""
    request = make.a_help_request(cast.samir, cast.rita, slots=TWO_DATES, street="Lotter Straße 2")
    (offer,) = make.offers_to(request, [cast.ana], cast.kaya)
    return offer


def link_to(offer: Offer) -> str:
    return reverse("web:offer_by_link", args=[offer.new_link(at=NOW)])


def buttons(response) -> list[str | None]:
    return [attrs.get("value") for attrs in Page(response).all("button") if attrs.get("name") == "answer"]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(asked, method):
    address = link_to(asked)
    events = Event.objects.count()
    for _ in range(3):
        getattr(Client(), method)(address)
    asked.refresh_from_db()
    assert asked.status == "PENDING"
    assert AnswerLink.objects.get().used_at is None
    assert Event.objects.count() == events


def test_it_says_when_where_and_what_but_nothing_of_the_client(asked, cast):
    response = Client().get(link_to(asked))
    text = text_of(response)
    assert "Dienstag, 10. November 2026, 10:00–11:00 Uhr" in text
    assert "Mittwoch, 11. November 2026, 14:00–15:00 Uhr" in text
    assert "49074 Osnabrück" in text
    assert "Luftlinie" in text
    assert "Kurmandschi" in text
    for hidden in ("SCH-7", "Haupteingang", "Frau Beispiel", "Lotter", "Rita"):
        assert hidden not in response.content.decode()
    assert buttons(response) == ["yes", "no"]


def test_the_secret_leaks_to_nobody(asked):
    response = Client().get(link_to(asked))
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response.headers["Cache-Control"]


def test_yes_with_the_date_that_suits(asked):
    second = asked.slots.order_by("starts_at")[1]
    # As browsers do under a policy without referrer, and with the check for forged requests switched on.
    browser = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    response = browser.post(link_to(asked), {"answer": "yes", "slot": str(second.pk)})
    assert response.status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.accepted_slot) == ("ACCEPTED", second)
    assert Event.objects.filter(kind="OFFER_ACCEPTED").get().actor_id == asked.pilot.user_id


def test_yes_without_a_date_asks_for_one(asked):
    response = Client().post(link_to(asked), {"answer": "yes"}, follow=True)
    assert "Bitte wählen Sie einen der Termine aus." in text_of(response)
    asked.refresh_from_db()
    assert asked.status == "PENDING"


def test_no_needs_no_reason_and_the_link_is_spent(asked):
    address = link_to(asked)
    response = Client().post(address, {"answer": "no"}, follow=True)
    assert "Sie haben abgesagt" in text_of(response)
    assert buttons(response) == ["pause"]
    Client().post(address, {"answer": "yes", "slot": str(asked.slots.first().pk)})
    asked.refresh_from_db()
    assert asked.status == "DECLINED"


def test_after_a_no_a_break_in_one_tap(asked):
    address = link_to(asked)
    Client().post(address, {"answer": "pause"})
    assert asked.pilot.status == "ACTIVE"  # only after a no
    Client().post(address, {"answer": "no"})
    response = Client().post(address, {"answer": "pause"}, follow=True)
    asked.pilot.refresh_from_db()
    assert (asked.pilot.status, asked.pilot.paused_until) == ("PAUSED", date(2026, 11, 16))
    assert "Sie machen Pause bis Montag, 16. November 2026" in text_of(response)
    assert buttons(response) == []


def test_a_yes_is_taken_back_by_the_same_link(asked):
    address = link_to(asked)
    first = str(asked.slots.first().pk)
    response = Client().post(address, {"answer": "yes", "slot": first}, follow=True)
    assert "Danke für Ihr Ja" in text_of(response)
    assert buttons(response) == ["no"]
    Client().post(address, {"answer": "no"})
    asked.refresh_from_db()
    assert asked.status == "DECLINED"
    Client().post(address, {"answer": "yes", "slot": first})
    asked.refresh_from_db()
    assert asked.status == "DECLINED"


def test_whoever_was_chosen_and_need_not_come_is_not_expected(asked, cast):
    make.accepted(asked)
    assignment = make.confirm(asked, cast.kaya)
    address = link_to(asked)
    page = Client().get(address)
    assert "Sie kommen" in text_of(page)
    assert reverse("web:assignment", args=[assignment.pk]) in page.content.decode()
    cancel_assignment(
        assignment_id=assignment.pk,
        reason="appointment_cancelled",
        by=cast.kaya,
        now=NOW + timedelta(hours=3),
    )
    assert "Sie müssen nicht kommen" in text_of(Client().get(address))


def test_a_post_without_an_answer_changes_nothing(asked):
    Client().post(link_to(asked), {})
    asked.refresh_from_db()
    assert asked.status == "PENDING"


def test_unknown_and_outdated_links(asked, clock):
    unknown = Client().get(reverse("web:offer_by_link", args=["x" * 43]))
    assert unknown.status_code == 404
    assert "nicht mehr gültig" in text_of(unknown)
    address = link_to(asked)
    clock.now = at(11, 15)
    assert Client().get(address).status_code == 404


def test_somebody_was_faster(asked, cast):
    (rival,) = make.offers_to(asked.help_request, [cast.ben], cast.kaya)
    make.accepted(rival)
    address = link_to(asked)
    confirm_assignment(
        help_request_id=asked.help_request_id, offer_id=rival.pk, by=cast.kaya, now=NOW + timedelta(hours=2)
    )
    response = Client().post(address, {"answer": "yes", "slot": str(asked.slots.first().pk)}, follow=True)
    assert "war schneller" in text_of(response)
    assert buttons(response) == []
    asked.refresh_from_db()
    assert asked.status == "RETRACTED"


def test_withdrawn_is_not_called_faster(asked, cast):
    address = link_to(asked)
    withdraw_help_request(help_request_id=asked.help_request_id, reason="not_needed", by=cast.rita, now=NOW)
    text = text_of(Client().get(address))
    assert "wird nicht mehr gebraucht" in text
    assert "schneller" not in text


def test_a_late_yes_still_counts(asked, clock):
    address = link_to(asked)
    clock.now = asked.expires_at + timedelta(minutes=1)
    expire_offer(offer_id=asked.pk, by=None, now=clock.now)
    response = Client().get(address)
    assert "Ein Ja hilft uns noch" in text_of(response)
    assert buttons(response) == ["yes"]
    Client().post(address, {"answer": "yes", "slot": str(asked.slots.first().pk)})
    asked.refresh_from_db()
    assert asked.status == "ACCEPTED"


def test_the_reserve_is_asked_again_after_a_drop_out(cast, clock):
    request = make.a_help_request(cast.samir, cast.rita)
    first, second = make.offers_to(request, [cast.ana, cast.ben], cast.kaya)
    make.accepted(first)
    make.accepted(second)
    assignment = confirm_assignment(
        help_request_id=request.pk, offer_id=first.pk, by=cast.kaya, now=NOW + timedelta(hours=2)
    )
    second.refresh_from_db()
    assert "in Reserve" in text_of(Client().get(link_to(second)))
    cancel_assignment(
        assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW + timedelta(hours=3)
    )
    response = Client().get(link_to(second))
    assert "Jemand ist ausgefallen" in text_of(response)
    assert buttons(response) == ["yes", "no"]
    Client().post(link_to(second), {"answer": "yes"})
    second.refresh_from_db()
    assert second.reaffirmed_at == clock.now


def test_how_far_it_is_is_measured_from_the_square_kilometre(cast):
    """2.0004 km away, while the middle of its cell lies at 1.59 km: the band tells nothing finer than the cell."""
    request = file_help_request(
        help_seeker_id=cast.samir.pk,
        need=Need(topic="school", slots=TWO_DATES),
        where=MeetingPlace(lat=52.29179, lon=8.0521, public=True),
        by=cast.rita,
        now=NOW,
    )
    (offer,) = make.offers_to(request, [cast.ana], cast.kaya)
    assert distance_band_of(offer) == "under_2"
    assert "weniger als 2 km Luftlinie" in text_of(Client().get(link_to(offer)))


def test_in_the_language_of_the_pilot(cast):
    dora = make.a_pilot("dora", cast.kaya, language="en")
    (offer,) = make.offers_to(make.a_help_request(cast.samir, cast.rita), [dora], cast.kaya)
    browser = Client(headers={"accept-language": "de"})
    response = browser.get(link_to(offer))
    assert "Can you come?" in text_of(response)
    assert response.headers["Content-Language"] == "en"
    browser.cookies["language"] = "de"
    assert "Können Sie kommen?" in text_of(browser.get(link_to(offer)))


def test_signed_in_the_same_page_and_only_for_the_pilot_asked(asked, cast, browser_of):
    address = reverse("web:offer", args=[asked.pk])
    assert browser_of(cast.ben.user).get(address).status_code == 404
    ana = browser_of(cast.ana.user)
    assert buttons(ana.get(address)) == ["yes", "no"]
    ana.post(address, {"answer": "yes", "slot": str(asked.slots.first().pk)})
    assert buttons(ana.get(address)) == ["no"]
    ana.post(address, {"answer": "no"})
    asked.refresh_from_db()
    assert asked.status == "DECLINED"
    assert browser_of(cast.kaya).get(address).status_code == 403
