"""Does the search table agree with the profile after every change?"""

from datetime import date
from importlib import import_module

import pytest
from django.contrib.gis.db.models.functions import Envelope
from django.db import connection
from django.db.models import F

from backend.people.commands.pilots import change_profile, pause_pilot, resume_pilot
from backend.people.models import Pilot, PilotOffice, Reach
from backend.people.profile import Skill, Wishes
from backend.people.reach import write_reach
from geo.locating import locate
from geo.postgis import from_point
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW


def languages(pilot: Pilot) -> dict[str, tuple[int, str]]:
    return {row.language: (row.level, row.via) for row in Reach.objects.filter(pilot=pilot)}


def test_an_applicant_cannot_be_found(cast: Cast) -> None:
    assert not languages(make.a_pilot("petra", cast.kaya, active=False))


def test_activation_writes_what_is_understood(cast: Cast) -> None:
    iva = make.a_pilot("iva", cast.kaya, skills={"hr": 6})
    understood = languages(iva)
    assert understood["hr"] == (6, "hr")
    # Croatian is one standard with Bosnian, Serbian and Montenegrin, and three levels from Slovene.
    assert {code: understood[code] for code in ("bs", "sr", "cnr", "sl")} == {
        "bs": (6, "hr"),
        "sr": (6, "hr"),
        "cnr": (6, "hr"),
        "sl": (3, "hr"),
    }


def test_kurmanji_is_not_sorani(cast: Cast) -> None:
    assert "ckb" not in languages(cast.ana)


def test_the_weaker_direction_counts(cast: Cast) -> None:
    change_profile(pilot_id=cast.ana.pk, skills=[Skill("fa", 6, 3)], by=cast.ana.user, now=NOW)
    assert languages(cast.ana)["fa"] == (3, "fa")
    assert languages(cast.ana)["prs"] == (2, "fa")


def test_each_direction_is_kept(cast: Cast) -> None:
    slavic = make.a_pilot("slava", cast.kaya, skills={"uk": 6})
    row = Reach.objects.get(pilot=slavic, language="ru")
    assert (row.level, row.speaks, row.understands, row.via) == (3, 3, 4, "uk")
    change_profile(pilot_id=slavic.pk, skills=[Skill("uk", 3, 6)], by=slavic.user, now=NOW)
    assert not Reach.objects.filter(pilot=slavic, language="ru").exists()
    own = Reach.objects.get(pilot=slavic, language="uk")
    assert (own.level, own.speaks, own.understands) == (3, 3, 6)


def test_an_unknown_level_is_not_fluent(cast: Cast) -> None:
    change_profile(
        pilot_id=cast.ana.pk, skills=[Skill("kmr", 6, 0), Skill("tr", 4, 4)], by=cast.ana.user, now=NOW
    )
    assert "kmr" not in languages(cast.ana)


def test_new_languages_replace_the_old(cast: Cast) -> None:
    assert {"kmr", "tr"} <= set(languages(cast.ana))
    change_profile(pilot_id=cast.ana.pk, skills=[Skill("so", 5, 5)], by=cast.ana.user, now=NOW)
    assert languages(cast.ana) == {"so": (5, "so")}


def test_a_pause_empties_it_and_the_return_fills_it(cast: Cast) -> None:
    before = languages(cast.ana)
    pause_pilot(pilot_id=cast.ana.pk, until=date(2026, 12, 1), by=cast.ana.user, now=NOW)
    assert not languages(cast.ana)
    change_profile(pilot_id=cast.ana.pk, skills=[Skill("kmr", 6, 6)], by=cast.ana.user, now=NOW)
    assert not languages(cast.ana)
    resume_pilot(pilot_id=cast.ana.pk, by=cast.ana.user, now=NOW)
    assert languages(cast.ana)["kmr"] == before["kmr"] == (6, "kmr")


def test_a_move_takes_point_and_box_along(cast: Cast) -> None:
    change_profile(
        pilot_id=cast.ana.pk, home=locate(private=True, postcode="49324"), by=cast.ana.user, now=NOW
    )
    row = Reach.objects.filter(pilot=cast.ana).first()
    assert from_point(row.point) == pytest.approx((52.1977, 8.3389))
    assert row.box.centroid.coords == pytest.approx(row.point.coords)


def test_a_wider_reach_widens_the_box(cast: Cast) -> None:
    change_profile(pilot_id=cast.ana.pk, wishes=Wishes(german_level=5, reach_km=7), by=cast.ana.user, now=NOW)
    row = Reach.objects.filter(pilot=cast.ana).annotate(envelope=Envelope(F("box"))).first()
    west, south, east, north = row.envelope.extent
    assert (east - west, north - south) == pytest.approx((14_000, 14_000))
    assert row.reach_km == 7


def test_a_pilot_who_is_lent_can_be_found_in_both_offices(cast: Cast) -> None:
    PilotOffice.objects.create(pilot=cast.ana, office=cast.friesland, kind=PilotOffice.Kind.LENT)
    write_reach(cast.ana)
    offices = Reach.objects.filter(pilot=cast.ana, language="kmr").values_list("office", flat=True)
    assert set(offices) == {cast.osnabrueck.pk, cast.friesland.pk}


def test_the_migration_tells_the_directions_of_rows_from_before_apart(cast: Cast) -> None:
    iva = make.a_pilot("iva", cast.kaya, skills={"hr": 2})
    iva.skills.filter(language="hr").update(speaks=2, understands=6)
    write_reach(iva)
    Reach.objects.update(speaks=F("level"), understands=F("level"))  # as 0005 left them
    with connection.cursor() as cursor:
        cursor.execute(
            import_module("backend.people.migrations.0006_directions_of_spoken_languages").FROM_PROFILE
        )
    after = {row.language: (row.speaks, row.understands) for row in Reach.objects.filter(pilot=iva)}
    assert (after["hr"], after["bs"]) == ((2, 6), (2, 2))
