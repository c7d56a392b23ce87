"""How does a profile change: its parts, its week, its dates away, its vetoes, and by whose hand?"""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.db import connection

from backend.accounts.models import User
from backend.errors import NotPermitted, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.keys import uuid7
from backend.people.commands.availability import add_absence, remove_absence, set_availability
from backend.people.commands.pilots import change_profile, pause_pilot, resume_pilot
from backend.people.commands.vetoes import add_veto, remove_veto
from backend.people.models import Absence, Pilot, Veto
from backend.people.profile import PersonalData, Skill, WeeklySpan, Wishes
from geo.locating import locate
from tests import factories as make
from tests.asserting import database_refuses, refused
from tests.conftest import Cast
from tests.factories import NOW


def changes(pilot: Pilot) -> list[list[str]]:
    events = Event.objects.timeline_of(pilot.pk).filter(kind=EventKind.PILOT_PROFILE_CHANGED)
    return [event.facts["parts"] for event in events]


def span(weekday: int, starts: int, ends: int) -> WeeklySpan:
    return WeeklySpan(weekday, time(starts), time(ends))


class TestParts:
    def test_only_what_is_given_changes(self, cast: Cast) -> None:
        change_profile(
            pilot_id=cast.ana.pk,
            person=PersonalData(name="Ana Neu", phone="+49541999", street="Rosenweg 3"),
            wishes=Wishes(
                german_level=6,
                reach_km=9,
                gender="f",
                monthly_hours=8,
                heavy_per_month=1,
                topics_refused=["health"],
            ),
            by=cast.ana.user,
            now=NOW,
        )
        ana = Pilot.objects.get(pk=cast.ana.pk)
        assert (ana.identity.name, ana.identity.street, ana.home.street) == ("Ana Neu", "Rosenweg 3", "")
        assert (ana.german_level, ana.reach_km, ana.monthly_hours, ana.heavy_per_month) == (6, 9, 8, 1)
        assert ana.topics_refused == ["health"]
        assert {s.language for s in ana.skills.all()} == {"kmr", "tr"}
        assert changes(ana) == [["wishes", "person"]]

    def test_home_and_languages(self, cast: Cast) -> None:
        change_profile(
            pilot_id=cast.ana.pk,
            home=locate(private=True, postcode="49324"),
            skills=[Skill("so", 4, 4)],
            by=cast.kaya,
            now=NOW,
        )
        ana = Pilot.objects.get(pk=cast.ana.pk)
        assert (ana.home.postcode, ana.home.place, ana.office) == ("49324", "Melle", cast.osnabrueck)
        assert [s.language for s in ana.skills.all()] == ["so"]
        assert changes(ana) == [["languages", "home"]]

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"skills": []}, "languages_missing"),
            ({"skills": [Skill("xx", 1, 1)]}, "language_unknown"),
            ({"wishes": Wishes(german_level=4, reach_km=1000)}, "reach_out_of_range"),
            (
                {"wishes": Wishes(german_level=4, topics_wished=["work"], topics_refused=["work"])},
                "topic_wished_and_refused",
            ),
        ],
    )
    def test_refusals_change_nothing(self, cast: Cast, given: dict[str, Any], code: str) -> None:
        with refused(RuleViolated, code):
            change_profile(pilot_id=cast.ana.pk, person=PersonalData("New"), by=cast.kaya, now=NOW, **given)
        assert Pilot.objects.get(pk=cast.ana.pk).identity.name == "Ana"


