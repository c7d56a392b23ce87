"""Whoever asks: one form, the state in words, the pilot's name only once it is confirmed."""

import pytest
from django.urls import reverse

from backend.dispatch.models import HelpRequest
from backend.journal.models import AccessLog
from backend.people.models import HelpSeeker
from tests import factories as make
from tests.factories import at
from tests.web.asking import ask
from tests.web.reading import Page, text_of
from tests.web.test_story import REQUEST

NEW = reverse("web:new_request")
LIST = reverse("web:my_requests")


@pytest.fixture
def rita(cast, browser_of):
    return browser_of(cast.rita)


def test_the_form_begins_with_what_we_know(rita, cast):
    page = rita.get(NEW).content.decode()
    assert 'value="49074 Osnabrück"' in page
    assert cast.samir.case_key not in page  # made just now
    assert cast.samir.case_key in rita.get(NEW).content.decode()


def test_a_known_case_key_is_used_again(rita, cast):
    ask(rita, REQUEST | {"case_key": cast.samir.case_key, "consent": ""})
    assert HelpRequest.objects.get().help_seeker == cast.samir
    assert HelpSeeker.objects.count() == 1


def test_a_new_case_key_needs_the_consent_and_nothing_is_half_done(rita):
    response = ask(rita, REQUEST | {"consent": ""})
    assert response.status_code == 422
    assert "Ohne die Einwilligung" in text_of(response)
    too_soon = ask(rita, REQUEST | {"day_1": "2026-11-03"})
    assert "Die Leitstelle braucht 5 Tage" in text_of(too_soon)
    assert not HelpSeeker.objects.exists()
    assert not HelpRequest.objects.exists()
    ask(rita, REQUEST | {"day_1": "2026-11-03", "urgent": "on"})
    assert HelpRequest.objects.get().urgent


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"address": ""}, "id_address", "Wo treffen Sie sich?"),
        ({"address": "Lotter Straße 1, 99999 Nirgends"}, "id_address", "99999"),
        ({"home_postcode": "99999"}, "id_home_postcode", "99999"),
        ({"day_1": "2026-10-10"}, "id_day_1", "schon vorbei"),
        ({"day_1": "9999-12-31", "start_1": "23:59"}, "id_day_1", "zwischen 2000 und 2100"),
        ({"day_1": "0001-01-01", "start_1": "0:00"}, "id_day_1", "zwischen 2000 und 2100"),
        ({"day_3": "9999-12-31", "start_3": "23:59"}, "id_day_3", "zwischen 2000 und 2100"),
        ({"day_2": "2026-11-12"}, "id_start_2", "Datum und Uhrzeit"),
        ({"start_1": "25:00"}, "id_start_1", "Uhrzeit"),
        ({"language": ""}, "id_language", "Sprache"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(rita, change, field, sentence):
    response = ask(rita, REQUEST | change)
    assert response.status_code == 422
    assert sentence in text_of(response)
    page = Page(response)
    assert f"#{field}" in [a.get("href") for a in page.all("a")]
    assert 'value="Haupteingang"' in response.content.decode()


def test_three_dates_by_the_office_s_clock(rita):
    more = {
        "day_2": "2026-11-11",
        "start_2": "9.30",
        "day_3": "2026-12-01",
        "start_3": "14",
        "minutes_3": "90",
    }
    ask(rita, REQUEST | more)
    slots = [(slot.starts_at, slot.ends_at) for slot in HelpRequest.objects.get().slots.all()]
    assert slots == [
        (at(10, 10), at(10, 11)),
        (at(11, 9, 30), at(11, 10, 30)),
        (at(1, 14, month=12), at(1, 15, 30, month=12)),
    ]


def test_the_state_in_words(rita, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    detail = reverse("web:request", args=[request.pk])
    assert "wir suchen eine passende Person" in text_of(rita.get(LIST))
    offers = make.offers_to(request, [cast.ana, cast.ben], cast.kaya)
    assert "Wir haben 2 Personen gefragt" in text_of(rita.get(detail))
    make.accepted(offers[0])
    waiting = text_of(rita.get(detail))
    assert "Jemand hat zugesagt" in waiting
    assert "Ana" not in waiting


def test_who_comes_is_shown_once_confirmed_and_logged(rita, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    assignment = make.an_assignment(request, cast.ana, cast.kaya)
    assert "Es kommt jemand" in text_of(rita.get(LIST))
    page = text_of(rita.get(reverse("web:assignment", args=[assignment.pk])))
    assert "Ana" in page
    assert "0541 12345" in page
    entry = AccessLog.objects.get(reader_id=cast.rita.pk)
    assert (entry.subject_id, entry.reason) == (cast.ana.pk, "confirmed_assignment")


def test_that_the_pilot_is_ill_is_for_her_and_the_office(rita, cast, browser_of):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    ana, kaya = browser_of(cast.ana.user), browser_of(cast.kaya)
    ana.post(reverse("web:cancel_assignment", args=[assignment.pk]), {"reason": "pilot_ill"})
    page = reverse("web:assignment", args=[assignment.pk])
    assert "ist krank" in text_of(ana.get(page))
    assert "ist krank" in text_of(kaya.get(page))
    told = text_of(rita.get(page))
    assert "kann nicht kommen" in told
    assert "krank" not in told


def test_withdrawing(rita, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    address = reverse("web:withdraw", args=[request.pk])
    assert rita.post(address, {}).status_code == 422
    rita.post(address, {"reason": "solved_otherwise"})
    request.refresh_from_db()
    assert (request.status, request.withdrawn_reason) == ("WITHDRAWN", "solved_otherwise")
    again = rita.post(address, {"reason": "solved_otherwise"})
    assert again.status_code == 422
    assert "nicht möglich" in text_of(again)


def test_reporting_for_the_asking_side(rita, cast, clock):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    address = reverse("web:report", args=[assignment.pk])
    early = rita.post(address, {"done": "yes", "minutes": "60"})
    assert "noch nicht begonnen" in text_of(early)
    clock.now = at(10, 12)
    incomplete = rita.post(address, {"done": "no"})
    assert "Bitte sagen Sie, warum" in text_of(incomplete)
    rita.post(address, {"done": "no", "not_done_reason": "client_absent"})
    report = assignment.reports.get()
    assert (report.done, report.by_pilot, report.not_done_reason) == (False, False, "client_absent")


def test_many_requests_come_in_pages(rita, cast):
    for _ in range(26):
        make.a_help_request(cast.samir, cast.rita)
    assert "Seite 1 von 2" in text_of(rita.get(LIST))
    assert "Seite 2 von 2" in text_of(rita.get(LIST, {"seite": "2"}))
    assert "Seite 2 von 2" in text_of(rita.get(LIST, {"seite": "99"}))


@pytest.mark.parametrize(
    ("day", "start", "minutes", "real_minutes"),
    [
        ("2027-03-28", "01:30", "90", 90),
        ("2027-10-31", "01:30", "120", 120),
        ("2026-11-10", "10:00", "60", 60),
    ],
)
def test_the_length_is_real_time_in_the_nights_of_the_clock_too(
    rita, cast, day, start, minutes, real_minutes
):
    ask(rita, REQUEST | {"day_1": day, "start_1": start, "minutes_1": minutes, "urgent": "on"})
    slot = HelpRequest.objects.get().slots.get()
    assert (slot.ends_at - slot.starts_at).total_seconds() == real_minutes * 60


def test_an_hour_that_does_not_exist_is_refused(rita, cast):
    refused = ask(rita, REQUEST | {"day_1": "2027-03-28", "start_1": "02:30"})
    assert refused.status_code == 422
    assert "diese Stunde gibt es nicht" in text_of(refused)
    assert not HelpRequest.objects.exists()
