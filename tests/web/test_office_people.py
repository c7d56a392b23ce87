"""The office's pilots: from the application to the first question, and who saw what."""

from datetime import date

import pytest
from django.urls import reverse

from backend.journal.models import AccessLog
from backend.people.commands.consents import confirm_consents
from backend.people.commands.pilots import record_qualification
from backend.people.models import BackgroundCheck, Qualification
from tests import factories as make
from tests.web.reading import text_of

LIST = reverse("web:pilots")


@pytest.fixture
def kaya(cast, browser_of):
    return browser_of(cast.kaya)


@pytest.fixture
def cleo(cast):
    return make.a_pilot("cleo", cast.kaya, active=False)


def test_the_list_and_its_filter(kaya, cast, cleo):
    assert cast.ana.status == "ACTIVE"
    everybody = text_of(kaya.get(LIST))
    assert "Ana" in everybody
    assert "Cleo" in everybody
    applying = text_of(kaya.get(LIST, {"status": "bewerbungen"}))
    assert "Cleo" in applying
    assert "Ana" not in applying
    assert (
        AccessLog.objects.filter(reader_id=cast.kaya.pk, subject_id=cleo.pk, reason="overview").count() == 2
    )


def test_from_the_application_to_active(kaya, cast, cleo):
    page, activate = reverse("web:pilot", args=[cleo.pk]), reverse("web:activate", args=[cleo.pk])
    assert "1 Bewerbung" in text_of(kaya.get(reverse("web:worklist")))
    assert "Basiskurs mit 50 Stunden" in text_of(kaya.get(page))
    refused = kaya.post(activate, follow=True)
    assert "Die Freischaltung geht noch nicht" in text_of(refused)

    course = {"kind": "basic_course", "hours": "50", "issuer": "VHS", "issued_date": "2026-10-01"}
    wrong = kaya.post(reverse("web:qualification", args=[cleo.pk]), course | {"issued_date": "2027-01-01"})
    assert wrong.status_code == 422
    assert "liegt in der Zukunft" in text_of(wrong)
    ancient = kaya.post(reverse("web:qualification", args=[cleo.pk]), course | {"issued_date": "0001-01-01"})
    assert "zwischen 2000 und 2100" in text_of(ancient)
    kaya.post(reverse("web:qualification", args=[cleo.pk]), course)
    assert Qualification.objects.get(pilot=cleo).hours == 50

    assert "Die Verpflichtung zur Verschwiegenheit liegt vor" in text_of(kaya.get(page))
    kaya.post(activate)
    cleo.refresh_from_db()
    assert cleo.status == "IN_TRAINING"
    kaya.post(activate, {"pledge_seen": "on"})
    cleo.refresh_from_db()
    assert cleo.status == "ACTIVE"


def test_who_has_signed_in_needs_no_paper(kaya, cast, cleo):
    record_qualification(
        pilot_id=cleo.pk,
        kind="basic_course",
        hours=50,
        issuer="VHS",
        issued_date=date(2026, 10, 1),
        by=cast.kaya,
        now=make.NOW,
    )
    confirm_consents(by=cleo.user, now=make.NOW)
    assert "Alles ist da" in text_of(kaya.get(reverse("web:pilot", args=[cleo.pk])))
    kaya.post(reverse("web:activate", args=[cleo.pk]))
    cleo.refresh_from_db()
    assert cleo.status == "ACTIVE"


def test_background_checks_are_noted_and_shown(kaya, cleo):
    note = reverse("web:background_check", args=[cleo.pk])
    page = reverse("web:pilot", args=[cleo.pk])
    assert "keine Einsätze mit Minderjährigen" in text_of(kaya.get(page))
    kaya.post(note, {"inspected_date": "2022-01-15"})
    assert BackgroundCheck.objects.get().valid_until == date(2025, 1, 15)
    assert "abgelaufen" in text_of(kaya.get(page))
    kaya.post(note, {"inspected_date": "2026-10-15"})
    assert "gültig" in text_of(kaya.get(page))
    kaya.post(note, {"inspected_date": "2026-10-20", "stands_in_the_way": "on"})
    assert "nicht mit Minderjährigen" in text_of(kaya.get(page))


def test_pausing_for_somebody_and_back(kaya, cast):
    pause = reverse("web:office_pause", args=[cast.ana.pk])
    kaya.post(pause)
    cast.ana.refresh_from_db()
    assert cast.ana.status == "PAUSED"
    kaya.post(pause)
    cast.ana.refresh_from_db()
    assert cast.ana.status == "ACTIVE"


def test_opening_the_contact_is_logged(kaya, cast):
    text = text_of(kaya.get(reverse("web:contact", args=[cast.ana.pk])))
    assert "Ana" in text
    assert "0541 12345" in text
    entry = AccessLog.objects.get(reader_id=cast.kaya.pk, reason="contact")
    assert entry.subject_id == cast.ana.pk