class TestWeek:
    def test_is_replaced(self, cast: Cast) -> None:
        set_availability(pilot_id=cast.ana.pk, week=[span(2, 14, 18), span(0, 8, 9)], by=cast.kaya, now=NOW)
        rows = [(a.weekday, a.starts.hour, a.ends.hour) for a in cast.ana.availabilities.all()]
        assert rows == [(0, 8, 9), (2, 14, 18)]
        assert changes(cast.ana) == [["availability"]]

    def test_touching_spans_are_one(self, cast: Cast) -> None:
        week = [span(1, 12, 16), span(1, 8, 12), span(2, 8, 12), span(3, 12, 13)]
        set_availability(pilot_id=cast.ana.pk, week=week, by=cast.kaya, now=NOW)
        rows = [(a.weekday, a.starts.hour, a.ends.hour) for a in cast.ana.availabilities.all()]
        assert rows == [(1, 8, 16), (2, 8, 12), (3, 12, 13)]

    def test_an_empty_week_is_a_week(self, cast: Cast) -> None:
        set_availability(pilot_id=cast.ana.pk, week=[], by=cast.kaya, now=NOW)
        assert not cast.ana.availabilities.exists()

    @pytest.mark.parametrize(
        ("week", "code"),
        [
            ([span(1, 8, 12), span(1, 11, 13)], "times_overlap"),
            ([span(1, 8, 18), span(1, 9, 10)], "times_overlap"),
            ([span(1, 8, 18), span(1, 9, 10), span(1, 11, 12)], "times_overlap"),
            ([span(1, 9, 10), span(1, 9, 10)], "times_overlap"),
            ([span(1, 12, 12)], "time_order"),
            ([span(1, 12, 8)], "time_order"),
            ([span(7, 8, 12)], "weekday_out_of_range"),
            ([span(-1, 8, 12)], "weekday_out_of_range"),
        ],
    )
    def test_refusals(self, cast: Cast, week: list[WeeklySpan], code: str) -> None:
        with refused(RuleViolated, code, field="availability"):
            set_availability(pilot_id=cast.ana.pk, week=week, by=cast.kaya, now=NOW)
        assert cast.ana.availabilities.count() == 7

    @pytest.mark.parametrize(
        ("change", "constraint"),
        [("weekday = 7", "availability_weekday"), ("ends = starts", "availability_order")],
    )
    def test_against_raw_sql(self, cast: Cast, change: str, constraint: str) -> None:
        with database_refuses(constraint), connection.cursor() as cursor:
            cursor.execute(f"UPDATE people_availability SET {change} WHERE pilot_id = %s", [cast.ana.pk])


class TestAbsences:
    def test_come_and_go(self, cast: Cast) -> None:
        absence = add_absence(
            pilot_id=cast.ana.pk,
            start_date=date(2026, 12, 24),
            end_date=date(2026, 12, 24),
            by=cast.ana.user,
            now=NOW,
        )
        remove_absence(absence_id=absence.pk, by=cast.ana.user, now=NOW)
        assert not Absence.objects.exists()
        assert changes(cast.ana) == [["absences"], ["absences"]]
        with refused(NotThere, "absence_unknown"):
            remove_absence(absence_id=absence.pk, by=cast.ana.user, now=NOW)

    def test_end_after_they_start(self, cast: Cast) -> None:
        with refused(RuleViolated, "date_order", field="end_date"):
            add_absence(
                pilot_id=cast.ana.pk,
                start_date=date(2026, 12, 24),
                end_date=date(2026, 12, 23),
                by=cast.ana.user,
                now=NOW,
            )


