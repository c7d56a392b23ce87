"""The worklist's filters, its news, what else waits, and a step for several requests at once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.dispatch.commands.assignments import report_activity
from backend.dispatch.models import MatchRun, WaveSeries
from backend.people.models import BackgroundCheck
from notifications.models import Delivery
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page, text_of

LIST, PULSE, AT_ONCE = (reverse(f"web:worklist{tail}") for tail in ("", "_pulse", "_at_once"))
DAY = timedelta(days=1)


@pytest.fixture
def kaya(cast, browser_of):
    return browser_of(cast.kaya)


def references(response) -> list[str]:
    return [row.help_request.reference for row in response.context["rows"]]


def steps(response) -> list[str]:
    return [row.step for row in response.context["rows"]]


@pytest.mark.parametrize(
    "query",
    [
        {"sprache": "ti"},
        {"thema": "health"},
        {"ort": "4932"},
        {"ort": "melle"},
        {"dringend": "on"},
        {"q": "m-17"},
        {"stelle": "organisation"},
    ],
)
def test_each_filter_narrows_and_can_be_taken_off(kaya, cast, query):
    plain = make.a_help_request(cast.samir, cast.rita)
    other = make.an_organisation("mona", cast.kaya)
    mona = other.memberships.get().user
    seeker = make.a_help_seeker(mona, case_key="M-17", languages=["ti"])
    wanted = make.a_help_request(
        seeker, mona, topic="health", postcode="49324", urgent=True, languages=["ti"]
    )
    if "stelle" in query:
        query = {"stelle": str(other.pk)}
    answer = kaya.get(LIST, {"ansicht": "alle", **query})
    assert references(answer) == [wanted.reference]
    assert Page(answer).faults() == []
    (chip,) = answer.context["chips"]
    assert set(references(kaya.get(LIST + chip.without))) == {plain.reference, wanted.reference}
    assert next(tab.count for tab in answer.context["tabs"] if tab.slug == "neu") == 1


@pytest.mark.parametrize(
    "query", [{"sprache": "xx"}, {"stelle": "no-uuid"}, {"q": "\0"}, {"ort": "x" * 200}, {"seite": "-1"}]
)
def test_nonsense_in_the_address_is_left_out(kaya, cast, query):
    found = make.a_help_request(cast.samir, cast.rita)
    answer = kaya.get(LIST, {"ansicht": "alle", **query})
    assert answer.status_code == 200
    assert references(answer) == [found.reference]


def test_nothing_found_is_said(kaya, cast):
    make.a_help_request(cast.samir, cast.rita)
    assert "passt keine Anfrage" in text_of(kaya.get(LIST, {"ansicht": "alle", "q": "zzz"}))


def test_the_next_step_of_each_request(kaya, cast, clock, browser_of):
    make.a_help_request(cast.samir, cast.rita)
    asked = make.a_help_request(cast.samir, cast.rita, slots=[(at(11, 9), at(11, 10))])
    make.offers_to(asked, [cast.ana], cast.kaya)
    agreed = make.a_help_request(cast.samir, cast.rita, slots=[(at(12, 9), at(12, 10))])
    offer, second = make.offers_to(agreed, [cast.ben, cast.ana], cast.kaya)
    make.accepted(offer)
    make.accepted(second)
    answer = kaya.get(LIST, {"ansicht": "alle"})
    assert steps(answer) == ["suggest", "look", "confirm"]
    assert "2 Zusagen" in text_of(answer)
    clock.now = at(10, 0)
    late = kaya.get(LIST, {"ansicht": "eilt"})
    assert steps(late) == ["suggest", "call"]
    assert "beginnt bald" in text_of(late)
    clock.now = at(20, 9)
    over = browser_of(cast.kaya).get(LIST, {"ansicht": "eilt"})
    assert set(steps(over)) == {"close"}
    assert "Termin ist vorbei" in text_of(over)


def test_after_a_drop_out(kaya, cast):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    kaya.post(reverse("web:cancel_assignment", args=[assignment.pk]), {"reason": "pilot_prevented"})
    answer = kaya.get(LIST, {"ansicht": "ausfall"})
    assert references(answer) == [assignment.help_request.reference]
    assert "abgesprungen" in text_of(answer)


def test_the_pulse_costs_one_query_where_nothing_has_happened(kaya, cast):
    make.a_help_request(cast.samir, cast.rita)
    first = kaya.get(PULSE)
    assert first.status_code == 200
    with CaptureQueriesContext(connection) as captured:
        again = kaya.get(PULSE, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert sum("journal_event" in query["sql"] for query in captured) == 1
    assert len(captured) <= 5  # the session, the user and her memberships beside it
    make.a_help_request(cast.samir, cast.rita)
    news = kaya.get(PULSE, headers={"If-None-Match": first.headers["ETag"]})
    assert news.status_code == 200
    assert '<span id="count-neu">2</span>' in news.content.decode()


def test_a_compressed_pulse_is_known_again(kaya, cast):
    for _number in range(3):
        make.a_help_request(cast.samir, cast.rita)
    first = kaya.get(PULSE, headers={"Accept-Encoding": "gzip"})
    assert first.headers["ETag"].startswith('W/"')
    again = kaya.get(PULSE, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_news_are_what_others_did_since_the_page_was_opened(kaya, cast):
    (offer,) = make.offers_to(make.a_help_request(cast.samir, cast.rita), [cast.ana], cast.kaya)
    since = kaya.get(LIST).context["since"]
    assert "Neuigkeit" not in kaya.get(PULSE, {"seit": since}).content.decode()
    make.a_help_request(cast.samir, cast.rita)
    make.accepted(offer)
    make.a_help_request(cast.samir, cast.kaya)  # her own doing is no news to her
    assert "2 Neuigkeiten." in kaya.get(PULSE, {"seit": since}).content.decode()
    assert kaya.get(PULSE, {"seit": "nonsense"}).status_code == 200


def test_a_failed_message_is_news_too(kaya, cast):
    request = make.a_help_request(cast.samir, cast.rita)
    before = kaya.get(PULSE).headers["ETag"]
    Delivery.objects.create(
        event_id=kaya.get(LIST).context["since"], template="request_received", recipient=cast.rita,
        channel="email", subject_type="helprequest", subject_id=request.pk, office=cast.osnabrueck,
        status="FAILED", due_at=NOW, failed_at=NOW, failure="refused",
    )  # fmt: skip
    answer = kaya.get(PULSE, headers={"If-None-Match": before})
    assert "1 Nachricht nicht angekommen" in answer.content.decode()


def test_suggesting_and_asking_in_waves_for_several(kaya, cast):
    assert cast.ana.status == cast.ben.status == "ACTIVE"
    one, two = (
        make.a_help_request(cast.samir, cast.rita, slots=[(at(day, 9), at(day, 10))]) for day in (10, 11)
    )
    ticked = {"anfrage": [str(one.pk), str(two.pk)], "ansicht": "neu"}
    done = kaya.post(AT_ONCE, {**ticked, "schritt": "vorschlagen"})
    assert done.headers["Location"] == LIST + "?ansicht=neu"
    assert MatchRun.objects.count() == 2
    assert "Für 2 Anfragen erledigt." in text_of(kaya.get(LIST))
    assert "erledigt" in text_of(kaya.post(AT_ONCE, {**ticked, "schritt": "wellen"}, follow=True))
    assert WaveSeries.objects.count() == 2
    again = kaya.post(AT_ONCE, {**ticked, "schritt": "wellen"}, follow=True)
    assert "erledigt" not in text_of(again)
    nobody = kaya.post(AT_ONCE, {"ansicht": "//evil.example"}, follow=True)
    assert nobody.redirect_chain == [(LIST, 302)]
    assert "mindestens eine Anfrage" in text_of(nobody)


def test_another_office_sees_nothing_of_it(cast, browser_of):
    request = make.a_help_request(cast.samir, cast.rita)
    frauke = browser_of(cast.frauke)
    assert references(frauke.get(LIST, {"ansicht": "alle"})) == []
    assert 'id="count-neu">0<' in frauke.get(PULSE).content.decode()
    assert frauke.post(AT_ONCE, {"anfrage": [str(request.pk)]}).status_code == 404
    assert not MatchRun.objects.exists()


# --- what else waits


def test_reports_that_differ_and_reports_that_are_missing(kaya, cast, clock):
    told, silent = (
        make.an_assignment(
            make.a_help_request(cast.samir, cast.rita, slots=[(at(10, hour), at(10, hour + 1))]),
            cast.ana,
            cast.kaya,
        )
        for hour in (10, 14)
    )
    now = at(10, 16)
    say = {"done": True, "not_done_reason": "", "km": None, "now": now}
    report_activity(assignment_id=told.pk, minutes=60, by=cast.ana.user, **say)
    clock.now = at(12, 9)
    page = reverse("web:reports")
    assert "1 Bericht ist überfällig" in text_of(kaya.get(LIST))
    waiting = kaya.get(page)
    assert silent.help_request.reference in text_of(waiting)
    assert "Alle Berichte stimmen überein." in text_of(waiting)
    report_activity(assignment_id=told.pk, minutes=120, by=cast.rita, **say)
    assert "1 Einsatz wird von beiden Seiten verschieden berichtet" in text_of(kaya.get(LIST))
    differing = kaya.get(page)
    assert Page(differing).faults() == []
    assert "60 Minuten" in text_of(differing) and "120 Minuten" in text_of(differing)


@pytest.mark.parametrize(
    ("minutes", "differs"), [(60, False), (75, False), (45, False), (76, True), (44, True)]
)
def test_a_quarter_of_an_hour_is_no_quarrel(kaya, cast, clock, minutes, differs):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    say = {"assignment_id": assignment.pk, "done": True, "not_done_reason": "", "km": None, "now": at(10, 12)}
    report_activity(minutes=60, by=cast.ana.user, **say)
    report_activity(minutes=minutes, by=cast.rita, **say)
    clock.now = at(10, 13)
    assert bool(kaya.get(reverse("web:reports")).context["rows"]) is differs


def test_that_it_was_not_held_differs_from_that_it_was(kaya, cast, clock, browser_of):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    say = {"assignment_id": assignment.pk, "km": None, "now": at(10, 12)}
    report_activity(done=True, minutes=60, not_done_reason="", by=cast.ana.user, **say)
    report_activity(done=False, minutes=None, not_done_reason="pilot_absent", by=cast.rita, **say)
    clock.now = at(10, 13)
    page = reverse("web:reports")
    assert "Er fand nicht statt" in text_of(kaya.get(page))
    assert "Er fand nicht statt" not in text_of(browser_of(cast.frauke).get(page))


def test_papers_that_run_out(kaya, cast, browser_of):
    page = reverse("web:expiring")
    assert cast.ana.status == cast.ben.status == "ACTIVE"
    assert "Kein Nachweis läuft bald ab." in text_of(kaya.get(page))
    BackgroundCheck.objects.filter(pilot=cast.ana).update(valid_until=date(2026, 12, 1))
    # An older one that was renewed is nobody's worry.
    BackgroundCheck.objects.create(
        pilot=cast.ben,
        inspected_date=date(2022, 1, 1),
        valid_until=date(2025, 1, 1),
        stands_in_the_way=False,
        inspected_by=cast.kaya,
    )
    assert "1 Nachweis läuft bald ab" in text_of(kaya.get(LIST))
    answer = kaya.get(page)
    assert "Ana" in text_of(answer) and "Ben" not in text_of(answer)
    assert Page(answer).faults() == []
    assert "Ana" not in text_of(browser_of(cast.frauke).get(page))


def test_long_lists_have_pages(kaya, cast, clock, monkeypatch):
    monkeypatch.setattr("backend.web.views.reports.PAGE", 1)
    for hour in (10, 12):
        slots = [(at(10, hour), at(10, hour + 1))]
        one = make.an_assignment(make.a_help_request(cast.samir, cast.rita, slots=slots), cast.ana, cast.kaya)
        say = {"assignment_id": one.pk, "done": True, "not_done_reason": "", "km": None, "now": at(10, 14)}
        report_activity(minutes=60, by=cast.ana.user, **say)
        report_activity(minutes=120, by=cast.rita, **say)
    clock.now = at(10, 15)
    page = reverse("web:reports")
    first, second = kaya.get(page), kaya.get(page, {"verschieden": "2"})
    assert "Seite 1 von 2" in text_of(first) and "verschieden=2" in first.content.decode()
    assert Page(first).faults() == []
    (shown,), (other,) = first.context["rows"], second.context["rows"]
    assert shown[0] != other[0]
    # Typed on the second page, sent without its number: nothing is lost.
    refused = kaya.post(reverse("web:settle_report", args=[other[0].pk]), {"note": "Angerufen"})
    assert refused.status_code == 422 and "Angerufen" in text_of(refused)
    assert f'href="{page}?verschieden=2"' in refused.content.decode()

    BackgroundCheck.objects.filter(pilot=cast.ana).update(valid_until=date(2026, 12, 1))
    BackgroundCheck.objects.filter(pilot=cast.ben).update(valid_until=date(2026, 11, 20))
    page = reverse("web:expiring")
    assert "Ben" in text_of(kaya.get(page)) and "Ana" not in text_of(kaya.get(page))
    assert "Ana" in text_of(kaya.get(page, {"seite": "2"}))


def test_settling_on_the_page(kaya, cast, clock, browser_of):
    assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    say = {"assignment_id": assignment.pk, "km": None, "now": at(10, 12)}
    report_activity(done=True, minutes=60, not_done_reason="", by=cast.ana.user, **say)
    report_activity(done=False, minutes=None, not_done_reason="client_absent", by=cast.rita, **say)
    clock.now = at(10, 13)
    settle, other = reverse("web:settle_report", args=[assignment.pk]), assignment.reports.get(by_pilot=False)
    empty = kaya.post(settle, {"note": "Angerufen"})
    assert empty.status_code == 422
    assert Page(empty).faults() == []
    assert "Angerufen" in text_of(empty)
    sent = {"report": str(other.pk), "note": "Angerufen"}
    assert browser_of(cast.frauke).post(settle, sent).status_code == 404
    assert "Geklärt." in text_of(kaya.post(settle, sent, follow=True))
    assignment.refresh_from_db()
    assert assignment.status == "MISSED"
    assert kaya.post(settle, sent).status_code == 404
    timeline = text_of(kaya.get(reverse("web:office_request", args=[assignment.help_request_id])))
    assert "Die Leitstelle hat geklärt, welcher gilt." in timeline
