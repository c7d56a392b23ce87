"""A pilot's pages: what needs me, my times, dropping out."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from backend.dispatch.commands.help_requests import Confidential
from backend.journal.models import AccessLog
from backend.people.commands.availability import set_availability
from backend.people.models import Absence
from backend.people.profile import WeeklySpan
from backend.web.views import pilot as pilot_pages
from tests import factories as make
from tests.factories import ALL_WEEK, NOW, at
from tests.web.reading import Page, text_of

MINE = reverse("web:my_assignments")
TIMES = reverse("web:my_times")


@pytest.fixture
def ana(cast, browser_of):
    return browser_of(cast.ana.user)


def test_what_needs_me_stands_before_what_comes(ana, cast):
    empty = text_of(ana.get(MINE))
    assert "Nichts geplant" in empty
    assert "Hier werden Sie gebraucht" not in empty
    make.an_assignment(make.a_help_request(cast.samir, cast.rita, topic="health"), cast.ana, cast.kaya)
    make.offers_to(
        make.a_help_request(cast.samir, cast.rita, topic="work", slots=[(at(12, 9), at(12, 10))]),
        [cast.ana],
        cast.kaya,
    )
    text = text_of(ana.get(MINE))
    assert text.index("Arbeit und Ausbildung") < text.index("Demnächst") < text.index("Gesundheit")


def test_the_meeting_point_is_there_from_the_confirmation_until_a_day_after(ana, cast, clock):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    address = reverse("web:assignment", args=[assignment.pk])
    assert "Haupteingang" in text_of(ana.get(address))
    assert AccessLog.objects.filter(reader_id=cast.ana.user_id, reason="confirmed_pilot").exists()
    clock.now = at(11, 10, 59)
    assert "Haupteingang" in text_of(ana.get(address))
    clock.now = at(11, 11, 1)
    later = text_of(ana.get(address))
    assert "Haupteingang" not in later
    assert "wieder ausgeblendet" in later


def test_many_sessions_have_pages(ana, cast, clock, monkeypatch):
    monkeypatch.setattr(pilot_pages, "PAGE", 1)
    for day in (10, 12, 13):
        request = make.a_help_request(cast.samir, cast.rita, slots=[(at(day, 9), at(day, 10))])
        make.an_assignment(request, cast.ana, cast.kaya)
    first = Page(ana.get(MINE))
    assert (first.text.count("Treffpunkt und Kontakt"), "Seite 1 von 3" in first.text) == (1, True)
    assert "12. November" in text_of(ana.get(MINE, {"kommend": "2"}))
    assert first.faults() == []
    clock.now = at(14, 9)
    over = Page(ana.get(MINE, {"berichten": "3", "kommend": "x", "alle": ""}))
    assert ("13. November" in over.text, over.text.count("Seite 3 von 3")) == (True, 1)
    assert over.faults() == []


def test_the_report_asks_for_itself_once_the_session_has_begun(ana, cast, clock):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    address = reverse("web:report", args=[assignment.pk])
    clock.now = at(10, 12)
    assert "Wie ist es gelaufen?" in text_of(ana.get(MINE))
    without = ana.post(address, {"done": "yes"})
    assert "Bitte geben Sie die Minuten an" in text_of(without)
    done = ana.post(address, {"done": "yes", "minutes": "50", "km": "8"}, follow=True)
    assert done.redirect_chain == [(reverse("web:assignment", args=[assignment.pk]), 302)]
    assert "hat stattgefunden, 50 Minuten, 8 km" in text_of(done)
    assert "Wie ist es gelaufen?" not in text_of(ana.get(MINE))
    twice = ana.post(address, {"done": "yes", "minutes": "50"})
    assert "schon berichtet" in text_of(twice)


def test_dropping_out_reopens_the_request(ana, cast, browser_of):
    request = make.a_help_request(cast.samir, cast.rita)
    assignment = make.an_assignment(request, cast.ana, cast.kaya)
    address = reverse("web:cancel_assignment", args=[assignment.pk])
    refused = ana.post(address, {"reason": "office_decision"})
    assert refused.status_code == 422
    ana.post(address, {"reason": "pilot_ill"})
    request.refresh_from_db()
    assert request.status == "OPEN"
    assert browser_of(cast.ben.user).post(address, {"reason": "pilot_ill"}).status_code == 404


def test_the_week_by_the_clock(ana, cast):
    week = {
        "from_0_0": "8",
        "to_0_0": "12.30",
        "from_0_1": "14:00",
        "to_0_1": "1800",
        "from_4_0": "9:15",
        "to_4_0": "10",
    }
    ana.post(reverse("web:save_week"), week)
    stored = [(s.weekday, s.starts, s.ends) for s in cast.ana.availabilities.all()]
    assert stored == [
        (0, time(8), time(12, 30)),
        (0, time(14), time(18)),
        (4, time(9, 15), time(10)),
    ]
    page = ana.get(TIMES).content.decode()
    assert 'name="to_0_0" value="12:30"' in page


def test_a_full_day_keeps_its_times(ana, cast):
    """Times registered through the API may be more than the page offers at first."""
    week = [WeeklySpan(0, time(8 + 3 * n), time(9 + 3 * n)) for n in range(4)]
    set_availability(pilot_id=cast.ana.pk, week=week, by=cast.ana.user, now=NOW)
    fields = Page(ana.get(TIMES)).all("input")
    sent = {
        field["name"]: field.get("value", "")
        for field in fields
        if field.get("name", "")[:3] in ("fro", "to_")
    }
    assert "from_0_4" in sent
    ana.post(reverse("web:save_week"), sent)
    assert [span.starts.hour for span in cast.ana.availabilities.all()] == [8, 11, 14, 17]


@pytest.mark.parametrize(
    ("week", "sentence"),
    [
        ({"from_1_0": "10"}, "Bitte geben Sie beide Zeiten an oder keine."),
        ({"from_1_0": "10", "to_1_0": "9"}, "Das Ende muss nach dem Anfang liegen."),
        ({"from_1_0": "9", "to_1_0": "12", "from_1_1": "11", "to_1_1": "13"}, "überschneiden sich"),
    ],
)
def test_a_week_that_cannot_be(ana, cast, week, sentence):
    response = ana.post(reverse("web:save_week"), week)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert Page(response).faults() == []
    assert cast.ana.availabilities.count() == len(ALL_WEEK)


def test_days_away_and_back(ana, cast, browser_of):
    save = reverse("web:save_absence")
    wrong = ana.post(save, {"start_date": "2026-11-12", "end_date": "2026-11-10"})
    assert "Der letzte Tag liegt vor dem ersten." in text_of(wrong)
    ana.post(save, {"start_date": "2026-11-10", "end_date": "2026-11-12"})
    absence = Absence.objects.get()
    assert (absence.start_date, absence.end_date) == (date(2026, 11, 10), date(2026, 11, 12))
    assert "10. Nov. 2026" in text_of(ana.get(TIMES))
    drop = reverse("web:drop_absence", args=[absence.pk])
    assert browser_of(cast.ben.user).post(drop).status_code == 404
    ana.post(drop)
    assert not Absence.objects.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_days_of_no_year_that_is_meant(ana, cast, day):
    for name, sent in (("save_absence", {"start_date": day, "end_date": day}), ("pause", {"until": day})):
        response = ana.post(reverse(f"web:{name}"), sent)
        assert response.status_code == 422
        assert "Das Jahr muss zwischen 2000 und 2100 liegen" in text_of(response)
    assert not Absence.objects.exists()
    cast.ana.refresh_from_db()
    assert cast.ana.status == "ACTIVE"


def test_days_that_are_over_are_a_slip_in_the_year(ana):
    days = {"start_date": "2025-12-24", "end_date": "2025-12-26"}
    answer = ana.post(reverse("web:save_absence"), days)
    assert answer.status_code == 422
    assert "Diese Tage sind schon vorbei." in text_of(answer)
    assert not Absence.objects.exists()


def test_pausing_and_coming_back(ana, cast):
    past = ana.post(reverse("web:pause"), {"until": "2026-10-01"})
    assert "muss in der Zukunft liegen" in text_of(past)
    ana.post(reverse("web:pause"), {"until": "2026-12-24"})
    cast.ana.refresh_from_db()
    assert (cast.ana.status, cast.ana.paused_until) == ("PAUSED", date(2026, 12, 24))
    assert "Sie machen Pause bis Donnerstag, 24. Dezember 2026" in text_of(ana.get(MINE))
    ana.post(reverse("web:resume"))
    cast.ana.refresh_from_db()
    assert cast.ana.status == "ACTIVE"


def test_an_applicant_is_told_to_wait(cast, browser_of):
    cleo = make.a_pilot("cleo", cast.kaya, active=False)
    browser = browser_of(cleo.user)
    assert browser.get(reverse("web:home")).headers["Location"] == MINE
    assert "Ihre Anmeldung ist bei der Leitstelle" in text_of(browser.get(MINE))
    paused = browser.post(reverse("web:pause"), {})
    assert paused.status_code == 422


def test_expired_questions_are_no_longer_asked(ana, cast, clock):
    (offer,) = make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    assert "Hier werden Sie gebraucht" in text_of(ana.get(MINE))
    clock.now = NOW + timedelta(hours=49)
    assert offer.expires_at < clock.now
    assert "Hier werden Sie gebraucht" not in text_of(ana.get(MINE))


def test_a_question_is_answered_on_the_spot(ana, cast):
    two = [(at(12, 9), at(12, 10)), (at(13, 9), at(13, 10))]
    request = make.a_help_request(cast.samir, cast.rita, topic="work", slots=two)
    (offer,) = make.offers_to(request, [cast.ana], cast.kaya)
    page = ana.get(MINE)
    assert Page(page).faults() == []
    assert "2 Termine zur Wahl" in text_of(page)
    assert "Luftlinie" in text_of(page)
    radios = [field["value"] for field in Page(page).all("input") if field.get("name") == "slot"]
    ana.post(reverse("web:offer", args=[offer.pk]), {"answer": "yes", "slot": radios[1]})
    offer.refresh_from_db()
    assert (offer.status, str(offer.accepted_slot_id)) == ("ACCEPTED", radios[1])
    assert "Sie haben geantwortet" in text_of(ana.get(MINE))


def test_what_took_place_as_planned_is_reported_in_one_tap(ana, cast, clock):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    assert "in 8 Tagen" in text_of(ana.get(MINE))
    clock.now = at(10, 12)
    page = Page(ana.get(MINE))
    assert page.faults() == []
    assert "Wie geplant: 60 Minuten" in page.text
    sent = {f["name"]: f["value"] for f in page.all("input") if f.get("name") in {"done", "minutes"}}
    ana.post(reverse("web:report", args=[assignment.pk]), sent)
    report = assignment.reports.get()
    assert (report.done, report.minutes, report.by_pilot) == (True, 60, True)


def test_a_yes_that_comes_late_is_asked_for_quietly(ana, cast, clock):
    (offer,) = make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    clock.now = NOW + timedelta(hours=49)
    text = text_of(ana.get(MINE))
    assert "Sie könnten noch helfen" in text
    ana.post(reverse("web:offer", args=[offer.pk]), {"answer": "yes"})
    offer.refresh_from_db()
    assert offer.status == "ACCEPTED"


@pytest.mark.parametrize(
    ("weeks", "until"), [("1", date(2026, 11, 9)), ("4", date(2026, 11, 30)), ("", None)]
)
def test_a_pause_in_one_tap(ana, cast, weeks, until):
    page = Page(ana.get(TIMES))
    assert page.faults() == []
    assert weeks in {button.get("value") for button in page.all("button") if button.get("name") == "weeks"}
    ana.post(reverse("web:pause"), {"weeks": weeks})
    cast.ana.refresh_from_db()
    assert (cast.ana.status, cast.ana.paused_until) == ("PAUSED", until)


def test_what_is_promised_already_is_named_when_she_goes_away(ana, cast):
    make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    days = {"start_date": "2026-11-10", "end_date": "2026-11-12"}
    text = text_of(ana.post(reverse("web:save_absence"), days, follow=True))
    assert "abwesend von Dienstag, 10. November 2026 bis Donnerstag, 12. November 2026" in text
    assert "1 Einsatz zugesagt" in text
    later = {"start_date": "2026-11-13", "end_date": "2026-11-13"}
    assert "zugesagt" not in text_of(ana.post(reverse("web:save_absence"), later, follow=True))
    assert "1 Einsatz zugesagt" in text_of(ana.post(reverse("web:pause"), {"weeks": "2"}, follow=True))


def test_a_pause_after_a_yes_says_that_nobody_can_confirm_it(ana, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    (offer,) = make.offers_to(request, [cast.ana], cast.kaya)
    (slot,) = request.slots.all()
    ana.post(reverse("web:offer", args=[offer.pk]), {"answer": "yes", "slot": str(slot.pk)})
    assert "Sie haben zugesagt; die Leitstelle entscheidet" in text_of(ana.get(MINE))
    said = "Solange Sie pausieren, kann die Leitstelle das nicht bestätigen"
    assert said in text_of(ana.post(reverse("web:pause"), {"weeks": "2"}, follow=True))
    assert said in text_of(ana.get(MINE))


VETOES = reverse("web:my_vetoes")


def test_never_again_without_a_reason(ana, cast, browser_of):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    assert "Hier steht noch nichts" in text_of(ana.get(VETOES))
    never = reverse("web:never_again", args=[assignment.pk])
    for whom in ("person", "organisation"):
        assert ana.post(never, {"whom": whom}).headers["Location"] == VETOES
    ana.post(VETOES, {"postcode": "49324"})
    page = ana.get(VETOES)
    assert Page(page).faults() == []
    text = text_of(page)
    for named in ("der Mensch vom Termin am", "Rita-Schule", "49324"):
        assert named in text
    assert "3 Einträge" in text_of(ana.get(TIMES))
    assert "SCH-7" not in page.content.decode()
    for veto in cast.ana.vetoes.all():
        drop = reverse("web:drop_veto", args=[veto.pk])
        assert browser_of(cast.ben.user).post(drop).status_code == 404
        ana.post(drop)
    assert not cast.ana.vetoes.exists()


def test_never_again_is_the_pilots_own_to_say(cast, browser_of):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    never = reverse("web:never_again", args=[assignment.pk])
    assert browser_of(cast.ben.user).post(never, {"whom": "person"}).status_code == 404
    assert browser_of(cast.rita).post(never, {"whom": "person"}).status_code == 403
    wrong = browser_of(cast.ana.user).post(VETOES, {"postcode": "123"})
    assert wrong.status_code == 422
    assert 'value="123"' in wrong.content.decode()
    assert not cast.ana.vetoes.exists()


def test_the_appointment_as_a_calendar_entry(ana, cast, browser_of):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    address = reverse("web:calendar_entry", args=[assignment.pk])
    entry = ana.get(address)
    assert entry.headers["Content-Type"].startswith("text/calendar")
    assert b"DTSTART;TZID=Europe/Berlin:20261110T100000" in entry.content
    assert b"SCH-7" not in entry.content
    assert browser_of(cast.ben.user).get(address).status_code == 404


def test_no_entry_says_where_once_the_place_is_hidden(ana, cast, browser_of, clock):
    request = make.a_help_request(cast.samir, cast.rita, street="Schulweg 5")
    assignment = make.an_assignment(request, cast.ana, cast.kaya)
    address = reverse("web:calendar_entry", args=[assignment.pk])
    assert b"Schulweg 5" in ana.get(address).content
    clock.now = assignment.ends_at + timedelta(hours=25)
    late = ana.get(address)
    assert (late.status_code, b"Schulweg" in late.content) == (409, False)
    assert b"Schulweg 5" in browser_of(cast.kaya).get(address).content


def test_phone_numbers_on_site_can_be_called(ana, cast):
    details = Confidential(
        meeting_point="<b>Tor 3</b>", contact_on_site="Frau Beispiel, 0541 969400, Zimmer 5"
    )
    request = make.a_help_request(cast.samir, cast.rita, confidential=details)
    page = ana.get(reverse("web:assignment", args=[make.an_assignment(request, cast.ana, cast.kaya).pk]))
    assert '<a href="tel:+49541969400"><bdi>0541 969400</bdi></a>, Zimmer 5' in page.content.decode()
    assert "<b>Tor" not in page.content.decode()
    assert Page(page).faults() == []


def test_dropping_out_says_what_follows(ana, cast, clock):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    address = reverse("web:assignment", args=[assignment.pk])
    assert "Wer in Reserve steht" in text_of(ana.get(address))
    assert "Bitte rufen Sie auch die Leitstelle an" not in text_of(ana.get(address))
    clock.now = at(9, 12)
    assert "Bitte rufen Sie auch die Leitstelle an" in text_of(ana.get(address))
