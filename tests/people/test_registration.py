"""How does a volunteer become an applicant, and what is refused?"""

from datetime import time
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from backend.accounts.models import Membership, User
from backend.accounts.roles import Role
from backend.errors import RuleViolated
from backend.journal.kinds import EventKind
from backend.people.codes import CONSENT_VERSION
from backend.people.commands.pilots import change_profile, register_pilot
from backend.people.models import Consent, Identity, Pilot, Reach
from backend.people.profile import PersonalData, Skill, WeeklySpan, Wishes
from backend.people.states import PilotStatus
from geo.address import GeoError
from geo.geocoding import Precision
from geo.locating import locate
from tests import factories as make
from tests.asserting import database_refuses, recorded, refused
from tests.conftest import Cast
from tests.factories import NOW


def register(**given: Any) -> Pilot:
    values: dict[str, Any] = {
        "email": "Dilan@Example.org",
        "language": "en",
        "person": PersonalData(name="Dilan Demir", phone="+49541777", street="Rosenweg 3"),
        "home": locate(private=True, postcode="49074"),
        "wishes": Wishes(german_level=4, reach_km=12, gender="f", topics_wished=["school", "health"]),
        "skills": [Skill("kmr", 6, 5), Skill("tr", 4, 4)],
        "week": [WeeklySpan(1, time(9), time(12))],
        "data_protection": True,
        "confidentiality": True,
        "by": None,
        "now": NOW,
    }
    return register_pilot(**{**values, **given})


def test_an_applicant_of_the_office_of_her_home(cast: Cast) -> None:
    pilot = register()

    user = User.objects.get(email="dilan@example.org")
    assert (pilot.user, pilot.office, pilot.status) == (user, cast.osnabrueck, PilotStatus.APPLICANT)
    assert (pilot.display_code, pilot.reach_km, pilot.gender) == ("P-0001", 12, "f")
    assert pilot.topics_wished == ["health", "school"]
    assert {s.language: (s.speaks, s.understands) for s in pilot.skills.all()} == {
        "kmr": (6, 5),
        "tr": (4, 4),
    }
    assert [(a.weekday, a.starts, a.ends) for a in pilot.availabilities.all()] == [(1, time(9), time(12))]
    assert [po.kind for po in pilot.pilot_offices.all()] == ["BELONGS"]
    assert Membership.objects.get(user=user).role == Role.PILOT
    given = Consent.objects.filter(user=user).values_list("kind", "version", "given_at", "confirmed_at")
    assert set(given) == {
        ("data_protection", CONSENT_VERSION, NOW, None),
        ("confidentiality", CONSENT_VERSION, NOW, None),
    }
    assert not Reach.objects.filter(pilot=pilot).exists()
    event = recorded(EventKind.PILOT_REGISTERED, pilot)
    assert (event.actor_id, event.office_id, event.facts) == (None, cast.osnabrueck.pk, {})


def test_numbers_count_per_office(cast: Cast) -> None:
    codes = [register(email=f"p{n}@x.example").display_code for n in range(3)]
    codes.append(register(email="far@x.example", home=locate(private=True, postcode="26441")).display_code)
    assert codes == ["P-0001", "P-0002", "P-0003", "P-0001"]


def test_the_number_of_somebody_who_was_deleted_is_not_given_twice(cast: Cast) -> None:
    first, second = register(email="a@x.example"), register(email="b@x.example")
    first.delete()
    assert register(email="c@x.example").display_code == "P-0003"
    Pilot.objects.filter(pk=second.pk).update(display_code="P-12345")
    assert register(email="d@x.example").display_code == "P-12346"


def test_no_wish_means_what_the_office_presets(cast: Cast) -> None:
    assert register(wishes=Wishes(german_level=3)).reach_km == cast.osnabrueck.default_reach_km


class TestOffice:
    def test_by_a_drawn_area(self, cast: Cast) -> None:
        area = MultiPolygon(Polygon.from_bbox((8.0, 52.2, 8.1, 52.3)), srid=4326)
        drawn = make.an_office("drawn", [], service_area=area)
        assert register().office == drawn

    def test_none(self, cast: Cast) -> None:
        cast.osnabrueck.service_postcodes = []
        cast.osnabrueck.save()
        with refused(RuleViolated, "no_office_serves_place", postcode="49074"):
            register()
        assert not User.objects.filter(email="dilan@example.org").exists()


