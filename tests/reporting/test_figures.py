"""Sums, shares and steps of a period, on rows made by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from backend.reporting import figures
from backend.reporting.periods import year_of
from backend.reporting.rows import Material, PilotRow, RequestRow, SessionRow

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
OFFICE = SimpleNamespace(zone=ZoneInfo("Europe/Berlin"))


def a_request(number: int, **given) -> RequestRow:
    row = RequestRow(
        pk=UUID(int=number), status="UNFILLED", language="kmr", topic="school", organisation="School",
        postcode="49074", place="Osnabrück", reason="no_pilot_found", day=date(2026, 10, 13),
        first_day=date(2026, 10, 20), lead=timedelta(days=7),
    )  # fmt: skip
    return replace(row, **given)


def a_session(pilot: int, minutes: int = 60) -> SessionRow:
    return SessionRow(
        UUID(int=pilot), "kmr", "school", "School", "49074", "Osnabrück", date(2026, 10, 28), minutes
    )


def a_pilot(number: int, **given) -> PilotRow:
    row = PilotRow(
        UUID(int=number), "ACTIVE", "f", "49074", "Osnabrück", NOW - timedelta(days=365), None, ("kmr",), 4.0
    )
    return replace(row, **given)


def material(requests=(), sessions=(), pilots=()) -> Material:
    return Material(OFFICE, year_of(2026), NOW, requests, sessions, pilots, 0, {})


def test_groups_hold_requests_and_sessions():
    found = figures.grouped(
        material([a_request(1), a_request(2, status="FULFILLED", language="ar")], [a_session(1, 90)]),
        "language",
    )
    assert [(one.key, one.requests, one.filled, one.unmet, one.sessions, one.hours) for one in found] == [
        ("kmr", 1, 0, 1, 1, 1.5),
        ("ar", 1, 1, 0, 0, 0.0),
    ]


def test_balances_count_active_speakers_only():
    pilots = [a_pilot(1), a_pilot(2, status="PAUSED"), a_pilot(3, languages=("kmr", "ar"), weekly_hours=2.0)]
    kmr, ar = figures.balances(material([a_request(1)], pilots=pilots))
    assert (kmr.requests, kmr.unmet, kmr.pilots, kmr.weekly_hours) == (1, 1, 2, 6.0)
    assert (ar.requests, ar.pilots) == (0, 1)


def test_gaps_know_the_weekday():
    monday = date(2026, 11, 2)
    (gap,) = figures.gaps(material([a_request(1, first_day=monday), a_request(2, status="OPEN")]))
    assert gap.weekdays == [1, 0, 0, 0, 0, 0, 0]
    assert gap.places.most_common() == [("Osnabrück", 1)]


def test_the_load_of_equals_and_of_one():
    even = figures.load(
        material(sessions=[a_session(n) for n in range(10)], pilots=[a_pilot(n) for n in range(10)])
    )
    assert even.gini == pytest.approx(0)
    assert even.top_share == pytest.approx(0.1)
    one = figures.load(material(sessions=[a_session(1)] * 10, pilots=[a_pilot(n) for n in range(10)]))
    assert one.gini == pytest.approx(0.9)
    assert one.top_share == 1
    assert one.steps == (9, 0, 0, 0, 0, 1, 0)
    nobody = figures.load(material())
    assert (nobody.gini, nobody.top_share) == (None, None)


def test_waits_and_steps():
    row = a_request(1, status="FULFILLED", until_yes=timedelta(days=1), until_confirmed=timedelta(days=2))
    found = material([row, a_request(2)])
    assert figures.hours_to_yes(found).median == 24
    assert figures.hours_to_confirmation(found).steps == (0, 0, 0, 1, 0, 0, 0)
    assert figures.lead_days(found).median == 7
    assert figures.hours_to_yes(material()).median is None
    assert figures.steps_of([0, 1, 3, 99], (1, 3)) == (2, 1, 1)


def test_months_end_today_and_activity_is_cut_to_the_period():
    assert [one.month for one in figures.months(material([a_request(1)]))] == list(range(1, 12))
    ((gender, people, lasted),) = figures.active_months(
        material(pilots=[a_pilot(1), a_pilot(2, active_at=None)])
    )
    assert (gender, people) == ("f", 1)
    assert lasted == pytest.approx(10.06, abs=0.1)


def test_asking_and_headline():
    rows = [a_request(1, status="ASSIGNED", asked=6, answered=3), a_request(2), a_request(3, status="OPEN")]
    found = material(rows, [a_session(1)])
    assert figures.asking(found).per_filled == 6
    assert figures.asking(found).answered_share == 0.5
    top = figures.headline(found)
    assert (top.requests, top.filled, top.unmet, top.open, top.filled_share) == (3, 1, 1, 1, 0.5)
    assert figures.headline(material()).filled_share is None
    assert date(2026, 1, 1) == found.period.first
