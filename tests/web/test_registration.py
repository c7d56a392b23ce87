"""Registering in a browser: volunteers, organisations, people who look for help."""

import pytest
from django.test import Client
from django.urls import reverse

from backend.accounts.models import Organisation
from backend.people.models import HelpSeeker, Pilot
from tests.web.asking import ask
from tests.web.reading import text_of

VOLUNTEER = {
    "name": "Nadia Muster",
    "email": "nadia@nadia.example",
    "postcode": "49074",
    "place": "Osnabrück",
    "data_protection": "on",
}
PAGE = reverse("web:become_pilot")


def test_a_volunteer_registers_with_five_lines(cast):
    response = Client().post(PAGE, VOLUNTEER)
    assert response.headers["Location"] == reverse("web:thanks", args=["pilot"])
    assert "fünf kurzen Schritten" in text_of(Client().get(response.headers["Location"]))
    pilot = Pilot.objects.get()
    assert (pilot.status, pilot.office, pilot.steps_done) == ("APPLICANT", cast.osnabrueck, [])
    assert (pilot.identity.name, pilot.identity.phone) == ("Nadia Muster", "")
    assert (pilot.german_level, pilot.skills.count(), pilot.availabilities.count()) == (0, 0, 0)
    assert list(pilot.user.consents.values_list("kind", "confirmed_at")) == [("data_protection", None)]
    assert pilot.home.private
    assert pilot.home.street == ""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"postcode": "00000"}, "Eine Postleitzahl hat fünf Ziffern."),
        ({"postcode": "99999"}, "Die Postleitzahl 99999 kennen wir nicht."),
        ({"data_protection": ""}, "Bitte kreuzen Sie das an."),
        ({"email": "nadia"}, "E-Mail-Adresse"),
        ({"email": "n" * 65 + "@n.example"}, "Vor dem @ stehen höchstens 64 Zeichen."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(cast, change, sentence):
    response = Client().post(PAGE, VOLUNTEER | change)
    assert response.status_code == 422
    text = text_of(response)
    assert "Bitte sehen Sie sich das noch einmal an" in text
    assert sentence in text
    assert 'value="Nadia Muster"' in response.content.decode()
    assert not Pilot.objects.exists()


def test_where_no_office_serves_the_place(cast):
    cast.friesland.service_postcodes = []
    cast.friesland.save()
    response = Client().post(PAGE, VOLUNTEER | {"postcode": "26441"})
    assert "gibt es noch keine Leitstelle" in text_of(response)


def test_registering_twice_looks_the_same_and_changes_nothing(cast):
    first = Client().post(PAGE, VOLUNTEER)
    second = Client().post(PAGE, VOLUNTEER | {"name": "Somebody Else"})
    assert second.headers["Location"] == first.headers["Location"]
    assert Pilot.objects.get().identity.name == "Nadia Muster"


def test_a_stranger_makes_nothing_of_somebody_elses_account(cast):
    new = Client().post(PAGE, VOLUNTEER)
    forged = Client().post(PAGE, VOLUNTEER | {"email": cast.kaya.email})
    assert (forged.status_code, forged.headers["Location"]) == (new.status_code, new.headers["Location"])
    assert not Pilot.objects.filter(user=cast.kaya).exists()
    assert not cast.kaya.consents.exists()


def test_whoever_is_signed_in_registers_with_the_account_s_own_address(cast, browser_of):
    browser = browser_of(cast.rita)
    assert f'value="{cast.rita.email}"' in browser.get(PAGE).content.decode()
    registered = browser.post(PAGE, VOLUNTEER | {"email": cast.kaya.email})
    assert Pilot.objects.get().user == cast.rita
    assert registered.headers["Location"] == reverse("web:profile")


def test_a_coordinator_registers_somebody_who_called(cast, browser_of):
    registered = browser_of(cast.kaya).post(PAGE, VOLUNTEER)
    pilot = Pilot.objects.get()
    assert pilot.user.email == VOLUNTEER["email"]
    assert registered.headers["Location"] == reverse("web:profile_for", args=[pilot.pk])


def test_an_organisation_registers_and_waits_for_approval(cast, browser_of):
    response = Client().post(
        reverse("web:register_organisation"),
        {
            "name": "Kita Regenbogen",
            "kind": "daycare",
            "street": "Lotter Straße 1",
            "postcode": "49074",
            "email": "leitung@kita.example",
        },
    )
    assert response.headers["Location"] == reverse("web:thanks", args=["organisation"])
    organisation = Organisation.objects.get()
    assert organisation.approved_at is None
    member = browser_of(organisation.memberships.get().user)
    assert "prüft" in text_of(member.get(reverse("web:my_requests")))
    assert "Einen Moment noch" in text_of(member.get(reverse("web:new_request")))


SEEKER = {
    "name": "Rojin Beispiel",
    "email": "rojin@rojin.example",
    "postcode": "49074",
    "language": "kmr",
    "needs": ["health"],
    "data_protection": "on",
}


def test_looking_for_help_only_where_the_office_takes_it(cast):
    response = Client().post(reverse("web:seek_help"), SEEKER)
    assert response.status_code == 422
    assert "nimmt hier keine Anmeldungen an" in text_of(response)
    assert not HelpSeeker.objects.exists()


def test_looking_for_help_and_asking_for_oneself(cast, browser_of):
    cast.osnabrueck.accepts_self_registration = True
    cast.osnabrueck.save()
    assert "Ich suche Hilfe für mich selbst" in text_of(Client().get(reverse("web:home")))
    Client().post(reverse("web:seek_help"), SEEKER)
    help_seeker = HelpSeeker.objects.get()
    assert help_seeker.identity.name == "Rojin Beispiel"

    rojin = browser_of(help_seeker.user)
    assert rojin.get(reverse("web:home")).headers["Location"] == reverse("web:my_requests")
    filed = ask(
        rojin,
        {
            "language": "kmr",
            "required_level": "3",
            "topic": "health",
            "service_kind": "accompany",
            "setting": "phone",
            "day_1": "2026-11-12",
            "start_1": "9",
            "minutes_1": "30",
            "minutes_2": "60",
            "minutes_3": "60",
        },
    )
    assert "Ihre Anfrage ist da" in text_of(filed)
    assert help_seeker.help_requests.get().setting == "phone"
