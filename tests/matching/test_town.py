"""Is an invented town what its tables say, the same for the same seed, and a Problem like any other?"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from numpy.typing import NDArray

from matching.languages import Level, Skill, closure, is_known
from matching.problem import Problem
from matching.ranking import rank, why
from matching.town import LIVES, TOPICS, Town, draw_town, spans_of
from matching.town_languages import COMPANIONS, LANGUAGES, SCARCE
from matching.town_problem import MONDAY, problem_of
from matching.town_requests import MATTERS, Requests, draw_requests

MANY = 20_000
YEAR = 365
OFFICE_HOURS = [24 * day + hour for day in range(5) for hour in range(9, 16)]


@pytest.fixture(scope="module")
def town() -> Town:
    return draw_town(MANY, seed=5)


@pytest.fixture(scope="module")
def year(town: Town) -> Requests:
    return draw_requests(town, per_day=60, days=YEAR, seed=5)


@pytest.fixture(scope="module")
def small() -> tuple[Town, Requests, Problem]:
    town = draw_town(80, seed=3)
    requests = draw_requests(town, per_day=2, days=60, seed=3)
    return town, requests, problem_of(town, requests, np.arange(requests.count))


def slope(shares: NDArray[np.float64]) -> float:
    """The exponent of Zipf's law, by least squares over ranks that are not too rare to count."""
    ranks = np.arange(1, len(shares) + 1)
    return float(-np.polyfit(np.log(ranks), np.log(shares), 1)[0])