class TestHome:
    def test_by_postcode(self, cast: Cast) -> None:
        home = register().home
        assert (home.private, home.street, home.postcode, home.place) == (True, "", "49074", "Osnabrück")
        assert home.precision == Precision.POSTCODE
        assert home.point.coords == (8.0521, 52.2738)

    def test_by_place_alone(self, cast: Cast) -> None:
        pilot = register(home=locate(private=True, place="melle"))
        assert (pilot.office, pilot.home.postcode, pilot.home.place) == (cast.osnabrueck, "49324", "Melle")

    def test_a_point_is_snapped_to_its_cell_and_the_street_is_dropped(self, cast: Cast) -> None:
        exact = {"lat": 52.27991, "lon": 8.04722}
        home = register(home=locate(private=True, street="Rosenweg 3", **exact)).home
        assert (home.street, home.precision, home.postcode) == ("", Precision.CELL, "49074")
        assert home.point.coords != (exact["lon"], exact["lat"])
        again = locate(private=True, lat=home.point.y, lon=home.point.x)
        assert (again.point.lon, again.point.lat) == pytest.approx(home.point.coords)

    def test_swapped_coordinates_are_refused(self, cast: Cast) -> None:
        with pytest.raises(GeoError) as caught:
            locate(private=True, lat=8.0521, lon=52.2738)
        assert caught.value.code == "coordinates_swapped"

    def test_a_place_that_is_not_private_is_nobodys_home(self, cast: Cast) -> None:
        public = locate(private=False, postcode="49074", street="Markt 1")
        with pytest.raises(ValueError, match="private"):
            register(home=public)
        with pytest.raises(ValueError, match="private"):
            change_profile(pilot_id=cast.ana.pk, home=public, by=cast.kaya, now=NOW)

    @pytest.mark.parametrize(
        "change", ["street = 'Rosenweg 3'", "precision = 'ADDRESS'", "precision = 'STREET'"]
    )
    def test_a_private_place_stays_coarse_against_raw_sql(self, cast: Cast, change: str) -> None:
        from django.db import connection

        home = register().home
        with database_refuses("private_place_is_coarse"), connection.cursor() as cursor:
            cursor.execute(f"UPDATE people_place SET {change} WHERE id = %s", [home.pk])


class TestConsent:
    @pytest.mark.parametrize(
        ("missing", "code"),
        [("data_protection", "consent_missing"), ("confidentiality", "pledge_missing")],
    )
    def test_is_needed(self, cast: Cast, missing: str, code: str) -> None:
        with refused(RuleViolated, code, field=missing):
            register(**{missing: False})
        assert not Pilot.objects.exists()


class TestNames:
    @pytest.mark.parametrize("name", ["Ana\nBcc: x", "Ana\u2028x", "Ana\x00", "Gewinn: https://x.example"])
    def test_are_one_plain_line(self, cast: Cast, name: str) -> None:
        with refused(RuleViolated, "name_not_plain", field="name"):
            register(person=PersonalData(name=name))
        with refused(RuleViolated, "name_not_plain", field="name"):
            change_profile(pilot_id=cast.ana.pk, person=PersonalData(name=name), by=cast.ana.user, now=NOW)

    @pytest.mark.parametrize("name", ["Müller-Lüdenscheidt, Dr.", "دلان دمیر", "می‌خواهم", "O’Neill : Sohn"])
    def test_of_all_kinds(self, cast: Cast, name: str) -> None:
        assert register(person=PersonalData(name=name)).identity.name == name