class TestVetoes:
    @pytest.mark.parametrize("kind", ["help_seeker_id", "organisation_id", "postcode"])
    def test_name_one_person_organisation_or_place(self, cast: Cast, kind: str) -> None:
        named = {"help_seeker_id": cast.samir.pk, "organisation_id": cast.school.pk, "postcode": " 49074"}
        veto = add_veto(pilot_id=cast.ana.pk, by=cast.ana.user, now=NOW, **{kind: named[kind]})
        again = add_veto(pilot_id=cast.ana.pk, by=cast.ana.user, now=NOW, **{kind: named[kind]})
        assert again == veto
        assert str(getattr(veto, kind)) == str(named[kind]).strip()
        remove_veto(veto_id=veto.pk, by=cast.ana.user, now=NOW)
        assert not Veto.objects.exists()
        assert set(map(tuple, changes(cast.ana))) == {("vetoes",)}

    def test_name_exactly_one(self, cast: Cast) -> None:
        for named in ({}, {"postcode": "49074", "organisation_id": cast.school.pk}):
            with refused(RuleViolated, "veto_names_one"):
                add_veto(pilot_id=cast.ana.pk, by=cast.ana.user, now=NOW, **named)

    @pytest.mark.parametrize(
        ("named", "error", "code"),
        [
            ({"postcode": "4907"}, RuleViolated, "postcode_malformed"),
            ({"help_seeker_id": uuid7()}, NotThere, "help_seeker_unknown"),
            ({"organisation_id": uuid7()}, NotThere, "organisation_unknown"),
        ],
    )
    def test_refusals(self, cast: Cast, named: dict[str, Any], error: type, code: str) -> None:
        with refused(error, code):
            add_veto(pilot_id=cast.ana.pk, by=cast.ana.user, now=NOW, **named)

    def test_unknown(self, cast: Cast) -> None:
        with refused(NotThere, "veto_unknown"):
            remove_veto(veto_id=uuid7(), by=cast.ana.user, now=NOW)


Command = Callable[[Cast, User], object]
COMMANDS: dict[str, Command] = {
    "change_profile": lambda cast, by: change_profile(
        pilot_id=cast.ana.pk, person=PersonalData("Ana"), by=by, now=NOW
    ),
    "set_availability": lambda cast, by: set_availability(pilot_id=cast.ana.pk, week=[], by=by, now=NOW),
    "add_absence": lambda cast, by: add_absence(
        pilot_id=cast.ana.pk, start_date=date(2026, 12, 1), end_date=date(2026, 12, 2), by=by, now=NOW
    ),
    "remove_absence": lambda cast, by: remove_absence(
        absence_id=Absence.objects.create(
            pilot=cast.ana, start_date=date(2026, 12, 1), end_date=date(2026, 12, 2)
        ).pk,
        by=by,
        now=NOW,
    ),
    "pause_pilot": lambda cast, by: pause_pilot(pilot_id=cast.ana.pk, until=None, by=by, now=NOW),
    "resume_pilot": lambda cast, by: resume_pilot(
        pilot_id=pause_pilot(pilot_id=cast.ana.pk, until=None, by=cast.kaya, now=NOW).pk, by=by, now=NOW
    ),
    "add_veto": lambda cast, by: add_veto(pilot_id=cast.ana.pk, postcode="49324", by=by, now=NOW),
    "remove_veto": lambda cast, by: remove_veto(
        veto_id=Veto.objects.create(pilot=cast.ana, postcode="49324").pk, by=by, now=NOW
    ),
}
#       kaya  rita   ana   ben    otto   frauke
MAY = (True, False, True, False, False, False)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_profile_is_the_pilots_and_the_offices(cast: Cast, command: str) -> None:
    names = ("kaya", "rita", "ana", "ben", "otto", "frauke")
    for name, may in zip(names, MAY, strict=True):
        who = getattr(cast, name)
        by = who.user if isinstance(who, Pilot) else who
        Pilot.objects.filter(pk=cast.ana.pk).update(status="ACTIVE")
        if may:
            COMMANDS[command](cast, by)
        else:
            with pytest.raises(NotPermitted) as caught:
                COMMANDS[command](cast, by)
            assert caught.value.facts == {"permission": "manage_pilots"}


def test_who_sees_a_pilot(cast: Cast) -> None:
    readers = {
        cast.kaya: {cast.ana, cast.ben},
        cast.ana.user: {cast.ana},
        cast.rita: set(),
        cast.otto: set(),
        cast.frauke: set(),
    }
    for user, seen in readers.items():
        assert set(Pilot.objects.visible_to(user)) == seen, user.email


def test_applicants_wear_no_names(cast: Cast) -> None:
    """What matching reads of a pilot names nobody."""
    petra = make.a_pilot("petra", cast.kaya, active=False)
    values = " ".join(str(value) for value in Pilot.objects.filter(pk=petra.pk).values().get().values())
    assert "petra" not in values.casefold()
