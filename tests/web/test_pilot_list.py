"""Finding a pilot: by name though names are sealed, by what she speaks and when; how loaded she is, what is due."""

from datetime import date, time

import pytest
from django.urls import reverse

from backend.journal.models import AccessLog
from backend.people.commands.pilots import pause_pilot
from backend.people.models import PilotOffice
from backend.people.profile import WeeklySpan
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page, text_of
from tests.web.test_query_counts import queries

LIST = reverse("web:pilots")
MONDAYS = [WeeklySpan(0, time(9), time(12))]


@pytest.fixture
def people(cast):
    assert cast.ana
    assert cast.ben
    make.a_pilot("çelik", cast.kaya, skills={"ar": 6}, week=MONDAYS, checked=None)
    make.a_pilot("zoe", cast.kaya, skills={"ar": 4}, checked=date(2023, 12, 1), week=MONDAYS)
    make.a_pilot("max", cast.kaya, checked=date(2023, 10, 1))
    return cast


def found(client, **asked) -> list[str]:
    response = client.get(LIST, asked)
    page = Page(response)
    assert page.faults() == []
    names = ("Ana", "Ben", "Çelik", "Max", "Zoe", "Cleo")
    shown = response.content.decode()
    return [name for name in names if f"<bdi>{name}</bdi>" in shown]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["Ana", "Ben", "Çelik", "Max", "Zoe"]),
        ({"q": "celik"}, ["Çelik"]),
        ({"q": "  BEN "}, ["Ben"]),
        ({"q": "ben melle"}, ["Ben"]),
        ({"q": "49324"}, ["Ben"]),
        ({"q": "nobody"}, []),
        ({"sprache": "ar"}, ["Çelik", "Zoe"]),
        ({"sprache": "ar", "q": "zo"}, ["Zoe"]),
        ({"tag": "6"}, ["Ana", "Ben", "Max"]),
        ({"tag": "0", "sprache": "ar"}, ["Çelik", "Zoe"]),
        ({"minderjaehrige": "on"}, ["Ana", "Ben", "Zoe"]),
        ({"faellig": "on"}, ["Max", "Zoe"]),
        ({"sprache": "nonsense", "tag": "9", "status": "x"}, ["Ana", "Ben", "Çelik", "Max", "Zoe"]),
    ],
)
def test_filters(people, browser_of, asked, names):
    assert found(browser_of(people.kaya), **asked) == names


def test_by_name_in_order_and_what_is_due(people, browser_of):
    text = text_of(browser_of(people.kaya).get(LIST))
    assert text.index("Ana") < text.index("Ben") < text.index("Çelik") < text.index("Zoe")
    assert "Führungszeugnis abgelaufen" in text
    assert "Führungszeugnis bis Di." in text
    assert "5 Lotsinnen und Lotsen" in text


def test_only_those_shown_are_opened(people, browser_of):
    browser_of(people.kaya).get(LIST, {"q": "zoe"})
    opened = AccessLog.objects.filter(reader_id=people.kaya.pk, reason="overview")
    assert opened.count() == 1


def test_another_office_finds_nobody(people, browser_of):
    frauke = browser_of(people.frauke)
    assert found(frauke) == found(frauke, q="ana") == []
    PilotOffice.objects.create(pilot=people.ana, office=people.friesland, kind="LENT")
    assert found(frauke, q="ana") == ["Ana"]


def test_load_and_next_assignment(people, browser_of):
    people.ana.monthly_hours = 2
    people.ana.save()
    for day in (10, 12):
        request = make.a_help_request(people.samir, people.rita, slots=[(at(day, 10), at(day, 11))])
        make.an_assignment(request, people.ana, people.kaya)
    pause_pilot(pilot_id=people.ben.pk, until=date(2026, 12, 1), by=people.kaya, now=NOW)
    text = text_of(browser_of(people.kaya).get(LIST))
    assert "2 von 2 Stunden (voll)" in text
    assert "Di. 10. Nov. 2026, 10:00" in text
    assert "bis Di. 1. Dez. 2026" in text

    page = browser_of(people.kaya).get(reverse("web:pilot", args=[people.ana.pk]))
    assert Page(page).faults() == []
    assert "2 Fragen, 2-mal ja, 0-mal nein" in text_of(page)
    assert "Kurmandschi (Kurdisch), Schule" in text_of(page)


def test_the_list_costs_the_same(people, browser_of):
    kaya = browser_of(people.kaya)
    few = queries(kaya, LIST)
    for number in range(5):
        make.a_pilot(f"more{number}", people.kaya, skills={"kmr": 5, "tr": 3})
    assert queries(kaya, LIST) == few <= 20
