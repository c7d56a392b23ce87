"""The yearly report: right numbers, charts under the strict policy, files without traps, small counts hidden."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from backend.accounts.roles import Role
from backend.dispatch.commands.assignments import report_activity
from backend.dispatch.commands.help_requests import close_unfilled, withdraw_help_request
from backend.reporting.periods import quarter_of, year_of
from backend.reporting.rows import material, requests_of
from backend.web.figures.report import report
from backend.web.protection import POLICY
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page, text_of
from tests.web.test_query_counts import queries

PAGE = reverse("web:figures")


@pytest.fixture
def year(cast, clock):
    """Six requests for Kurmanji of which five could not be covered, and one session that took place."""
    for number in range(5):
        day = 10 + number
        request = make.a_help_request(
            cast.samir, cast.rita, slots=[(at(day, 9), at(day, 10))], topic="health"
        )
        close_unfilled(help_request_id=request.pk, by=cast.kaya, now=NOW + timedelta(hours=1))
    held = make.a_help_request(cast.samir, cast.rita, slots=[(at(9, 9), at(9, 10, 30))])
    assignment = make.an_assignment(held, cast.ana, cast.kaya)
    clock.now = at(20, 12)
    report_activity(
        assignment_id=assignment.pk,
        done=True,
        not_done_reason="",
        minutes=90,
        km=None,
        by=cast.ana.user,
        now=at(9, 12),
    )
    return held


def sheets_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


def test_the_page_of_the_office(cast, year, browser_of):
    response = browser_of(cast.kaya).get(PAGE, {"zeitraum": "2026"})
    page = Page(response)
    assert response.status_code == 200
    assert page.faults() == []
    assert response.headers["Content-Security-Policy"] == POLICY
    assert "6 Anfragen" in page.text
    assert "Kurmandschi" in page.text
    assert "5 nein" in page.text
    assert len([svg for svg in page.all("svg") if svg.get("role") == "img"]) >= 8
    assert all(svg.get("aria-label") for svg in page.all("svg") if svg.get("role") == "img")


def test_an_auditor_sees_no_small_counts(cast, year, browser_of):
    text = text_of(browser_of(make.a_member("audrey", cast.osnabrueck, Role.AUDITOR)).get(PAGE))
    assert "Zahlen unter 5 werden nicht gezeigt" in text
    assert "1,5 Stunden" not in text
    assert "<5" in text
    assert reverse("web:figures_requests") not in text


def test_nobody_sees_another_office(cast, year, browser_of):
    frauke = browser_of(cast.frauke)
    assert "0 Anfragen" in text_of(frauke.get(PAGE))
    for name in ("figures", "figures_csv", "figures_xlsx", "figures_requests"):
        assert frauke.get(reverse(f"web:{name}"), {"leitstelle": "osnabrueck"}).status_code == 404


def test_no_pilot_and_no_requester(cast, year, browser_of):
    for user in (cast.ana.user, cast.rita):
        assert browser_of(user).get(PAGE).status_code == 403


def test_a_period_typed_wrong_stays(cast, browser_of):
    kaya = browser_of(cast.kaya)
    for typed, says in [
        ({"von": "2026-05-01", "bis": "2026-04-01"}, "liegt vor dem ersten"),
        ({"von": "2000-01-01", "bis": "2026-04-01"}, "höchstens drei Jahre"),
        ({"von": "gestern", "bis": "2026-04-01"}, "von"),
    ]:
        response = kaya.get(PAGE, typed)
        page = Page(response)
        assert response.status_code == 422
        assert page.faults() == []
        assert says in page.text
        assert typed["von"] in response.content.decode()


def test_quarters_and_days(cast, year, browser_of):
    kaya = browser_of(cast.kaya)
    assert "6 Anfragen" in text_of(kaya.get(PAGE, {"zeitraum": "2026-q4"}))
    assert "0 Anfragen" in text_of(kaya.get(PAGE, {"zeitraum": "2026-Q1"}))
    assert "0 Anfragen" in text_of(kaya.get(PAGE, {"zeitraum": "2025"}))
    assert "6 Anfragen" in text_of(kaya.get(PAGE, {"von": "2026-11-01", "bis": "2026-11-30"}))
    assert "6 Anfragen" in text_of(kaya.get(PAGE, {"zeitraum": "heuer"}))


def test_down_to_the_requests(cast, year, browser_of):
    address = reverse("web:figures_requests")
    kaya = browser_of(cast.kaya)
    for row, count in [
        ({"tabelle": "language", "zeile": "kmr"}, 6),
        ({"tabelle": "topic", "zeile": "health"}, 5),
        ({"tabelle": "reasons", "zeile": "no_pilot_found"}, 5),
        ({"tabelle": "gaps", "zeile": "kmr"}, 5),
        ({"tabelle": "balance", "zeile": "kmr"}, 6),
        ({"tabelle": "postcode", "zeile": "49074"}, 6),
        ({"tabelle": "postcode", "zeile": ""}, 0),
        ({"tabelle": "organisation", "zeile": cast.school.name}, 6),
        ({"tabelle": "organisation", "zeile": ""}, 0),
        ({"tabelle": "pk", "zeile": str(year.pk)}, 0),
    ]:
        response = kaya.get(address, {"zeitraum": "2026", **row})
        assert f"{count} Anfragen" in text_of(response), row
        assert Page(response).faults() == []
    auditor = browser_of(make.a_member("audrey", cast.osnabrueck, Role.AUDITOR))
    assert auditor.get(address, {"tabelle": "language", "zeile": "kmr"}).status_code == 403


def test_the_csv_hides_small_counts(cast, year, browser_of):
    response = browser_of(cast.kaya).get(reverse("web:figures_csv"), {"zeitraum": "2026"})
    assert response.headers["Content-Disposition"] == 'attachment; filename="ilos-osnabrueck-2026.csv"'
    rows = sheets_of(response)
    assert ["Grund", "Anfragen"] in rows
    # Of six requests five were not covered: each of the three numbers would tell the one that was.
    assert rows[rows.index(["Grund", "Anfragen"]) + 1][1] == "–"
    assert next(row for row in rows if row[:1] == ["Schule"])[4:] == ["<5", ""]
    assert not {"1", "2", "3", "4"} & {cell for row in rows for cell in row[1:]}
    one = sheets_of(browser_of(cast.kaya).get(reverse("web:figures_csv"), {"tabelle": "topic"}))
    assert one[0] == ["Nach Thema"]
    assert browser_of(cast.kaya).get(reverse("web:figures_csv"), {"tabelle": "x"}).status_code == 404


def test_the_key_figures_do_not_tell_what_is_hidden(cast, clock):
    """9 requests, 7 withdrawn, none covered, none not: two would be open."""
    for number in range(9):
        one = make.a_help_request(cast.samir, cast.rita)
        if number < 7:
            withdraw_help_request(help_request_id=one.pk, reason="not_needed", by=cast.rita, now=NOW)
    made = report(material(cast.osnabrueck, year_of(2026), now=NOW), for_office=False)
    assert (made.key_figures[0].value, made.key_figures[0].note) == ("9", "<5 offen, – zurückgezogen")
    assert made.key_figures[1].note == "0 ja, 0 nein"


def test_the_spreadsheet(cast, year, browser_of):
    response = browser_of(cast.kaya).get(reverse("web:figures_xlsx"), {"zeitraum": "2026-q4"})
    assert response.headers["Content-Disposition"].endswith('"ilos-osnabrueck-2026-q4.xlsx"')
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        leaves = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(leaves) == 14
        assert 'state="frozen"' in book.read("xl/worksheets/sheet2.xml").decode()
        assert "<f>" not in "".join(book.read(name).decode() for name in leaves)


def test_days_are_those_on_the_wall_and_waits_count_from_the_request(cast):
    first, sunday = datetime(2026, 11, 30, 23, 30, tzinfo=UTC), datetime(2026, 12, 5, 23, 30, tzinfo=UTC)
    tuesday = at(8, 9, month=12)
    dates = [(start, start + timedelta(hours=1)) for start in (sunday, tuesday)]
    request = make.a_help_request(cast.samir, cast.rita, slots=dates, now=first)
    (offer,) = make.offers_to(request, [cast.ana], cast.kaya, now=first)
    make.confirm(
        make.accepted(offer, now=first + timedelta(hours=3)), cast.kaya, now=first + timedelta(hours=5)
    )
    (row,) = requests_of(cast.osnabrueck, quarter_of(2026, 4))
    assert (row.day, row.first_day, row.lead) == (date(2026, 12, 1), date(2026, 12, 6), timedelta(days=5))
    assert (row.until_yes, row.until_confirmed) == (timedelta(hours=3), timedelta(hours=5))


def test_the_cost_does_not_grow(cast, year, browser_of):
    kaya = browser_of(cast.kaya)
    few = queries(kaya, PAGE)
    for number in range(4):
        make.a_pilot(f"cleo{number}", cast.kaya, skills={"ar": 5})
        make.a_help_request(cast.samir, cast.rita, topic="work")
    assert queries(kaya, PAGE) == few <= 18