class TestLanguages:
    def test_are_kept_under_their_canonical_code(self, cast: Cast) -> None:
        pilot = register(skills=[Skill("KMR-Latn", 6, 6), Skill("fa_AF", 4, 4), Skill("sr-Cyrl-RS", 3, 3)])
        assert {s.language for s in pilot.skills.all()} == {"kmr", "prs", "sr"}

    def test_unknown_with_suggestions(self, cast: Cast) -> None:
        with refused(RuleViolated, "language_unknown", field="languages", language="kurmanji") as refusal:
            register(skills=[Skill("kurmanji", 6, 6)])
        assert "kmr" in refusal.value.facts["suggestions"]

    def test_kurdish_is_two_languages(self, cast: Cast) -> None:
        with refused(RuleViolated, "language_unknown", suggestions=["kmr", "ckb", "sdh"]):
            register(skills=[Skill("ku", 6, 6)])

    def test_twice_under_two_names(self, cast: Cast) -> None:
        with refused(RuleViolated, "language_twice", field="languages", languages=["fa"]):
            register(skills=[Skill("fa", 6, 6), Skill("pes", 4, 4)])

    def test_none(self, cast: Cast) -> None:
        with refused(RuleViolated, "languages_missing", field="languages"):
            register(skills=[])

    @pytest.mark.parametrize(("speaks", "understands"), [(7, 5), (5, 7), (-1, 3)])
    def test_levels_end_at_c2(self, cast: Cast, speaks: int, understands: int) -> None:
        with refused(RuleViolated, "level_out_of_range", language="tr"):
            register(skills=[Skill("tr", speaks, understands)])


class TestWishes:
    def test_a_topic_is_wished_or_refused(self, cast: Cast) -> None:
        wishes = Wishes(german_level=4, topics_wished=["school", "health"], topics_refused=["health"])
        with refused(RuleViolated, "topic_wished_and_refused", topics=["health"]):
            register(wishes=wishes)

    @pytest.mark.parametrize("reach_km", [0, -3, 301])
    def test_reach_has_limits(self, cast: Cast, reach_km: int) -> None:
        with refused(RuleViolated, "reach_out_of_range", field="reach_km", at_most=300):
            register(wishes=Wishes(german_level=4, reach_km=reach_km))

    @pytest.mark.parametrize("level", [-1, 7])
    def test_german_is_a_level(self, cast: Cast, level: int) -> None:
        with refused(RuleViolated, "level_out_of_range", field="german_level"):
            register(wishes=Wishes(german_level=level))


class TestSameAddressTwice:
    def test_changes_nothing_and_tells_only_the_owner(self, cast: Cast) -> None:
        first = register()
        second = register(
            email="DILAN@example.org ",
            person=PersonalData(name="Somebody Else"),
            home=locate(private=True, postcode="49324"),
            skills=[Skill("ar", 6, 6)],
        )
        assert second == first
        assert Identity.objects.count() == 1
        assert first.identity.name == "Dilan Demir"
        assert {s.language for s in first.skills.all()} == {"kmr", "tr"}
        event = recorded(EventKind.REGISTERED_AGAIN, first.user)
        assert (event.actor_id, event.facts) == (None, {})

    @pytest.mark.parametrize("who", [None, "ben", "frauke", "rita"])
    def test_nobody_binds_the_account_of_another(self, cast: Cast, who: str | None) -> None:
        by = getattr(cast, who) if who else None
        by = getattr(by, "user", by)
        pilots, consents = Pilot.objects.count(), Consent.objects.count()
        assert register(email=cast.kaya.email.upper(), by=by) is None
        assert (Pilot.objects.count(), Consent.objects.count()) == (pilots, consents)
        assert [m.role for m in cast.kaya.memberships.all()] == [Role.COORDINATOR]
        event = recorded(EventKind.REGISTERED_AGAIN, cast.kaya)
        assert event.actor_id == (by.pk if by else None)

    def test_a_requester_who_is_signed_in_may_also_be_a_pilot(self, cast: Cast) -> None:
        pilot = register(email=cast.rita.email, by=cast.rita)
        assert pilot.user == cast.rita
        assert {m.role for m in cast.rita.memberships.all()} == {Role.REQUESTER, Role.PILOT}
        assert recorded(EventKind.PILOT_REGISTERED, pilot).actor_id == cast.rita.pk
        confirmed = Consent.objects.filter(user=cast.rita).values_list("confirmed_at", "confirmed_by")
        assert list(confirmed) == [(NOW, cast.rita.pk)] * 2
        assert register(email=cast.rita.email, by=cast.rita) == pilot
