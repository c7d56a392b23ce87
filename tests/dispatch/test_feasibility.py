"""Before anybody files: the right numbers, promises that hold once it is filed, for the right eyes, and no trace."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from backend.accounts.permissions import Permission
from backend.dispatch.codes import Setting
from backend.dispatch.feasibility import Chances, Count, Sketch, chances_of
from backend.dispatch.matchmaking import rank_pilots
from backend.dispatch.models import HelpRequest
from backend.errors import DomainError, NotPermitted, NotThere, RuleViolated
from backend.feasibility_texts import repair_text
from backend.journal.models import AccessLog, Event
from backend.people.models import HelpSeeker, Place, Veto
from backend.people.profile import WeeklySpan
from geo.geocoding import GeoPoint
from geo.locating import Located, locate
from tests import factories as make
from tests.factories import NOW, at

TUESDAY = (at(10, 10), at(10, 11))
HERE = "49074"


def a_sketch(cast, **typed: Any) -> Sketch:
    """Kurmanji at B1 for Samir, Tuesday at 10, near everybody but Ben."""
    values = {
        "office": cast.osnabrueck,
        "help_seeker": cast.samir,
        "languages": ["kmr"],
        "topic": "school",
        "slots": [TUESDAY],
        "where": locate(private=False, postcode=HERE),
    }
    return Sketch(**{**values, **typed})


def asked_by_kaya(cast, **typed: Any) -> Chances:
    return chances_of(a_sketch(cast, **typed), by=cast.kaya, now=NOW)


def counts(chances: Chances) -> list[tuple[str, int | None]]:
    return [(stage.code, stage.count.exact) for stage in chances.stages]


def repairs(chances: Chances) -> dict[tuple[str, ...], int | None]:
    return {tuple(c["code"] for c in repair.changes): repair.count.exact for repair in chances.repairs}


@pytest.fixture
def town(cast):
    """Nobody can come on Tuesday at ten; each kind of change would bring somebody else."""
    mornings = [WeeklySpan(day, make.time(8), make.time(12)) for day in range(5)]
    make.a_pilot("far", cast.kaya, postcode="33602", reach_km=5, week=mornings, gender="f")
    make.a_pilot("beyond", cast.kaya, postcode="49324", reach_km=18, week=mornings, gender="f")
    make.a_pilot("late", cast.kaya, gender="f", week=[WeeklySpan(1, make.time(14, 30), make.time(18))])
    make.a_pilot("thursday", cast.kaya, gender="f", week=[WeeklySpan(3, make.time(8), make.time(12))])
    make.a_pilot("wednesday", cast.kaya, gender="f", week=[WeeklySpan(2, make.time(8), make.time(12))])
    make.a_pilot("learning", cast.kaya, skills={"kmr": 2}, week=mornings, gender="f")
    make.a_pilot("turkish", cast.kaya, skills={"tr": 5}, week=mornings, gender="f")
    make.a_pilot("man", cast.kaya, week=mornings, gender="m")
    make.a_pilot("refusing", cast.kaya, topics_refused=["school"], gender="f")
    make.a_pilot("unchecked", cast.kaya, checked=None, gender="f")
    cast.samir.languages = ["kmr", "tr"]
    cast.samir.save()
    return cast


EVERYTHING = {"gender_wish": "f", "minors": True}


def test_the_pool_stage_by_stage_and_what_would_help(town):
    found = asked_by_kaya(town, **EVERYTHING)

    assert counts(found) == [("understood", 8), ("suitable", 5), ("free", 2), ("within_reach", 0)]
    assert found.count == Count(0, 2, exact=0)
    assert found.unknown == ()
    assert repairs(found) == {
        ("time",): 1,
        ("language",): 1,
        ("level",): 1,
        ("setting",): 2,
        ("reach",): 1,
        ("gender",): 1,
    }
    assert [repair.by_office for repair in found.repairs if repair.changes[0]["code"] == "reach"] == [True]


def filed_differently(sketch: Sketch, changes: list[dict[str, Any]], by: Any) -> HelpRequest:
    """The request, really filed with these changes; the reach of everybody widened where that is one of them."""
    changed: dict[str, Any] = {}
    for change in changes:
        facts = change["facts"]
        match change["code"]:
            case "time":
                changed["slots"] = [(facts["starts_at"], facts["ends_at"])]
            case "level":
                changed["required_level"] = facts["level"]
            case "language":
                changed["languages"] = [facts["language"]]
            case "setting":
                changed["setting"] = facts["setting"]
            case "gender":
                changed["gender_wish"] = ""
            case other:
                raise AssertionError(other)
    new = replace(sketch, **changed)
    names = ("topic", "languages", "required_level", "setting", "gender_wish", "minors", "urgent", "slots")
    return make.a_help_request(sketch.help_seeker, by, **{name: getattr(new, name) for name in names})


def test_every_promise_holds_once_it_is_filed_that_way(town):
    sketch = a_sketch(town, **EVERYTHING)
    found = chances_of(sketch, by=town.kaya, now=NOW)

    kept = [repair for repair in found.repairs if not repair.by_office]
    assert len(kept) == 6
    for repair in kept:
        filed = filed_differently(sketch, repair.changes, town.rita)
        _, ranking = rank_pilots(filed, filed.coming_slots(now=NOW), limit=50, now=NOW)
        assert ranking.eligible == repair.count.exact, repair


def test_the_count_is_that_of_the_request_filed_as_it_is(cast):
    for name in ("one", "two"):
        make.a_pilot(name, cast.kaya)
    sketch = a_sketch(cast, slots=[TUESDAY, (at(11, 9), at(11, 10))])
    filed = filed_differently(sketch, [], cast.rita)
    _, ranking = rank_pilots(filed, filed.coming_slots(now=NOW), limit=50, now=NOW)
    assert chances_of(sketch, by=cast.kaya, now=NOW).count == Count(0, 2, exact=2)
    assert ranking.eligible == 2


def test_dates_proposed_lie_in_opening_hours_on_workdays_and_keep_the_lead_time(cast):
    friday = (at(13, 10), at(13, 11, 30))
    make.a_pilot("mondays", cast.kaya, week=[WeeklySpan(0, make.time(6), make.time(22))])
    make.a_pilot("sundays", cast.kaya, week=[WeeklySpan(6, make.time(6), make.time(22))])
    make.a_pilot("early", cast.kaya, week=[WeeklySpan(4, make.time(6), make.time(9))])
    assert proposed(cast, slots=[friday]) == [(at(16, 10), at(16, 11, 30))]

    # Saturday the 7th is the first day that may be asked for; the Friday before it is too soon.
    make.a_pilot("fridays", cast.kaya, week=[WeeklySpan(4, make.time(8), make.time(19))])
    saturday = (at(7, 20), at(7, 21))
    monday_evening, friday_evening = (at(9, 18), at(9, 19)), (at(6, 18), at(6, 19))
    assert proposed(cast, slots=[saturday]) == [monday_evening]
    assert proposed(cast, slots=[saturday], urgent=True) == [friday_evening, monday_evening]


def proposed(cast, **typed: Any) -> list[Any]:
    """From and to of every other date that would help."""
    found = [change["facts"] for repair in asked_by_kaya(cast, **typed).repairs for change in repair.changes]
    return [(facts["starts_at"], facts["ends_at"]) for facts in found]


def test_a_language_alone_already_answers(cast):
    make.a_pilot("near", cast.kaya)
    make.a_pilot("poor", cast.kaya, skills={"kmr": 2})
    found = asked_by_kaya(
        cast, help_seeker=None, slots=[], where=None, topic="", languages=["kmr"], required_level=3
    )
    assert found.unknown == ("time", "place")
    assert counts(found) == [("understood", 1), ("suitable", 1)]
    assert repairs(found) == {("level",): 2}


def test_what_is_typed_already_counts_and_the_rest_is_named(cast):
    make.a_pilot("busy", cast.kaya, week=[])
    make.a_pilot("far", cast.kaya, postcode="33602", reach_km=5)
    assert asked_by_kaya(cast, where=None).unknown == ("place",)
    assert counts(asked_by_kaya(cast, where=None))[-1] == ("free", 1)
    assert asked_by_kaya(cast, slots=[]).unknown == ("time",)
    assert counts(asked_by_kaya(cast, slots=[]))[-1] == ("within_reach", 1)
    assert asked_by_kaya(cast, where=None, setting=Setting.VIDEO).unknown == ()
    nothing = asked_by_kaya(cast, help_seeker=None, languages=[])
    assert (nothing.unknown, nothing.count, nothing.stages) == (("language",), None, ())


def test_dates_that_could_not_be_filed_are_told_and_not_counted(cast):
    make.a_pilot("near", cast.kaya)
    found = asked_by_kaya(cast, slots=[(at(3, 10), at(3, 11)), (at(1, 10), at(1, 11))])
    assert [refusal.code for refusal in found.refusals] == ["lead_time_too_short", "slot_in_past"]
    assert found.unknown == ("time",)
    assert asked_by_kaya(cast, slots=[TUESDAY, (at(3, 10), at(3, 11))]).unknown == ()


def test_the_client_s_languages_and_wish_are_taken_where_nothing_is_typed(cast):
    seeker = make.a_help_seeker(cast.rita, languages=["tr", "kmr"], gender_wish="f")
    make.a_pilot("woman", cast.kaya, skills={"tr": 5}, gender="f")
    make.a_pilot("man", cast.kaya, skills={"kmr": 5}, gender="m")
    found = asked_by_kaya(cast, help_seeker=seeker, languages=[])
    assert counts(found)[:2] == [("understood", 2), ("suitable", 1)]
    assert repairs(asked_by_kaya(cast, help_seeker=seeker, languages=["kmr"])) == {
        ("language",): 1,
        ("gender",): 1,
    }


def test_vetoes_of_others_do_not_concern_somebody_new(cast):
    pilot = make.a_pilot("near", cast.kaya)
    other = make.a_help_seeker(cast.rita)
    Veto.objects.create(pilot=pilot, help_seeker=other)
    new = asked_by_kaya(cast, help_seeker=None)
    assert new.count == Count(0, 2, exact=1)
    assert asked_by_kaya(cast, help_seeker=other).count == Count(0, 2, exact=0)


def test_who_asks_gets_buckets_and_only_the_office_gets_numbers(town):
    for name in ("three", "of", "a kind"):
        make.a_pilot(name, town.kaya, gender="m", checked=None)
    sketch = {"gender_wish": "f"}
    for_rita = chances_of(a_sketch(town, **sketch), by=town.rita, now=NOW)
    for_kaya = asked_by_kaya(town, **sketch)

    def seen(chances: Chances) -> list[tuple[int, int | None]]:
        counted = [chances.count, *(stage.count for stage in chances.stages)]
        return [(count.at_least, count.at_most) for count in counted]

    assert seen(for_rita) == seen(for_kaya)
    assert len(for_rita.stages) == 4
    assert [(r.changes[0]["code"], r.count.at_least) for r in for_rita.repairs] == [
        ("setting", 3),
        ("gender", 3),
    ]
    assert len(for_kaya.repairs) > 1
    assert {stage.count.exact for stage in for_rita.stages} == {None}
    assert {repair.count.exact for repair in for_rita.repairs} == {None}


def test_who_asks_cannot_find_out_where_the_only_speaker_lives(cast):
    """Neither her home, by moving the place, nor anything else about her: she might as well not be there."""

    def all_told() -> list[Chances]:
        places = [
            locate(private=private, lat=52.20 + step / 20, lon=8.34 + shift / 20)
            for private in (True, False)
            for step in range(-3, 4)
            for shift in range(-3, 4)
        ]
        asked: list[dict[str, Any]] = [
            *({"where": where} for where in places),
            *({"gender_wish": wish} for wish in ("f", "m", "d")),
            {"minors": True},
            {"topic": "conflict"},
            {"slots": [(at(11, 20), at(11, 21))]},
            {"setting": Setting.VIDEO, "where": None},
            {"languages": ["ti", "ar"]},
            {"required_level": 6},
        ]
        by_rita = (a_sketch(cast, **{"languages": ["ti"], "required_level": 1, **typed}) for typed in asked)
        return [chances_of(sketch, by=cast.rita, now=NOW) for sketch in by_rita]

    for name in ("two", "more"):  # beside whom she would be the third
        make.a_pilot(name, cast.kaya, skills={"ar": 5})
    without_her = all_told()
    make.a_pilot(
        "sole",
        cast.kaya,
        skills={"ti": 5},
        postcode="49324",
        reach_km=10,
        gender="f",
        checked=None,
        topics_refused=["conflict"],
    )
    assert all_told() == without_her
    assert {chances.few_speak for chances in without_her} == {True}
    assert asked_by_kaya(
        cast, languages=["ti"], where=locate(private=False, postcode="49324")
    ).count == Count(0, 2, exact=1)


def test_for_who_asks_a_point_is_no_finer_than_its_postcode(cast):
    """Two points of one postcode, one within the reach of everybody and one beyond it, are told alike."""
    middle = locate(private=False, postcode=HERE)
    for name in ("one", "two", "three"):
        make.a_pilot(name, cast.kaya, reach_km=1)
    aside = replace(middle, point=GeoPoint(lat=middle.point.lat + 0.02, lon=middle.point.lon))

    def come(by: Any, where: Located) -> Count:
        return chances_of(a_sketch(cast, where=where), by=by, now=NOW).count

    assert come(cast.rita, aside) == come(cast.rita, middle) == Count(3, 5, exact=None)
    assert (come(cast.kaya, middle).exact, come(cast.kaya, aside).exact) == (3, 0)


def test_beyond_their_own_radius_only_the_office_can_ask(cast):
    for name in ("one", "two", "three"):
        make.a_pilot(name, cast.kaya, postcode="49324", reach_km=18)
    codes = {
        by: {r.changes[0]["code"] for r in chances_of(a_sketch(cast), by=by, now=NOW).repairs}
        for by in (cast.rita, cast.kaya)
    }
    assert codes == {cast.rita: {"setting"}, cast.kaya: {"setting", "reach"}}
    (reach,) = [repair for repair in asked_by_kaya(cast).repairs if repair.by_office]
    with translation.override("en"):
        said = repair_text(reach)
    assert (
        said
        == "If pilots come farther than they wished: their limit ends a little before, ask them by phone: 3"
    )


def test_who_may_not_file_is_told_nothing(cast):
    def refused(by: Any, **typed: Any) -> DomainError:
        with pytest.raises(DomainError) as refusal:
            chances_of(a_sketch(cast, **typed), by=by, now=NOW)
        return refusal.value

    assert isinstance(refused(cast.otto), NotThere)
    assert isinstance(refused(cast.frauke), NotThere)
    assert isinstance(refused(cast.ana.user), NotThere)
    assert isinstance(refused(cast.otto, help_seeker=None), NotPermitted)
    assert isinstance(refused(cast.ana.user, help_seeker=None), NotPermitted)
    unknown = refused(cast.kaya, languages=["xx"])
    assert isinstance(unknown, RuleViolated) and unknown.code == "language_unknown"
    assert refused(cast.kaya, required_level=7).code == "level_out_of_range"
    assert refused(cast.otto, help_seeker=None).facts["permission"] == Permission.MANAGE_HELP_SEEKERS


def test_nothing_is_stored(town):
    models = (HelpRequest, HelpSeeker, Place, Event, AccessLog)
    before = [model.objects.count() for model in models]
    asked_by_kaya(town, **EVERYTHING)
    asked_by_kaya(town, help_seeker=None)
    assert [model.objects.count() for model in models] == before


def test_as_many_queries_for_many_pilots_and_dates_as_for_few(cast):
    def queries(**typed: Any) -> int:
        sketch = a_sketch(cast, **typed)
        with CaptureQueriesContext(connection) as captured:
            chances_of(sketch, by=cast.kaya, now=NOW)
        return len(captured)

    make.a_pilot("first", cast.kaya, skills={"tr": 5})
    queries()
    few = queries()
    for number in range(6):
        make.a_pilot(f"pilot{number}", cast.kaya)
    assert queries() == few <= 14
    assert queries(slots=[TUESDAY, (at(12, 10), at(12, 11)), (at(18, 9), at(18, 10))]) == few