def day_of(minutes: NDArray[np.int64]) -> NDArray[np.datetime64]:
    return (minutes // 1440).astype("datetime64[D]")


def months(minutes: NDArray[np.int64]) -> NDArray[np.int64]:
    return day_of(minutes).astype("datetime64[M]").astype(np.int64) % 12 + 1


def same(first: object, second: object) -> bool:
    return all(
        np.array_equal(getattr(first, item.name), getattr(second, item.name)) for item in fields(first)
    )


def test_the_same_seed_draws_the_same_people_and_requests() -> None:
    towns = [draw_town(90, seed=seed, offices=3) for seed in (1, 1, 2)]
    requests = [draw_requests(town, per_day=3, days=30, seed=9) for town in towns]
    assert same(towns[0], towns[1])
    assert not same(towns[0], towns[2])
    assert same(requests[0], requests[1])
    assert not same(requests[0], draw_requests(towns[0], per_day=3, days=30, seed=8))


def test_every_code_is_one_the_matching_core_knows() -> None:
    codes = {*LANGUAGES, *SCARCE, *COMPANIONS, *COMPANIONS.values()}
    assert [code for code in sorted(codes) if not is_known(code)] == []
    assert 27 <= len(set(LANGUAGES)) == len(LANGUAGES) <= 44
    assert set(MATTERS) == set(TOPICS)
    assert sum(matter.share for matter in MATTERS.values()) == pytest.approx(1)


def test_demand_follows_zipfs_law(year: Requests) -> None:
    first = np.unique(year.help_seeker, return_index=True)[1]  # a person's language is drawn once
    counts = np.bincount(year.language[first], minlength=len(LANGUAGES))
    assert slope(counts / counts.sum()) == pytest.approx(1.0, abs=0.12)


def test_supply_is_related_to_demand_but_some_languages_are_short(town: Town) -> None:
    supply = (town.speaks > 0).mean(axis=0)
    usual = [row for row, code in enumerate(LANGUAGES) if code not in SCARCE and code != "en"]
    assert 0.6 < np.corrcoef(np.log(supply[usual]), np.log(town.demand[usual]))[0, 1] < 0.99
    scarcity = town.demand / supply
    short = [LANGUAGES.index(code) for code in ("ti", "so", "ps")]
    assert scarcity[short].min() > 2 * np.median(scarcity)


def test_most_pilots_speak_several_languages_at_least_one_of_them_well(town: Town) -> None:
    spoken = (town.speaks > 0).sum(axis=1)
    assert spoken.min() == 1
    assert (spoken >= 2).mean() == pytest.approx(0.69, abs=0.03)
    assert (spoken >= 3).mean() == pytest.approx(0.20, abs=0.04)
    assert (town.speaks.max(axis=1) >= Level.B2).all()
    assert (town.understands >= town.speaks).all()
    assert (town.understands <= Level.C2).all()
    assert 0.05 < (town.understands > town.speaks).sum() / (town.speaks > 0).sum() < 0.3


def test_effective_levels_are_those_of_the_language_graph(town: Town) -> None:
    for pilot in range(200):
        skills = {
            code: Skill(int(town.speaks[pilot, row]), int(town.understands[pilot, row]))
            for row, code in enumerate(town.languages)
            if town.speaks[pilot, row]
        }
        expected = {code: way for code, way in closure(skills).items() if code in town.languages}
        via = town.effective.via[pilot]
        found = {
            code: (
                int(town.effective.speaks[pilot, row]),
                int(town.effective.understands[pilot, row]),
                code if via[row] < 0 else town.languages[via[row]],
            )
            for row, code in enumerate(town.languages)
            if town.effective.speaks[pilot, row]
        }
        assert found == {code: (way.speaks, way.understands, way.via) for code, way in expected.items()}


def test_homes_are_dense_in_the_middle_and_a_region_grows_with_its_people(town: Town) -> None:
    one = draw_town(3_000, seed=1, radius_km=12)
    away = np.hypot(one.x_km, one.y_km)
    assert (away < 6).mean() > 0.55  # a quarter of the area
    assert (away < 12).mean() > 0.95
    assert town.radius_km == pytest.approx(60 * np.sqrt(2) / 2)
    assert draw_town(60, seed=1).radius_km == 12


def test_a_state_has_its_offices_side_by_side() -> None:
    state = draw_town(50 * 90, seed=1, offices=50)
    sizes = np.bincount(state.office, minlength=50)
    assert state.offices == 50
    assert 40 < sizes.min() < 90 < sizes.max() < 190
    own = np.hypot(state.x_km - state.office_x_km[state.office], state.y_km - state.office_y_km[state.office])
    assert (own < state.radius_km).mean() > 0.95
    assert np.ptp(state.office_x_km) > 100


def test_reach_is_wider_outside(town: Town) -> None:
    assert town.reach_km.min() == 3
    assert town.reach_km.max() == 50
    central = np.hypot(town.x_km, town.y_km) < 0.3 * town.radius_km
    assert town.reach_km[central].mean() < 0.7 * town.reach_km[~central].mean()


def test_everybody_has_time_and_each_life_at_its_own_hours(town: Town) -> None:
    assert town.week.any(axis=1).all()
    assert not town.week.reshape(-1, 7, 24)[:, 6].any()
    free = {name: float(town.week[np.array(town.life) == name][:, OFFICE_HOURS].mean()) for name in LIVES}
    assert free["pensioner"] > free["at_home"] > free["worker"]
    assert free["worker"] < 0.2
    assert 0.25 < town.week[:, OFFICE_HOURS].mean() < 0.45
    assert {name: round(np.mean(np.array(town.life) == name), 2) for name in LIVES} == pytest.approx(
        {name: life.share for name, life in LIVES.items()}, abs=0.015
    )


def test_spans_are_the_free_hours_of_the_week(town: Town) -> None:
    week = town.week[:300]
    again = np.zeros_like(week)
    for pilot, weekday, start, end in zip(*spans_of(week), strict=True):
        assert 0 <= start < end <= 24
        again[pilot, weekday * 24 + start : weekday * 24 + end] = True
    assert (again == week).all()
    assert not len(spans_of(np.zeros((1, 168), dtype=bool)).pilot)


def test_wishes_and_checks_have_their_shares(town: Town) -> None:
    refused = (town.topic_stance < 0).mean(axis=0)
    assert refused[TOPICS.index("conflict")] == pytest.approx(0.25, abs=0.02)
    assert refused[TOPICS.index("school")] == pytest.approx(0.03, abs=0.01)
    assert 2 < (town.topic_stance > 0).sum(axis=1).mean() < 3
    assert town.checked.mean() == pytest.approx(0.8, abs=0.02)
    assert np.mean([gender == "f" for gender in town.gender]) == pytest.approx(0.6, abs=0.02)


def test_the_year_has_its_seasons(year: Requests) -> None:
    per_month = np.bincount(months(year.filed), minlength=13)[1:] / 60 / (YEAR / 12)
    assert set(np.argsort(per_month)[-2:] + 1) == {8, 9}
    assert per_month.argmin() + 1 in (1, 12)
    assert per_month[8] / per_month[0] > 1.6
    assert year.count / YEAR == pytest.approx(60, rel=0.05)
    dates = day_of(year.filed)
    closed = (dates >= np.datetime64("1970-12-24")).sum() + (dates == np.datetime64("1970-01-01")).sum()
    assert closed / 9 < 0.4 * 60


def test_school_matters_peak_when_school_starts(year: Requests) -> None:
    school = year.topic == TOPICS.index("school")
    autumn = np.isin(months(year.filed), (8, 9))
    assert school[autumn].mean() > 1.3 * school[~autumn].mean()


def test_requests_come_in_time_on_working_days(year: Requests) -> None:
    assert (np.diff(year.filed) >= 0).all()
    first = year.slot_start[year.first_slot[:-1]]
    lead = np.busday_count(day_of(year.filed), day_of(first))
    usual = lead[~year.urgent]
    assert np.median(usual) == 7
    assert usual.max() <= 15
    assert lead[year.urgent].max() <= 2
    assert (year.slot_start > year.filed[year.slot_request]).all()
    assert np.is_busday(day_of(year.slot_start)).all()
    assert (year.slot_start % 1440 >= 8 * 60).all()
    assert (year.slot_end % 1440 <= 17 * 60).all()


def test_alternative_dates_differ_and_are_ascending(year: Requests) -> None:
    many = np.diff(year.first_slot)
    assert set(many) == {1, 2, 3}
    assert (many == 1).mean() == pytest.approx(0.55, abs=0.02)
    within = np.diff(year.slot_request) == 0
    assert (np.diff(day_of(year.slot_start)).astype(int)[within] >= 1).all()


def test_the_shares_of_what_is_asked(year: Requests) -> None:
    wished = np.array(year.gender_wanted)
    assert (wished != "").mean() == pytest.approx(0.20, abs=0.02)
    assert year.remote.mean() == pytest.approx(0.10, abs=0.02)
    assert (year.organisation >= 0).mean() == pytest.approx(0.85, abs=0.02)
    assert 0.2 < year.minors.mean() < 0.35
    assert year.urgent.mean() == pytest.approx(0.08, abs=0.02)


def test_a_few_help_seekers_come_often_and_keep_their_language(year: Requests) -> None:
    visits = np.bincount(year.help_seeker)
    assert 1 - len(visits) / year.count == pytest.approx(0.40, abs=0.03)
    assert visits.max() >= 10
    for seeker in np.argsort(-visits)[:50]:
        rows = year.help_seeker == seeker
        assert len(set(year.language[rows])) == 1
        assert len(set(year.office[rows])) == 1


def test_a_problem_of_the_town_ranks_like_any_other(small: tuple[Town, Requests, Problem]) -> None:
    town, requests, problem = small
    assert problem.request_count == requests.count
    for request in range(0, requests.count, 7):
        ranking = rank(problem, request, limit=None)
        chosen = {candidate.pilot for candidate in ranking.candidates}
        for pilot in range(town.pilots):
            assert (
                (pilot in chosen)
                == by_hand(town, requests, request, pilot)
                == (not why(problem, request, pilot))
            )


def by_hand(town: Town, requests: Requests, request: int, pilot: int) -> bool:
    """Whether the pilot may be asked, from the town's own arrays."""
    language, topic, wish = (
        requests.language[request],
        requests.topic[request],
        requests.gender_wanted[request],
    )
    level = min(town.effective.speaks[pilot, language], town.effective.understands[pilot, language])
    away = np.hypot(requests.x_km[request] - town.x_km[pilot], requests.y_km[request] - town.y_km[pilot])
    slots = range(requests.first_slot[request], requests.first_slot[request + 1])
    return bool(
        level >= requests.level[request]
        and town.german[pilot] >= Level.B1
        and (requests.remote[request] or away <= town.reach_km[pilot])
        and town.topic_stance[pilot, topic] >= 0
        and (not wish or town.gender[pilot] == wish)
        and (town.checked[pilot] or not requests.minors[request])
        and any(
            all(
                town.week[pilot, (minute // 60 + MONDAY) % 168]
                for minute in range(requests.slot_start[slot], requests.slot_end[slot])
            )
            and (requests.slot_end[slot] - requests.slot_start[slot]) / 60 <= town.monthly_hours[pilot]
            for slot in slots
        )
    )


def test_any_rows_in_any_order_make_a_problem(small: tuple[Town, Requests, Problem]) -> None:
    town, requests, everything = small
    rows = np.array([30, 4, 17])
    part = problem_of(town, requests, rows)
    for position, row in enumerate(rows):
        one, other = rank(part, position, limit=None), rank(everything, row, limit=None)
        assert [(c.pilot, c.score) for c in one.candidates] == [(c.pilot, c.score) for c in other.candidates]


def test_a_town_needs_people() -> None:
    with pytest.raises(ValueError, match="pilots and an office"):
        draw_town(0, seed=1)
