"""The chances over the API: who may look, in buckets or numbers, however little is known, and not without end."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from backend.dispatch.models import HelpRequest
from backend.journal.models import Event
from backend.people.models import HelpSeeker
from tests import factories as make
from tests.api import bodies
from tests.api.conftest import Caller, assert_problem
from tests.conftest import Cast

As = Callable[..., Caller]
PATH = "feasibility"


def a_sketch(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "help_seeker_id": str(cast.samir.pk),
        "topic": "school",
        "languages": ["kmr"],
        "required_level": 5,
        "slots": bodies.slots((make.at(10, 10), make.at(10, 11))),
        "meeting_place": {"postcode": "49074", "place": "Osnabrück", "public": True},
        **changes,
    }


def answer(caller: Caller, sketch: dict[str, Any]) -> dict[str, Any]:
    response = caller.post(PATH, sketch)
    read: dict[str, Any] = json.loads(response.content)
    assert response.status_code == 200, read
    return read


def test_buckets_for_who_asks_and_numbers_for_the_office(cast: Cast, as_user: As) -> None:
    for name in ("three", "are", "learning"):
        make.a_pilot(name, cast.kaya, skills={"kmr": 4})
        make.a_pilot(f"{name} or busy", cast.kaya, skills={"kmr": 5}, week=[])
    sketch = a_sketch(cast)
    for_rita, for_kaya = answer(as_user(cast.rita), sketch), answer(as_user(cast.kaya), sketch)

    assert for_rita["count"] == {"at_least": 0, "at_most": 2, "exact": None}
    assert for_kaya["count"] == {"at_least": 0, "at_most": 2, "exact": 0}
    assert for_rita["verdict"] == "Few could come, if any. Other dates may help."
    assert for_kaya["verdict"] == "As it stands, nobody could come."
    assert [stage["code"] for stage in for_rita["stages"]] == [
        "understood",
        "suitable",
        "free",
        "within_reach",
    ]
    assert for_rita["stages"][0]["text"] == "speak Kurmanji Kurdish well enough"
    (repair,) = for_rita["repairs"]
    assert repair == {
        "changes": [{"code": "level", "facts": {"level": 4}}],
        "count": {"at_least": 3, "at_most": 5, "exact": None},
        "by_office": False,
        "text": "With level B2: 3–5",
    }
    assert for_kaya["repairs"][0]["text"] == "With level B2: 3"
    in_german = answer(as_user(cast.rita, **{"accept-language": "de"}), sketch)
    assert in_german["repairs"][0]["text"] == "Mit Niveau B2: 3–5"


def test_dates_come_as_moments(cast: Cast, as_user: As) -> None:
    afternoons = [make.WeeklySpan(1, make.time(14, 30), make.time(18))]
    for name in ("three", "are", "late"):
        make.a_pilot(name, cast.kaya, skills={"kmr": 5}, week=afternoons)
    (repair,) = answer(as_user(cast.rita), a_sketch(cast))["repairs"]
    assert repair["text"] == "On Tuesday, 10 November 2026, 14:30–15:30: 3–5"
    assert repair["changes"][0]["facts"] == {
        "starts_at": "2026-11-10T13:30:00Z",
        "ends_at": "2026-11-10T14:30:00Z",
        "time_zone": "Europe/Berlin",
    }


def test_a_language_alone_answers_and_nothing_at_all_too(cast: Cast, as_user: As) -> None:
    office = str(cast.osnabrueck.pk)
    alone = answer(as_user(cast.rita), {"office_id": office, "languages": ["kmr"]})
    assert alone["unknown"] == ["time", "place"]
    assert alone["count"] == {"at_least": 0, "at_most": 2, "exact": None}
    nothing = answer(as_user(cast.rita), {"office_id": office})
    assert (nothing["unknown"], nothing["count"], nothing["repairs"]) == (["language"], None, [])
    half = answer(as_user(cast.rita), a_sketch(cast, meeting_place={"postcode": "490"}))
    assert half["unknown"] == ["place"]
    too_soon = bodies.slots((make.at(3, 10), make.at(3, 11)))
    (refusal,) = answer(as_user(cast.rita), a_sketch(cast, slots=too_soon))["refusals"]
    assert refusal["code"] == "lead_time_too_short"
    assert "5" in refusal["detail"]


def test_who_registered_alone_may_look_for_herself(cast: Cast, as_user: As) -> None:
    cast.osnabrueck.accepts_self_registration = True
    cast.osnabrueck.save()
    seeker = cast.samir
    HelpSeeker.objects.filter(pk=seeker.pk).update(organisation=None, user=make.a_user("samir"))
    seeker.refresh_from_db()
    found = answer(as_user(seeker.user), a_sketch(cast))
    assert found["count"]["exact"] is None


def test_others_are_told_as_little_as_when_filing(cast: Cast, as_user: As, anonymous: Caller) -> None:
    assert_problem(anonymous.post(PATH, a_sketch(cast)), 401, "sign_in_needed")
    assert_problem(as_user(cast.otto).post(PATH, a_sketch(cast)), 404, "help_seeker_unknown")
    assert_problem(as_user(cast.frauke).post(PATH, a_sketch(cast)), 404, "help_seeker_unknown")
    assert_problem(as_user(cast.ana.user).post(PATH, a_sketch(cast)), 404, "help_seeker_unknown")
    office = {"office_id": str(cast.osnabrueck.pk), "languages": ["kmr"]}
    assert_problem(as_user(cast.otto).post(PATH, office), 403, "not_permitted")
    assert_problem(as_user(cast.rita, scopes=("read",)).post(PATH, office), 403, "scope_missing")
    foreign = {**office, "organisation_id": str(cast.school.pk)}
    assert_problem(as_user(cast.otto).post(PATH, foreign), 404, "organisation_unknown")


def test_ids_that_lead_nowhere(cast: Cast, as_user: As) -> None:
    rita, nobody = as_user(cast.rita), str(uuid4())
    office = str(cast.osnabrueck.pk)
    assert_problem(rita.post(PATH, {"languages": ["kmr"]}), 422, "help_seeker_or_office")
    assert_problem(rita.post(PATH, a_sketch(cast, office_id=office)), 422, "help_seeker_or_office")
    assert_problem(rita.post(PATH, {"help_seeker_id": nobody}), 404, "help_seeker_unknown")
    assert_problem(rita.post(PATH, {"office_id": nobody}), 404, "office_unknown")
    assert_problem(
        rita.post(PATH, {"office_id": office, "organisation_id": nobody}), 404, "organisation_unknown"
    )
    assert_problem(rita.post(PATH, a_sketch(cast, languages=["xx"])), 422, "language_unknown")


def test_nothing_is_stored(cast: Cast, as_user: As) -> None:
    rita, sketch = as_user(cast.rita), a_sketch(cast)
    before = Event.objects.count(), HelpRequest.objects.count()
    answer(rita, sketch)
    assert (Event.objects.count(), HelpRequest.objects.count()) == before


def test_nobody_probes_single_pilots_for_long(cast: Cast, as_user: As, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.ACCOUNT_RATE_LIMITS = {"feasibility": "2/h/key"}
    cache.clear()
    rita, kaya, sketch = as_user(cast.rita), as_user(cast.kaya), a_sketch(cast)
    for _ in range(2):
        answer(rita, sketch)
    refused = rita.post(PATH, sketch)
    assert_problem(refused, 429, "too_many_requests")
    assert refused.headers["Retry-After"] == "3600"
    for _ in range(3):
        answer(kaya, sketch)  # the office sees its pilots anyway


def test_the_only_speaker_is_not_to_be_found_over_the_map(cast: Cast, as_user: As) -> None:
    make.a_pilot("sole", cast.kaya, skills={"ti": 5}, postcode="49324", reach_km=10, gender="f", checked=None)
    rita = as_user(cast.rita)

    def told(**typed: Any) -> dict[str, Any]:
        place = {"lat": 52.20, "lon": 8.34, "public": True}
        return answer(
            rita,
            a_sketch(cast, **{"languages": ["ti"], "required_level": 1, "meeting_place": place, **typed}),
        )

    near = told()
    assert near["verdict"] == "Few speak this language, if any. The office will look for somebody."
    assert [stage["code"] for stage in near["stages"]] == ["understood"]
    for typed in (
        {"meeting_place": {"lat": 52.20, "lon": 8.34 + 0.4, "public": True}},
        {"gender_wish": "m"},
        {"minors": True},
        {"languages": ["am"]},
    ):
        assert told(**typed) | {"languages": [], "stages": []} == near | {"languages": [], "stages": []}


def test_a_few_languages_and_places_a_day_typed_as_often_as_needed(
    cast: Cast, as_user: As, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"feasibility_pairs": "2/d/key"}
    cache.clear()
    rita, kaya = as_user(cast.rita), as_user(cast.kaya)
    first = a_sketch(cast)
    elsewhere = a_sketch(cast, meeting_place={"postcode": "49324", "public": True})
    third = a_sketch(cast, languages=["ti"])
    for sketch in (first, elsewhere, first, a_sketch(cast, minors=True), elsewhere):
        answer(rita, sketch)
    for _ in range(2):
        refused = rita.post(PATH, third)
        assert_problem(refused, 429, "too_many_requests")
        assert refused.headers["Retry-After"] == "86400"
    answer(rita, first)
    answer(rita, a_sketch(cast, languages=["ti"], meeting_place=None))
    answer(kaya, third)


@pytest.mark.parametrize("odd", [None, True, "", "\x00", -1, 10**30, 1.5, [], {"x": None}, "9999-12-31"])
def test_no_odd_value_breaks_it(cast: Cast, as_user: As, odd: Any) -> None:
    rita = as_user(cast.rita)
    for name in (*a_sketch(cast), "setting", "gender_wish", "minors", "urgent"):
        assert rita.post(PATH, a_sketch(cast, **{name: odd})).status_code < 500, name
