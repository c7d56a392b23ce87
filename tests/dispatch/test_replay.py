"""Does a replay compare ways of asking, rules and weights on past and on synthetic requests, and write nothing?"""

import io
import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.dispatch.models import Assignment, HelpRequest
from backend.dispatch.replay.comparison import FIGURES
from backend.dispatch.replay.history import History
from backend.dispatch.replay.past import FEWEST, Past, past_requests, wall_minutes
from backend.dispatch.replay.ways import BestFirst
from backend.people.models import Pilot
from matching.policies import Situation
from matching.stream import Stream
from matching.stream_parts import OtherRules
from matching.weights import Weights
from tests import factories as make
from tests.conftest import Cast

NEAR_ONLY = Weights(proximity=1, language_fit=0, load_spread=0, topic_experience=0, continuity=0)
KNOWN_ONLY = Weights(proximity=0, language_fit=0, load_spread=0, topic_experience=0, continuity=1)
WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "CREATE", "ALTER")


def replayed(*args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("replay", *args, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def all_rows() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT whole::text FROM "{table}" AS whole ORDER BY 1')
            rows[table] = [text for (text,) in cursor.fetchall()]
    return rows


def the_past(cast: Cast) -> Past:
    around = {"since": make.NOW - timedelta(days=1), "until": make.NOW + timedelta(days=30)}
    return Past(cast.osnabrueck, past_requests(cast.osnabrueck, **around))


def stream_of(cast: Cast, weights: Weights | None = None, **rules: Any) -> Stream:
    return the_past(cast).stream(weights or Weights(), OtherRules(**rules), progress=lambda done: None)


@pytest.fixture(autouse=True)
def weeks_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command has a clock; the cast lives in November 2026."""
    clock = SimpleNamespace(now=lambda: make.NOW + timedelta(days=21))
    monkeypatch.setattr("backend.dispatch.management.commands.replay.timezone", clock)


@pytest.fixture
def few_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.dispatch.management.commands.replay.FEWEST", 1)


@pytest.fixture
def town_hall(cast: Cast) -> HelpRequest:
    """Open, and Ana and Ben could come."""
    assert cast.ana
    assert cast.ben
    return make.a_help_request(cast.samir, cast.rita)


def test_it_writes_nothing(cast: Cast, town_hall: HelpRequest, few_suffice: None) -> None:
    make.an_assignment(town_hall, cast.ana, cast.kaya)
    before = all_rows()
    with CaptureQueriesContext(connection) as queries:
        replayed("--office", "osnabrueck", "--since", "2026-11-01", rule=["extra_reach_km=10"], plan=True)
        replayed(synthetic=60, days=20, runs=1)
    assert all_rows() == before
    assert queries.captured_queries
    assert [q["sql"] for q in queries.captured_queries if q["sql"].lstrip().upper().startswith(WRITES)] == []


def test_the_past_is_compared_under_each_way_of_asking(
    cast: Cast, town_hall: HelpRequest, few_suffice: None
) -> None:
    printed = replayed("--office", "osnabrueck", "--since", "2026-11-01", policy=["expected-value"])
    assert "1 requests: Osnabrueck, 2026-11-01" in printed
    assert [line.split()[0] for line in printed.splitlines()[-3:]] == [
        "nearest-first", "fixed-waves", "expected-value",
    ]  # fmt: skip


def test_a_synthetic_town_needs_no_database_rows(db: None, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    printed = replayed(synthetic=80, days=60, runs=2, json=file, policy=["tell-everybody"])
    figures = json.loads(file.read_text(encoding="utf-8"))
    rows = {row["policy"]: row for row in figures["rows"]}
    assert set(rows) == {"nearest-first", "fixed-waves", "tell-everybody"}
    assert all(name in printed for name in rows)
    assert figures["requests"] > 60
    # Counted over both runs.
    assert {row["requests"] for row in rows.values()} == {2 * figures["requests"]}
    assert all(0 < row["fill_rate"] < 1 for row in rows.values())
    assert rows["tell-everybody"]["messages_per_filled"] > rows["nearest-first"]["messages_per_filled"]
    assert rows["tell-everybody"]["median_hours"] < rows["nearest-first"]["median_hours"]


def test_the_joint_plan_is_a_way_of_asking(db: None, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    replayed(synthetic=80, days=60, runs=1, json=file, plan=True)
    rows = {row["policy"]: row for row in json.loads(file.read_text(encoding="utf-8"))["rows"]}
    assert rows["plan-daily"]["fill_rate"] > 0
    assert rows["plan-daily"]["median_hours"] > rows["best-first"]["median_hours"]  # it waits until 17:00


def test_equal_seeds_give_equal_figures(db: None) -> None:
    first, again, other = (replayed(synthetic=70, days=30, runs=1, seed=seed) for seed in (4, 4, 5))
    assert first == again
    assert first != other


def test_each_rule_and_each_weight_is_a_variant_of_its_own(db: None) -> None:
    printed = replayed(
        synthetic=70,
        days=30,
        runs=1,
        rule=["extra_reach_km=15", "level_shift=-1"],
        weights=['{"proximity": 0.9}'],
    )
    heads = [line for line in printed.splitlines() if line and "  " not in line]
    assert heads[1:] == ["as it is", "extra_reach_km=15, level_shift=-1", "proximity 0.9"]


def test_other_rules_help_more_people(db: None, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    replayed(synthetic=80, days=90, runs=1, json=file, rule=["extra_reach_km=20", "level_shift=-1"])
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
    fills = {(row["variant"] == "as it is", row["policy"]): row["fill_rate"] for row in rows}
    assert all(fills[False, way] > fills[True, way] for way in ("nearest-first", "best-first"))


def test_the_chart_is_an_svg_of_text_without_scripts(db: None, tmp_path: Path) -> None:
    file = tmp_path / "chart.svg"
    replayed(synthetic=70, days=30, runs=1, chart=file)
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "text" in tags
    assert "script" not in tags
    text = " ".join(element.text or "" for element in root.iter() if element.tag.endswith("}text"))
    shown = [figure for figure in FIGURES if figure.title in text]
    assert text.count("expected-value") == len(shown) >= 8
    addresses = [
        value for element in root.iter() for name, value in element.attrib.items() if name.endswith("href")
    ]
    assert addresses == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"rule": ["patience=3"]}, "extra_reach_km"),
        ({"rule": ["level_shift=high"]}, "no such number"),
        ({"rule": ["level_shift=9"]}, "between -6 and 6"),
        ({"weights": ['{"nearness": 1}']}, "nearness"),
        ({"weights": ["proximity=1"]}, "JSON object"),
        ({"weights": ["[1]"]}, "JSON object"),
        ({"runs": 0}, "--runs"),
        ({"per_day": 0.0}, "--per-day"),
    ],
)
def test_what_cannot_be_replayed_is_refused_by_name(db: None, options: dict[str, Any], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        replayed(**{"synthetic": 60, "days": 10, **options})


def test_too_few_requests_are_refused_with_what_to_do_instead(cast: Cast, town_hall: HelpRequest) -> None:
    with pytest.raises(CommandError, match=r"1 requests .* too few .* --synthetic 80"):
        replayed("--office", "osnabrueck", "--since", "2026-11-01")


def test_of_several_offices_one_must_be_named(cast: Cast) -> None:
    with pytest.raises(CommandError, match="Known: friesland, osnabrueck"):
        replayed()


def test_different_weights_change_the_order(cast: Cast, town_hall: HelpRequest) -> None:
    """Ben has been here before, Ana lives nearer."""
    known = make.a_help_request(cast.samir, cast.rita, now=make.NOW - timedelta(days=40), slots=[
        (make.at(20, 10, month=10), make.at(20, 11, month=10))
    ])  # fmt: skip
    Assignment.objects.filter(
        pk=make.an_assignment(known, cast.ben, cast.kaya, now=make.NOW - timedelta(days=39)).pk
    ).update(status="COMPLETED", completed_at=make.NOW - timedelta(days=10))
    rows = History.of(cast.osnabrueck).rows
    ana, ben = rows[cast.ana.pk], rows[cast.ben.pk]
    near, familiar = stream_of(cast, NEAR_ONLY), stream_of(cast, KNOWN_ONLY)
    assert sorted(near.pilot.tolist()) == sorted(familiar.pilot.tolist()) == sorted([ana, ben])
    assert near.pilot[near.score.argmax()] == ana
    assert familiar.pilot[familiar.score.argmax()] == ben


def test_who_answered_answers_so_again_and_the_office_does_not_know_it(
    cast: Cast, town_hall: HelpRequest
) -> None:
    make.an_assignment(town_hall, cast.ana, cast.kaya)
    rows = History.of(cast.osnabrueck).rows
    stream = stream_of(cast)
    chance = dict(zip(stream.pilot.tolist(), stream.chance.tolist(), strict=True))
    believed = dict(zip(stream.pilot.tolist(), stream.believed.tolist(), strict=True))
    assert chance[rows[cast.ana.pk]] == 1.0
    assert 0 < chance[rows[cast.ben.pk]] < 1
    assert 0 < believed[rows[cast.ana.pk]] < 1
    assert believed[rows[cast.ben.pk]] == chance[rows[cast.ben.pk]]


def test_what_came_of_the_requests_does_not_count_while_they_are_replayed(
    cast: Cast, town_hall: HelpRequest
) -> None:
    """Ana is booked for it; in the replay she is free, unknown to the family and has done nothing yet."""
    before = stream_of(cast)
    make.an_assignment(town_hall, cast.ana, cast.kaya)
    after = stream_of(cast)
    assert after.pilot.tolist() == before.pilot.tolist()
    assert after.score.tolist() == before.score.tolist()


def test_other_rules_reach_further_than_the_prefilter_of_today(cast: Cast) -> None:
    near = make.a_pilot("near", cast.kaya, skills={"kmr": 6}, postcode="49324", reach_km=5)
    beginner = make.a_pilot("beginner", cast.kaya, skills={"kmr": 2})
    make.a_help_request(cast.samir, cast.rita)
    rows = History.of(cast.osnabrueck).rows
    assert stream_of(cast).pilot.tolist() == []
    assert stream_of(cast, extra_reach_km=30).pilot.tolist() == [rows[near.pk]]
    assert stream_of(cast, level_shift=-1).pilot.tolist() == [rows[beginner.pk]]


def test_withdrawn_requests_and_those_of_others_are_not_replayed(cast: Cast, town_hall: HelpRequest) -> None:
    HelpRequest.objects.filter(pk=town_hall.pk).update(
        status="WITHDRAWN", withdrawn_at=make.NOW, withdrawn_reason="mistake"
    )
    around = {"since": make.NOW - timedelta(days=1), "until": make.NOW + timedelta(days=1)}
    assert past_requests(cast.osnabrueck, **around) == []
    HelpRequest.objects.filter(pk=town_hall.pk).update(status="OPEN", withdrawn_at=None)
    assert past_requests(cast.osnabrueck, **around) == [town_hall]
    assert past_requests(cast.friesland, **around) == []


def test_minutes_are_those_of_the_clock_on_the_wall(cast: Cast, town_hall: HelpRequest) -> None:
    stream = stream_of(cast)
    assert stream.start[0] % 1440 == 10 * 60
    assert stream.end[0] - stream.start[0] == 60
    summer, winter = make.at(1, 9, month=7), make.at(1, 9, month=12)
    minutes = np.array([int(moment.timestamp() // 60) for moment in (summer, winter)])
    assert (wall_minutes(minutes, make.BERLIN) % 1440).tolist() == [9 * 60, 9 * 60]


def test_the_number_of_queries_grows_with_the_requests_and_not_with_the_pilots(
    cast: Cast, town_hall: HelpRequest
) -> None:
    with CaptureQueriesContext(connection) as few:
        stream_of(cast)
    for number in range(5):
        make.a_pilot(f"more{number}", cast.kaya)
    with CaptureQueriesContext(connection) as many:
        stream_of(cast)
    assert len(few) == len(many)


def test_a_second_stream_of_the_same_past_reads_nothing_again(cast: Cast, town_hall: HelpRequest) -> None:
    past, done = the_past(cast), []
    first = past.stream(Weights(), OtherRules(), progress=done.append)
    with CaptureQueriesContext(connection) as again:
        second = past.stream(NEAR_ONLY, OtherRules(), progress=done.append)
    assert len(again) == 0
    assert done == [1, 1]
    assert second.pilot.tolist() == first.pilot.tolist()
    assert second.score.tolist() != first.score.tolist()


def situation(score: list[float]) -> Situation:
    count = len(score)
    return Situation(
        chance=np.full(count, 0.5), score=np.array(score), distance_km=np.zeros(count),
        asked_this_week=np.zeros(count, dtype=np.int64), evidence=np.zeros(count), pending=[], wanted=1,
        waves_sent=0, hours_left=100.0, seed=1,
    )  # fmt: skip


def test_the_best_suited_is_asked_first() -> None:
    assert BestFirst().ask(situation([0.2, 0.9, 0.5])).asked == [1]


def test_an_office_without_pilots_has_nothing_to_replay(cast: Cast) -> None:
    make.a_help_request(cast.samir, cast.rita)
    assert not Pilot.objects.exists()
    assert stream_of(cast).first.tolist() == [0, 0]
    assert FEWEST > 1


@pytest.mark.parametrize("option", ["json", "chart"])
def test_a_file_that_cannot_be_written_is_said_before_the_work(db: None, option: str) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("replay", synthetic=60, **{option: Path("/nowhere/figures")})
