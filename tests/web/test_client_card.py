"""The card for whoever is accompanied: by its link alone, in her language, with nothing else about her."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from backend.dispatch.client_card import card_token
from backend.dispatch.commands.assignments import cancel_assignment
from backend.dispatch.commands.help_requests import Confidential
from backend.journal.models import AccessLog, Event
from backend.people.models import HelpSeeker
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page, text_of

SECRET = Confidential(meeting_point="Zzgeheim", contact_on_site="Zzgeheim", note="Zzgeheim")


@pytest.fixture
def assignment(cast):
    request = make.a_help_request(cast.samir, cast.rita, confidential=SECRET, street="Lotter Straße 1")
    return make.an_assignment(request, cast.ana, cast.kaya)


def address_of(assignment) -> str:
    return reverse("web:client_card", args=[card_token(assignment)])


def test_it_opens_without_signing_in_and_says_what_counts(assignment):
    response = Client().get(address_of(assignment))
    page, text = Page(response), text_of(response)
    assert response.status_code == 200
    assert page.faults() == []
    for words in (
        "Ana",
        "Dienstag, 10. November 2026, 10:00–11:00",
        "Lotter Straße 1, 49074 Osnabrück",
        "Es kostet Sie nichts",
        "Sie dürfen jederzeit Nein sagen",
        "erzählt niemandem",
    ):
        assert words in text
    for secret in ("Zzgeheim", "SCH-7", "0541 12345", "ana@", "Schule,"):
        assert secret not in text.replace("Rita-Schule", "")
    assert page.all("svg")
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_looking_changes_nothing(assignment):
    before = (Event.objects.count(), AccessLog.objects.count())
    Client().get(address_of(assignment))
    assert (Event.objects.count(), AccessLog.objects.count()) == before
    assert Client().post(address_of(assignment)).status_code == 405


def test_her_language_comes_first_and_german_stays_beside_it(cast):
    request = make.a_help_request(cast.samir, cast.rita, languages=["ar"])
    ali = make.a_pilot("ali", cast.kaya, skills={"ar": 6})
    address = address_of(make.an_assignment(request, ali, cast.kaya))
    page = Page(Client().get(address))
    sides = [attrs for tag, attrs in page.tags if tag == "section"]
    assert [(side["lang"], side["dir"]) for side in sides] == [("ar", "rtl"), ("de", "ltr")]
    assert page.all("html")[0]["dir"] == "rtl"
    english = Page(Client().get(address, {"sprache": "en"}))
    assert "Somebody comes with you" in english.text
    assert Client().get(address, {"sprache": "xx"}).status_code == 200


def test_a_home_is_not_told(cast):
    from backend.dispatch.commands.help_requests import Need, file_help_request
    from backend.dispatch.commands.meeting_places import MeetingPlace

    request = file_help_request(
        help_seeker_id=cast.samir.pk,
        need=Need(topic="school", slots=[(at(10, 10), at(10, 11))]),
        where=MeetingPlace(postcode="49076", street="Geheimweg 7", public=False),
        by=cast.rita,
        now=NOW,
    )
    text = text_of(Client().get(address_of(make.an_assignment(request, cast.ana, cast.kaya))))
    assert "An dem Ort, den Sie vereinbart haben" in text
    assert "49076" not in text
    assert "Geheimweg" not in text


def test_called_off_it_says_so(assignment, cast):
    cancel_assignment(assignment_id=assignment.pk, reason="pilot_ill", by=cast.ana.user, now=NOW)
    text = text_of(Client().get(address_of(assignment)))
    assert "Dieser Termin findet so nicht statt" in text
    assert "Ana" not in text
    assert "krank" not in text


def test_a_day_after_the_appointment_it_is_closed(assignment, clock):
    clock.now = assignment.ends_at + timedelta(hours=23)
    assert Client().get(address_of(assignment)).status_code == 200
    clock.now = assignment.ends_at + timedelta(hours=24)
    assert Client().get(address_of(assignment)).status_code == 404


@pytest.mark.parametrize("token", ["x", "a.b", "AZ.AZ", "ÄÖÜ", "0" * 3000])
def test_a_forged_link_opens_nothing(db, token):
    assert Client().get(reverse("web:client_card", args=[token])).status_code == 404


def test_office_and_asking_side_find_it_and_the_pilot_does_not(assignment, cast, browser_of):
    page = reverse("web:assignment", args=[assignment.pk])
    for user in (cast.rita, cast.kaya):
        assert address_of(assignment) in browser_of(user).get(page).content.decode()
    assert address_of(assignment) not in browser_of(cast.ana.user).get(page).content.decode()


def test_who_asked_for_herself_has_her_own_card(cast, browser_of):
    cast.osnabrueck.accepts_self_registration = True
    cast.osnabrueck.save()
    user = make.a_user("samir")
    HelpSeeker.objects.filter(pk=cast.samir.pk).update(organisation=None, user=user)
    cast.samir.refresh_from_db()
    samir = browser_of(user)
    own = make.an_assignment(make.a_help_request(cast.samir, user), cast.ana, cast.kaya)
    mine = samir.get(reverse("web:my_requests"))
    assert "Nehmen Sie Ihre Karte mit" in text_of(mine)
    assert "SCH-7" not in text_of(mine)
    page = samir.get(reverse("web:assignment", args=[own.pk]))
    assert "Ihre Karte" in text_of(page)
    assert address_of(own) in page.content.decode()
