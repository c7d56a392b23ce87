"""Calendar and map: the same entries as list and table, gaps in words, nothing of another office."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from backend.accounts.roles import Role
from geo.models import Outline
from tests import factories as make
from tests.factories import NOW, at
from tests.web.reading import Page, text_of
from tests.web.test_query_counts import queries

CALENDAR, MAP = reverse("web:calendar"), reverse("web:map")


@pytest.fixture
def november(cast):
    """An assignment on the 10th, an open date on the 12th, and one on the 13th that nobody could take."""
    settled = make.a_help_request(cast.samir, cast.rita)
    make.an_assignment(settled, cast.ana, cast.kaya)
    make.a_help_request(cast.samir, cast.rita, slots=[(at(12, 10), at(12, 11))])
    somali = make.a_help_seeker(cast.rita, languages=["so"])
    return make.a_help_request(somali, cast.rita, slots=[(at(13, 9), at(13, 10))], topic="health")


def links(response) -> list[str]:
    return [
        a["href"] for a in Page(response).all("a") if "/anfragen/" in a["href"] or "/einsaetze/" in a["href"]
    ]


def test_the_month_and_its_gap(cast, november, browser_of):
    response = browser_of(cast.kaya).get(CALENDAR)
    page = Page(response)
    assert page.faults() == []
    assert "November 2026" in page.text
    assert "An 1 Termin könnte zurzeit niemand kommen" in page.text
    assert "09:00–10:00 Somali" in page.text
    assert "niemand könnte kommen" in page.text
    assert "offen, 1 könnte kommen" in page.text
    assert "Ana" not in page.text


def test_list_equals_table(cast, november, browser_of):
    kaya = browser_of(cast.kaya)
    for span in ({"monat": "2026-11"}, {"woche": "2026-11-12"}):
        table, listed = kaya.get(CALENDAR, span), kaya.get(CALENDAR, {**span, "als": "liste"})
        assert Page(listed).faults() == []
        assert set(links(table)) & set(links(listed)) == set(links(listed))
        assert len(set(links(listed)) - {reverse("web:request_for_caller")}) == 3


def test_the_week_names_the_pilots(cast, november, browser_of):
    text = text_of(browser_of(cast.kaya).get(CALENDAR, {"woche": "2026-11-10"}))
    assert "Woche von Mo." in text
    assert "Ana" in text
    assert "Zugriffsprotokoll" in text


def test_turning_pages_and_odd_days(cast, browser_of):
    kaya = browser_of(cast.kaya)
    assert "Februar 2027" in text_of(kaya.get(CALENDAR, {"monat": "2027-02"}))
    assert "monat=2027-01-31" in kaya.get(CALENDAR, {"monat": "2027-02"}).content.decode()
    for odd in ("2027-13", "0001-01-01", "9999-12-31", "bald", ""):
        assert "November 2026" in text_of(kaya.get(CALENDAR, {"monat": odd, "woche": odd}))


def test_nobody_elses_calendar(cast, november, browser_of):
    assert "Somali" not in text_of(browser_of(cast.frauke).get(CALENDAR))
    auditor = make.a_member("audrey", cast.osnabrueck, Role.AUDITOR)
    for user in (cast.rita, cast.ana.user, auditor):
        assert browser_of(user).get(CALENDAR).status_code == 403


def test_what_a_calendar_costs(cast, november, browser_of):
    kaya = browser_of(cast.kaya)
    week = f"{CALENDAR}?woche=2026-11-10"
    few = queries(kaya, week)
    for number in range(4):
        make.a_help_request(cast.samir, cast.rita, slots=[(at(12, 14 + number), at(12, 15 + number))])
        further = make.a_help_request(
            cast.samir, cast.rita, slots=[(at(11, 9 + number), at(11, 10 + number))]
        )
        make.an_assignment(further, make.a_pilot(f"cleo{number}", cast.kaya), cast.kaya)
    assert queries(kaya, week) == few <= 40


def test_the_map_and_its_table(cast, november, browser_of):
    assert cast.ben.home.postcode == "49324"
    response = browser_of(cast.kaya).get(MAP)
    page = Page(response)
    assert page.faults() == []
    assert "49074 Osnabrück30212" in page.text
    assert "49324 Melle0001" in page.text
    drawn = [svg for svg in page.all("svg") if svg.get("role") == "img"]
    assert len(drawn) == 1
    assert "Melle" in response.content.decode()
    assert text_of(browser_of(cast.frauke).get(MAP)).count("49074") == 0


def test_the_map_hides_small_counts_from_auditors(cast, november, browser_of):
    text = text_of(browser_of(make.a_member("audrey", cast.osnabrueck, Role.AUDITOR)).get(MAP))
    assert "49074 Osnabrück<50<5<5" in text


def outlines(**changes) -> str:
    square = [[[7.9, 52.2], [8.2, 52.2], [8.2, 52.4], [7.9, 52.4], [7.9, 52.2]]]
    feature = {
        "type": "Feature",
        "properties": {"ags": "03404000", "name": "Osnabrück"},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    return json.dumps({"type": "FeatureCollection", "features": [{**feature, **changes}]})


def test_outlines_are_imported_and_drawn(cast, browser_of, tmp_path):
    file = tmp_path / "outlines.geojson"
    file.write_text(outlines(), encoding="utf-8")
    for _ in range(2):
        call_command("import_outlines", file, source="© GeoBasis-DE / BKG (2021)", verbosity=0)
    assert Outline.objects.get().name == "Osnabrück"
    response = browser_of(cast.kaya).get(MAP)
    assert "Umrisse: © GeoBasis-DE / BKG (2021)" in text_of(response)
    assert 'class="outline"' in response.content.decode()
    assert 'class="outline"' not in browser_of(cast.frauke).get(MAP).content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"type": "FeatureCollection", "features": []}',
        outlines(properties={}),
        outlines(properties=None),
        outlines(geometry={"type": "Point", "coordinates": [8, 52]}),
        outlines(geometry={"type": "Polygon", "coordinates": [[[80, 2], [81, 2], [81, 3], [80, 2]]]}),
    ],
)
def test_what_is_no_outline_changes_nothing(db, tmp_path, text):
    file = tmp_path / "outlines.geojson"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_outlines", file, source="x", verbosity=0)
    with pytest.raises(CommandError):
        call_command("import_outlines", tmp_path / "missing", source="x", verbosity=0)
    assert not Outline.objects.exists()
    assert NOW
