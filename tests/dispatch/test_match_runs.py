"""What does a ranking keep: its weights, its waterfall, everybody's reasons, and at which cost in queries?"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.dispatch import pool_people
from backend.dispatch.commands.assignments import report_activity
from backend.dispatch.commands.help_requests import close_unfilled, suggest_pilots
from backend.dispatch.matchmaking import rank_pilots
from backend.dispatch.models import HelpRequest, MatchRun
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.keys import uuid7
from backend.people.models import Pilot
from geo.locating import locate
from matching.constraints import CONSTRAINTS
from matching.weights import TERM_CODES, Weights
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW, at


@pytest.fixture
def help_request(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita)


def suggest(help_request: HelpRequest, cast: Cast, **given: int) -> MatchRun:
    return suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=NOW, **given)


def order(run: MatchRun) -> list[Pilot]:
    return [s.pilot for s in run.suggestions.all()]


def facts(run: MatchRun, pilot: Pilot) -> dict[str, dict[str, object]]:
    return {c["code"]: c["facts"] for c in run.suggestions.get(pilot=pilot).contributions}


class TestWhatIsKept:
    def test_the_event_counts_and_names_nobody(self, cast: Cast, help_request: HelpRequest) -> None:
        make.a_pilot("sora", cast.kaya, skills={"ckb": 6})
        assert cast.ana
        run = suggest(help_request, cast)
        event = recorded(EventKind.PILOTS_SUGGESTED, run)
        assert event.facts == {"eligible": 1, "considered": 2}
        assert (event.timeline_id, event.actor_id) == (help_request.pk, cast.kaya.pk)

    def test_contributions_add_up_to_the_score(self, cast: Cast, help_request: HelpRequest) -> None:
        assert cast.ana and cast.ben
        run = suggest(help_request, cast)
        assert order(run) == [cast.ana, cast.ben]
        for suggestion in run.suggestions.all():
            assert [c["code"] for c in suggestion.contributions] == list(TERM_CODES)
            total = sum(c["contribution"] for c in suggestion.contributions)
            assert total == pytest.approx(suggestion.score, abs=1e-9)
            assert 0 <= suggestion.score <= 1

    def test_the_waterfall_names_every_step_and_never_rises(
        self, cast: Cast, help_request: HelpRequest
    ) -> None:
        for name, given in {
            "sora": {"skills": {"ckb": 6}},
            "far": {"postcode": "33602", "reach_km": 5},
            "uli": {"topics_refused": ["school"]},
            "weak": {"german_level": 1},
        }.items():
            make.a_pilot(name, cast.kaya, **given)
        assert cast.ana
        steps = [(step["code"], step["remaining"]) for step in suggest(help_request, cast).waterfall]
        assert [code for code, _ in steps] == ["considered", *(c.code for c in CONSTRAINTS_IN_ORDER)]
        assert steps[:5] == [("considered", 5), ("language", 4), ("reach", 3), ("german", 2), ("topic", 1)]
        counts = [remaining for _, remaining in steps]
        assert counts == sorted(counts, reverse=True)

    def test_the_weights_are_those_of_the_office_on_that_day(
        self, cast: Cast, help_request: HelpRequest
    ) -> None:
        assert cast.ana and cast.ben
        by_default = suggest(help_request, cast)
        cast.osnabrueck.weights = Weights(
            language_fit=0, proximity=0, load_spread=1, topic_experience=0, continuity=0
        ).to_dict()
        cast.osnabrueck.save()
        make.an_assignment(
            make.a_help_request(cast.samir, cast.rita, slots=[(at(9, 9), at(9, 10))]), cast.ana, cast.kaya
        )
        by_load = suggest(help_request, cast)
        by_default.refresh_from_db()
        assert by_default.weights == Weights().to_dict()
        assert by_load.weights["load_spread"] == 1
        assert (order(by_default), order(by_load)) == ([cast.ana, cast.ben], [cast.ben, cast.ana])

    def test_a_later_run_leaves_the_earlier_one_alone(self, cast: Cast, help_request: HelpRequest) -> None:
        assert cast.ana
        first = suggest(help_request, cast)
        assert cast.ben
        second = suggest(help_request, cast)
        assert (order(first), order(second)) == ([cast.ana], [cast.ana, cast.ben])


CONSTRAINTS_IN_ORDER = (
    next(c for c in CONSTRAINTS if c.code == "language"),
    next(c for c in CONSTRAINTS if c.code == "reach"),
    *(c for c in CONSTRAINTS if c.code not in {"language", "reach"}),
)


class TestFacts:
    def test_osnabrueck_to_melle_is_twenty_kilometres(self, cast: Cast) -> None:
        melle = make.a_pilot("mila", cast.kaya, home=locate(private=True, postcode="49324"))
        help_request = make.a_help_request(cast.samir, cast.rita, postcode="49084")
        distance = facts(suggest(help_request, cast), melle)["proximity"]["distance_km"]
        assert distance == pytest.approx(20, abs=1)

    def test_of_a_pilot_who_knows_the_person_and_the_topic(
        self, cast: Cast, help_request: HelpRequest
    ) -> None:
        earlier = make.a_help_request(cast.samir, cast.rita, slots=[(at(9, 9), at(9, 10))])
        assignment = make.an_assignment(earlier, cast.ana, cast.kaya)
        report_activity(
            assignment_id=assignment.pk,
            done=True,
            not_done_reason="",
            minutes=60,
            km=None,
            by=cast.rita,
            now=at(9, 10),
        )
        told = facts(suggest(help_request, cast), cast.ana)
        assert told["continuity"] == {"sessions": 1, "cap": 5}
        assert told["topic_experience"] == {"topic": "school", "sessions": 1, "wished": False}
        assert told["load_spread"] == {"recent_sessions": 1, "committed_hours": 1.0, "monthly_hours": None}
        assert told["language_fit"] == {
            "language": "kmr", "required_level": 3, "level": 6, "speaks": 6, "understands": 6, "via": None,
        }  # fmt: skip

    def test_of_a_talk_by_phone(self, cast: Cast) -> None:
        help_request = make.a_help_request(cast.samir, cast.rita, setting="phone")
        assert cast.ana
        assert facts(suggest(help_request, cast), cast.ana)["proximity"] == {
            "distance_km": None,
            "remote": True,
        }


class TestRefusals:
    @pytest.mark.parametrize("limit", [0, 51])
    def test_how_many(self, cast: Cast, help_request: HelpRequest, limit: int) -> None:
        with refused(RuleViolated, "limit_out_of_range", at_most=50):
            suggest(help_request, cast, limit=limit)

    def test_only_as_many_as_asked_for(self, cast: Cast, help_request: HelpRequest) -> None:
        assert cast.ana and cast.ben
        run = suggest(help_request, cast, limit=1)
        assert (order(run), run.eligible) == ([cast.ana], 2)

    def test_a_closed_request(self, cast: Cast, help_request: HelpRequest) -> None:
        close_unfilled(help_request_id=help_request.pk, by=cast.kaya, now=NOW)
        with refused(Conflict, "help_request_not_open", status="UNFILLED"):
            suggest(help_request, cast)

    def test_no_date_left(self, cast: Cast, help_request: HelpRequest) -> None:
        with refused(RuleViolated, "no_date_left"):
            suggest_pilots(help_request_id=help_request.pk, by=cast.kaya, now=at(10, 10))

    def test_no_such_request(self, cast: Cast) -> None:
        with refused(NotThere, "help_request_unknown"):
            suggest_pilots(help_request_id=uuid7(), by=cast.kaya, now=NOW)


class TestCost:
    def queries(self, help_request: HelpRequest, cast: Cast) -> int:
        cast.kaya.forget_memberships()
        with CaptureQueriesContext(connection) as captured:
            suggest(help_request, cast, limit=50)
        return len(captured)

    def test_does_not_grow_with_the_number_of_pilots(self, cast: Cast) -> None:
        slots = [(at(day, 10), at(day, 11)) for day in (10, 11, 12)]
        help_request = make.a_help_request(cast.samir, cast.rita, minors=True, slots=slots)
        for n in range(3):
            make.a_pilot(f"p{n}", cast.kaya)
        few = self.queries(help_request, cast)
        for n in range(3, 60):
            make.a_pilot(f"p{n}", cast.kaya)
        many = self.queries(help_request, cast)
        assert MatchRun.objects.latest("pk").eligible == 60
        assert many == few

    def test_a_profile_that_changes_meanwhile_breaks_nothing(
        self, cast: Cast, help_request: HelpRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between two of the adapter's queries another pilot becomes visible to the later one."""
        assert cast.ana
        late = []
        look_up = pool_people.understood

        def then_somebody_registers(*args: Any, **kwargs: Any) -> object:
            if not late:
                late.append(make.a_pilot("late", cast.kaya))
            return look_up(*args, **kwargs)

        monkeypatch.setattr(pool_people, "understood", then_somebody_registers)
        _, ranking = rank_pilots(help_request, list(help_request.slots.all()), limit=10, now=NOW)
        assert ranking.eligible == 1
        assert late
